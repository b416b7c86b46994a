from django.http import Http404, HttpResponse
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from core.exporters import BaseExporter
from core.viewsets import BaseViewSet
from orders import exporters  # noqa: F401
from orders.models import Order, OrderLine
from orders.serializers import BuyerOrderSerializer, OrderSerializer, StaffOrderSerializer
from orders.services import build_packing_slips, invoice_rows


class OrderViewSet(BaseViewSet):
    queryset = Order.objects.order_by("-placed_at")
    serializer_class = OrderSerializer
    permission_classes = [IsAdminUser]

    def get_serializer_class(self):
        if self.action in ("list", "retrieve") and self.request.user.is_superuser:
            return StaffOrderSerializer
        return super().get_serializer_class()

    @action(detail=False)
    def packing_slips(self, request):
        lines = OrderLine.objects.filter(order__status=Order.Status.PAID).select_related("listing", "order")
        if seller := request.GET.get("seller"):
            lines = lines.filter(seller__slug=seller)
        return Response(build_packing_slips(lines))

    @action(detail=False)
    def invoice_rows(self, request):
        numbers = request.GET.getlist("number")
        orders = list(Order.objects.filter(number__in=numbers))
        return Response(invoice_rows(orders))


class BuyerOrderViewSet(BaseViewSet):
    serializer_class = BuyerOrderSerializer
    http_method_names = ["get"]
    lookup_field = "number"

    def get_queryset(self):
        return Order.objects.filter(buyer__user=self.request.user).order_by("-placed_at")


class ExportView(APIView):
    permission_classes = [IsAdminUser]

    def get(self, request, kind):
        exporter_class = BaseExporter.registry.get(kind)
        if exporter_class is None:
            raise Http404
        return HttpResponse(exporter_class().to_csv(), content_type="text/csv")
