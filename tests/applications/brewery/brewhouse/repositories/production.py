from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from brewhouse.models import Batch, FermentationReading, Recipe, RecipeIngredient, Tank
from brewhouse.repositories.base import AsyncRepository, Repository


class RecipeRepository(Repository[Recipe]):
    model = Recipe

    def with_bill(self) -> Sequence[Recipe]:
        stmt = (
            self.query()
            .where(Recipe.active.is_(True))
            .options(selectinload(Recipe.ingredients).joinedload(RecipeIngredient.ingredient))
            .order_by(Recipe.name)
        )
        return self.session.scalars(stmt).all()


class TankRepository(Repository[Tank]):
    model = Tank

    def volume_by_tank(self) -> dict[int, Decimal]:
        stmt = (
            select(Batch.tank_id, func.sum(Batch.volume_hl))
            .where(Batch.tank_id.is_not(None), Batch.status != "packaged")
            .group_by(Batch.tank_id)
        )
        return dict(self.session.execute(stmt).tuples().all())


class BatchRepository(Repository[Batch]):
    model = Batch

    def brewed_between(self, start: date, end: date) -> Sequence[Batch]:
        stmt = self.query().where(Batch.brewed_on.between(start, end)).order_by(Batch.brewed_on)
        return self.session.scalars(stmt).all()

    def active(self) -> Sequence[Batch]:
        stmt = self.query().where(Batch.status.not_in(("planned", "packaged", "dumped")))
        return self.session.scalars(stmt.order_by(Batch.code)).all()

    def for_planner(self) -> Sequence[Batch]:
        stmt = self.query().options(joinedload(Batch.recipe), joinedload(Batch.tank))
        return self.session.scalars(stmt.where(Batch.status == "planned")).all()


class AsyncBatchRepository(AsyncRepository[Batch]):
    model = Batch
    default_options = (selectinload(Batch.readings),)


class ReadingRepository(AsyncRepository[FermentationReading]):
    model = FermentationReading
