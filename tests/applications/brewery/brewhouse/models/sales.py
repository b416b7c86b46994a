from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Numeric, String, Table, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from brewhouse.db import Base
from brewhouse.models.mixins import TimestampMixin, ToDictMixin

customer_tag_links = Table(
    "customer_tag_links",
    Base.metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("tag_id", ForeignKey("customer_tags.id"), primary_key=True),
)


class CustomerTag(Base):
    __tablename__ = "customer_tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Customer(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(40))
    credit_limit: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=0)
    price_list_id: Mapped[int] = mapped_column(default=1)
    ledger_code: Mapped[str | None] = mapped_column(String(20))

    addresses: Mapped[list[Address]] = relationship(back_populates="customer")
    orders: Mapped[list[Order]] = relationship(back_populates="customer")
    tags: Mapped[list[CustomerTag]] = relationship(secondary=customer_tag_links)


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    street: Mapped[str] = mapped_column(String(160))
    postcode: Mapped[str] = mapped_column(String(10))
    city: Mapped[str] = mapped_column(String(80))
    delivery_hint: Mapped[str | None] = mapped_column(String(200))

    customer: Mapped[Customer] = relationship(back_populates="addresses")


class Product(ToDictMixin, Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    recipe_id: Mapped[int | None] = mapped_column(ForeignKey("recipes.id"))
    pack: Mapped[str] = mapped_column(String(20))
    list_price: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    litres: Mapped[Decimal] = mapped_column(Numeric(6, 2))


class PriceListEntry(Base):
    __tablename__ = "price_list_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    price_list_id: Mapped[int] = mapped_column(index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    price: Mapped[Decimal] = mapped_column(Numeric(9, 2))


class OrderLine(Base):
    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()


class Order(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="new")
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deliver_on: Mapped[date | None]
    external_ref: Mapped[str | None] = mapped_column(String(60))

    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", cascade="all, delete-orphan"
    )
    invoice: Mapped[Invoice | None] = relationship(back_populates="order", uselist=False)

    line_count: Mapped[int] = column_property(
        select(func.count(OrderLine.id))
        .where(OrderLine.order_id == id)
        .correlate_except(OrderLine)
        .scalar_subquery()
    )

    def total(self) -> Decimal:
        amount = Decimal("0")
        for line in self.lines:
            amount += line.quantity * (line.unit_price or Decimal("0"))
        return amount

    @property
    def is_open(self) -> bool:
        return self.status in ("new", "confirmed", "picking")


class Invoice(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    total: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    due_on: Mapped[date]
    paid_at: Mapped[datetime | None]
    dunning_level: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="invoice")
    customer: Mapped[Customer] = relationship()
