from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas


def _line(pdf, y, text):
    pdf.drawString(40, y, text)
    return y - 14 if y > 60 else 800


def loan_schedule(items):
    buffer = BytesIO()
    pdf = canvas.Canvas(buffer, pagesize=A4)
    y = 800
    for item in items:
        borrower = item.loan.borrower
        y = _line(pdf, y, f"{item.loan.number} {borrower.name}")
        y = _line(pdf, y, borrower.contact.email)
        if y == 800:
            pdf.showPage()
    pdf.save()
    buffer.seek(0)
    return buffer
