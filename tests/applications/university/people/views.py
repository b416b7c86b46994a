from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import ListView

from core.mixins import StaffOnlyMixin
from people import selectors
from people.models import Faculty, Student


class StudentListView(StaffOnlyMixin, ListView):
    model = Student
    template_name = "people/student_list.html"

    def get_queryset(self):
        queryset = Student.objects.select_related("user")
        city = self.request.GET.get("city")
        if city:
            queryset = queryset.filter(contact__city=city)
        return queryset.order_by("matriculation_no")


@login_required
def phonebook(request):
    people = Student.objects.values("matriculation_no", "user__last_name", "contact__phone")
    lines = []
    for person in people:
        lines.append(f'{person["user__last_name"]}\t{person["contact__phone"]}')
    return HttpResponse("\n".join(lines), content_type="text/plain")


@login_required
def tutor_sheet(request, programme_id):
    out = []
    for number, student in selectors.tutored_students(programme_id):
        out.append([number, student.matriculation_no, student.tutor.title])
    return JsonResponse({"rows": out})


@login_required
def staff_directory(request):
    wanted = [int(value) for value in request.GET.getlist("department")]
    staff = selectors.lecturers_by_surname(wanted)
    return render(request, "people/lecturer_list.html", {"staff": staff})


@login_required
def my_tutees(request):
    lecturer = request.user.lecturer
    cards = []
    for student in lecturer.tutees.select_related("user"):
        cards.append(
            {
                "name": student.user.get_full_name(),
                "signed": student.tutor.title,
            }
        )
    return JsonResponse({"tutees": cards})


def faculty_overview(request, slug):
    faculty = get_object_or_404(Faculty, slug=slug)
    load = {}
    for department in faculty.departments.prefetch_related("lecturers"):
        for lecturer in department.lecturers.all():
            load[lecturer.pk] = {
                "department": department.code,
                "title": lecturer.title,
                "tutees": lecturer.tutees.count(),
            }
    return JsonResponse({"faculty": faculty.name, "load": load})
