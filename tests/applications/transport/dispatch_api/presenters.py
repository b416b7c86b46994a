from dataclasses import dataclass
from typing import Any

from dispatch_api.models import Trip, Vehicle


def describe_vehicle(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "fleet_no": vehicle.fleet_no,
        "state": vehicle.state,
        "depot": vehicle.depot.name,
    }


def vehicle_card(vehicle: Vehicle) -> dict[str, Any]:
    worst = max((incident.severity for incident in vehicle.incidents), default=0)
    return {"fleet_no": vehicle.fleet_no, "worst_open": worst}


def vehicle_payload(vehicle: Vehicle, *, detailed: bool) -> dict[str, Any]:
    payload: dict[str, Any] = {"fleet_no": vehicle.fleet_no, "mileage": vehicle.mileage}
    if not detailed:
        return payload
    payload["trips"] = [trip.id for trip in vehicle.trips]
    return payload


def trip_payload(trip: Trip, expand: bool = False) -> dict[str, Any]:
    payload: dict[str, Any] = {"id": trip.id, "starts_at": trip.starts_at.isoformat(), "status": trip.status}
    if expand:
        payload["driver"] = {"name": trip.driver.full_name, "phone": trip.driver.phone}
    return payload


@dataclass(slots=True)
class TripView:
    trip: Trip
    slot: int

    @property
    def driver_name(self) -> str:
        if self.trip.driver_id is None:
            return "unassigned"
        return self.trip.driver.full_name

    @property
    def heading(self) -> str:
        return f"{self.slot:03d} {self.trip.line.code}"
