import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from dispatch_api.db import get_async_session
from dispatch_api.models import Trip
from dispatch_api.schemas.operations import TripLive
from dispatch_api.services.loaders import driver_loader

router = APIRouter(prefix="/live")
AsyncDb = Annotated[AsyncSession, Depends(get_async_session)]


@router.get("/trips")
async def live_trips(session: AsyncDb) -> list[TripLive]:
    result = await session.scalars(select(Trip).options(joinedload(Trip.line)).where(Trip.status == "running"))
    trips = result.all()
    loader = driver_loader(session)
    drivers = await asyncio.gather(*(loader.load(trip.driver_id) for trip in trips))
    return [
        TripLive(id=trip.id, line_code=trip.line.code, driver=driver.full_name if driver else None)
        for trip, driver in zip(trips, drivers)
    ]


@router.get("/progress")
async def progress(session: AsyncDb) -> dict[int, int]:
    result = await session.scalars(select(Trip).options(selectinload(Trip.calls)).where(Trip.status == "running"))
    done = {}
    for trip in result:
        calls = await trip.awaitable_attrs.calls
        done[trip.id] = sum(1 for call in calls if call.actual_at)
    return done


@router.get("/equipment")
async def equipment(session: AsyncDb, day: date) -> list[dict[str, Any]]:
    result = await session.scalars(select(Trip).where(Trip.service_date == day, Trip.vehicle_id.is_not(None)))
    out = []
    for trip in result.all():
        vehicle = await trip.awaitable_attrs.vehicle
        out.append({"trip": trip.id, "fleet_no": vehicle.fleet_no, "seats": vehicle.model.seats})
    return out
