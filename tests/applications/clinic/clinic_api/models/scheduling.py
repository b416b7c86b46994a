from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from .base import Base, Timestamped
from .people import Patient, Practitioner, StaffUser


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    floor: Mapped[int] = mapped_column(default=0)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))


class Appointment(Timestamped, Base):
    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="booked")
    reminder_sent_at: Mapped[datetime | None]

    patient: Mapped[Patient] = relationship(back_populates="appointments")
    practitioner: Mapped[Practitioner] = relationship(back_populates="appointments")
    room: Mapped[Room] = relationship()
    notes: Mapped[list[AppointmentNote]] = relationship(back_populates="appointment")


class AppointmentNote(Timestamped, Base):
    __tablename__ = "appointment_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_users.id"))
    body: Mapped[str] = mapped_column(Text)

    appointment: Mapped[Appointment] = relationship(back_populates="notes")
    author: Mapped[StaffUser] = relationship()


Practitioner.upcoming_count = column_property(
    select(func.count(Appointment.id))
    .where(Appointment.practitioner_id == Practitioner.id, Appointment.starts_at > func.now())
    .correlate_except(Appointment)
    .scalar_subquery()
)
