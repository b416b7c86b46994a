from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brewhouse.db import Base
from brewhouse.models.mixins import TimestampMixin

if TYPE_CHECKING:
    from brewhouse.models.production import Batch


class QualityTest(TimestampMixin, Base):
    __tablename__ = "quality_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    taken_at: Mapped[datetime]
    passed: Mapped[bool | None]
    lab_ref: Mapped[str | None] = mapped_column(String(40))

    batch: Mapped[Batch] = relationship(back_populates="tests")
    measurements: Mapped[list[Measurement]] = relationship(back_populates="test")
    deviations: Mapped[list[Deviation]] = relationship(back_populates="test")


class Measurement(Base):
    __tablename__ = "measurements"

    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("quality_tests.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Decimal] = mapped_column(Numeric(10, 4))
    unit: Mapped[str] = mapped_column(String(12))

    test: Mapped[QualityTest] = relationship(back_populates="measurements")


class Deviation(TimestampMixin, Base):
    __tablename__ = "deviations"

    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("quality_tests.id"))
    severity: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]

    test: Mapped[QualityTest] = relationship(back_populates="deviations")
