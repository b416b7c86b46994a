import csv

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.generic import ListView, TemplateView
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin, SingleTableView

from core.mixins import CSVExportMixin, StaffOnlyMixin
from courses import selectors, services
from courses.models import Course, Enrolment, Material, Offering, Programme, WaitlistEntry
from courses.statistics import CoordinatorReport, RoomUseReport, TopicPopularity
from courses.tables import EnrolmentFilter, EnrolmentTable, OfferingTable


class CatalogueView(TemplateView):
    template_name = "courses/catalogue.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(courses=selectors.catalogue(), **kwargs)


class OfferingListView(ListView):
    queryset = Offering.objects.filter(term__is_current=True).order_by("pk")
    template_name = "courses/offering_list.html"
    context_object_name = "offerings"


class OfferingTableView(StaffOnlyMixin, SingleTableView):
    model = Offering
    table_class = OfferingTable
    table_pagination = False
    template_name = "table_page.html"


class EnrolmentTableView(SingleTableMixin, FilterView):
    model = Enrolment
    table_class = EnrolmentTable
    filterset_class = EnrolmentFilter
    table_pagination = False
    template_name = "table_page.html"


class MaterialExportView(StaffOnlyMixin, CSVExportMixin, ListView):
    model = Material
    filename = "materials.csv"
    columns = {
        "Title": lambda material: material.title,
        "File": lambda material: material.file.name,
        "Uploaded by": lambda material: material.uploaded_by.title,
    }


class WaitlistView(StaffOnlyMixin, ListView):
    template_name = "courses/waitlist.html"

    def get_queryset(self):
        return WaitlistEntry.objects.filter(offering_id=self.kwargs["pk"]).order_by("created_at")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = []
        for place, entry in enumerate(context["object_list"], start=1):
            rows.append(services.waitlist_line(entry, place))
        context["rows"] = rows
        return context


def offering_detail(request, code, pk):
    offering = get_object_or_404(Offering.objects.select_related("course", "term"), pk=pk, course__code=code)
    return JsonResponse({"title": offering.course.title, "term": offering.term.name})


@login_required
def enrolment_export(request, pk):
    offering = get_object_or_404(Offering, pk=pk)
    response = HttpResponse(content_type="text/csv")
    writer = csv.writer(response)
    for enrolment in Enrolment.objects.filter(offering=offering).order_by("enrolled_at"):
        number = enrolment.student.matriculation_no
        writer.writerow([number, enrolment.status, enrolment.enrolled_at.isoformat()])
    return response


@login_required
def term_register(request, term_id):
    register = {}
    for enrolment in selectors.enrolments_for(term_id):
        title = enrolment.offering.course.title
        register.setdefault(title, []).append(enrolment.student.matriculation_no)
    return JsonResponse(register)


@login_required
def roster(request):
    names = []
    for enrolment in Enrolment.objects.current().with_people():
        names.append(f"{enrolment.student.user.last_name}: {enrolment.offering.course.code}")
    return HttpResponse("\n".join(names), content_type="text/plain")


def prerequisite_graph(request):
    edges = []
    for course in Course.objects.only("code"):
        for needed in course.prerequisites.all():
            edges.append([needed.code, course.code])
    return JsonResponse({"edges": edges})


def capacity_board(request):
    board = []
    for offering in Offering.objects.filter(term=request.term.pk):
        board.append({"id": offering.pk, "free": offering.free_seats()})
    return JsonResponse({"board": board})


def timetable(request):
    offerings = list(Offering.objects.filter(term__is_current=True).select_related("course"))
    selectors.attach_staff(offerings)
    entries = []
    for offering in offerings:
        staff = [lecturer.user.last_name for lecturer in offering.lecturers.all()]
        entries.append({"course": offering.course.title, "staff": staff})
    return JsonResponse({"entries": entries})


def topic_popularity(request):
    courses = Course.objects.prefetch_related("topics")
    totals = TopicPopularity(courses).run()
    return JsonResponse(dict(totals.most_common(20)))


def degree_summary(request):
    summary = {}
    for degree in ("bsc", "msc", "phd"):
        summary[degree] = Programme.objects.filter(degree=degree).count()
    return JsonResponse(summary)


@login_required
def coordinator_report(request):
    return HttpResponse(CoordinatorReport().as_csv(), content_type="text/csv")


@login_required
def room_use_report(request):
    return HttpResponse(RoomUseReport().as_csv(), content_type="text/csv")
