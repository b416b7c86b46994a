from django.db import models
from django.db.models import Count


class PropertyQuerySet(models.QuerySet):
    def lettable(self):
        return self.filter(is_active=True)

    def with_location(self):
        return self.select_related("block__estate")

    def in_estate(self, estate):
        return self.filter(block__estate=estate)


class PropertyManager(models.Manager.from_queryset(PropertyQuerySet)):
    pass


class EstateManager(models.Manager):
    def with_totals(self):
        return self.get_queryset().annotate(
            block_total=Count("blocks", distinct=True),
            home_total=Count("blocks__properties", distinct=True),
        )
