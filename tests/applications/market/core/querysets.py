from django.db import models


class BaseQuerySet(models.QuerySet):
    def newest(self):
        return self.order_by("-pk")

    def since(self, field, moment):
        return self.filter(**{f"{field}__gte": moment})

    def in_pages(self, size=500):
        last = 0
        while True:
            page = list(self.filter(pk__gt=last).order_by("pk")[:size])
            if not page:
                return
            yield page
            last = page[-1].pk


class TimestampedModel(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BaseQuerySet.as_manager()

    class Meta:
        abstract = True
