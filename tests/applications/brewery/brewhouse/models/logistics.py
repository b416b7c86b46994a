from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brewhouse.db import Base
from brewhouse.models.mixins import TimestampMixin, ToDictMixin

if TYPE_CHECKING:
    from brewhouse.models.sales import Address, Customer, Order


class KegType(Base):
    __tablename__ = "keg_types"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    litres: Mapped[int]
    deposit_amount: Mapped[Decimal] = mapped_column(Numeric(7, 2))


class Keg(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "kegs"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(30), unique=True)
    keg_type_id: Mapped[int] = mapped_column(ForeignKey("keg_types.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    status: Mapped[str] = mapped_column(String(20), default="empty")
    purchased_on: Mapped[date | None]

    keg_type: Mapped[KegType] = relationship(lazy="joined", innerjoin=True)
    movements: Mapped[list[KegMovement]] = relationship(
        back_populates="keg", order_by="KegMovement.moved_at"
    )

    @property
    def last_movement(self) -> KegMovement | None:
        return self.movements[-1] if self.movements else None

    @property
    def days_out(self) -> int | None:
        movement = self.last_movement
        if movement is None or movement.kind != "out":
            return None
        return (datetime.now() - movement.moved_at).days


class KegMovement(Base):
    __tablename__ = "keg_movements"

    id: Mapped[int] = mapped_column(primary_key=True)
    keg_id: Mapped[int] = mapped_column(ForeignKey("kegs.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(10))
    moved_at: Mapped[datetime]

    keg: Mapped[Keg] = relationship(back_populates="movements")
    customer: Mapped[Customer | None] = relationship()


class Deposit(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "deposits"

    id: Mapped[int] = mapped_column(primary_key=True)
    keg_id: Mapped[int] = mapped_column(ForeignKey("kegs.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    charged_on: Mapped[date]
    refunded_at: Mapped[datetime | None]

    keg: Mapped[Keg] = relationship()
    customer: Mapped[Customer] = relationship()

    def to_dict(self) -> dict[str, Any]:
        data = super().to_dict()
        data["keg"] = self.keg.serial
        data["open"] = self.refunded_at is None
        return data


class Vehicle(Base):
    __tablename__ = "vehicles"

    id: Mapped[int] = mapped_column(primary_key=True)
    plate: Mapped[str] = mapped_column(String(12))
    payload_kg: Mapped[int]


class Driver(Base):
    __tablename__ = "drivers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))


class Delivery(TimestampMixin, ToDictMixin, Base):
    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    scheduled_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(20), default="planned")
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("drivers.id"))
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicles.id"))

    driver: Mapped[Driver | None] = relationship()
    vehicle: Mapped[Vehicle] = relationship()
    stops: Mapped[list[DeliveryStop]] = relationship(
        back_populates="delivery", order_by="DeliveryStop.sequence"
    )


class DeliveryStop(Base):
    __tablename__ = "delivery_stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12), default="drop")
    arrived_at: Mapped[datetime | None]

    delivery: Mapped[Delivery] = relationship(back_populates="stops")
    order: Mapped[Order] = relationship()
    address: Mapped[Address] = relationship()
    proofs: Mapped[list[DeliveryProof]] = relationship(lazy="selectin")


class DeliveryProof(Base):
    __tablename__ = "delivery_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("delivery_stops.id"))
    kind: Mapped[str] = mapped_column(String(12))
    path: Mapped[str] = mapped_column(String(250))
