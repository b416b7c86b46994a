from collections import defaultdict
from decimal import Decimal

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Organisation
from core.permissions import IsOperations
from core.utils import month_bounds, parse_day
from core.viewsets import FreightReadOnlyViewSet, TenantScopedMixin

from .models import Invoice, InvoiceLine
from .selectors import open_invoices
from .services import draft_invoice, statement, turnover_in_euro


class InvoiceLineSerializer(serializers.ModelSerializer):
    tax_code = serializers.CharField(source="tax_rate.code", default=None, read_only=True)

    class Meta:
        model = InvoiceLine
        fields = ["id", "shipment", "description", "quantity", "unit_price", "tax_code"]


class InvoiceSerializer(serializers.ModelSerializer):
    lines = InvoiceLineSerializer(many=True, read_only=True)

    class Meta:
        model = Invoice
        fields = ["id", "number", "customer", "status", "currency", "issued_on", "due_on", "total", "lines"]


class DraftInvoiceInput(serializers.Serializer):
    customer = serializers.IntegerField()
    number = serializers.CharField(max_length=24)
    until = serializers.DateField()
    due_on = serializers.DateField()


class InvoiceViewSet(TenantScopedMixin, FreightReadOnlyViewSet):
    queryset = Invoice.objects.order_by("-issued_on")
    serializer_class = InvoiceSerializer

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.action in {"list", "retrieve"}:
            lines = InvoiceLine.objects.select_related("tax_rate").order_by("pk")
            queryset = queryset.prefetch_related(Prefetch("lines", queryset=lines))
        return queryset

    @action(detail=True, methods=["post"])
    def settle(self, request, pk=None):
        invoice = self.get_object()
        invoice.status = Invoice.Status.PAID
        invoice.save(update_fields=["status", "updated_at"])
        return Response({"number": invoice.number, "status": invoice.status})


class OpenInvoicesView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        today = timezone.localdate()
        data = [
            {"number": inv.number, "customer": inv.customer.name, "late": inv.due_on < today}
            for inv in open_invoices()
        ]
        return Response(data)


class DraftInvoiceView(APIView):
    permission_classes = [IsOperations]

    def post(self, request):
        form = DraftInvoiceInput(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        customer = get_object_or_404(Organisation, pk=values.pop("customer"))
        invoice = draft_invoice(customer=customer, **values)
        return Response({"number": invoice.number, "total": invoice.total}, status=201)


class AccrualsView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        start, end = month_bounds(parse_day(request.query_params.get("month"), timezone.localdate()))
        totals = defaultdict(Decimal)
        lines = InvoiceLine.objects.filter(
            invoice__issued_on__range=(start, end), shipment__isnull=False
        ).select_related("shipment")
        for line in lines:
            totals[line.shipment.carrier.name] += line.net
        return Response(totals)


class StatementView(APIView):
    def get(self, request, customer_id):
        if not request.user.is_staff and request.user.organisation_id != customer_id:
            return Response(status=403)
        return Response(statement(customer_id))


class TurnoverView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        start, end = month_bounds(parse_day(request.query_params.get("month"), timezone.localdate()))
        return Response({"eur": turnover_in_euro(start, end)})
