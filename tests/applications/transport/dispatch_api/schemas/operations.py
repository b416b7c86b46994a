from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from dispatch_api.schemas.network import OrmModel

if TYPE_CHECKING:
    from dispatch_api.models import Trip


class VehicleModelOut(OrmModel):
    maker: str
    name: str
    seats: int


class VehicleBrief(OrmModel):
    id: int
    fleet_no: str


class VehicleOut(VehicleBrief):
    state: str
    mileage: int
    model: VehicleModelOut


class IncidentBase(OrmModel):
    id: int
    reference: str
    severity: int
    opened_at: datetime


class IncidentOut(IncidentBase):
    closed_at: datetime | None
    vehicle: VehicleBrief


class IncidentTriage(IncidentBase):
    vehicle: VehicleBrief
    age_minutes: int | None = None


class TripRow(OrmModel):
    id: int
    service_date: date
    status: str
    fleet_no: str | None

    @classmethod
    def from_trip(cls, trip: Trip) -> TripRow:
        return cls(
            id=trip.id,
            service_date=trip.service_date,
            status=trip.status,
            fleet_no=trip.vehicle.fleet_no if trip.vehicle_id else None,
        )


class TripLive(OrmModel):
    id: int
    line_code: str
    driver: str | None
