from datetime import datetime, timedelta
from decimal import Decimal

from redis import Redis
from rq import Queue
from sqlalchemy import select

from brewhouse.config import settings
from brewhouse.db import SessionLocal
from brewhouse.exports import reports  # noqa: F401
from brewhouse.exports.base import REGISTRY
from brewhouse.integrations.accounting import AccountingClient
from brewhouse.integrations.mail import send_mail
from brewhouse.models import Customer, Invoice, KegMovement
from brewhouse.services.orders import remind_stale

queue = Queue("brewhouse", connection=Redis.from_url(settings.redis_url))


def remind_unreturned_kegs(days: int = 60) -> int:
    before = datetime.now() - timedelta(days=days)
    with SessionLocal() as session:
        movements = session.scalars(
            select(KegMovement).where(KegMovement.kind == "out", KegMovement.moved_at < before)
        ).all()
        sent = 0
        for movement in movements:
            if movement.customer_id is None:
                continue
            customer = session.get(Customer, movement.customer_id)
            send_mail(customer.email, "Unreturned keg", f"Keg {movement.keg_id} is still with you.")
            sent += 1
        return sent


def reconcile(period: str) -> list[str]:
    ledger = AccountingClient().entries(period)
    missing = []
    with SessionLocal() as session:
        for invoice in session.scalars(select(Invoice).where(Invoice.paid_at.is_not(None))):
            entry = ledger.filter(ref=invoice.number).first()
            if entry is None or Decimal(str(entry.amount)) != invoice.total:
                missing.append(invoice.number)
    return missing


def remind_stale_orders() -> int:
    return remind_stale(days=3)


def run_export(name: str, path: str) -> int:
    with SessionLocal() as session, open(path, "w", newline="", encoding="utf-8") as stream:
        return REGISTRY[name](session).write(stream)


def enqueue_nightly() -> None:
    queue.enqueue(remind_unreturned_kegs)
    queue.enqueue(remind_stale_orders)
    for name in REGISTRY:
        queue.enqueue(run_export, name, f"{settings.upload_dir}/{name}.csv")
    queue.enqueue(reconcile, f"{datetime.now():%Y-%m}")
