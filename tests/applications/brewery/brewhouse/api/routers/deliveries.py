from datetime import date
from typing import Any

from fastapi import APIRouter

from brewhouse.api.deps import Deliveries
from brewhouse.schemas.logistics import DeliveryOut

router = APIRouter(prefix="/deliveries", tags=["logistics"])


@router.get("/plan")
async def plan(service: Deliveries, day: date) -> list[DeliveryOut]:
    return await service.plan(day)


@router.get("/manifest")
async def manifest(service: Deliveries, day: date) -> list[dict[str, Any]]:
    return await service.manifest(day)


@router.get("/labels")
async def labels(service: Deliveries, day: date) -> list[str]:
    return await service.labels(day)


@router.post("/finish")
async def finish(service: Deliveries, day: date) -> dict[str, int]:
    return {"stops": await service.finish(day)}


@router.get("/signatures")
async def signatures(service: Deliveries, day: date) -> dict[int, int]:
    return await service.drivers_with_proofs(day)


@router.get("/routes")
async def routes(service: Deliveries, day: date) -> list[dict[str, Any]]:
    return await service.cached_routes(day)
