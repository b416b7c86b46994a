from datetime import timedelta
from decimal import Decimal

from celery import shared_task
from django.conf import settings
from django.core.mail import mail_managers, send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from core.utils import month_bounds

from .models import Invoice, InvoiceLine, Payment
from .selectors import invoices_due
from .services import make_tax_resolver, send_reminders


@shared_task
def flag_overdue():
    today = timezone.localdate()
    flagged = 0
    for invoice in Invoice.objects.filter(status=Invoice.Status.SENT, due_on__lt=today):
        invoice.status = Invoice.Status.OVERDUE
        invoice.reminder_count += 1
        invoice.save(update_fields=["status", "reminder_count", "updated_at"])
        flagged += 1
    return flagged


@shared_task
def daily_receipts():
    yesterday = timezone.localdate() - timedelta(days=1)
    lines = []
    for payment in Payment.objects.filter(received_on=yesterday).order_by("pk"):
        lines.append(f"{payment.invoice.number}\t{payment.amount}\t{payment.bank_reference}")
    mail_managers(f"Receipts {yesterday}", "\n".join(lines))


@shared_task
def tax_summary():
    start, end = month_bounds(timezone.localdate() - timedelta(days=2))
    percent_of = make_tax_resolver(fallback=Decimal("21"))
    due = Decimal("0")
    for line in InvoiceLine.objects.filter(invoice__issued_on__range=(start, end)).iterator():
        due += line.net * percent_of(line) / 100
    mail_managers("VAT due", f"{start} - {end}: {due:.2f}")


@shared_task
def reminders():
    today = timezone.localdate()
    sent = send_reminders(today)
    body = render_to_string("billing/reminder_digest.html", {"invoices": invoices_due(today), "day": today})
    send_mail("Reminders sent", "", settings.DEFAULT_FROM_EMAIL, ["finance@freightdesk.invalid"], html_message=body)
    return sent
