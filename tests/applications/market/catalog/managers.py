from django.db import models
from django.db.models import Count, Q

from core.querysets import BaseQuerySet


class ListingQuerySet(BaseQuerySet):
    def live(self):
        return self.filter(status="live", stock__gt=0)

    def with_review_counts(self):
        return self.annotate(review_count=Count("reviews", filter=Q(reviews__status="published"), distinct=True))


class StorefrontManager(models.Manager.from_queryset(ListingQuerySet)):
    def get_queryset(self):
        return super().get_queryset().live().prefetch_related("variants")


class WatchManager(models.Manager):
    def is_watching(self, user, listing):
        return self.filter(user=user, listing=listing).exists()

    def ids_for(self, user):
        return set(self.filter(user=user).values_list("listing_id", flat=True))
