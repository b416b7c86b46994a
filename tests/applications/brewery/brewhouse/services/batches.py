from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brewhouse.models import Batch, FermentationReading, IngredientLot, PurchaseOrderLine, Tank
from brewhouse.repositories.production import BatchRepository, RecipeRepository, TankRepository
from brewhouse.schemas.production import BatchCostOut, TankLoad


@dataclass(slots=True)
class FermentationStatus:
    code: str
    gravity: Decimal | None
    ready: bool


def _latest_gravity(session: Session, batch: Batch) -> Decimal | None:
    stmt = (
        select(FermentationReading.gravity)
        .where(FermentationReading.batch_id == batch.id)
        .order_by(FermentationReading.taken_at.desc())
        .limit(1)
    )
    return session.scalar(stmt)


class BatchService:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.batches = BatchRepository(session)
        self.tanks = TankRepository(session)
        self.recipes = RecipeRepository(session)

    def fermentation_board(self) -> list[FermentationStatus]:
        board = []
        for batch in self.batches.active():
            if not batch.is_fermenting:
                continue
            gravity = _latest_gravity(self.session, batch)
            ready = gravity is not None and gravity < Decimal("1.012")
            board.append(FermentationStatus(batch.code, gravity, ready))
        return board

    def tank_loads(self) -> list[TankLoad]:
        volumes = self.tanks.volume_by_tank()
        loads = []
        for tank in self.tanks.list():
            filled = volumes.get(tank.id, Decimal("0"))
            loads.append(
                TankLoad(
                    id=tank.id,
                    name=tank.name,
                    capacity_hl=tank.capacity_hl,
                    filled_hl=filled,
                    free_hl=tank.capacity_hl - filled,
                )
            )
        return loads

    def cellar_sheet(self, start: date, end: date) -> list[tuple[str, str]]:
        tanks = {tank.id: tank for tank in self.tanks.list()}
        sheet = []
        for batch in self.batches.brewed_between(start, end):
            if batch.tank_id not in tanks:
                continue
            sheet.append((batch.code, batch.tank.name))
        return sheet

    def malt_plan(self) -> dict[str, Decimal]:
        plan: dict[str, Decimal] = {}
        for recipe in self.recipes.with_bill():
            for line in recipe.ingredients:
                if line.ingredient.kind == "malt":
                    name = line.ingredient.name
                    plan[name] = plan.get(name, Decimal("0")) + line.kg_per_hl
        return plan


class BatchCostCalculator:
    def __init__(self, session: Session, batches: Sequence[Batch]) -> None:
        self.session = session
        self.batches = batches
        self.prices: dict[int, Decimal] = {}

    def load_prices(self) -> None:
        stmt = (
            select(IngredientLot.ingredient_id, func.avg(PurchaseOrderLine.unit_price))
            .join(PurchaseOrderLine, IngredientLot.purchase_line_id == PurchaseOrderLine.id)
            .group_by(IngredientLot.ingredient_id)
        )
        for ingredient_id, price in self.session.execute(stmt):
            self.prices[ingredient_id] = price

    def run(self) -> list[BatchCostOut]:
        self.load_prices()
        return [self._cost(batch) for batch in self.batches]

    def _cost(self, batch: Batch) -> BatchCostOut:
        recipe = batch.recipe
        kg_total = Decimal("0")
        cost = Decimal("0")
        for line in recipe.ingredients:
            kg = line.kg_per_hl * batch.volume_hl
            kg_total += kg
            cost += kg * self.prices.get(line.ingredient_id, Decimal("0"))
        return BatchCostOut(code=batch.code, recipe=recipe.name, kg_total=kg_total, cost=cost)


def release_tanks(session: Session, today: date) -> int:
    stmt = select(Tank.id).join(Batch, Tank.current_batch_id == Batch.id).where(Batch.packaged_on < today)
    tank_ids = []
    for tank_id in session.scalars(stmt):
        tank_ids.append(tank_id)
    if tank_ids:
        tanks = session.scalars(select(Tank).where(Tank.id.in_(tank_ids)))
        for tank in tanks:
            tank.current_batch_id = None
            tank.status = "dirty"
        session.commit()
    return len(tank_ids)
