from datetime import timedelta

from django.http import JsonResponse
from django.utils import timezone
from django.views import View
from django.views.generic import ListView
from django_tables2 import SingleTableView

from core.permissions import OfficerRequiredMixin
from tenancies.models import Tenancy
from tenancies.selectors import crowding_report, ending_soon, tenancies_for_list
from tenancies.tables import FormerTenancyTable, TenancyTable


class TenancyListView(OfficerRequiredMixin, ListView):
    template_name = "tenancies/tenancy_list.html"
    context_object_name = "tenancies"

    def get_queryset(self):
        return tenancies_for_list(self.request.GET.get("status", "current"))


class EndingTenancyView(OfficerRequiredMixin, ListView):
    template_name = "tenancies/ending.html"
    context_object_name = "tenancies"

    def get_queryset(self):
        return ending_soon(timezone.localdate() + timedelta(days=28))


class TenancyTableView(OfficerRequiredMixin, SingleTableView):
    table_class = TenancyTable
    table_pagination = False
    template_name = "tenancies/table.html"

    def get_queryset(self):
        return Tenancy.objects.filter(status="current").select_related("lead_tenant", "property")


class FormerTenancyTableView(OfficerRequiredMixin, SingleTableView):
    table_class = FormerTenancyTable
    table_pagination = False
    template_name = "tenancies/table.html"

    def get_queryset(self):
        return Tenancy.objects.filter(status="former", rent_account__isnull=False).order_by("-end")


class OvercrowdingView(OfficerRequiredMixin, View):
    def get(self, request):
        rows = crowding_report(request.GET.get("kind", "assured"))
        return JsonResponse({"rows": [[row.reference, row.people, row.short_by] for row in rows]})
