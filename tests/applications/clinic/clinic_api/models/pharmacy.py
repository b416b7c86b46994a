from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base
from .people import Patient, Practitioner


class Manufacturer(Base):
    __tablename__ = "manufacturers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Drug(Base):
    __tablename__ = "drugs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    atc_code: Mapped[str] = mapped_column(String(10), index=True)
    manufacturer_id: Mapped[int] = mapped_column(ForeignKey("manufacturers.id"))

    manufacturer: Mapped[Manufacturer] = relationship()


class Prescription(Base):
    __tablename__ = "prescriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    issued_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="active")

    patient: Mapped[Patient] = relationship(back_populates="prescriptions")
    prescriber: Mapped[Practitioner] = relationship()
    items: Mapped[list[PrescriptionItem]] = relationship(back_populates="prescription")


class PrescriptionItem(Base):
    __tablename__ = "prescription_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    prescription_id: Mapped[int] = mapped_column(ForeignKey("prescriptions.id"))
    drug_id: Mapped[int] = mapped_column(ForeignKey("drugs.id"))
    dose: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int] = mapped_column(default=1)

    prescription: Mapped[Prescription] = relationship(back_populates="items")
    drug: Mapped[Drug] = relationship()
