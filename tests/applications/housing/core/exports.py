import csv
import io
from dataclasses import dataclass
from typing import Any, Callable

from django.http import HttpResponse
from openpyxl import Workbook
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas


@dataclass(frozen=True)
class Column:
    title: str
    getter: Callable[[Any], Any] | str

    def value(self, obj):
        if callable(self.getter):
            return self.getter(obj)
        for part in self.getter.split("."):
            obj = getattr(obj, part)
        return obj


class Exporter:
    columns: list[Column] = []
    filename = "export.csv"

    def get_queryset(self):
        raise NotImplementedError

    def rows(self):
        for obj in self.get_queryset():
            yield [column.value(obj) for column in self.columns]

    def as_response(self):
        response = HttpResponse(content_type="text/csv")
        response["Content-Disposition"] = f'attachment; filename="{self.filename}"'
        writer = csv.writer(response)
        writer.writerow([column.title for column in self.columns])
        writer.writerows(self.rows())
        return response


class SheetReport:
    title = "Report"
    headings: tuple[str, ...] = ()
    model = None

    def __init__(self, since):
        self.since = since

    def get_queryset(self):
        return self.model._default_manager.filter(created_at__gte=self.since)

    def row(self, obj):
        raise NotImplementedError

    def build(self):
        book = Workbook()
        sheet = book.active
        sheet.title = self.title[:31]
        sheet.append(self.headings)
        for obj in self.get_queryset():
            sheet.append(self.row(obj))
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()


def write_pdf(title, lines):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    y = 800
    page.drawString(40, y, title)
    for line in lines:
        y -= 16
        if y < 40:
            page.showPage()
            y = 800
        page.drawString(40, y, line)
    page.save()
    return HttpResponse(buffer.getvalue(), content_type="application/pdf")


def csv_response(filename, header, rows):
    response = HttpResponse(content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows(rows)
    return response
