from django.db import models
from django.db.models import Prefetch, prefetch_related_objects
from rest_framework import serializers

from .models import Parcel, ScanEvent, Shipment


class ParcelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Parcel
        fields = ["id", "barcode", "weight_kg", "status", "current_depot"]


class TrackingListSerializer(serializers.ListSerializer):
    def to_representation(self, data):
        parcels = list(data.all() if isinstance(data, models.Manager) else data)
        scans = ScanEvent.objects.select_related("depot").order_by("scanned_at")
        prefetch_related_objects(parcels, Prefetch("scans", queryset=scans))
        return super().to_representation(parcels)


class ParcelTrackingSerializer(serializers.ModelSerializer):
    history = serializers.SerializerMethodField()

    class Meta:
        model = Parcel
        fields = ["id", "barcode", "status", "history"]
        list_serializer_class = TrackingListSerializer

    def get_history(self, obj):
        return [{"code": scan.code, "at": scan.scanned_at} for scan in obj.scans.all()]


class ShipmentListSerializer(serializers.ModelSerializer):
    carrier = serializers.PrimaryKeyRelatedField(read_only=True)
    parcel_count = serializers.SerializerMethodField()

    class Meta:
        model = Shipment
        fields = ["id", "reference", "status", "carrier", "planned_pickup", "parcel_count"]

    def get_parcel_count(self, obj):
        return obj.parcel_count


class ShipmentDetailSerializer(serializers.ModelSerializer):
    parcels = ParcelSerializer(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = [
            "id",
            "reference",
            "customer",
            "carrier",
            "service_level",
            "origin",
            "destination",
            "status",
            "zone",
            "chargeable_kg",
            "declared_value",
            "planned_pickup",
            "planned_delivery",
            "parcels",
        ]


class ManifestShipmentSerializer(serializers.ModelSerializer):
    origin_code = serializers.CharField(source="origin.code", read_only=True)
    pieces = ParcelSerializer(source="parcels", many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = ["reference", "zone", "origin_code", "pieces"]


class CustomerShipmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Shipment
        fields = ["id", "reference", "status", "planned_delivery", "tags"]
