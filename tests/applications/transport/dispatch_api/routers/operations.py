from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload

from dispatch_api.db import get_session
from dispatch_api.models import Incident, Trip, Vehicle
from dispatch_api.presenters import vehicle_payload
from dispatch_api.repositories.operations import TripRepository, VehicleRepository
from dispatch_api.schemas.operations import IncidentOut, IncidentTriage, TripRow, VehicleOut
from dispatch_api.services.control_room import ControlRoom
from dispatch_api.services.roster import RosterService

router = APIRouter(prefix="/operations")
Db = Annotated[Session, Depends(get_session)]


@router.get("/incidents", response_model=list[IncidentOut])
def incidents(session: Db, since: date):
    return session.scalars(select(Incident).where(Incident.opened_at >= since).order_by(Incident.opened_at)).all()


@router.get("/incidents/triage", response_model=list[IncidentTriage])
def triage(session: Db):
    stmt = select(Incident).where(Incident.closed_at.is_(None))
    return session.scalars(stmt.options(joinedload(Incident.vehicle), raiseload("*"))).all()


@router.get("/incidents/labels")
def labels(session: Db) -> dict[str, list[str]]:
    return ControlRoom(session).labels()


@router.get("/incidents/log")
def log(session: Db, min_severity: int = 2) -> list[dict[str, Any]]:
    return ControlRoom(session).log(min_severity)


@router.get("/trips")
def trips(session: Db, day: date) -> list[TripRow]:
    return [TripRow.from_trip(trip) for trip in TripRepository(session).for_day(day)]


@router.get("/trips/board")
def trip_board(session: Db, day: date) -> list[dict[str, Any]]:
    return [
        {"line": trip.line.code, "name": trip.line.name, "at": trip.starts_at}
        for trip in TripRepository(session).for_day(day)
    ]


@router.get("/trips/{trip_id}/calls")
def calls(trip_id: int, session: Db) -> list[dict[str, Any]]:
    trip = session.get(Trip, trip_id)
    if trip is None:
        raise HTTPException(404)
    out = []
    for call in trip.calls:
        out.append({"stop_id": call.stop_id, "offset": (call.planned_at - call.trip.starts_at).total_seconds()})
    return out


@router.get("/vehicles", response_model=list[VehicleOut])
def vehicles(session: Db):
    return session.scalars(select(Vehicle).order_by(Vehicle.fleet_no)).all()


@router.get("/vehicles/search")
def search(session: Db, q: str) -> list[dict[str, Any]]:
    hits = VehicleRepository(session).search(q)
    return [vehicle_payload(vehicle, detailed=len(hits) == 1) for vehicle in hits]


@router.get("/vehicles/board")
def vehicle_board(session: Db) -> list[dict[str, Any]]:
    return ControlRoom(session).board()


@router.get("/vehicles/cards")
def cards(session: Db) -> list[dict[str, Any]]:
    return ControlRoom(session).cards()


@router.get("/vehicles/located")
def located(session: Db) -> list[dict[str, Any]]:
    return ControlRoom(session).located()


@router.get("/vehicles/strength")
def strength(session: Db) -> dict[str, int]:
    return ControlRoom(session).strength()


@router.get("/vehicles/worst")
def worst(session: Db) -> list[str]:
    return ControlRoom(session).worst_vehicles()


@router.get("/duties")
def duties(session: Db, day: date) -> list[dict[str, Any]]:
    return RosterService(session).duty_sheet(day)


@router.get("/plan")
def plan(session: Db, day: date) -> list[dict[str, Any]]:
    return RosterService(session).day_plan(day)


@router.get("/plan/{trip_id}")
def plan_entry(trip_id: int, session: Db) -> dict[str, Any]:
    entry = RosterService(session).single(trip_id)
    if entry is None:
        raise HTTPException(404)
    return entry


@router.get("/crew")
def crew(session: Db, day: date) -> dict[int, str]:
    return RosterService(session).crew_for(day)


@router.get("/crew/unqualified")
def unqualified(session: Db, day: date) -> list[int]:
    return RosterService(session).unqualified(day)


@router.get("/drivers/contacts")
def contacts(session: Db) -> list[tuple[str, str, str]]:
    return RosterService(session).contact_sheet()


@router.get("/depots/{depot_id}/licences")
def licences(depot_id: int, session: Db) -> int:
    return RosterService(session).licence_total(depot_id)
