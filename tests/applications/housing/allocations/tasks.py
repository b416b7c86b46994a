from celery import shared_task
from django.utils import timezone

from allocations.models import Offer, WaitingListEntry


@shared_task
def recalculate_points():
    today = timezone.localdate()
    for entry in WaitingListEntry.objects.exclude(band="A"):
        entry.points = (today - entry.registered_on).days // 30 + entry.need_points
        entry.save(update_fields=["points", "updated_at"])


@shared_task
def expire_offers():
    offers = list(Offer.objects.filter(status="open", expires_on__lt=timezone.localdate()))
    for offer in offers:
        offer.lapse()
    Offer.objects.bulk_update(offers, ["status", "withdrawn_at"], batch_size=200)
    return len(offers)
