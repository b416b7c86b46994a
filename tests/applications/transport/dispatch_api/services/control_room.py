from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from dispatch_api.models import Depot, Incident, IncidentNote, Vehicle
from dispatch_api.presenters import describe_vehicle, vehicle_card
from dispatch_api.repositories.operations import VehicleRepository, attach_open_incidents
from dispatch_api.services.positions import PositionCache


class ControlRoom:
    def __init__(self, session: Session, positions: PositionCache | None = None) -> None:
        self.session = session
        self.vehicles = VehicleRepository(session)
        self.positions = positions or PositionCache()

    def board(self) -> list[dict[str, Any]]:
        return [describe_vehicle(vehicle) for vehicle in self.vehicles.in_service()]

    def cards(self) -> list[dict[str, Any]]:
        fleet = attach_open_incidents(self.session, self.vehicles.in_service())
        return list(map(vehicle_card, fleet))

    def located(self) -> list[dict[str, Any]]:
        out = []
        for vehicle in self.vehicles.in_service():
            fix = self.positions.get(vehicle.fleet_no)
            if fix is not None:
                out.append({"fleet_no": vehicle.fleet_no, "lat": fix["lat"], "lon": fix["lon"]})
        return out

    def strength(self) -> dict[str, int]:
        depots = self.session.scalars(select(Depot)).all()
        ready: Counter[str] = Counter({depot.name: 0 for depot in depots})
        for vehicle in self.session.scalars(select(Vehicle).where(Vehicle.state == "ready")):
            ready[vehicle.depot.name] += 1
        return dict(ready)

    def worst_vehicles(self) -> list[str]:
        stmt = (
            select(Incident)
            .join(Incident.vehicle)
            .where(Incident.closed_at.is_(None), Vehicle.state == "service", Incident.severity >= 3)
            .options(contains_eager(Incident.vehicle))
        )
        return sorted({incident.vehicle.fleet_no for incident in self.session.scalars(stmt)})

    def labels(self) -> dict[str, list[str]]:
        pending = self.session.scalars(select(Incident).where(Incident.closed_at.is_(None)))
        return {incident.reference: [tag.name for tag in incident.tags] for incident in pending}

    def log(self, min_severity: int) -> list[dict[str, Any]]:
        incidents = self.session.scalars(select(Incident).where(Incident.severity >= min_severity)).all()
        notes: dict[int, list[str]] = defaultdict(list)
        stmt = select(IncidentNote).where(IncidentNote.incident_id.in_([i.id for i in incidents]))
        for note in self.session.scalars(stmt):
            notes[note.incident_id].append(note.text)
        return [{"reference": i.reference, "notes": notes.get(i.id, [])} for i in incidents]
