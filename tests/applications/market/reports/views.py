from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Seller
from orders.models import Order, OrderLine
from orders.services import refunded_total
from reports import summaries


class ReportView(APIView):
    permission_classes = [IsAdminUser]

    def since(self):
        return timezone.now() - timedelta(days=int(self.request.GET.get("days", 30)))


class SellerRevenueView(ReportView):
    def get(self, request):
        table = {}
        for seller in Seller.objects.active().order_by("display_name"):
            sold = OrderLine.objects.filter(seller=seller, order__placed_at__gte=self.since())
            table[seller.slug] = sold.aggregate(total=Sum("unit_price"))["total"]
        return Response(table)


class OrderFeedView(ReportView):
    def get(self, request):
        orders = Order.objects.filter(placed_at__gte=self.since()).order_by("placed_at")
        return Response([{"number": order.number, "buyer": order.buyer.nickname} for order in orders])


class RefundReportView(ReportView):
    def get(self, request):
        lines = OrderLine.objects.filter(order__placed_at__gte=self.since())
        return Response({"refunded": refunded_total(lines), "reasons": summaries.refund_reasons()})


class SectionReportView(ReportView):
    def get(self, request):
        return Response(
            {
                "sections": summaries.section_revenue(self.since()),
                "sellers": summaries.seller_totals(self.since()),
                "months": summaries.monthly(),
            }
        )


class DashboardView(ReportView):
    def get(self, request):
        latest = []
        for order in Order.objects.order_by("-placed_at")[:5]:
            latest.append({"number": order.number, "buyer": order.buyer.nickname, "total": order.total})
        return Response({"statuses": summaries.status_counts(), "latest": latest})
