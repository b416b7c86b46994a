from rest_framework import serializers

from claims.models import Claim

from .models import Carrier, Vehicle


class CarrierSerializer(serializers.ModelSerializer):
    open_claims = serializers.SerializerMethodField()

    class Meta:
        model = Carrier
        fields = ["id", "name", "scac", "country", "active", "rating", "open_claims"]

    def get_open_claims(self, obj):
        return Claim.objects.filter(parcel__shipment__carrier=obj, status=Claim.Status.OPEN).count()


class VehicleSerializer(serializers.ModelSerializer):
    carrier_name = serializers.CharField(source="carrier.name", read_only=True)
    home_city = serializers.CharField(source="home_depot.city", default=None, read_only=True)

    class Meta:
        model = Vehicle
        fields = ["id", "plate", "capacity_kg", "carrier_name", "home_city"]
