from django.conf import settings
from django.db import models


class Region(models.Model):
    name = models.CharField(max_length=80)
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self):
        return self.name


class Depot(models.Model):
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="depots")
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="NL")
    is_open = models.BooleanField(default=True)
    opening_hours = models.JSONField(default=dict, blank=True)

    def __str__(self):
        return self.code


class Bay(models.Model):
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="bays")
    number = models.PositiveSmallIntegerField()
    is_blocked = models.BooleanField(default=False)
