from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brewhouse.db import Base
from brewhouse.models.mixins import TimestampMixin, ToDictMixin

if TYPE_CHECKING:
    from brewhouse.models.inventory import Ingredient
    from brewhouse.models.quality import QualityTest


class Recipe(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "recipes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    style: Mapped[str] = mapped_column(String(60))
    target_og: Mapped[Decimal] = mapped_column(Numeric(5, 3))
    abv: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    active: Mapped[bool] = mapped_column(default=True)

    ingredients: Mapped[list[RecipeIngredient]] = relationship(
        back_populates="recipe", cascade="all, delete-orphan"
    )
    batches: Mapped[list[Batch]] = relationship(back_populates="recipe")


class RecipeIngredient(Base):
    __tablename__ = "recipe_ingredients"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("ingredients.id"))
    kg_per_hl: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    stage: Mapped[str] = mapped_column(String(20), default="mash")

    recipe: Mapped[Recipe] = relationship(back_populates="ingredients")
    ingredient: Mapped[Ingredient] = relationship()


class Tank(ToDictMixin, Base):
    __tablename__ = "tanks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    capacity_hl: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    status: Mapped[str] = mapped_column(String(20), default="clean")
    current_batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("batches.id", use_alter=True)
    )

    current_batch: Mapped[Batch | None] = relationship(foreign_keys=[current_batch_id])
    batches: Mapped[list[Batch]] = relationship(
        back_populates="tank", foreign_keys="Batch.tank_id"
    )


class Batch(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    tank_id: Mapped[int | None] = mapped_column(ForeignKey("tanks.id"))
    status: Mapped[str] = mapped_column(String(20), default="planned")
    brewed_on: Mapped[date | None]
    packaged_on: Mapped[date | None]
    volume_hl: Mapped[Decimal] = mapped_column(Numeric(7, 2))

    recipe: Mapped[Recipe] = relationship(back_populates="batches")
    tank: Mapped[Tank | None] = relationship(back_populates="batches", foreign_keys=[tank_id])
    readings: Mapped[list[FermentationReading]] = relationship(
        back_populates="batch", order_by="FermentationReading.taken_at"
    )
    transfers: Mapped[list[TankTransfer]] = relationship(back_populates="batch")
    tests: Mapped[list[QualityTest]] = relationship(back_populates="batch")

    @property
    def is_fermenting(self) -> bool:
        return self.status in ("pitched", "fermenting", "diacetyl_rest")


class FermentationReading(Base):
    __tablename__ = "fermentation_readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    taken_at: Mapped[datetime]
    gravity: Mapped[Decimal] = mapped_column(Numeric(5, 3))
    temperature: Mapped[Decimal] = mapped_column(Numeric(4, 1))

    batch: Mapped[Batch] = relationship(back_populates="readings")


class TankTransfer(Base):
    __tablename__ = "tank_transfers"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    from_tank_id: Mapped[int | None] = mapped_column(ForeignKey("tanks.id"))
    to_tank_id: Mapped[int] = mapped_column(ForeignKey("tanks.id"))
    moved_at: Mapped[datetime]
    volume_hl: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    loss_hl: Mapped[Decimal] = mapped_column(Numeric(7, 2), default=0)

    batch: Mapped[Batch] = relationship(back_populates="transfers")
    from_tank: Mapped[Tank | None] = relationship(foreign_keys=[from_tank_id])
    to_tank: Mapped[Tank] = relationship(foreign_keys=[to_tank_id])
