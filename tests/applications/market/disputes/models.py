from django.conf import settings
from django.db import models

from core.querysets import BaseQuerySet


class DisputeManager(models.Manager.from_queryset(BaseQuerySet)):
    def get_queryset(self):
        return super().get_queryset().select_related("opened_by__user")


class Dispute(models.Model):
    class Status(models.TextChoices):
        OPEN = "open"
        WAITING = "waiting"
        CLOSED = "closed"

    line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="disputes")
    opened_by = models.ForeignKey("accounts.Buyer", models.PROTECT, related_name="disputes")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="disputes")
    reference = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True)
    overdue = models.BooleanField(default=False)

    objects = DisputeManager()

    def __str__(self):
        return self.reference


class DisputeMessage(models.Model):
    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dispute_messages")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
