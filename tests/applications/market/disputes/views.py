from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from core.viewsets import BaseViewSet
from disputes.models import Dispute
from disputes.selectors import with_parties
from disputes.serializers import DisputeSerializer
from disputes.services import close_quiet


class DisputeViewSet(BaseViewSet):
    queryset = Dispute.objects.order_by("-opened_at")
    serializer_class = DisputeSerializer
    permission_classes = [IsAdminUser]
    lookup_field = "reference"

    def get_queryset(self):
        return with_parties(super().get_queryset())

    def get_serializer_context(self):
        context = super().get_serializer_context()
        if self.action == "retrieve":
            context["with_thread"] = True
        return context

    @action(detail=False, methods=["post"])
    def close_quiet(self, request):
        return Response({"closed": close_quiet(request.user)})
