from django.conf import settings
from django.db import models

from core.models import TimeStampedModel


class ShipmentQuerySet(models.QuerySet):
    def moving(self):
        return self.filter(status__in=["confirmed", "in_transit"])

    def with_parties(self):
        return self.select_related("customer", "origin")

    def planned_between(self, start, end):
        queryset = self
        if start:
            queryset = queryset.filter(planned_pickup__gte=start)
        if end:
            queryset = queryset.filter(planned_pickup__lte=end)
        return queryset


class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True)
    colour = models.CharField(max_length=7, default="#999999")

    def __str__(self):
        return self.name


class Shipment(TimeStampedModel):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        CONFIRMED = "confirmed", "Confirmed"
        IN_TRANSIT = "in_transit", "In transit"
        DELIVERED = "delivered", "Delivered"
        CANCELLED = "cancelled", "Cancelled"

    reference = models.CharField(max_length=24, unique=True)
    customer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="shipments")
    carrier = models.ForeignKey("carriers.Carrier", on_delete=models.PROTECT, related_name="shipments")
    service_level = models.ForeignKey(
        "carriers.ServiceLevel", null=True, blank=True, on_delete=models.SET_NULL, related_name="shipments"
    )
    origin = models.ForeignKey("depots.Depot", on_delete=models.PROTECT, related_name="outbound_shipments")
    destination = models.ForeignKey("depots.Depot", on_delete=models.PROTECT, related_name="inbound_shipments")
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings"
    )
    watchers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="watched_shipments")
    tags = models.ManyToManyField(Tag, blank=True, related_name="shipments")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    zone = models.CharField(max_length=8, default="NL1")
    chargeable_kg = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    declared_value = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    planned_pickup = models.DateField()
    planned_delivery = models.DateField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    meta = models.JSONField(default=dict, blank=True)

    objects = ShipmentQuerySet.as_manager()

    def __str__(self):
        return self.reference

    def heaviest_parcel(self):
        return self.parcels.order_by("-weight_kg").first()


class CustomsDeclaration(models.Model):
    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="customs")
    mrn = models.CharField(max_length=32, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)


class Parcel(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    current_depot = models.ForeignKey(
        "depots.Depot", null=True, blank=True, on_delete=models.SET_NULL, related_name="parcels"
    )
    barcode = models.CharField(max_length=40, unique=True)
    weight_kg = models.DecimalField(max_digits=8, decimal_places=2)
    status = models.CharField(max_length=16, default="created")
    delivered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.barcode

    def last_scan(self):
        return self.scans.order_by("-scanned_at").first()


class ScanEvent(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="scans")
    depot = models.ForeignKey("depots.Depot", null=True, on_delete=models.SET_NULL, related_name="scans")
    code = models.CharField(max_length=16)
    scanned_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["scanned_at"]


class ProofOfDelivery(models.Model):
    parcel = models.OneToOneField(Parcel, on_delete=models.CASCADE, related_name="pod")
    signed_by = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
