from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from dispatch_api.models import Driver, Incident, Trip, Vehicle
from dispatch_api.repositories.base import Repository


class TripRepository(Repository[Trip]):
    model = Trip
    default_options = (joinedload(Trip.line),)

    def for_day(self, day: date) -> Sequence[Trip]:
        return self.list(Trip.service_date == day, order_by=Trip.starts_at)

    def dispatched(self, day: date) -> Sequence[Trip]:
        stmt = self._select().options(joinedload(Trip.vehicle)).where(Trip.service_date == day)
        return self.session.scalars(stmt.where(Trip.vehicle_id.is_not(None))).all()


class VehicleRepository(Repository[Vehicle]):
    model = Vehicle

    def in_service(self) -> Sequence[Vehicle]:
        return self.list(Vehicle.state == "service", order_by=Vehicle.fleet_no)

    def search(self, text: str) -> Sequence[Vehicle]:
        return self.list(Vehicle.fleet_no.ilike(f"%{text}%"))


class DriverRepository(Repository[Driver]):
    model = Driver

    def of_depot(self, depot_id: int) -> Sequence[Driver]:
        return self.list(Driver.depot_id == depot_id, order_by=Driver.full_name)

    def with_depot(self) -> Sequence[Driver]:
        return self.session.scalars(self._select().options(joinedload(Driver.depot)).order_by(Driver.staff_no)).all()


class IncidentRepository(Repository[Incident]):
    model = Incident


def with_crew(stmt: Select) -> Select:
    return stmt.options(joinedload(Trip.driver).selectinload(Driver.licences))


def iter_open_incidents(session: Session, min_severity: int = 1) -> Iterator[Incident]:
    stmt = select(Incident).where(Incident.closed_at.is_(None), Incident.severity >= min_severity)
    for incident in session.scalars(stmt.order_by(Incident.opened_at)).all():
        if incident.reference:
            yield incident


def attach_open_incidents(session: Session, vehicles: Sequence[Vehicle]) -> Sequence[Vehicle]:
    by_vehicle: dict[int, list[Incident]] = defaultdict(list)
    stmt = select(Incident).where(
        Incident.vehicle_id.in_([v.id for v in vehicles]), Incident.closed_at.is_(None)
    )
    for incident in session.scalars(stmt):
        by_vehicle[incident.vehicle_id].append(incident)
    for vehicle in vehicles:
        set_committed_value(vehicle, "incidents", by_vehicle.get(vehicle.id, []))
    return vehicles
