from django.conf import settings
from django.db import models
from django.db.models import Prefetch
from django.utils import timezone

from core.models import TimeStamped
from holdings.models import Artefact


class ExhibitionQuerySet(models.QuerySet):
    def current(self):
        today = timezone.localdate()
        return self.filter(opens_on__lte=today, closes_on__gte=today)

    def with_plan(self):
        exhibits = Exhibit.objects.select_related("artefact__artist").order_by("position")
        return self.prefetch_related(
            Prefetch("sections", queryset=Section.objects.prefetch_related(Prefetch("exhibits", queryset=exhibits)))
        )


class Exhibition(TimeStamped):
    title = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField()

    objects = ExhibitionQuerySet.as_manager()

    def __str__(self):
        return self.title


class Section(models.Model):
    exhibition = models.ForeignKey(Exhibition, models.CASCADE, related_name="sections")
    title = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]


class Exhibit(models.Model):
    section = models.ForeignKey(Section, models.CASCADE, related_name="exhibits")
    artefact = models.ForeignKey(Artefact, models.PROTECT, related_name="exhibits")
    label = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.label or f"{self.artefact.inventory_no} (no label)"


class LabelText(models.Model):
    exhibit = models.ForeignKey(Exhibit, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=5)
    body = models.TextField()
