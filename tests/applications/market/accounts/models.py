from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Avg, Sum

from core.querysets import BaseQuerySet


class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)


class User(AbstractUser):
    locale = models.CharField(max_length=8, default="en")
    phone = models.CharField(max_length=32, blank=True)


class SellerTier(models.Model):
    name = models.CharField(max_length=40)
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4)
    payout_delay_days = models.PositiveSmallIntegerField(default=7)


class SellerQuerySet(BaseQuerySet):
    def active(self):
        return self.filter(status=Seller.Status.ACTIVE)

    def in_country(self, code):
        return self.filter(country__code=code)


class Seller(models.Model):
    class Status(models.TextChoices):
        APPLIED = "applied"
        ACTIVE = "active"
        SUSPENDED = "suspended"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seller")
    tier = models.ForeignKey(SellerTier, models.PROTECT, related_name="sellers")
    country = models.ForeignKey(Country, models.PROTECT, related_name="sellers")
    display_name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.APPLIED)

    objects = SellerQuerySet.as_manager()

    def __str__(self):
        return self.display_name

    @property
    def outstanding_balance(self):
        open_items = self.adjustments.filter(payout__isnull=True)
        return open_items.aggregate(total=Sum("amount"))["total"] or Decimal("0")

    def average_rating(self):
        value = self.order_lines.aggregate(stars=Avg("review__rating"))["stars"]
        return round(value, 2) if value is not None else None


class SellerProfile(models.Model):
    seller = models.OneToOneField(Seller, models.CASCADE, related_name="profile")
    bio = models.TextField(blank=True)
    logo_url = models.URLField(blank=True)
    vat_number = models.CharField(max_length=32, blank=True)


class PayoutAccount(models.Model):
    seller = models.OneToOneField(Seller, models.CASCADE, related_name="payout_account")
    iban = models.CharField(max_length=34)
    holder = models.CharField(max_length=120)


class Address(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="addresses")
    country = models.ForeignKey(Country, models.PROTECT)
    line1 = models.CharField(max_length=120)
    postcode = models.CharField(max_length=16)
    city = models.CharField(max_length=80)


class Buyer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="buyer")
    nickname = models.CharField(max_length=60)
    wants_newsletter = models.BooleanField(default=False)

    def __str__(self):
        return self.nickname


class AuditEntry(models.Model):
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="audit_entries")
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    action = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
