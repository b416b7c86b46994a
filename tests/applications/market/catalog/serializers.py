from django.db.models import Prefetch
from rest_framework import serializers

from catalog.models import Listing, ListingImage, PriceChange
from core.serializers import DynamicFieldsSerializer, MoneyField


class ListingCardSerializer(DynamicFieldsSerializer):
    price = MoneyField()
    seller_name = serializers.CharField(source="seller.display_name", read_only=True)
    section = serializers.CharField(source="category.parent.name", read_only=True, default=None)
    reviews = serializers.IntegerField(source="review_count", read_only=True)
    cover = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = ["id", "slug", "title", "price", "seller_name", "section", "reviews", "cover"]

    @classmethod
    def setup_eager_loading(cls, queryset):
        covers = ListingImage.objects.filter(is_cover=True)
        return super().setup_eager_loading(queryset).prefetch_related(
            Prefetch("images", queryset=covers, to_attr="cover_images")
        )

    def get_cover(self, obj):
        return obj.cover_images[0].url if obj.cover_images else None


class PriceChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = PriceChange
        fields = ["old_price", "new_price", "at"]


class ListingDetailSerializer(DynamicFieldsSerializer):
    history = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = ["id", "slug", "title", "price", "stock", "status", "history"]

    def get_history(self, obj):
        changes = obj.price_changes.order_by("-at")[:10]
        return PriceChangeSerializer(changes, many=True).data


class StorefrontListingSerializer(serializers.ModelSerializer):
    logo = serializers.SerializerMethodField()
    watched = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = ["id", "slug", "title", "price", "logo", "watched"]

    def get_logo(self, obj):
        return obj.seller.profile.logo_url

    def get_watched(self, obj):
        return obj.pk in self.context["watched_ids"]


class SellerListingSerializer(DynamicFieldsSerializer):
    class Meta:
        model = Listing
        fields = [
            "id",
            "title",
            "slug",
            "price",
            "stock",
            "category",
            "tags",
        ]
