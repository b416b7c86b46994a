from celery import shared_task

from courses.models import Offering
from courses.services import assign_tutors, promote_waitlist
from people.models import Student

EXPECTED_CREDITS = 30


@shared_task
def promote_waitlist_task(offering_id):
    return promote_waitlist(Offering.objects.get(pk=offering_id))


@shared_task
def assign_tutors_task(programme_id, department_id):
    return assign_tutors(programme_id, department_id)


@shared_task
def flag_stalled_students():
    stalled = []
    for student in Student.objects.filter(stalled=False):
        if student.current_credits < EXPECTED_CREDITS:
            stalled.append(student.pk)
    return Student.objects.filter(pk__in=stalled).update(stalled=True)
