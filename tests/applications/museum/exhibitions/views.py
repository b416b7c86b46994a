import csv
from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import DetailView, ListView

from domain.loaders import LabelLoader
from domain.services import build_cards, build_sheets, count_sections
from tickets.models import Ticket

from .models import Exhibit, Exhibition


class ExhibitionListView(ListView):
    template_name = "exhibitions/exhibition_list.html"
    context_object_name = "exhibitions"

    def get_queryset(self):
        return Exhibition.objects.current().order_by("closes_on")


class ExhibitionDetailView(DetailView):
    queryset = Exhibition.objects.with_plan()
    template_name = "exhibitions/exhibition_detail.html"
    context_object_name = "exhibition"


class ExhibitListView(ListView):
    model = Exhibit
    template_name = "exhibitions/exhibit_list.html"
    context_object_name = "exhibits"

    def get_queryset(self):
        return super().get_queryset().filter(section__exhibition=self.kwargs["pk"]).select_related("section")


class LabelledExhibitListView(ExhibitListView):
    def get_queryset(self):
        return super().get_queryset().exclude(label="").select_related("artefact__collection")


def teaser(request):
    cards = []
    for exhibition in Exhibition.objects.current().order_by("-opens_on")[:3]:
        cards.append({"title": exhibition.title, "objects": Exhibit.objects.filter(section__exhibition=exhibition).count()})
    return JsonResponse({"cards": cards})


@login_required
def visits(request):
    scanned = dict(
        Ticket.objects.filter(scanned_at__isnull=False)
        .values_list("slot__exhibition")
        .annotate(n=Count("pk"))
        .values_list("slot__exhibition", "n")
    )
    payload = []
    for exhibition in Exhibition.objects.order_by("title"):
        payload.append({"title": exhibition.title, "visits": scanned.get(exhibition.pk, 0)})
    return JsonResponse({"exhibitions": payload})


@login_required
def cards(request, pk):
    return JsonResponse({"cards": [asdict(card) for card in build_cards(pk)]})


@login_required
def label_sheets(request, pk):
    return JsonResponse({"sheets": [asdict(sheet) for sheet in build_sheets(pk)]})


@login_required
def section_sizes(request, pk):
    exhibition = get_object_or_404(Exhibition, pk=pk)
    return JsonResponse(count_sections(exhibition))


@login_required
def label_export(request, pk):
    exhibition = get_object_or_404(Exhibition, pk=pk)
    response = HttpResponse(content_type="text/csv")
    writer = csv.writer(response)
    for section in exhibition.sections.all():
        for exhibit in section.exhibits.order_by("position"):
            writer.writerow([section.title, exhibit.position, exhibit.label])
    return response


@login_required
def translations(request, pk):
    exhibits = Exhibit.objects.filter(section__exhibition_id=pk).order_by("position")
    loader = LabelLoader("en")
    loader.prime(exhibits)
    return JsonResponse({"texts": [loader.load(exhibit.pk) for exhibit in exhibits]})
