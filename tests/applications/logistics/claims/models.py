from django.conf import settings
from django.db import models


class Claim(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ESCALATED = "escalated", "Escalated"
        SETTLED = "settled", "Settled"
        REJECTED = "rejected", "Rejected"

    reference = models.CharField(max_length=24, unique=True)
    parcel = models.ForeignKey("shipments.Parcel", on_delete=models.PROTECT, related_name="claims")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="opened_claims")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="handled_claims"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.reference


class ClaimNote(models.Model):
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)


class ClaimDecision(models.Model):
    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="decision")
    approved_amount = models.DecimalField(max_digits=10, decimal_places=2)
    decided_at = models.DateTimeField()
