from collections.abc import AsyncIterator, Iterator

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from dispatch_api.settings import settings

engine = create_engine(settings.database_url, pool_pre_ping=True)
async_engine = create_async_engine(settings.async_database_url)


class ReportSession(Session):
    """Read-only sessions used by the figures under /reports."""


SessionLocal = sessionmaker(engine)
ReportSessionLocal = sessionmaker(engine, class_=ReportSession)
AsyncSessionLocal = async_sessionmaker(async_engine, expire_on_commit=False)


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


def get_report_session() -> Iterator[ReportSession]:
    with ReportSessionLocal() as session:
        yield session


async def get_async_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSessionLocal() as session:
        yield session
