from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views import View
from django.views.generic import CreateView, ListView

from core.exports import write_pdf
from core.permissions import OfficerRequiredMixin
from repairs.exporters import EXPORTERS
from repairs.forms import LineFormSet, RepairForm, lines_from
from repairs.models import RepairOrder
from repairs.services import describe_orders, dispatch_labels, job_card_lines, monthly_spend, workload


class OrderListBase(OfficerRequiredMixin, ListView):
    model = RepairOrder
    context_object_name = "orders"

    def get_queryset(self):
        return super().get_queryset().select_related("property", "trade").order_by("target_date")


class RepairListView(OrderListBase):
    template_name = "repairs/repair_list.html"

    def get_queryset(self):
        orders = super().get_queryset()
        if status := self.request.GET.get("status"):
            orders = orders.filter(status=status)
        return orders


class RepairBoardView(OrderListBase):
    template_name = "repairs/board.html"

    def get_queryset(self):
        return super().get_queryset().filter(status="issued")


class RepairCreateView(OfficerRequiredMixin, CreateView):
    form_class = RepairForm
    template_name = "repairs/form.html"
    success_url = reverse_lazy("repair-list")


class JobCardView(OfficerRequiredMixin, View):
    def get(self, request):
        return write_pdf("Job cards", job_card_lines(request.GET.get("status", "issued")))


class RepairExportView(OfficerRequiredMixin, View):
    def get(self, request, what):
        try:
            exporter = EXPORTERS[what]()
        except KeyError:
            raise Http404(what)
        return exporter.as_response()


class DispatchView(OfficerRequiredMixin, View):
    def get(self, request):
        today = timezone.localdate()
        orders = list(RepairOrder.objects.filter(target_date=today))
        return JsonResponse(
            {"labels": dispatch_labels(today), "workload": workload(), "lines": describe_orders(orders)}
        )


class SpendView(OfficerRequiredMixin, View):
    def get(self, request, year, month):
        return JsonResponse({"spend": str(monthly_spend(year, month))})


class RepairLinesView(OfficerRequiredMixin, View):
    def get(self, request, pk):
        order = get_object_or_404(RepairOrder, pk=pk)
        return render(request, "repairs/form.html", {"form": LineFormSet(), "order": order})

    def post(self, request, pk):
        order = get_object_or_404(RepairOrder, pk=pk)
        formset = LineFormSet(request.POST)
        if formset.is_valid():
            lines_from(formset, order)
            return redirect("repair-list")
        return render(request, "repairs/form.html", {"form": formset, "order": order})
