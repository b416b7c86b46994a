from rest_framework import serializers

from complaints.models import Complaint
from estates.models import Estate, Property
from inspections.models import Finding, Inspection
from repairs.models import Contractor, RepairOrder, RepairVisit
from tenancies.models import Tenancy


class EstateSerializer(serializers.ModelSerializer):
    home_total = serializers.IntegerField(read_only=True)

    class Meta:
        model = Estate
        fields = ["id", "name", "code", "home_total"]


class PropertySerializer(serializers.ModelSerializer):
    block_name = serializers.CharField(source="block.name", read_only=True)
    estate_name = serializers.CharField(source="block.estate.name", read_only=True)
    open_repairs = serializers.SerializerMethodField()

    class Meta:
        model = Property
        fields = ["id", "uprn", "address", "bedrooms", "block_name", "estate_name", "open_repairs"]

    def get_open_repairs(self, obj):
        return obj.repairs.filter(status="reported").count()


class VisitSerializer(serializers.ModelSerializer):
    class Meta:
        model = RepairVisit
        fields = ["id", "booked_for", "outcome"]


class RepairSerializer(serializers.ModelSerializer):
    visits = VisitSerializer(many=True, read_only=True)

    class Meta:
        model = RepairOrder
        fields = ["id", "reference", "summary", "status", "trade", "visits"]


class ContractorSerializer(serializers.ModelSerializer):
    trades = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")

    class Meta:
        model = Contractor
        fields = ["id", "name", "code", "suspended", "trades"]


class FindingSerializer(serializers.ModelSerializer):
    hazard = serializers.CharField(source="hazard.name", read_only=True)

    class Meta:
        model = Finding
        fields = ["id", "hazard", "note", "resolved"]


class InspectionSerializer(serializers.ModelSerializer):
    findings = FindingSerializer(many=True, read_only=True)

    class Meta:
        model = Inspection
        fields = ["id", "kind", "due_on", "done_on", "score", "findings"]

    def to_representation(self, instance):
        data = super().to_representation(instance)
        data["inspector"] = instance.inspector.name
        return data


class TenancySerializer(serializers.ModelSerializer):
    lead_tenant = serializers.StringRelatedField()
    address = serializers.CharField(source="property.address", read_only=True)

    class Meta:
        model = Tenancy
        fields = ["id", "reference", "status", "start", "lead_tenant", "address"]


class ComplaintSerializer(serializers.ModelSerializer):
    latest_note = serializers.SerializerMethodField()

    class Meta:
        model = Complaint
        fields = ["id", "reference", "stage", "subject", "tenancy", "handler", "latest_note"]

    def get_latest_note(self, obj):
        notes = sorted(obj.notes.all(), key=lambda note: note.created_at)
        return notes[-1].body if notes else None
