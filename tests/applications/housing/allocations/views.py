from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import ListView

from allocations.matching import eligible_entries, shortlist
from allocations.models import WaitingListEntry
from core.exports import csv_response, write_pdf
from core.permissions import OfficerRequiredMixin
from estates.models import Property


class WaitingListView(OfficerRequiredMixin, ListView):
    template_name = "allocations/waiting_list.html"
    context_object_name = "entries"

    def get_queryset(self):
        return WaitingListEntry.objects.select_related("applicant").prefetch_related("preferred_estates", "offers")


class WaitingListExportView(OfficerRequiredMixin, View):
    def get(self, request):
        if request.GET.get("short"):
            return csv_response("band.csv", ["Name", "Band", "Points"], self.short_rows())
        rows = []
        for entry in WaitingListEntry.objects.prefetch_related("preferred_estates"):
            names = entry.preferred_estates.values_list("name", flat=True)
            rows.append([entry.pk, entry.band, entry.points, ", ".join(names)])
        return csv_response("waiting-list.csv", ["Entry", "Band", "Points", "Estates"], rows)

    def short_rows(self):
        for row in WaitingListEntry.objects.values("applicant__name", "band", "points"):
            yield [row["applicant__name"], row["band"], row.get("points")]


class ShortlistPdfView(OfficerRequiredMixin, View):
    def get(self, request, pk):
        home = get_object_or_404(Property, pk=pk)
        lines = []
        for place, candidate in enumerate(shortlist(home), start=1):
            lines.append(f"{place}. {candidate.entry.applicant.name} ({candidate.score})")
        return write_pdf(f"Shortlist for {home.address}", lines)


class EligibleView(OfficerRequiredMixin, View):
    def get(self, request):
        entries = eligible_entries(request.GET.get("band", "A"))
        return JsonResponse({"entries": [entry.pk for entry in entries]})
