import json
from collections import Counter
from datetime import timedelta

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.models import Listing
from catalog.services import PriceFeedBuilder, tag_seasonal
from notifications.mailers import send_low_stock

SEASON_WORDS = ("scarf", "candle", "blanket", "garden")


@shared_task
def publish_price_feed():
    feed = PriceFeedBuilder().build()
    with default_storage.open("feeds/prices.json", "w") as handle:
        json.dump(feed, handle, default=str)
    return len(feed)


@shared_task
def tag_season():
    return tag_seasonal(SEASON_WORDS)


@shared_task
def low_stock_alerts(limit=3):
    per_seller = Counter()
    for listing in Listing.objects.filter(status="live", stock__lte=limit).only("pk", "seller_id"):
        per_seller[listing.seller_id] += 1
    send_low_stock(dict(per_seller))


@shared_task
def expire_listings():
    now = timezone.now()
    expired = list(Listing.objects.filter(status="live", expires_at__lt=now))
    for listing in expired:
        listing.status = Listing.Status.EXPIRED
        listing.expires_at = now + timedelta(days=30)
    Listing.objects.bulk_update(expired, ["status", "expires_at"], batch_size=500)
    return len(expired)
