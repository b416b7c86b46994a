from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import generics
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from core.permissions import CanEditShipment, IsOperations, ShipmentPolicy
from core.utils import parse_day
from core.viewsets import FreightModelViewSet, FreightReadOnlyViewSet, TenantScopedMixin
from notifications.tasks import notify_delay

from .models import Parcel, Shipment
from .selectors import recent_shipments
from .serializers import (
    CustomerShipmentSerializer,
    ManifestShipmentSerializer,
    ParcelTrackingSerializer,
    ShipmentDetailSerializer,
    ShipmentListSerializer,
)
from .services.booking import carrier_load, tag_shipments
from .services.manifests import build_manifest, label_sheet, shipment_labels
from .services.pricing import public_estimates, quote_backlog


class ShipmentViewSet(TenantScopedMixin, FreightModelViewSet):
    queryset = Shipment.objects.annotate(parcel_count=Count("parcels")).order_by("-planned_pickup")
    serializer_class = ShipmentDetailSerializer
    action_serializers = {"list": ShipmentListSerializer}
    permission_classes = [CanEditShipment]

    @action(detail=False)
    def labels(self, request):
        shipments = self.get_queryset().prefetch_related("tags")
        answer = {}
        for shipment in shipments:
            answer[shipment.reference] = list(shipment.tags.values_list("name", flat=True))
        return Response(answer)

    @action(detail=True, methods=["post"])
    def late(self, request, pk=None):
        shipment = self.get_object()
        notify_delay.delay(shipment.pk)
        return Response({"reference": shipment.reference}, status=202)


class ParcelTrackingViewSet(TenantScopedMixin, FreightReadOnlyViewSet):
    queryset = Parcel.objects.order_by("barcode")
    serializer_class = ParcelTrackingSerializer
    tenant_lookup = "shipment__customer_id"


class ManifestListView(generics.ListAPIView):
    serializer_class = ManifestShipmentSerializer
    permission_classes = [IsOperations]

    def get_queryset(self):
        day = parse_day(self.request.query_params.get("day"), timezone.localdate())
        return Shipment.objects.moving().filter(planned_pickup=day).select_related("origin")


class ManifestTextView(APIView):
    permission_classes = [IsOperations]

    def get(self, request, carrier_id):
        day = parse_day(request.query_params.get("day"), timezone.localdate())
        return HttpResponse(build_manifest(carrier_id, day), content_type="text/plain")


class CustomerShipmentListView(generics.ListAPIView):
    serializer_class = CustomerShipmentSerializer

    def get_queryset(self):
        return Shipment.objects.filter(customer_id=self.request.user.organisation_id).order_by("-planned_pickup")


class WatchedShipmentsView(APIView):
    def get(self, request):
        policy = ShipmentPolicy(request.user)
        days = int(request.query_params.get("days", 14))
        visible = [shipment for shipment in recent_shipments(days) if policy.can_view(shipment)]
        return Response([{"reference": s.reference, "status": s.status} for s in visible])


class DashboardView(APIView):
    def get(self, request):
        latest = []
        for shipment in recent_shipments()[:10]:
            latest.append({"reference": shipment.reference, "carrier": shipment.carrier.name})
        return Response({"latest": latest, "moving": Shipment.objects.moving().count()})


class QuoteView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        if request.query_params.get("public") == "1":
            return Response(public_estimates())
        return Response(quote_backlog())


class LabelView(APIView):
    def get(self, request, reference):
        return Response(shipment_labels(reference))


class LabelSheetView(APIView):
    permission_classes = [IsOperations]

    def get(self, request, depot_code):
        return HttpResponse(label_sheet(depot_code), content_type="text/plain")


class DispatchBoardView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        day = parse_day(request.query_params.get("day"), timezone.localdate())
        return Response(carrier_load(day))


class TaggingView(APIView):
    permission_classes = [IsOperations]

    def post(self, request):
        tagged = tag_shipments(name=request.data["tag"], references=request.data["references"])
        return Response({"tagged": tagged})
