from datetime import timedelta

from django.utils import timezone

from .models import Shipment


def recent_shipments(days=14):
    since = timezone.now() - timedelta(days=days)
    return Shipment.objects.filter(created_at__gte=since).order_by("-created_at")


def shipments_to_invoice(*, customer, until):
    return Shipment.objects.filter(
        customer=customer,
        status=Shipment.Status.DELIVERED,
        delivered_at__date__lte=until,
        invoice_lines__isnull=True,
    ).order_by("delivered_at")


def manifest_shipments(carrier_id, day):
    return Shipment.objects.moving().filter(carrier_id=carrier_id, planned_pickup=day).order_by("reference")
