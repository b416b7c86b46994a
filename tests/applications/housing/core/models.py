from django.conf import settings
from django.db import models


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Team(models.Model):
    name = models.CharField(max_length=80)
    inbox = models.EmailField()

    def __str__(self):
        return self.name


class Officer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="officer")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="officers")
    name = models.CharField(max_length=120)
    extension = models.CharField(max_length=8, blank=True)
    patch = models.ManyToManyField("estates.Estate", blank=True, related_name="officers")

    def __str__(self):
        return self.name


class AuditEntry(models.Model):
    label = models.CharField(max_length=200)
    action = models.CharField(max_length=40)
    actor = models.ForeignKey(Officer, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
