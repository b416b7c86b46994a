from collections import defaultdict
from datetime import date

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deps import get_session
from ..models import Invoice
from ..services import reporting

router = APIRouter(prefix="/reports", tags=["reports"])


@router.get("/overdue")
def overdue(session: Session = Depends(get_session)) -> dict[str, list[dict]]:
    today = date.today()
    buckets: dict[str, list[dict]] = defaultdict(list)
    for invoice in session.scalars(select(Invoice).where(Invoice.status == "open", Invoice.due_on < today)):
        late = (today - invoice.due_on).days
        name = "30" if late <= 30 else "60" if late <= 60 else "90+"
        buckets[name].append({"number": invoice.number, "patient": invoice.patient.last_name, "days": late})
    return buckets


@router.get("/workload")
def workload(since: date, session: Session = Depends(get_session)) -> list[dict]:
    return reporting.workload(session, since)


@router.get("/revenue/{year}")
def revenue(year: int, session: Session = Depends(get_session)) -> dict:
    return reporting.revenue_by_clinic(session, year)


@router.get("/board")
def board(session: Session = Depends(get_session)) -> dict[str, int]:
    return reporting.status_board(session, date.today())


@router.get("/no-shows")
def no_shows(session: Session = Depends(get_session)) -> list[tuple[str, float]]:
    return reporting.no_show_rates(session)
