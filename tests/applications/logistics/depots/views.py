from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from core.permissions import IsStaffOrReadOnly
from core.viewsets import FreightModelViewSet

from .models import Depot
from .serializers import DepotSerializer
from .services import close_depot, rank_depots, region_overview


class DepotViewSet(FreightModelViewSet):
    queryset = Depot.objects.order_by("code")
    serializer_class = DepotSerializer
    permission_classes = [IsStaffOrReadOnly]
    load_relations = ("bays",)

    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        depot = close_depot(self.get_object(), reason=request.data.get("reason", ""))
        return Response({"code": depot.code, "is_open": depot.is_open})


class BayAvailabilityView(APIView):
    def get(self, request):
        depots = Depot.objects.filter(is_open=True).prefetch_related("bays")
        answer = []
        for depot in depots:
            total = len(depot.bays.all())
            blocked = depot.bays.filter(is_blocked=True).count()
            answer.append({"depot": depot.code, "bays": total, "free": total - blocked})
        return Response(answer)


class RegionOverviewView(APIView):
    def get(self, request):
        return Response(region_overview())


class DepotRankingView(APIView):
    def get(self, request):
        return Response(rank_depots())
