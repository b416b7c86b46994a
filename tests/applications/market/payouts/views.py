from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from core.serializers import DynamicFieldsSerializer, MoneyField
from core.viewsets import BaseViewSet, SellerScopedMixin
from payouts.models import Payout
from payouts.services import payout_to_dict, statement


class PayoutSerializer(DynamicFieldsSerializer):
    amount = MoneyField(read_only=True)

    class Meta:
        model = Payout
        fields = ["id", "reference", "seller_id", "amount", "status", "settled_at"]


class PayoutViewSet(SellerScopedMixin, BaseViewSet):
    queryset = Payout.objects.newest()
    serializer_class = PayoutSerializer
    http_method_names = ["get"]

    @action(detail=False)
    def compact(self, request):
        return Response([payout_to_dict(payout) for payout in self.get_queryset()])


class PayoutStatementView(APIView):
    def get(self, request):
        return Response(statement(request.user.seller))
