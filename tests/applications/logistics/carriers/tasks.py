from collections import deque
from datetime import timedelta

from celery import shared_task
from django.db.models import Avg, F
from django.utils import timezone

from shipments.models import Shipment

from .models import Carrier


def _score(average):
    if average is None:
        return None
    hours = average.total_seconds() / 3600
    return round(max(0, 10 - hours / 24), 2)


@shared_task
def refresh_ratings(days=90):
    since = timezone.now() - timedelta(days=days)
    averages = dict(
        Shipment.objects.filter(delivered_at__gte=since)
        .values("carrier_id")
        .annotate(lead=Avg(F("delivered_at") - F("created_at")))
        .values_list("carrier_id", "lead")
    )
    pending = deque(Carrier.objects.filter(active=True).values_list("pk", flat=True))
    touched = []
    while pending:
        carrier = Carrier.objects.get(pk=pending.popleft())
        score = _score(averages.get(carrier.pk))
        if score is not None and score != carrier.rating:
            carrier.rating = score
            touched.append(carrier)
    Carrier.objects.bulk_update(touched, ["rating"], batch_size=200)
    return len(touched)
