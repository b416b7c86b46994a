from django.conf import settings
from django.db import models

from core.models import TimeStampedModel

from .managers import TariffManager


class Carrier(TimeStampedModel):
    name = models.CharField(max_length=120)
    scac = models.CharField(max_length=4, unique=True)
    country = models.CharField(max_length=2, default="NL")
    active = models.BooleanField(default=True)
    rating = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    fuel_index = models.DecimalField(max_digits=5, decimal_places=3, default=0)
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="managed_carriers"
    )

    def __str__(self):
        return f"{self.name} ({self.scac})"


class ServiceLevel(models.Model):
    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="service_levels")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    transit_days = models.PositiveSmallIntegerField(default=2)

    def __str__(self):
        return self.code


class Vehicle(models.Model):
    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="vehicles")
    home_depot = models.ForeignKey(
        "depots.Depot", null=True, blank=True, on_delete=models.SET_NULL, related_name="vehicles"
    )
    plate = models.CharField(max_length=16, unique=True)
    capacity_kg = models.PositiveIntegerField(default=0)


class Tariff(models.Model):
    service_level = models.ForeignKey(ServiceLevel, on_delete=models.CASCADE, related_name="tariffs")
    zone = models.CharField(max_length=8)
    price_per_kg = models.DecimalField(max_digits=8, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = TariffManager()
