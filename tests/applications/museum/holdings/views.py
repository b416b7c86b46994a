import csv

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import ListView

from core.views import StaffListView
from utils.csvtools import write_artefacts

from .models import AcquisitionRecord, Artefact, Collection, Department


class ArtefactListView(StaffListView):
    model = Artefact
    template_name = "holdings/artefact_list.html"
    context_object_name = "artefacts"
    select_related_fields = ("collection",)


class WallView(ListView):
    template_name = "holdings/wall.html"

    def get_queryset(self):
        return Artefact.objects.published().with_primary_image()


class InspectionListView(StaffListView):
    template_name = "holdings/inspections.html"
    context_object_name = "artefacts"

    def get_queryset(self):
        return Artefact.objects.stored().inspected()


def artefact_detail(request, pk):
    artefact = get_object_or_404(Artefact, pk=pk)
    return JsonResponse({"no": artefact.inventory_no, "title": artefact.title, "inspected": artefact.last_inspected()})


@login_required
def storage_export(request):
    response = HttpResponse(content_type="text/csv")
    writer = csv.writer(response)
    writer.writerow(["No.", "Title", "Shelf"])
    for artefact in Artefact.objects.stored().order_by("inventory_no"):
        writer.writerow([artefact.inventory_no, artefact.title, artefact.location.code])
    return response


@login_required
def artefact_csv(request):
    response = HttpResponse(content_type="text/csv")
    artefacts = Artefact.objects.filter(artist__isnull=False)
    if request.GET.get("status"):
        artefacts = artefacts.filter(status=request.GET["status"])
    write_artefacts(response, artefacts)
    return response


def catalogue_feed(request):
    feed = []
    for artefact in Artefact.catalogue.order_by("-created_at"):
        feed.append(
            {
                "no": artefact.inventory_no,
                "title": artefact.title,
                "department": artefact.collection.department.name,
            }
        )
    return JsonResponse({"objects": feed})


@login_required
def condition_overview(request, pk):
    collection = get_object_or_404(Collection, pk=pk)
    rows = []
    for artefact in Artefact.objects.filter(collection=collection):
        report = artefact.latest_condition()
        rows.append((artefact.inventory_no, artefact.title, report.grade if report else "-"))
    return render(request, "core/table.html", {"headings": ("No.", "Title", "Grade"), "rows": rows})


@login_required
def materials_sheet(request):
    artefacts = list(Artefact.objects.filter(status=request.GET.get("status", "stored")))
    prefetch_related_objects(artefacts, "materials")
    sheet = {}
    for artefact in artefacts:
        sheet[artefact.inventory_no] = sorted(m.name for m in artefact.materials.all())
    return JsonResponse(sheet)


def donor_wall(request):
    records = AcquisitionRecord.objects.filter(donor__isnull=False).values_list(
        "artefact__title", "donor__last_name", named=True
    )
    return JsonResponse({"donors": [f"{r.donor__last_name}: {r.artefact__title}" for r in records]})


@login_required
def department_counts(request):
    counts = {d.name: d.collections.count() for d in Department.objects.order_by("name")}
    return JsonResponse(counts)


@login_required
def unplaced(request):
    missing, placed = [], 0
    for artefact in Artefact.objects.exclude(status="lost"):
        if artefact.location_id is None:
            missing.append(artefact.inventory_no)
        else:
            placed += 1
    return JsonResponse({"missing": missing, "placed": placed})
