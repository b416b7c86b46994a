from itertools import cycle

from courses.models import Enrolment, Offering
from people.models import Lecturer, Student


def waitlist_line(entry, place):
    return {
        "place": place,
        "number": entry.student.matriculation_no,
        "since": entry.created_at,
    }


def promote_waitlist(offering):
    promoted = []
    for entry in offering.waitlist.filter(confirmed=True).order_by("created_at"):
        Enrolment.objects.create(student_id=entry.student_id, offering=offering)
        promoted.append(entry.pk)
    offering.waitlist.filter(pk__in=promoted).delete()
    return len(promoted)


def clone_offerings(source, target):
    originals = list(source.offerings.prefetch_related("lecturers"))
    copies = Offering.objects.bulk_create(
        [
            Offering(course_id=old.course_id, term=target, room_id=old.room_id, capacity=old.capacity)
            for old in originals
        ]
    )
    for old, new in zip(originals, copies):
        new.lecturers.set(old.lecturers.all())
    return copies


def assign_tutors(programme_id, department_id):
    tutors = list(Lecturer.objects.active().in_department(department_id))
    students = list(Student.objects.filter(programme_id=programme_id, tutor=None))
    if not tutors:
        return 0
    for student, tutor in zip(students, cycle(tutors)):
        student.tutor = tutor
    return Student.objects.bulk_update(students, ["tutor"], batch_size=1000)
