from django.conf import settings
from django.core.mail import send_mail

from .models import Notification

SUBJECTS = {
    "delay": "Your shipment is running late",
    "depot_closed": "Depot closed",
    "claim_opened": "A claim was opened",
}


def push(user, *, kind, payload):
    return Notification.objects.create(recipient=user, kind=kind, payload=payload)


def broadcast(users, *, kind, payload):
    batch = [Notification(recipient=user, kind=kind, payload=payload) for user in users]
    return Notification.objects.bulk_create(batch, batch_size=500)


def wants_email(user):
    return user.notification_preference.email_enabled


def deliver(users, *, kind, body):
    sent = 0
    for user in users:
        if not user.email or not wants_email(user):
            continue
        send_mail(SUBJECTS.get(kind, "FreightDesk"), body, settings.DEFAULT_FROM_EMAIL, [user.email])
        sent += 1
    return sent
