from django.db import models


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ListQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related(*getattr(self.model, "LIST_RELATED", ()))
