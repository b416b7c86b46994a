from django.db import models

from core.models import TimeStamped


class Level(models.Model):
    name = models.CharField(max_length=40)
    fee = models.DecimalField(max_digits=8, decimal_places=2)

    def __str__(self):
        return self.name


class Member(TimeStamped):
    number = models.CharField(max_length=12, blank=True)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    level = models.ForeignKey(Level, models.PROTECT, related_name="members")
    referred_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="referrals")

    def __str__(self):
        return f"{self.last_name}, {self.first_name}"

    def display_number(self):
        if self._state.adding:
            return f"M{Member.objects.count() + 1:06d}"
        return self.number or f"M{self.pk:06d}"


class Address(models.Model):
    member = models.ForeignKey(Member, models.CASCADE, related_name="addresses")
    street = models.CharField(max_length=120)
    town = models.CharField(max_length=80)
    current = models.BooleanField(default=True)


class Card(TimeStamped):
    member = models.OneToOneField(Member, models.CASCADE, related_name="card")
    serial = models.CharField(max_length=20)
    valid_until = models.DateField()


class Campaign(models.Model):
    name = models.CharField(max_length=80)

    def __str__(self):
        return self.name


class DonationManager(models.Manager):
    def last_for(self, member):
        return self.filter(member=member).order_by("-given_on").first()


class Donation(TimeStamped):
    member = models.ForeignKey(Member, models.PROTECT, related_name="donations")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="donations")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    given_on = models.DateField()
    thanked_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DonationManager()
