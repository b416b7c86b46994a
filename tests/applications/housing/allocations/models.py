from django.db import models
from django.utils import timezone

from core.models import TimeStamped


class Applicant(TimeStamped):
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    date_of_birth = models.DateField()

    def __str__(self):
        return self.name


class WaitingListEntry(TimeStamped):
    BANDS = [("A", "Urgent"), ("B", "High"), ("C", "General")]

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="entries")
    band = models.CharField(max_length=1, choices=BANDS, default="C")
    points = models.PositiveIntegerField(default=0)
    need_points = models.PositiveIntegerField(default=0)
    bedrooms = models.PositiveSmallIntegerField()
    registered_on = models.DateField()
    preferred_estates = models.ManyToManyField("estates.Estate", blank=True)


class Offer(TimeStamped):
    entry = models.ForeignKey(WaitingListEntry, on_delete=models.CASCADE, related_name="offers")
    property = models.ForeignKey("estates.Property", on_delete=models.CASCADE, related_name="offers")
    status = models.CharField(max_length=12, default="open")
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def lapse(self):
        self.status = "lapsed"
        self.withdrawn_at = timezone.now()
