from datetime import date, datetime, timedelta
from decimal import Decimal

from celery import shared_task
from celery.utils.log import get_task_logger
from sqlalchemy import update

from .extensions import cache, db
from .models import Appointment, Invoice, Patient, Room
from .services.statements import StatementBuilder

logger = get_task_logger(__name__)


@shared_task
def send_confirmations():
    tomorrow = datetime.now() + timedelta(days=1)
    idents = [ident for (ident,) in db.session.query(Appointment.id).filter(Appointment.starts_at < tomorrow)]
    for ident in idents:
        appointment = Appointment.query.get(ident)
        if appointment is None or appointment.status != "booked":
            continue
        cache.rpush("outbox:confirmations", f"{appointment.patient_id}|{appointment.starts_at.isoformat()}")


@shared_task
def dunning():
    reminded = []
    for invoice in Invoice.query.filter(Invoice.status == "open", Invoice.due_on < date.today()):
        if invoice.balance > Decimal("5"):
            reminded.append(invoice.number)
    if reminded:
        cache.rpush("outbox:dunning", *reminded)
    return len(reminded)


@shared_task
def apply_late_fees(fee="4.50"):
    limit = date.today() - timedelta(days=60)
    overdue = db.session.query(Invoice.id, Invoice.amount).filter(Invoice.status == "open", Invoice.due_on < limit).all()
    for ident, amount in overdue:
        db.session.execute(
            update(Invoice).where(Invoice.id == ident).values(amount=amount + Decimal(fee), status="late")
        )
    db.session.commit()


@shared_task
def missing_consents():
    missing = []
    for ident, mrn in db.session.query(Patient.id, Patient.mrn).filter(Patient.active):
        consent = cache.get(f"consent:{ident}")
        if consent is None:
            missing.append(mrn)
    logger.info("%s without consent", len(missing))
    return missing


@shared_task
def monthly_statements():
    first = date.today().replace(day=1)
    builder = StatementBuilder(Invoice.query.filter(Invoice.issued_on >= first).order_by(Invoice.number))
    cache.set(f"statement:{first:%Y-%m}", builder.render())


@shared_task
def renumber_rooms():
    mappings = []
    for number, room in enumerate(Room.query.order_by(Room.floor, Room.id), start=1):
        mappings.append({"id": room.id, "name": f"{room.floor}.{number:02d}"})
    db.session.bulk_update_mappings(Room, mappings)
    db.session.commit()
