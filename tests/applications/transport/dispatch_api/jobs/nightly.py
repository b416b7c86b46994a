import asyncio
import logging
from datetime import date, timedelta

from sqlalchemy import func, select, update

from dispatch_api.db import AsyncSessionLocal
from dispatch_api.models import StopCall, Trip, Vehicle

log = logging.getLogger(__name__)


async def flag_empty_trips(day: date) -> int:
    flagged = 0
    async with AsyncSessionLocal() as session:
        trips = (await session.scalars(select(Trip).where(Trip.service_date == day))).all()
        for trip in trips:
            missed = await session.scalar(
                select(func.count(StopCall.id)).where(StopCall.trip_id == trip.id, StopCall.actual_at.is_(None))
            )
            if missed:
                log.warning("trip %s missed %s calls", trip.id, missed)
                flagged += 1
    return flagged


async def send_to_workshop(limit: int) -> None:
    async with AsyncSessionLocal() as session:
        rows = await session.execute(select(Vehicle.id, Vehicle.mileage).where(Vehicle.state == "ready"))
        for row in rows.all():
            if row.mileage % limit < 500:
                await session.execute(update(Vehicle).where(Vehicle.id == row.id).values(state="workshop"))
        await session.commit()


async def run_once() -> None:
    await flag_empty_trips(date.today() - timedelta(days=1))
    await send_to_workshop(limit=30_000)


async def run_forever() -> None:
    while True:
        await run_once()
        await asyncio.sleep(24 * 3600)


if __name__ == "__main__":
    asyncio.run(run_once())
