from rest_framework import serializers

from accounts.models import Seller
from core.serializers import DynamicFieldsSerializer


class SellerSerializer(DynamicFieldsSerializer):
    rating = serializers.ReadOnlyField(source="average_rating")
    country = serializers.CharField(source="country.code", read_only=True)

    class Meta:
        model = Seller
        fields = ["id", "display_name", "slug", "status", "country", "rating"]

    @classmethod
    def setup_eager_loading(cls, queryset):
        return super().setup_eager_loading(queryset).select_related("country")
