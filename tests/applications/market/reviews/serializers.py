from rest_framework import serializers

from core.serializers import DynamicFieldsSerializer
from reviews.models import Review


class VotedByMeMixin:
    def to_representation(self, instance):
        data = super().to_representation(instance)
        user = self.context["request"].user
        data["voted"] = user.is_authenticated and instance.votes.filter(user=user).exists()
        return data


class ReviewSerializer(VotedByMeMixin, DynamicFieldsSerializer):
    author_name = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = ["id", "listing_id", "rating", "body", "author_name", "created_at"]

    def get_author_name(self, obj):
        return obj.author.user.get_full_name() or obj.author.nickname
