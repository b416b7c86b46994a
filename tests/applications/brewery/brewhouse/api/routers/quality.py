from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from brewhouse.api.deps import Quality
from brewhouse.schemas.logistics import TestReport

router = APIRouter(prefix="/quality", tags=["quality"])


@router.get("/reports")
async def reports(service: Quality, since: datetime) -> list[TestReport]:
    return await service.reports(since)


@router.get("/deviations/histogram")
async def histogram(service: Quality) -> dict[int, int]:
    counts = await service.deviation_counts()
    return {value: counts.count(value) for value in set(counts)}


@router.get("/deviations/open")
async def open_deviations(service: Quality) -> list[dict[str, Any]]:
    return await service.open_deviations()


@router.get("/attenuation")
async def attenuation(service: Quality) -> dict[str, Decimal]:
    return await service.attenuation()


@router.get("/alarms")
async def alarms(service: Quality, limit: Decimal = Decimal("24")) -> list[str]:
    return await service.temperature_alarms(limit)


@router.delete("/readings")
async def purge(service: Quality, days: int = 730) -> dict[str, int]:
    return {"removed": await service.purge_readings(days)}
