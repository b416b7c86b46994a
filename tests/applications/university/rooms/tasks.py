from datetime import timedelta

from celery import shared_task
from django.core.cache import cache
from django.core.mail import send_mail
from django.utils import timezone

from core.reports import for_each
from rooms.models import Booking, Room


@for_each
def remind(booking, sender="rooms@uni.example"):
    send_mail(
        "Your room booking",
        f"{booking.purpose} starts at {booking.start:%H:%M}",
        sender,
        [booking.booked_by.email],
    )


@shared_task
def remind_bookers():
    tomorrow = timezone.localdate() + timedelta(days=1)
    return remind(Booking.objects.filter(start__date=tomorrow))


@shared_task
def warm_room_plans():
    missing = {}
    for room in Room.objects.all():
        if cache.get(f"plan:{room.pk}") is None:
            missing[f"plan:{room.pk}"] = {"number": room.number, "seats": room.seats}
    cache.set_many(missing, timeout=3600)
    return len(missing)
