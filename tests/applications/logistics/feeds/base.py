import csv
import io
import json

from openpyxl import Workbook


class Exporter:
    name = ""
    content_type = "text/plain"
    columns = ()
    preload = ()

    def __init__(self, params):
        self.params = params

    def get_queryset(self):
        raise NotImplementedError

    def rows(self):
        queryset = self.get_queryset()
        if self.preload:
            queryset = queryset.prefetch_related(*self.preload)
        for obj in queryset:
            yield [value(obj) for _, value in self.columns]

    def headers(self):
        return [header for header, _ in self.columns]

    def render(self):
        raise NotImplementedError


class CsvExporter(Exporter):
    content_type = "text/csv"

    def render(self):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(self.headers())
        writer.writerows(self.rows())
        return out.getvalue().encode()


class XlsxExporter(Exporter):
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def render(self):
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.name)
        sheet.append(self.headers())
        for row in self.rows():
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


class JsonFeed(Exporter):
    content_type = "application/json"

    def items(self):
        headers = self.headers()
        return [dict(zip(headers, row)) for row in self.rows()]

    def render(self):
        return json.dumps({"feed": self.name, "items": self.items()}, default=str).encode()
