from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ..models import Appointment, Patient
from .base import Repository


class AppointmentRepository(Repository[Appointment]):
    model = Appointment

    def for_day(self, day: date) -> Sequence[Appointment]:
        start = datetime.combine(day, time.min)
        stmt = (
            select(Appointment)
            .options(joinedload(Appointment.patient))
            .where(Appointment.starts_at >= start, Appointment.starts_at < start + timedelta(days=1))
            .order_by(Appointment.starts_at)
        )
        return self.session.scalars(stmt).all()

    def unconfirmed(self, before: datetime) -> Sequence[Appointment]:
        stmt = (
            select(Appointment)
            .join(Appointment.patient)
            .options(contains_eager(Appointment.patient))
            .where(Appointment.status == "booked", Appointment.starts_at < before, Patient.active.is_(True))
        )
        return self.session.scalars(stmt).all()

    def due_for_reminder(self, now: datetime) -> Sequence[Appointment]:
        return self.find(
            Appointment.reminder_sent_at.is_(None),
            Appointment.starts_at.between(now, now + timedelta(hours=36)),
        )
