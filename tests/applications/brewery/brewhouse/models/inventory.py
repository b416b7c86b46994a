from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Numeric, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brewhouse.db import Base
from brewhouse.models.mixins import TimestampMixin, ToDictMixin

ingredient_allergens = Table(
    "ingredient_allergens",
    Base.metadata,
    Column("ingredient_id", ForeignKey("ingredients.id"), primary_key=True),
    Column("allergen_id", ForeignKey("allergens.id"), primary_key=True),
)


class Supplier(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2), default="DE")
    lead_days: Mapped[int] = mapped_column(default=10)

    contacts: Mapped[list[SupplierContact]] = relationship(back_populates="supplier")
    purchase_orders: Mapped[list[PurchaseOrder]] = relationship(back_populates="supplier")


class SupplierContact(Base):
    __tablename__ = "supplier_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(200))

    supplier: Mapped[Supplier] = relationship(back_populates="contacts")


class Allergen(Base):
    __tablename__ = "allergens"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(60))


class Ingredient(ToDictMixin, Base):
    __tablename__ = "ingredients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    reorder_kg: Mapped[Decimal] = mapped_column(Numeric(9, 2), default=0)

    lots: Mapped[list[IngredientLot]] = relationship(back_populates="ingredient")
    allergens: Mapped[list[Allergen]] = relationship(secondary=ingredient_allergens)


class PurchaseOrder(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "purchase_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    due_on: Mapped[date | None]

    supplier: Mapped[Supplier] = relationship(back_populates="purchase_orders")
    lines: Mapped[list[PurchaseOrderLine]] = relationship(
        back_populates="order", cascade="all, delete-orphan"
    )


class PurchaseOrderLine(Base):
    __tablename__ = "purchase_order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_orders.id"))
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("ingredients.id"))
    kg: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(9, 4))

    order: Mapped[PurchaseOrder] = relationship(back_populates="lines")
    ingredient: Mapped[Ingredient] = relationship()


class IngredientLot(Base):
    __tablename__ = "ingredient_lots"

    id: Mapped[int] = mapped_column(primary_key=True)
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("ingredients.id"), index=True)
    purchase_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order_lines.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    code: Mapped[str] = mapped_column(String(40))
    received_on: Mapped[date]
    best_before: Mapped[date | None]
    remaining_kg: Mapped[Decimal] = mapped_column(Numeric(9, 2))

    ingredient: Mapped[Ingredient] = relationship(back_populates="lots")
    purchase_line: Mapped[PurchaseOrderLine | None] = relationship()
    supplier: Mapped[Supplier] = relationship()
