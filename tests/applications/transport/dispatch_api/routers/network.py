from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from dispatch_api.db import get_session
from dispatch_api.models import Disruption, Line, RoadWorks, Stop, Vehicle
from dispatch_api.repositories.base import preload
from dispatch_api.schemas.network import LineDetail
from dispatch_api.services.catalogue import CatalogueService
from dispatch_api.settings import settings

router = APIRouter(prefix="/network")
Db = Annotated[Session, Depends(get_session)]
MODES = ("bus", "tram", "metro")


@router.get("/lines", response_model=list[LineDetail])
def lines(session: Db):
    return session.scalars(select(Line).options(*LineDetail.load_options()).order_by(Line.code)).all()


@router.get("/lines/overview")
def overview(session: Db) -> list[dict[str, Any]]:
    return CatalogueService(session).overview()


@router.get("/lines/workload")
def workload(session: Db) -> dict[str, int]:
    return CatalogueService(session).workload()


@router.get("/lines/headers")
def headers(session: Db) -> list[dict[str, Any]]:
    return CatalogueService(session).headers()


@router.get("/lines/zones")
def zones(session: Db, mode: str = "bus") -> dict[str, list[str]]:
    return CatalogueService(session).zones_by_line(mode)


@router.get("/lines/problems")
def problems(session: Db, threshold: int = 3) -> list[str]:
    return CatalogueService(session).problem_lines(threshold)


@router.get("/lines/modes")
def modes(session: Db) -> dict[str, int]:
    totals = {}
    for mode in MODES:
        totals[mode] = session.scalar(select(func.count(Line.id)).where(Line.mode == mode))
    return totals


@router.get("/stops")
def stops(session: Db) -> list[dict[str, Any]]:
    found = session.scalars(select(Stop).order_by(Stop.name))
    return [{"code": stop.code, "name": stop.name, "zone": stop.zone.code} for stop in found]


@router.get("/stops/map")
def stop_map(session: Db) -> list[dict[str, Any]]:
    return CatalogueService(session).map_markers()


@router.get("/fleet/uncertified")
def uncertified(session: Db) -> list[str]:
    missing = []
    for vehicle in session.scalars(select(Vehicle).where(Vehicle.state != "scrapped")).all():
        if vehicle.certificate is None:
            missing.append(vehicle.fleet_no)
    return missing


@router.get("/fleet/expiring")
def expiring(session: Db) -> list[str]:
    limit = date.today() + timedelta(days=settings.certificate_warning_days)
    fleet = session.scalars(select(Vehicle).where(Vehicle.state == "service")).all()
    preload(session, fleet, selectinload(Vehicle.certificate))
    return [v.fleet_no for v in fleet if v.certificate and v.certificate.valid_until <= limit]


@router.get("/disruptions")
def disruptions(session: Db) -> list[dict[str, Any]]:
    out = []
    for item in session.scalars(select(Disruption).order_by(Disruption.starts_on)):
        entry = {"title": item.title, "from": item.starts_on}
        if isinstance(item, RoadWorks):
            entry["where"] = f"{item.street} ({item.contractor})"
        out.append(entry)
    return out
