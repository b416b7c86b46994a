from datetime import date, datetime, timedelta
from operator import attrgetter

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, joinedload, selectinload

from ..deps import get_async_session, get_session, get_uow
from ..models import Appointment, AppointmentNote, Practitioner
from ..schemas.appointments import AppointmentDetail, SlotOut
from ..services.formatting import contact_line, slot_label
from ..uow import UnitOfWork

router = APIRouter(prefix="/appointments", tags=["appointments"])


@router.get("/day/{day}", response_model=list[SlotOut])
def day_view(day: date, uow: UnitOfWork = Depends(get_uow)):
    slots = []
    for appointment in uow.appointments.for_day(day):
        slots.append(SlotOut(id=appointment.id, label=slot_label(appointment)))
    return slots


@router.get("/call-list")
def call_list(uow: UnitOfWork = Depends(get_uow)) -> list[str]:
    horizon = datetime.now() + timedelta(days=2)
    return [contact_line(appointment) for appointment in uow.appointments.unconfirmed(horizon)]


@router.get("/practitioner/{practitioner_id}/week", response_model=list[AppointmentDetail])
async def week(practitioner_id: int, monday: date, session: AsyncSession = Depends(get_async_session)):
    result = await session.scalars(
        select(Appointment)
        .where(
            Appointment.practitioner_id == practitioner_id,
            Appointment.starts_at >= monday,
            Appointment.starts_at < monday + timedelta(days=7),
        )
        .options(selectinload(Appointment.notes).joinedload(AppointmentNote.author))
    )
    return result.all()


@router.get("/cleaning-tour/{day}")
def cleaning_tour(day: date, session: Session = Depends(get_session)) -> list[int]:
    appointments = session.scalars(
        select(Appointment).where(Appointment.ends_at >= day, Appointment.ends_at < day + timedelta(days=1))
    ).all()
    return [a.room_id for a in sorted(appointments, key=attrgetter("room.floor"))]


@router.get("/practitioner/{practitioner_id}/ical")
def ical(practitioner_id: int, session: Session = Depends(get_session)) -> str:
    practitioner = session.get(Practitioner, practitioner_id, options=[joinedload(Practitioner.clinic)])
    if practitioner is None:
        raise HTTPException(404)
    body = [f"X-WR-CALNAME:{practitioner.clinic.name}"]
    for appointment in practitioner.appointments:
        body.append(f"DTSTART:{appointment.starts_at:%Y%m%dT%H%M%S}")
        body.append(f"ORGANIZER:{appointment.practitioner.full_name}")
    return "\r\n".join(body)
