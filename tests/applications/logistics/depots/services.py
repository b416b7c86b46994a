from django.db import transaction

from notifications.services import push

from .models import Depot, Region


def rank_depots(limit=20):
    depots = Depot.objects.filter(is_open=True)
    ranked = sorted(depots, key=lambda depot: depot.parcels.count(), reverse=True)
    return [{"code": depot.code, "city": depot.city} for depot in ranked[:limit]]


def region_overview():
    overview = []
    for region in Region.objects.prefetch_related("depots").order_by("name"):
        capacity = 0
        for depot in region.depots.all():
            if depot.is_open:
                capacity += depot.bays.count()
        overview.append({"region": region.name, "capacity": capacity})
    return overview


@transaction.atomic
def close_depot(depot, *, reason):
    depot.is_open = False
    depot.save(update_fields=["is_open"])
    colleagues = depot.staff.filter(is_active=True)
    payload = {"depot": depot.code, "reason": reason}
    for colleague in colleagues:
        push(colleague, kind="depot_closed", payload=payload)
    return depot
