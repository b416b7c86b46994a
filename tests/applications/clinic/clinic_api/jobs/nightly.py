import csv
import logging
from datetime import date, datetime, timedelta
from itertools import batched
from pathlib import Path

import httpx
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert, select

from ..db import SessionLocal
from ..models import Appointment, AuditEntry, Drug, Insurer, Patient, Policy
from ..services.audit import record_many
from ..services.export import NoteExporter, dump_invoices
from ..services.reminders import ReminderService
from ..uow import UnitOfWork

log = logging.getLogger("clinic.nightly")
EXPORT_DIR = Path("/var/lib/clinic/export")


def remind() -> None:
    with UnitOfWork() as uow, httpx.Client(base_url="https://sms.example.org") as sms:
        service = ReminderService(uow, sms)
        log.info("%s reminders", service.send_due(datetime.now()))
        (EXPORT_DIR / "digest.csv").write_text("\n".join(service.digest(datetime.now())))


def expiring_policies() -> None:
    limit = date.today() + timedelta(days=14)
    with SessionLocal() as session, httpx.Client(base_url="https://mail.example.org") as mail:
        pairs = session.execute(
            select(Policy, Insurer).join(Insurer, Policy.insurer_id == Insurer.id).where(Policy.valid_until < limit)
        )
        for policy, insurer in pairs:
            text = f"Your policy {policy.number} with {insurer.name} ends on {policy.valid_until}."
            mail.post("/send", json={"to": policy.patient.email, "text": text})


def close_stale() -> None:
    with SessionLocal() as session:
        stale = session.scalars(
            select(Appointment).where(Appointment.status == "booked", Appointment.ends_at < datetime.now())
        ).all()
        for appointment in stale:
            appointment.status = "no_show"
            session.add(AuditEntry(entity="appointment", entity_id=appointment.id, action="no_show"))
            session.commit()


def archive_minors() -> None:
    cutoff = date.today() - timedelta(days=365 * 30)
    with SessionLocal() as session:
        moved = []
        for patient in session.scalars(select(Patient).where(Patient.active.is_(False), Patient.birth_date < cutoff)):
            session.add(AuditEntry(entity="patient", entity_id=patient.id, action="archive"))
            moved.append(patient.id)
        record_many(session, "archive", moved, "notified")
        session.commit()


def import_drugs(path: Path = EXPORT_DIR / "drugs.csv") -> None:
    with SessionLocal() as session, path.open(newline="", encoding="utf-8") as handle:
        for chunk in batched(csv.DictReader(handle), 1000):
            session.execute(insert(Drug), list(chunk))
        session.commit()


def export_all() -> None:
    with SessionLocal() as session:
        exporter = NoteExporter(session, EXPORT_DIR / "notes.tsv")
        exporter.load(after_id=0)
        log.info("%s notes", exporter.drain())
        dump_invoices(session, EXPORT_DIR / "invoices.csv")


def build_scheduler() -> BackgroundScheduler:
    scheduler = BackgroundScheduler()
    for hour, job in enumerate((remind, expiring_policies, close_stale, archive_minors, import_drugs, export_all)):
        scheduler.add_job(job, "cron", hour=hour)
    return scheduler
