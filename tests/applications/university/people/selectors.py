from operator import attrgetter

from people.models import Lecturer, Student


def lecturers_by_surname(department_ids=None):
    staff = Lecturer.objects.active()
    if department_ids:
        staff = staff.filter(department_id__in=department_ids)
    return sorted(staff, key=attrgetter("user.last_name"))


def tutored_students(programme_id):
    number = 0
    for student in Student.objects.filter(programme_id=programme_id).exclude(tutor=None):
        number += 1
        yield number, student
