from django.conf import settings
from django.db import models

from core.models import TimeStamped
from exhibitions.models import Exhibition


class Language(models.Model):
    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=40)


class GuideManager(models.Manager):
    def bookable(self):
        return self.filter(active=True).prefetch_related("languages")


class Guide(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="guide")
    phone = models.CharField(max_length=30)
    languages = models.ManyToManyField(Language, related_name="guides")
    active = models.BooleanField(default=True)

    objects = GuideManager()


class Tour(TimeStamped):
    title = models.CharField(max_length=120)
    guide = models.ForeignKey(Guide, models.PROTECT, related_name="tours")
    exhibition = models.ForeignKey(Exhibition, models.CASCADE, related_name="tours")
    starts_at = models.DateTimeField()
    hours = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    flagged = models.BooleanField(default=False)


class TourBooking(TimeStamped):
    tour = models.ForeignKey(Tour, models.CASCADE, related_name="bookings")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=12, default="new")
    party_size = models.PositiveIntegerField(default=1)
    attended = models.BooleanField(null=True)


class Payslip(TimeStamped):
    guide = models.ForeignKey(Guide, models.PROTECT, related_name="payslips")
    amount = models.DecimalField(max_digits=8, decimal_places=2)


class HourlyRate(models.Model):
    valid_from = models.DateField()
    amount = models.DecimalField(max_digits=6, decimal_places=2)
