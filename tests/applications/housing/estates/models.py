from django.db import models

from core.models import TimeStamped
from estates.managers import EstateManager, PropertyManager


class Estate(models.Model):
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=8, unique=True)
    manager = models.ForeignKey("core.Officer", null=True, on_delete=models.SET_NULL, related_name="managed_estates")

    objects = EstateManager()

    def __str__(self):
        return self.name


class Block(models.Model):
    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="blocks")
    name = models.CharField(max_length=120)
    storeys = models.PositiveSmallIntegerField(default=1)
    has_lift = models.BooleanField(default=False)

    def __str__(self):
        return self.name


class Feature(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)

    def __str__(self):
        return self.name


class Property(TimeStamped):
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="properties")
    uprn = models.CharField(max_length=12, unique=True)
    address = models.CharField(max_length=240)
    postcode = models.CharField(max_length=8)
    bedrooms = models.PositiveSmallIntegerField()
    weekly_rent = models.DecimalField(max_digits=8, decimal_places=2)
    is_active = models.BooleanField(default=True)
    features = models.ManyToManyField(Feature, blank=True, related_name="properties")

    objects = PropertyManager()

    class Meta:
        verbose_name_plural = "properties"

    def __str__(self):
        return self.address

    def current_tenancy(self):
        return self.tenancies.filter(status="current").order_by("-start").first()

    def open_repairs_count(self):
        return self.repairs.exclude(status__in=["completed", "cancelled"]).count()


class KeySafe(models.Model):
    property = models.OneToOneField(Property, on_delete=models.CASCADE, related_name="key_safe")
    code = models.CharField(max_length=12)
    changed_on = models.DateField(null=True)
