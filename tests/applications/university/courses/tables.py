import django_filters
import django_tables2 as tables

from courses.models import Enrolment, Offering


class OfferingTable(tables.Table):
    staff = tables.Column(empty_values=(), orderable=False)

    class Meta:
        model = Offering
        fields = ("id", "capacity", "is_public")

    def render_capacity(self, value):
        return f"{value} seats"

    def render_staff(self, record):
        names = record.lecturers.values_list("title", flat=True)
        return ", ".join(names)


class EnrolmentTable(tables.Table):
    surname = tables.Column(accessor="student__user__last_name")
    course = tables.Column(accessor="offering__course__title")

    class Meta:
        model = Enrolment
        fields = ("status", "enrolled_at")


class EnrolmentFilter(django_filters.FilterSet):
    class Meta:
        model = Enrolment
        fields = {"status": ["exact"], "enrolled_at": ["gte", "lte"]}

    @property
    def qs(self):
        return super().qs.select_related("student__user", "offering__course")
