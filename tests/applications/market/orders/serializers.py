from django.db.models import Prefetch
from rest_framework import serializers

from core.serializers import DynamicFieldsSerializer
from orders.models import Order, OrderLine, Shipment


class OrderLineSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="listing.title", read_only=True)

    class Meta:
        model = OrderLine
        fields = ["id", "title", "quantity", "unit_price"]


class OrderSerializer(DynamicFieldsSerializer):
    lines = OrderLineSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "number", "status", "placed_at", "total", "lines"]

    @classmethod
    def setup_eager_loading(cls, queryset):
        lines = OrderLine.objects.select_related("listing")
        return super().setup_eager_loading(queryset).prefetch_related(Prefetch("lines", queryset=lines))


class StaffOrderSerializer(OrderSerializer):
    invoice_number = serializers.CharField(source="invoice.number", read_only=True, default=None)

    class Meta(OrderSerializer.Meta):
        fields = OrderSerializer.Meta.fields + ["invoice_number", "archived"]

    @classmethod
    def setup_eager_loading(cls, queryset):
        return super().setup_eager_loading(queryset).select_related("invoice")


class ShipmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Shipment
        fields = ["tracking_code", "carrier_id", "shipped_at", "delivered_at"]


class BuyerOrderSerializer(DynamicFieldsSerializer):
    shipments = ShipmentSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["number", "status", "placed_at", "total", "shipments"]

    @classmethod
    def setup_eager_loading(cls, queryset):
        return super().setup_eager_loading(queryset).prefetch_related("shipments")
