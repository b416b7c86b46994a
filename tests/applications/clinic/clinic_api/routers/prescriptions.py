from datetime import datetime

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deps import get_session, get_uow
from ..models import Drug
from ..services import prescriptions as service
from ..uow import UnitOfWork

router = APIRouter(tags=["pharmacy"])


@router.get("/drugs")
def drugs(prefix: str = "", session: Session = Depends(get_session)) -> list[dict]:
    stmt = select(Drug).where(Drug.atc_code.startswith(prefix)).order_by(Drug.name)
    return [{"id": d.id, "name": d.name, "maker": d.manufacturer.name} for d in session.scalars(stmt)]


@router.get("/prescriptions/recent")
def recent(after: datetime, uow: UnitOfWork = Depends(get_uow)) -> list[dict]:
    payload = []
    for rx in uow.prescriptions.issued_after(after):
        payload.append({"id": rx.id, "status": rx.status, "prescriber": rx.prescriber.full_name})
    return payload


@router.get("/prescriptions/duplicates")
def duplicates(after: datetime, uow: UnitOfWork = Depends(get_uow)) -> dict[int, list[int]]:
    return service.review(uow, after)


@router.get("/prescriptions/usage")
def usage(uow: UnitOfWork = Depends(get_uow)) -> list[tuple[str, int]]:
    return service.formulary_usage(uow).most_common(50)
