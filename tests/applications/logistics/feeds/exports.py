from billing.models import Invoice
from billing.selectors import open_invoices
from core.utils import attr_path, parse_day
from shipments.models import Shipment

from .base import CsvExporter, JsonFeed, XlsxExporter
from .columns import HANDLING_COLUMNS, PARTY_COLUMNS, SHIPMENT_COLUMNS


class PeriodMixin:
    def period(self):
        return parse_day(self.params.get("from")), parse_day(self.params.get("to"))


class ShipmentCsv(PeriodMixin, CsvExporter):
    name = "shipments"
    columns = SHIPMENT_COLUMNS

    def get_queryset(self):
        return Shipment.objects.planned_between(*self.period()).order_by("reference")


class HandlingCsv(PeriodMixin, CsvExporter):
    name = "handling"
    columns = HANDLING_COLUMNS
    preload = ("parcels",)

    def get_queryset(self):
        return Shipment.objects.moving().planned_between(*self.period())


class PartiesXlsx(PeriodMixin, XlsxExporter):
    name = "parties"
    columns = PARTY_COLUMNS

    def get_queryset(self):
        return Shipment.objects.with_parties().planned_between(*self.period())


class InvoiceXlsx(XlsxExporter):
    name = "invoices"
    columns = [
        ("Number", lambda i: i.number),
        ("Status", lambda i: i.get_status_display()),
        ("Net", Invoice.net_total),
        ("Gross", lambda i: i.total),
    ]

    def get_queryset(self):
        return Invoice.objects.order_by("number").prefetch_related("lines")


class ReceivablesFeed(JsonFeed):
    name = "receivables"
    fields = ("number", "currency", "total")

    def items(self):
        items = []
        for invoice in open_invoices():
            item = {name: getattr(invoice, name) for name in self.fields}
            item["contact"] = attr_path(invoice, "customer.billing_email")
            items.append(item)
        return items


FEEDS = {feed.name: feed for feed in (ShipmentCsv, HandlingCsv, PartiesXlsx, InvoiceXlsx, ReceivablesFeed)}
