from collections import Counter
from datetime import date
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch_api.db import ReportSession, get_report_session, get_session
from dispatch_api.models import Incident, Line, Trip, Vehicle
from dispatch_api.presenters import TripView
from dispatch_api.repositories.operations import TripRepository, iter_open_incidents

router = APIRouter(prefix="/reports")
Db = Annotated[Session, Depends(get_session)]
ReportDb = Annotated[ReportSession, Depends(get_report_session)]


@router.get("/daybook")
def daybook(session: Db, day: date) -> list[str]:
    views = [TripView(trip, slot) for slot, trip in enumerate(TripRepository(session).for_day(day), 1)]
    return [f"{view.heading}: {view.driver_name}" for view in views]


@router.get("/verbosity")
def verbosity(session: Db) -> int:
    words = 0
    for incident in iter_open_incidents(session, min_severity=2):
        words += sum(len(note.text.split()) for note in incident.notes)
    return words


@router.get("/audit/vehicles")
def audit_vehicles(session: Db) -> dict[str, str]:
    seen = {}
    for vehicle in session.scalars(select(Vehicle).where(Vehicle.mileage > 100_000)).all():
        event = vehicle.last_event()
        seen[vehicle.fleet_no] = event.action if event else "never touched"
    return seen


@router.get("/operators")
def operator_share(session: Db, day: date) -> dict[str, int]:
    share: Counter[str] = Counter()
    for trip in TripRepository(session).dispatched(day):
        share[trip.vehicle.depot.operator.name] += 1
    return dict(share)


@router.get("/load")
def vehicle_load(session: ReportDb, day: date) -> dict[str, int]:
    load: Counter[str] = Counter()
    for trip in session.scalars(select(Trip).where(Trip.service_date == day, Trip.vehicle_id.is_not(None))):
        load[trip.vehicle.fleet_no] += 1
    return dict(load)


@router.get("/lines")
def line_figures(session: Db) -> list[dict[str, Any]]:
    stmt = (
        select(Line.code, Line.name, func.count(Trip.id).label("trips"))
        .join(Line.trips)
        .group_by(Line.code, Line.name)
    )
    return [{"line": line.code, "title": line.name, "trips": line.trips} for line in session.execute(stmt)]


@router.get("/severity")
def severity(session: Db) -> dict[int, int]:
    frame = pd.read_sql(select(Incident.id, Incident.severity, Incident.vehicle_id), session.connection())
    result = {}
    for level in frame["severity"].unique():
        subset = frame.filter(["severity", "vehicle_id"]).query("severity == @level")
        result[int(level)] = int(subset["vehicle_id"].count())
    return result
