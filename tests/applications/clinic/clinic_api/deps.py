from collections.abc import AsyncIterator, Iterator, Sequence

from fastapi import Depends, Header
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from .db import AsyncSessionLocal, SessionLocal
from .models import Patient
from .uow import UnitOfWork


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


async def get_async_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSessionLocal() as session:
        yield session


def get_uow() -> Iterator[UnitOfWork]:
    with UnitOfWork() as uow:
        yield uow


def current_panel(
    x_practitioner: int = Header(), session: Session = Depends(get_session)
) -> Sequence[Patient]:
    stmt = select(Patient).where(Patient.primary_practitioner_id == x_practitioner)
    return session.scalars(stmt).all()
