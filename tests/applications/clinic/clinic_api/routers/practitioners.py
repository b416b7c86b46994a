from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deps import get_session
from ..models import Practitioner

router = APIRouter(prefix="/practitioners", tags=["practitioners"])


@router.get("/availability")
def availability(clinic_id: int, session: Session = Depends(get_session)) -> dict[str, str | None]:
    found = session.scalars(select(Practitioner).where(Practitioner.clinic_id == clinic_id))
    slots = {}
    for practitioner in found:
        slot = practitioner.next_free_slot
        slots[practitioner.licence_no] = slot.isoformat() if slot else None
    return slots


@router.get("/load")
def load(session: Session = Depends(get_session)) -> list[dict]:
    people = session.scalars(select(Practitioner).order_by(Practitioner.full_name)).all()
    return [{"name": person.full_name, "upcoming": person.upcoming_count} for person in people]
