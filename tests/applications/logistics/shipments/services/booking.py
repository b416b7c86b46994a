from collections import Counter
from datetime import timedelta

from django.db import transaction

from ..models import Shipment, Tag


def confirm_drafts(day):
    drafts = Shipment.objects.filter(
        status=Shipment.Status.DRAFT, planned_pickup__lte=day, service_level__isnull=False
    )
    confirmed = []
    for shipment in drafts:
        days = shipment.service_level.transit_days
        shipment.planned_delivery = shipment.planned_pickup + timedelta(days=days)
        shipment.status = Shipment.Status.CONFIRMED
        confirmed.append(shipment)
    Shipment.objects.bulk_update(confirmed, ["planned_delivery", "status"], batch_size=500)
    return len(confirmed)


@transaction.atomic
def tag_shipments(*, name, references):
    tag, _ = Tag.objects.get_or_create(name=name)
    tagged = []
    for shipment in Shipment.objects.filter(reference__in=references):
        shipment.tags.add(tag)
        tagged.append(shipment.reference)
    return tagged


def carrier_load(day):
    planned = Shipment.objects.filter(planned_pickup=day)
    load = Counter(shipment.carrier_id for shipment in planned)
    return dict(load.most_common())
