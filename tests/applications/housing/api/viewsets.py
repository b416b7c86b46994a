from rest_framework import viewsets

from api import serializers
from complaints.models import Complaint
from estates.models import Estate, Property
from inspections.models import Inspection
from repairs.models import Contractor, RepairOrder
from tenancies.models import Tenancy


class JoinedMixin:
    joins: tuple[str, ...] = ()
    fetches: tuple[str, ...] = ()

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.joins:
            queryset = queryset.select_related(*self.joins)
        if self.fetches:
            queryset = queryset.prefetch_related(*self.fetches)
        return queryset


class EstateViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Estate.objects.with_totals()
    serializer_class = serializers.EstateSerializer


class PropertyViewSet(JoinedMixin, viewsets.ReadOnlyModelViewSet):
    queryset = Property.objects.all()
    serializer_class = serializers.PropertySerializer
    joins = ("block",)


class PropertyRepairViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = serializers.RepairSerializer

    def get_queryset(self):
        return RepairOrder.objects.filter(property_id=self.kwargs["property_pk"])


class ContractorViewSet(viewsets.ModelViewSet):
    queryset = Contractor.objects.filter(suspended=False)
    serializer_class = serializers.ContractorSerializer


class InspectionViewSet(JoinedMixin, viewsets.ReadOnlyModelViewSet):
    queryset = Inspection.objects.order_by("-due_on")
    serializer_class = serializers.InspectionSerializer
    fetches = ("findings__hazard",)


class TenancyViewSet(JoinedMixin, viewsets.ReadOnlyModelViewSet):
    queryset = Tenancy.objects.all()
    serializer_class = serializers.TenancySerializer
    joins = ("lead_tenant", "property")


class ComplaintViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Complaint.objects.prefetch_related("notes")
    serializer_class = serializers.ComplaintSerializer
