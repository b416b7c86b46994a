from core.exports import Column, Exporter
from repairs.models import RepairOrder, RepairVisit


class VisitExporter(Exporter):
    filename = "visits.csv"
    columns = [
        Column("Booked", "booked_for"),
        Column("Address", lambda visit: visit.repair.property.address),
        Column("Outcome", "outcome"),
    ]

    def get_queryset(self):
        return RepairVisit.objects.filter(outcome="").order_by("booked_for")


class OrderExporter(Exporter):
    filename = "orders.csv"
    columns = [
        Column("Order", "reference"),
        Column("Trade", "trade.name"),
        Column("Days", "trade.sla_days"),
        Column("Status", "status"),
    ]

    def get_queryset(self):
        return RepairOrder.objects.select_related("trade").order_by("reference")


EXPORTERS = {"visits": VisitExporter, "orders": OrderExporter}
