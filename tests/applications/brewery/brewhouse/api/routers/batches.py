from datetime import date
from typing import Any

from fastapi import APIRouter, HTTPException
from sqlalchemy import select

from brewhouse.api.deps import ActiveBatches, Batches, DbSession
from brewhouse.models import Batch
from brewhouse.repositories.production import BatchRepository, RecipeRepository
from brewhouse.schemas.production import BatchBrief, BatchCostOut, BatchOut, RecipeOut, TankLoad
from brewhouse.services.batches import BatchCostCalculator

router = APIRouter(prefix="/batches", tags=["production"])


@router.get("", response_model=list[BatchOut])
def list_batches(db: DbSession, start: date, end: date) -> Any:
    return BatchRepository(db).brewed_between(start, end)


@router.get("/fermenting")
def fermenting(service: Batches) -> list[dict[str, Any]]:
    return [
        {"code": status.code, "gravity": status.gravity, "ready": status.ready}
        for status in service.fermentation_board()
    ]


@router.get("/untested")
def untested(batches: ActiveBatches) -> list[BatchBrief]:
    waiting = []
    for batch in batches:
        if all(test.passed is None for test in batch.tests):
            waiting.append(BatchBrief.model_validate(batch))
    return waiting


@router.get("/planner")
def planner(db: DbSession) -> list[dict[str, Any]]:
    rows = []
    for batch in BatchRepository(db).for_planner():
        tank = batch.tank
        rows.append(
            {
                "code": batch.code,
                "recipe": batch.recipe.name,
                "tank": tank.name if tank else None,
                "fits": tank is not None and tank.capacity_hl >= batch.volume_hl,
            }
        )
    return rows


@router.get("/latest")
def latest(db: DbSession) -> list[dict[str, str]]:
    stmt = select(Batch).order_by(Batch.id.desc()).limit(3)
    return [{"code": b.code, "beer": b.recipe.name} for b in db.scalars(stmt)]


@router.get("/costs")
def costs(db: DbSession, start: date, end: date) -> list[BatchCostOut]:
    calculator = BatchCostCalculator(db, BatchRepository(db).brewed_between(start, end))
    return calculator.run()


@router.get("/tanks")
def tanks(service: Batches) -> list[TankLoad]:
    return service.tank_loads()


@router.get("/cellar")
def cellar(service: Batches, start: date, end: date) -> list[tuple[str, str]]:
    return service.cellar_sheet(start, end)


@router.get("/malt")
def malt(service: Batches) -> dict[str, str]:
    return {name: str(kg) for name, kg in service.malt_plan().items()}


@router.get("/recipes", response_model=list[RecipeOut])
def recipes(db: DbSession) -> Any:
    return RecipeRepository(db).with_bill()


@router.get("/{batch_id}/transfers")
def transfers(db: DbSession, batch_id: int) -> list[dict[str, str]]:
    batch = db.get(Batch, batch_id)
    if batch is None:
        raise HTTPException(404)
    return [
        {"batch": transfer.batch.code, "volume": str(transfer.volume_hl)}
        for transfer in batch.transfers
    ]
