from rest_framework import serializers

from .models import Depot


class DepotSerializer(serializers.ModelSerializer):
    bay_numbers = serializers.SerializerMethodField()

    class Meta:
        model = Depot
        fields = ["id", "code", "name", "region", "city", "country", "is_open", "opening_hours", "bay_numbers"]

    def get_bay_numbers(self, obj):
        return sorted(bay.number for bay in obj.bays.all())

    def to_representation(self, instance):
        data = super().to_representation(instance)
        data["region"] = {"id": instance.region_id, "name": instance.region.name}
        data["open_days"] = [day for day, hours in instance.opening_hours.items() if hours]
        return data
