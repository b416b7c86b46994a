import csv
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.forms import modelformset_factory
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.views import StaffListView, TableView
from utils.pdf import loan_schedule

from .models import Loan, LoanItem
from .selectors import items_out

LoanItemFormSet = modelformset_factory(LoanItem, fields=("insured_value", "returned_at"), extra=0)


class LoanListView(StaffListView):
    model = Loan
    template_name = "loans/loan_list.html"
    context_object_name = "loans"
    select_related_fields = ("borrower",)


class LoanTable(TableView):
    model = Loan
    headings = ("Loan", "To", "Until")

    def get_queryset(self):
        return super().get_queryset().select_related("borrower").order_by("ends_on")

    def row(self, obj):
        return obj.number, f"{obj.borrower.name} ({obj.borrower.country.iso})", obj.ends_on


@login_required
def dashboard(request):
    out = items_out()
    worth = sum(item.artefact.value for item in out)
    per_borrower = (
        Loan.objects.filter(status="open").values("borrower__name").annotate(n=Count("id")).order_by("-n")
    )
    rows = []
    for row in per_borrower:
        rows.append((row["borrower__name"], row["n"]))
    rows.append(("Total value", worth))
    return render(request, "core/table.html", {"headings": ("Borrower", "Loans"), "rows": rows})


@login_required
def calendar(request):
    since = timezone.localdate() - timedelta(days=365)
    loans = Loan.objects.filter(starts_on__gte=since)
    return JsonResponse({"events": [{"id": loan.pk, "title": loan.summary()} for loan in loans]})


@login_required
def packing_list(request, pk):
    loan = get_object_or_404(Loan, pk=pk)
    response = HttpResponse(content_type="text/csv")
    writer = csv.writer(response)
    for item in loan.items.select_related("artefact"):
        writer.writerow([item.loan.number, item.artefact.inventory_no, item.insured_value])
    return response


@login_required
def edit_items(request, pk):
    loan = get_object_or_404(Loan, pk=pk)
    items = LoanItem.objects.filter(loan=loan).select_related("artefact").order_by("pk")
    formset = LoanItemFormSet(request.POST or None, queryset=items)
    if request.method == "POST" and formset.is_valid():
        formset.save()
        return redirect("/loans/")
    return render(request, "loans/items_formset.html", {"loan": loan, "formset": formset})


@login_required
def schedule_pdf(request):
    items = LoanItem.objects.select_related("loan__borrower").filter(returned_at__isnull=True)
    return FileResponse(loan_schedule(items), filename="schedule.pdf")
