from django.db import models
from django.utils.functional import cached_property

from core.models import TimeStamped


class Tenant(models.Model):
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)

    def __str__(self):
        return f"{self.first_name} {self.last_name}"


class ContactPreferences(models.Model):
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="preferences")
    language = models.CharField(max_length=8, default="en")
    sms_opt_out = models.BooleanField(default=False)


class Tenancy(TimeStamped):
    STATUSES = [("pending", "Pending"), ("current", "Current"), ("notice", "Notice"), ("former", "Former")]

    reference = models.CharField(max_length=20, unique=True)
    property = models.ForeignKey("estates.Property", on_delete=models.PROTECT, related_name="tenancies")
    lead_tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="led_tenancies")
    household = models.ManyToManyField(Tenant, blank=True, related_name="households")
    kind = models.CharField(max_length=20, default="assured")
    status = models.CharField(max_length=10, choices=STATUSES, default="pending")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    bedroom_need = models.PositiveSmallIntegerField(default=1)

    def __str__(self):
        return self.reference

    @cached_property
    def household_size(self):
        return self.household.count() + 1
