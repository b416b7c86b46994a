from dataclasses import dataclass, field
from datetime import date

from ..models import Parcel


@dataclass
class PickupStop:
    parcel: Parcel
    day: date
    remarks: list[str] = field(default_factory=list)

    @property
    def place(self):
        return self.parcel.current_depot.code

    @property
    def is_heavy(self):
        return self.parcel.weight_kg > 30


def plan_stops(day):
    waiting = Parcel.objects.filter(
        shipment__planned_pickup=day, current_depot__isnull=False, status="created"
    ).order_by("current_depot_id", "barcode")
    stops = [PickupStop(parcel=parcel, day=day) for parcel in waiting]
    for stop in stops:
        if stop.is_heavy:
            stop.remarks.append("two-man lift")
    return stops


def route_text(stops):
    lines = []
    for stop in stops:
        remark = ", ".join(stop.remarks)
        lines.append(f"{stop.place:<8}{stop.parcel.barcode:<42}{remark}")
    return "\n".join(lines)
