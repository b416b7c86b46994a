from django.db import models
from django.db.models import Max, Prefetch


class ArtefactQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)

    def stored(self):
        return self.filter(status="stored", location__isnull=False)

    def with_primary_image(self):
        from .models import ArtefactImage

        primary = ArtefactImage.objects.filter(is_primary=True).order_by("position")
        return self.prefetch_related(Prefetch("images", queryset=primary, to_attr="primary_images"))

    def inspected(self):
        return self.annotate(last_inspected=Max("condition_reports__created_at"))


class CatalogueManager(models.Manager.from_queryset(ArtefactQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(is_published=True).select_related("collection__department")
