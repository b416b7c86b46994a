from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, String, Table, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from dispatch_api.models.base import Audited, Base, Stamped
from dispatch_api.models.network import Depot, Line, Stop

incident_tag = Table(
    "incident_tag",
    Base.metadata,
    Column("incident_id", ForeignKey("incident.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class VehicleModel(Base):
    __tablename__ = "vehicle_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    maker: Mapped[str]
    name: Mapped[str]
    seats: Mapped[int]


class Vehicle(Audited, Stamped, Base):
    __tablename__ = "vehicle"

    id: Mapped[int] = mapped_column(primary_key=True)
    fleet_no: Mapped[str] = mapped_column(String(10), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="ready")
    mileage: Mapped[int] = mapped_column(default=0)
    depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("vehicle_model.id"))

    depot: Mapped[Depot] = relationship(back_populates="vehicles")
    model: Mapped[VehicleModel] = relationship(lazy="selectin")
    certificate: Mapped[RoadCertificate | None] = relationship(back_populates="vehicle", uselist=False)
    trips: Mapped[list[Trip]] = relationship(back_populates="vehicle")
    incidents: Mapped[list[Incident]] = relationship(back_populates="vehicle")


class RoadCertificate(Base):
    __tablename__ = "road_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), unique=True)
    issuer: Mapped[str]
    valid_until: Mapped[date]

    vehicle: Mapped[Vehicle] = relationship(back_populates="certificate")


class Driver(Audited, Base):
    __tablename__ = "driver"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_no: Mapped[str] = mapped_column(String(10), unique=True)
    full_name: Mapped[str]
    phone: Mapped[str | None]
    depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"))

    depot: Mapped[Depot] = relationship(back_populates="drivers")
    licences: Mapped[list[Licence]] = relationship(back_populates="driver")
    trips: Mapped[list[Trip]] = relationship(back_populates="driver")


class Licence(Base):
    __tablename__ = "licence"

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"))
    category: Mapped[str] = mapped_column(String(4))
    expires_on: Mapped[date]

    driver: Mapped[Driver] = relationship(back_populates="licences")


class Trip(Stamped, Base):
    __tablename__ = "trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"))
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("driver.id"))
    service_date: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), default="planned")

    line: Mapped[Line] = relationship(back_populates="trips")
    vehicle: Mapped[Vehicle | None] = relationship(back_populates="trips")
    driver: Mapped[Driver | None] = relationship(back_populates="trips")
    calls: Mapped[list[StopCall]] = relationship(back_populates="trip", order_by="StopCall.planned_at")
    incidents: Mapped[list[Incident]] = relationship(back_populates="trip")


class StopCall(Base):
    __tablename__ = "stop_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"))
    planned_at: Mapped[datetime]
    actual_at: Mapped[datetime | None]

    trip: Mapped[Trip] = relationship(back_populates="calls")
    stop: Mapped[Stop] = relationship()


class DutyEntry(Base):
    __tablename__ = "duty_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"))
    duty_date: Mapped[date]
    block: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Incident(Stamped, Base):
    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    severity: Mapped[int] = mapped_column(default=1)
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    trip: Mapped[Trip | None] = relationship(back_populates="incidents")
    vehicle: Mapped[Vehicle] = relationship(back_populates="incidents")
    notes: Mapped[list[IncidentNote]] = relationship(back_populates="incident", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=incident_tag)


class IncidentNote(Base):
    __tablename__ = "incident_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    author: Mapped[str]
    text: Mapped[str]

    incident: Mapped[Incident] = relationship(back_populates="notes")


class Disruption(Base):
    __tablename__ = "disruption"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "other"}


class RoadWorks(Disruption):
    __tablename__ = "road_works"

    id: Mapped[int] = mapped_column(ForeignKey("disruption.id"), primary_key=True)
    street: Mapped[str]
    contractor: Mapped[str]

    __mapper_args__ = {"polymorphic_identity": "roadworks", "polymorphic_load": "selectin"}


class Strike(Disruption):
    __tablename__ = "strike"

    id: Mapped[int] = mapped_column(ForeignKey("disruption.id"), primary_key=True)
    union_name: Mapped[str]

    __mapper_args__ = {"polymorphic_identity": "strike", "polymorphic_load": "selectin"}


Line.trips_planned = column_property(
    select(func.count(Trip.id))
    .where(Trip.line_id == Line.id, Trip.status == "planned")
    .correlate_except(Trip)
    .scalar_subquery()
)
