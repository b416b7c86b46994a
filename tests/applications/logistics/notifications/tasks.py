from datetime import timedelta
from operator import attrgetter

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.selectors import recipients_for
from shipments.models import Shipment

from .models import Notification
from .services import broadcast, deliver


@shared_task
def notify_delay(shipment_id):
    shipment = Shipment.objects.get(pk=shipment_id)
    people = recipients_for(shipment.customer_id)
    broadcast(people, kind="delay", payload={"reference": shipment.reference})
    return deliver(people, kind="delay", body=f"Shipment {shipment.reference} is delayed.")


@shared_task
def unread_digest(hours=24):
    since = timezone.now() - timedelta(hours=hours)
    unread = Notification.objects.filter(read_at__isnull=True, created_at__gte=since)
    addresses = set(map(attrgetter("recipient.email"), unread))
    addresses.discard("")
    if not addresses:
        return 0
    message = EmailMessage(
        "You have unread notifications",
        "Sign in to FreightDesk to read them.",
        settings.DEFAULT_FROM_EMAIL,
        bcc=sorted(addresses),
    )
    return message.send()
