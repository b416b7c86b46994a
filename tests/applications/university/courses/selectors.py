from django.db.models import Prefetch, prefetch_related_objects

from courses.models import Course, Enrolment, Offering


def enrolments_for(term_id):
    return (
        Enrolment.objects.filter(offering__term_id=term_id)
        .exclude(status=Enrolment.DROPPED)
        .select_related("student")
    )


def catalogue():
    running = Offering.objects.filter(term__is_current=True).select_related("term")
    return Course.objects.order_by("code").prefetch_related(
        Prefetch("offerings", queryset=running, to_attr="open_offerings")
    )


def attach_staff(offerings):
    prefetch_related_objects(offerings, "lecturers__user")
    return offerings
