from django.conf import settings
from django.db import models

from core.querysets import BaseQuerySet, TimestampedModel


class FeePolicy(models.Model):
    valid_from = models.DateField()
    fixed_fee = models.DecimalField(max_digits=6, decimal_places=2)
    rate = models.DecimalField(max_digits=5, decimal_places=4)

    def apply(self, amount):
        return self.fixed_fee + amount * self.rate


class PayoutBatch(TimestampedModel):
    label = models.CharField(max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="payout_batches")

    def __str__(self):
        return self.label


class Payout(TimestampedModel):
    class Status(models.TextChoices):
        OPEN = "open"
        SENT = "sent"
        SETTLED = "settled"

    batch = models.ForeignKey(PayoutBatch, models.CASCADE, related_name="payouts")
    seller = models.ForeignKey("accounts.Seller", models.PROTECT, related_name="payouts")
    reference = models.CharField(max_length=30, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    settled_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.reference


class PayoutItemQuerySet(BaseQuerySet):
    def with_line(self):
        return self.select_related("line__listing")

    def unpaid(self):
        return self.exclude(payout__status=Payout.Status.SETTLED)


class PayoutItem(models.Model):
    payout = models.ForeignKey(Payout, models.CASCADE, related_name="items")
    line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="payout_items")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    objects = PayoutItemQuerySet.as_manager()


class Adjustment(TimestampedModel):
    seller = models.ForeignKey("accounts.Seller", models.CASCADE, related_name="adjustments")
    payout = models.ForeignKey(Payout, models.SET_NULL, null=True, related_name="adjustments")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.CharField(max_length=120)
