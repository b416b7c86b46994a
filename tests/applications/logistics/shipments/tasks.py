from collections import Counter
from datetime import timedelta
from decimal import Decimal

from celery import shared_task
from django.conf import settings
from django.core.mail import mail_managers, send_mail
from django.utils import timezone

from core.decorators import per_shipment
from depots.models import Depot

from .integrations import TrackingClient
from .models import Parcel, ScanEvent, Shipment
from .services.booking import confirm_drafts
from .services.pickup import plan_stops, route_text


@shared_task
def find_stuck_parcels(hours=36):
    cutoff = timezone.now() - timedelta(hours=hours)
    stuck = []
    for parcel in Parcel.objects.filter(status="in_transit").iterator(chunk_size=1000):
        scan = parcel.last_scan()
        if scan is None or scan.scanned_at < cutoff:
            stuck.append(parcel.barcode)
    if stuck:
        mail_managers("Stuck parcels", "\n".join(stuck))
    return len(stuck)


@shared_task
@per_shipment(status="in_transit", customs__isnull=False)
def customs_holds(shipment):
    if shipment.customs.cleared_at is None:
        return shipment.reference
    return None


@shared_task
def report_insured_values():
    total = Decimal("0")
    lines = []
    shipments = Shipment.objects.moving().only("id", "reference", "planned_pickup")
    for shipment in shipments:
        value = shipment.declared_value
        if value > 10000:
            lines.append(f"{shipment.planned_pickup} {shipment.reference} {value}")
        total += value
    lines.append(f"total {total}")
    mail_managers("Insured values", "\n".join(lines))


@shared_task
def depot_backlog():
    depots = Depot.objects.in_bulk()
    cities = Counter()
    waiting = Parcel.objects.filter(status="at_depot", current_depot__isnull=False)
    for parcel in waiting.iterator(chunk_size=2000):
        cities[depots[parcel.current_depot_id].city] += 1
    return dict(cities)


@shared_task
def close_delivered():
    changed = []
    for shipment in Shipment.objects.filter(delivered_at__isnull=False).exclude(status=Shipment.Status.DELIVERED):
        shipment.status = Shipment.Status.DELIVERED
        shipment.meta = {**shipment.meta, "closed_by": "nightly"}
        changed.append(shipment)
    Shipment.objects.bulk_update(changed, ["status", "meta"], batch_size=500)
    return len(changed)


@shared_task
def confirm_draft_bookings():
    return confirm_drafts(timezone.localdate())


@shared_task
def pull_tracking():
    client = TrackingClient(settings.TRACKING_API_URL)
    events = client.events.filter(since=timezone.now() - timedelta(minutes=15))
    barcodes = {event.get("parcel", {}).get("barcode") for event in events}
    parcel_ids = dict(Parcel.objects.filter(barcode__in=barcodes).values_list("barcode", "pk"))
    depot_ids = dict(Depot.objects.values_list("code", "pk"))
    scans = []
    for event in events:
        parcel_id = parcel_ids.get(event["parcel"]["barcode"])
        if parcel_id is None:
            continue
        scans.append(
            ScanEvent(
                parcel_id=parcel_id,
                depot_id=depot_ids.get(event.get("depot")),
                code=event["code"],
                scanned_at=event["at"],
            )
        )
    ScanEvent.objects.bulk_create(scans, batch_size=1000)
    return len(scans)


@shared_task
def email_route_sheet():
    stops = plan_stops(timezone.localdate())
    send_mail("Route sheet", route_text(stops), settings.DEFAULT_FROM_EMAIL, ["drivers@freightdesk.invalid"])
    return len(stops)
