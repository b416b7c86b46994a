from django.db.models import OuterRef, Subquery

from core.exporters import BaseExporter
from orders.models import Order, Refund, Shipment


class OrderExporter(BaseExporter, kind="orders"):
    model = Order
    header = ("number", "buyer", "city", "total")
    select_related = ("buyer",)

    def row(self, obj):
        return obj.number, obj.buyer.nickname, obj.shipping_address.city, obj.total


class RefundExporter(BaseExporter, kind="refunds"):
    model = Refund
    header = ("order", "amount", "reason")
    select_related = ("line__order",)

    def row(self, obj):
        return obj.line.order.number, obj.amount, obj.reason


class DispatchExporter(BaseExporter, kind="dispatch"):
    model = Order
    header = ("number", "status", "last shipped")

    def get_queryset(self):
        latest = Shipment.objects.filter(order=OuterRef("pk")).order_by("-shipped_at")
        return super().get_queryset().annotate(last_shipped_at=Subquery(latest.values("shipped_at")[:1]))

    def row(self, obj):
        shipped = obj.last_shipped_at
        return obj.number, obj.get_status_display(), shipped and shipped.date()
