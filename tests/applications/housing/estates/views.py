from django.contrib import messages
from django.db.models import Prefetch
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views import View
from django.views.generic import DetailView, ListView
from django_filters.views import FilterView

from core.clients import GazetteerIndex
from core.exports import csv_response
from core.permissions import OfficerRequiredMixin
from estates.filters import PropertyFilter
from estates.models import Block, Estate, Feature, Property
from repairs.models import RepairOrder


class EstateListView(OfficerRequiredMixin, ListView):
    template_name = "estates/estate_list.html"
    context_object_name = "estates"

    def get_queryset(self):
        return Estate.objects.with_totals().order_by("name")


class EstateDetailView(OfficerRequiredMixin, DetailView):
    model = Estate
    template_name = "estates/estate_detail.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        live = RepairOrder.objects.filter(status__in=["reported", "issued"])
        context["homes"] = Property.objects.in_estate(self.object).prefetch_related(
            Prefetch("repairs", queryset=live, to_attr="live_repairs"),
            "features",
        )
        return context


class BlockListView(OfficerRequiredMixin, View):
    def get(self, request):
        blocks = Block.objects.filter(has_lift=request.GET.get("lift") == "1")
        ordered = sorted(blocks, key=lambda block: (block.estate.name, block.name))
        return JsonResponse({"blocks": [{"id": b.pk, "name": b.name, "storeys": b.storeys} for b in ordered]})


class PropertyListView(OfficerRequiredMixin, FilterView):
    filterset_class = PropertyFilter
    template_name = "estates/property_list.html"
    context_object_name = "homes"

    def get_queryset(self):
        return Property.objects.lettable().order_by("postcode", "address")


class PropertyExportView(OfficerRequiredMixin, View):
    header = ["UPRN", "Address", "Estate", "Tenancy", "Since"]

    def get(self, request):
        if request.GET.get("vacant"):
            return csv_response("stock.csv", self.header[:3], self.stock_rows())
        return csv_response("occupancy.csv", self.header, self.occupancy_rows())

    def stock_rows(self):
        for home in Property.objects.with_location().order_by("uprn"):
            yield [home.uprn, home.address, home.block.estate.name]

    def occupancy_rows(self):
        rows = []
        for home in Property.objects.with_location().lettable():
            tenancy = home.current_tenancy()
            rows.append([
                home.uprn,
                home.address,
                home.block.estate_id,
                tenancy.reference if tenancy else "",
                tenancy.start if tenancy else "",
            ])
        return rows


class GazetteerCheckView(OfficerRequiredMixin, View):
    def get(self, request):
        index = GazetteerIndex.download(request.GET.get("authority", "0420"))
        missing, moved = [], []
        for home in Property.objects.lettable():
            entry = index.get(home.uprn)
            if entry is None:
                missing.append(home.uprn)
            elif not index.filter(uprn=home.uprn, postcode=home.postcode):
                moved.append({"uprn": home.uprn, "ours": home.postcode, "theirs": entry["postcode"]})
        return JsonResponse({"missing": missing, "moved": moved, "total": len(index.all())})


class KeySafeView(OfficerRequiredMixin, View):
    def get(self, request):
        homes = Property.objects.filter(key_safe__isnull=False)
        codes = {home.uprn: home.key_safe.code for home in homes}
        return JsonResponse(codes)


class AssignFeatureView(OfficerRequiredMixin, View):
    def post(self, request):
        feature = get_object_or_404(Feature, slug=request.POST["feature"])
        homes = Property.objects.filter(block_id=request.POST["block"])
        changed = 0
        for home in homes:
            home.features.add(feature)
            changed += 1
        messages.success(request, f"{feature.name} recorded for {changed} homes")
        return redirect("block-list")
