from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import ListView, TemplateView

from core.exports import csv_response, write_pdf
from core.permissions import OfficerRequiredMixin
from rents.models import RentAccount
from rents.reports import arrears_rows, court_rows, stage_summary
from rents.selectors import accounts_with_payments
from rents.services import account_balance


class AccountListView(OfficerRequiredMixin, ListView):
    template_name = "rents/account_list.html"
    context_object_name = "accounts"

    def get_queryset(self):
        return RentAccount.objects.filter(is_closed=False).order_by("reference")


class ArrearsView(OfficerRequiredMixin, TemplateView):
    template_name = "rents/arrears.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        owing = []
        for account in RentAccount.objects.filter(is_closed=False):
            balance = account_balance(account)
            if balance > 0:
                owing.append({"reference": account.reference, "balance": balance})
        context["owing"] = owing
        context["stages"] = stage_summary()
        return context


class ArrearsCsvView(OfficerRequiredMixin, View):
    def get(self, request):
        if request.GET.get("court"):
            return csv_response("court.csv", ["Case", "Account", "Start", "Amount"], court_rows())
        return csv_response("arrears.csv", ["Case", "Stage", "Amount", "Officer", "Ext"], arrears_rows())


class PaymentSummaryView(OfficerRequiredMixin, View):
    def get(self, request):
        rows = [(account.reference, account.paid_total()) for account in accounts_with_payments()]
        return csv_response("payments.csv", ["Account", "Paid"], rows)


class StatementView(OfficerRequiredMixin, View):
    def get(self, request, pk):
        account = get_object_or_404(RentAccount, pk=pk)
        lines = []
        for payment in account.payments.all():
            lines.append(f"{payment.account.reference}  {payment.received_on}  {payment.amount}")
        return write_pdf(f"Statement {account.reference}", lines)
