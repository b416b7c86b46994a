from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from ..models import Appointment, Invoice, Practitioner

DASHBOARD_STATUSES = ("booked", "checked_in", "no_show")


def workload(session: Session, since: date) -> list[dict]:
    rows = []
    for practitioner in session.execute(select(Practitioner)).scalars():
        seen = session.scalar(
            select(func.count(Appointment.id)).where(
                Appointment.practitioner_id == practitioner.id, Appointment.starts_at >= since
            )
        )
        rows.append({"practitioner": practitioner.full_name, "seen": seen})
    return sorted(rows, key=lambda row: row["seen"], reverse=True)


def revenue_by_clinic(session: Session, year: int) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    paid = session.scalars(
        select(Invoice).where(Invoice.status == "paid", extract("year", Invoice.issued_on) == year)
    )
    for invoice in paid:
        totals[invoice.appointment.practitioner.clinic.name] += invoice.amount
    return dict(totals)


def status_board(session: Session, day: date) -> dict[str, int]:
    board = {}
    for status in DASHBOARD_STATUSES:
        board[status] = session.scalar(
            select(func.count(Appointment.id)).where(
                Appointment.status == status, func.date(Appointment.starts_at) == day
            )
        )
    return board


def no_show_rates(session: Session) -> list[tuple[str, float]]:
    grouped = session.execute(
        select(Appointment.practitioner_id, Appointment.status, func.count()).group_by(
            Appointment.practitioner_id, Appointment.status
        )
    )
    missed: Counter[int] = Counter()
    booked: Counter[int] = Counter()
    for practitioner_id, status, number in grouped:
        booked[practitioner_id] += number
        if status == "no_show":
            missed[practitioner_id] += number
    return [
        (p.full_name, missed.get(p.id, 0) / max(booked.get(p.id, 0), 1))
        for p in session.scalars(select(Practitioner).order_by(Practitioner.full_name))
    ]
