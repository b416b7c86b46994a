from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, String, Table, func, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from .base import Base, Timestamped

if TYPE_CHECKING:
    from .billing import Invoice, Policy
    from .pharmacy import Prescription
    from .scheduling import Appointment

patient_tags = Table(
    "patient_tags",
    Base.metadata,
    Column("patient_id", ForeignKey("patients.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Clinic(Base):
    __tablename__ = "clinics"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Vienna")


class StaffUser(Base):
    __tablename__ = "staff_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), unique=True)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(60), unique=True)


class Practitioner(Base):
    __tablename__ = "practitioners"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(120))
    licence_no: Mapped[str] = mapped_column(String(30), unique=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))

    clinic: Mapped[Clinic] = relationship()
    calendar: Mapped[Calendar | None] = relationship(back_populates="practitioner", uselist=False)
    appointments: Mapped[list[Appointment]] = relationship(back_populates="practitioner")

    @property
    def next_free_slot(self) -> datetime | None:
        calendar = self.calendar
        if calendar is None or calendar.closed:
            return None
        return calendar.next_free_at


class Calendar(Base):
    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"), unique=True)
    closed: Mapped[bool] = mapped_column(default=False)
    next_free_at: Mapped[datetime | None]

    practitioner: Mapped[Practitioner] = relationship(back_populates="calendar")


class Patient(Timestamped, Base):
    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    mrn: Mapped[str] = mapped_column(String(20), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    birth_date: Mapped[date]
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    primary_practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))

    primary_practitioner: Mapped[Practitioner] = relationship()
    policy: Mapped[Policy | None] = relationship(back_populates="patient", uselist=False)
    tags: Mapped[list[Tag]] = relationship(secondary=patient_tags)
    allergies: Mapped[list[Allergy]] = relationship(lazy="selectin")
    appointments: Mapped[list[Appointment]] = relationship(back_populates="patient")
    prescriptions: Mapped[list[Prescription]] = relationship(back_populates="patient")
    invoices: Mapped[list[Invoice]] = relationship(back_populates="patient")

    def outstanding_balance(self) -> Decimal:
        from .billing import Invoice, InvoiceLine

        session = object_session(self)
        stmt = (
            select(func.coalesce(func.sum(InvoiceLine.quantity * InvoiceLine.unit_price), 0))
            .join(Invoice)
            .where(Invoice.patient_id == self.id, Invoice.status == "open")
        )
        return session.scalar(stmt)


class Allergy(Base):
    __tablename__ = "allergies"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    substance: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(20))
