from rest_framework import serializers

from core.serializers import DynamicFieldsSerializer
from disputes.models import Dispute, DisputeMessage


class DisputeMessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = DisputeMessage
        fields = ["author_id", "text", "created_at"]


class DisputeSerializer(DynamicFieldsSerializer):
    listing = serializers.CharField(source="line.listing.title", read_only=True)
    message_count = serializers.SerializerMethodField()
    last_message = serializers.SerializerMethodField()
    thread = serializers.SerializerMethodField()

    class Meta:
        model = Dispute
        fields = ["reference", "status", "opened_at", "listing", "message_count", "last_message", "thread"]

    def get_message_count(self, obj):
        return obj.messages.count()

    def get_last_message(self, obj):
        message = obj.messages.first()
        return message.text if message else ""

    def get_thread(self, obj):
        if not self.context.get("with_thread"):
            return None
        messages = obj.messages.select_related("author").order_by("created_at")
        return DisputeMessageSerializer(messages, many=True).data
