from django.db import models

from core.querysets import BaseQuerySet


class Endpoint(models.Model):
    seller = models.ForeignKey("accounts.Seller", models.CASCADE, related_name="endpoints")
    url = models.URLField()
    secret = models.CharField(max_length=64)
    active = models.BooleanField(default=True)


class DeliveryQuerySet(BaseQuerySet):
    def pending(self):
        return self.filter(status="pending")

    def failed(self):
        return self.filter(status="failed", attempts__lt=5)


class Delivery(models.Model):
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, default="pending")
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = DeliveryQuerySet.as_manager()
