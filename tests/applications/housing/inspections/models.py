from django.db import models

from core.models import TimeStamped


class HazardType(models.Model):
    name = models.CharField(max_length=80)
    category = models.PositiveSmallIntegerField(default=2)

    def __str__(self):
        return self.name


class Inspection(TimeStamped):
    property = models.ForeignKey("estates.Property", on_delete=models.CASCADE, related_name="inspections")
    inspector = models.ForeignKey("core.Officer", on_delete=models.PROTECT, related_name="inspections")
    kind = models.CharField(max_length=20, default="annual")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(default=0)


class Finding(TimeStamped):
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    hazard = models.ForeignKey(HazardType, on_delete=models.PROTECT)
    note = models.TextField(blank=True)
    resolved = models.BooleanField(default=False)


class CertificateManager(models.Manager):
    def latest_for(self, home, kind):
        return self.filter(property=home, kind=kind).order_by("-issued_on").first()


class Certificate(models.Model):
    property = models.ForeignKey("estates.Property", on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=20)
    issued_on = models.DateField()
    expires_on = models.DateField()

    objects = CertificateManager()
