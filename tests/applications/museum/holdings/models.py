from django.conf import settings
from django.db import models

from core.models import TimeStamped

from .managers import ArtefactQuerySet, CatalogueManager


class Country(models.Model):
    name = models.CharField(max_length=80)
    iso = models.CharField(max_length=2, unique=True)

    def __str__(self):
        return self.name


class Department(models.Model):
    name = models.CharField(max_length=80)

    def __str__(self):
        return self.name


class Collection(models.Model):
    name = models.CharField(max_length=120)
    department = models.ForeignKey(Department, models.PROTECT, related_name="collections")
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self):
        return self.name


class Artist(models.Model):
    name = models.CharField(max_length=120)
    nationality = models.ForeignKey(Country, models.SET_NULL, null=True)

    def __str__(self):
        return self.name


class Material(models.Model):
    name = models.CharField(max_length=60, unique=True)

    def __str__(self):
        return self.name


class StorageUnit(models.Model):
    code = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    humidity = models.DecimalField(max_digits=4, decimal_places=1, null=True)

    def __str__(self):
        return self.code

    def full_path(self):
        parts, node = [self.code], self
        while node.parent_id:
            node = node.parent
            parts.append(node.code)
        return " / ".join(reversed(parts))


class Artefact(TimeStamped):
    inventory_no = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="artefacts")
    artist = models.ForeignKey(Artist, models.SET_NULL, null=True, blank=True, related_name="artefacts")
    materials = models.ManyToManyField(Material, blank=True, related_name="artefacts")
    location = models.ForeignKey(StorageUnit, models.SET_NULL, null=True, blank=True, related_name="artefacts")
    value = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    status = models.CharField(max_length=20, default="stored")
    is_published = models.BooleanField(default=False)
    on_display = models.BooleanField(default=False)

    objects = ArtefactQuerySet.as_manager()
    catalogue = CatalogueManager()

    class Meta:
        ordering = ["inventory_no"]

    def __str__(self):
        return f"{self.inventory_no} {self.title}"

    def latest_condition(self):
        return self.condition_reports.order_by("-created_at").first()

    def last_inspected(self):
        return self.condition_reports.aggregate(when=models.Max("created_at"))["when"]


class ArtefactImage(models.Model):
    artefact = models.ForeignKey(Artefact, models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="objects/")
    is_primary = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)


class ConditionReport(TimeStamped):
    artefact = models.ForeignKey(Artefact, models.CASCADE, related_name="condition_reports")
    inspector = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    grade = models.CharField(max_length=1)
    remarks = models.TextField(blank=True)


class AcquisitionRecord(TimeStamped):
    artefact = models.OneToOneField(Artefact, models.CASCADE, related_name="acquisition")
    donor = models.ForeignKey("members.Member", models.SET_NULL, null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
