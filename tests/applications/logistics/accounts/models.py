from django.contrib.auth.models import AbstractUser
from django.db import models


class Organisation(models.Model):
    name = models.CharField(max_length=160)
    vat_number = models.CharField(max_length=32, blank=True)
    billing_email = models.EmailField(blank=True)
    country = models.CharField(max_length=2, default="NL")

    def __str__(self):
        return self.name


class User(AbstractUser):
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="users")
    home_depot = models.ForeignKey("depots.Depot", null=True, blank=True, on_delete=models.SET_NULL, related_name="staff")
    phone = models.CharField(max_length=32, blank=True)


class NotificationPreference(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_preference")
    email_enabled = models.BooleanField(default=True)
    sms_enabled = models.BooleanField(default=False)
