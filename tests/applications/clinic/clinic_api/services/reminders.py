import logging
from datetime import datetime

import httpx
from sqlalchemy import select

from ..models import Appointment, Patient
from ..uow import UnitOfWork

log = logging.getLogger(__name__)


class ReminderService:
    def __init__(self, uow: UnitOfWork, sms: httpx.Client) -> None:
        self.uow = uow
        self.sms = sms

    def send_due(self, now: datetime) -> int:
        sent = 0
        for appointment in self.uow.appointments.due_for_reminder(now):
            if self._deliver(appointment):
                appointment.reminder_sent_at = now
                sent += 1
        self.uow.commit()
        return sent

    def _deliver(self, appointment: Appointment) -> bool:
        phone = appointment.patient.phone
        if not phone:
            return False
        text = f"Your appointment is on {appointment.starts_at:%d.%m.%Y at %H:%M}."
        return self.sms.post("/messages", json={"to": phone, "text": text}).is_success

    def digest(self, now: datetime) -> list[str]:
        stmt = (
            select(Appointment.starts_at, Patient.last_name, Patient.email)
            .join(Appointment.patient)
            .where(Appointment.starts_at > now, Patient.email.is_not(None))
        )
        out = []
        for row in self.uow.session.execute(stmt):
            out.append(f"{row.email};{row.last_name};{row.starts_at.isoformat()}")
        return out
