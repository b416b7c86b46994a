"""Models, engines and sessions; a query of `nap()` takes a while."""

import os
import time

from sqlalchemy import ForeignKey, create_engine, event
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker

from .outside import NAP

PATH = os.environ.get("SHOP_DB", "/nonexistent/shop.db")
engine = create_engine(f"sqlite:///{PATH}")
async_engine = create_async_engine(f"sqlite+aiosqlite:///{PATH}")
SessionLocal = sessionmaker(bind=engine)
Scoped = scoped_session(SessionLocal)
Expiring = async_sessionmaker(async_engine)
Keeping = async_sessionmaker(async_engine, expire_on_commit=False)


def nap():
    time.sleep(NAP)
    return 1


@event.listens_for(engine, "connect")
@event.listens_for(async_engine.sync_engine, "connect")
def teach(connection, _):
    connection.create_function("nap", 0, nap)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="untitled")
    pages: Mapped[list["Page"]] = relationship(back_populates="book")
    notes: Mapped[list["Note"]] = relationship(lazy="selectin")


class Page(Base):
    __tablename__ = "pages"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    book: Mapped[Book] = relationship(back_populates="pages")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


async def get_session() -> AsyncSession:
    async with Expiring() as session:
        yield session


async def get_kept():
    async with Keeping() as session:
        yield session
