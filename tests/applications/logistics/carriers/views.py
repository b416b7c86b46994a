from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from core.permissions import IsStaffOrReadOnly
from core.viewsets import FreightModelViewSet

from .models import Carrier, ServiceLevel, Vehicle
from .selectors import service_matrix
from .serializers import CarrierSerializer, VehicleSerializer

STANDARD_CODES = ("STD", "EXP", "ECO")


class CarrierViewSet(FreightModelViewSet):
    queryset = Carrier.objects.order_by("name")
    serializer_class = CarrierSerializer
    permission_classes = [IsStaffOrReadOnly]


class VehicleListView(generics.ListAPIView):
    serializer_class = VehicleSerializer

    def get_queryset(self):
        queryset = Vehicle.objects.select_related("carrier").order_by("plate")
        minimum = self.request.query_params.get("min_capacity")
        if minimum:
            queryset = queryset.filter(capacity_kg__gte=int(minimum))
        return queryset


class ServiceMatrixView(APIView):
    def get(self, request):
        return Response(service_matrix(request.query_params.get("country")))


class ServiceMixView(APIView):
    def get(self, request):
        mix = {}
        for code in STANDARD_CODES:
            mix[code] = ServiceLevel.objects.filter(code=code, carrier__active=True).count()
        return Response(mix)
