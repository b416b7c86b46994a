from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from core.permissions import IsOperations

from .models import Claim
from .services import build_chasers, parcels_without_claim, statutory_exposure


class DecidedClaimListSerializer(serializers.ListSerializer):
    def to_representation(self, data):
        rows = []
        for claim in data:
            row = self.child.to_representation(claim)
            row["approved_amount"] = str(claim.decision.approved_amount)
            rows.append(row)
        return rows


class DecidedClaimSerializer(serializers.ModelSerializer):
    class Meta:
        model = Claim
        fields = ["id", "reference", "status", "reason", "amount", "handler"]
        list_serializer_class = DecidedClaimListSerializer


class DecidedClaimsView(generics.ListAPIView):
    serializer_class = DecidedClaimSerializer
    permission_classes = [IsOperations]

    def get_queryset(self):
        return Claim.objects.filter(decision__isnull=False).order_by("-opened_at")


class ExposureView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        return Response({"exposure": statutory_exposure()})


class ChasersView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        return Response(build_chasers())


class UnclaimedParcelsView(APIView):
    permission_classes = [IsOperations]

    def get(self, request):
        return Response(parcels_without_claim(int(request.query_params["carrier"])))
