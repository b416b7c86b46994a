from django.db import models


class ActiveQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def in_department(self, department_id):
        return self.filter(department_id=department_id)


class EnrolmentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(offering__term__is_current=True)

    def with_people(self):
        return self.select_related("student__user", "offering__course")


class LoanManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("copy")

    def open(self):
        return self.get_queryset().filter(returned_at=None)


class BookManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().prefetch_related("authors")
