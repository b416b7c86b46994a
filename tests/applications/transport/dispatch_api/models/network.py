from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from dispatch_api.models.base import Base, Stamped

if TYPE_CHECKING:
    from dispatch_api.models.operations import Driver, Trip, Vehicle


class Operator(Base):
    __tablename__ = "operator"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str | None]

    depots: Mapped[list[Depot]] = relationship(back_populates="operator")
    lines: Mapped[list[Line]] = relationship(back_populates="operator")


class Depot(Base):
    __tablename__ = "depot"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))

    operator: Mapped[Operator] = relationship(back_populates="depots")
    vehicles: Mapped[list[Vehicle]] = relationship(back_populates="depot")
    drivers: Mapped[list[Driver]] = relationship(back_populates="depot")


class FareZone(Base):
    __tablename__ = "fare_zone"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(4), unique=True)
    name: Mapped[str]


class Stop(Stamped, Base):
    __tablename__ = "stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    lat: Mapped[float]
    lon: Mapped[float]
    zone_id: Mapped[int] = mapped_column(ForeignKey("fare_zone.id"))
    description: Mapped[str | None] = mapped_column(Text, deferred=True)

    zone: Mapped[FareZone] = relationship(lazy="joined", innerjoin=True)
    line_stops: Mapped[list[LineStop]] = relationship(back_populates="stop")


class LineStop(Base):
    __tablename__ = "line_stop"

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"), primary_key=True)
    position: Mapped[int]
    minutes_from_start: Mapped[int] = mapped_column(default=0)

    line: Mapped[Line] = relationship(back_populates="line_stops")
    stop: Mapped[Stop] = relationship(back_populates="line_stops")


class Line(Stamped, Base):
    __tablename__ = "line"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[str] = mapped_column(String(10))
    is_active: Mapped[bool] = mapped_column(default=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    open_incidents: Mapped[int] = query_expression()

    operator: Mapped[Operator] = relationship(back_populates="lines")
    trips: Mapped[list[Trip]] = relationship(back_populates="line")
    line_stops: Mapped[list[LineStop]] = relationship(back_populates="line", order_by="LineStop.position")
    stops: AssociationProxy[list[Stop]] = association_proxy("line_stops", "stop")

    @property
    def stop_count(self) -> int:
        return len(self.line_stops)

    @property
    def label(self) -> str:
        return f"{self.mode.upper()} {self.code}"
