import asyncio
from typing import Annotated

import sqlmodel
from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from .store import Book, Scoped, SessionLocal, engine, get_db, get_kept

router = APIRouter(prefix="/sessions")
SLOW = text("select nap()")


@router.get("/given")
async def given_by_a_dependency(db: Session = Depends(get_db)):
    return db.execute(SLOW).scalar()


DB = Annotated[Session, Depends(get_db)]


@router.get("/annotated")
async def given_by_an_annotation(db: DB):
    await asyncio.sleep(0)
    return db.scalar(SLOW)


@router.get("/made")
async def made_in_the_handler():
    with SessionLocal() as db:
        return db.scalars(SLOW).all()


def count(db):
    return db.scalar(SLOW)


@router.get("/handed-on")
async def handed_on(db: Session = Depends(get_db)):
    return count(db)


class Books:
    def __init__(self, db: Session = Depends(get_db)):
        self.db = db

    def count(self):
        return self.db.scalar(SLOW)


@router.get("/service")
async def by_a_service(books: Books = Depends()):
    return books.count()


@router.get("/service-named")
async def by_a_service_that_is_named(books: Books = Depends(Books)):
    return books.count()


@router.get("/connection")
async def by_a_connection():
    with engine.connect() as connection:
        return connection.execute(SLOW).scalar()


@router.get("/query")
async def by_a_query(db: Session = Depends(get_db)):
    return len(db.query(Book.id, text("nap()")).limit(2).all())


@router.get("/scoped")
async def by_a_registry():
    return Scoped.execute(SLOW).scalar()


async def current(db: Session = Depends(get_db)):
    return db.execute(SLOW).scalar()


@router.get("/in-a-dependency")
async def by_a_dependency(found: int = Depends(current)):
    return found


@router.get("/model")
async def by_sqlmodel():
    with sqlmodel.Session(engine) as db:
        return db.execute(SLOW).scalar()


@router.get("/begun")
async def by_what_is_begun():
    with SessionLocal.begin() as db:
        return db.execute(SLOW).scalar()


@router.get("/def")
def is_no_coroutine(db: Session = Depends(get_db)):
    return db.execute(SLOW).scalar()


@router.get("/awaited")
async def awaits_a_session(db: AsyncSession = Depends(get_kept)):
    return (await db.execute(SLOW)).scalar()


@router.get("/in-the-pool")
async def in_the_pool(db: Session = Depends(get_db)):
    return await run_in_threadpool(lambda: db.execute(SLOW).scalar())


@router.get("/in-a-thread")
async def in_a_thread():
    def work():
        with SessionLocal() as db:
            return count(db)

    return await asyncio.to_thread(work)


@router.get("/unused")
async def asks_nothing(db: Session = Depends(get_db)):
    db.add(Book(title="never written"))
    return bool(db.query(Book).filter(Book.id == 1))


def slow(db):
    return db.execute(SLOW).scalar()


@router.get("/run-sync")
async def by_run_sync(db: AsyncSession = Depends(get_kept)):
    return await db.run_sync(slow)


def found(db: Session = Depends(get_db)):
    return db.execute(SLOW).scalar()


@router.get("/def-dependency")
async def given_what_was_asked(it: int = Depends(found)):
    return it


@router.get("/passed")
async def passes_the_function_on(db: Session = Depends(get_db)):
    return await run_in_threadpool(count, db)


class Kept:
    def __init__(self, db: AsyncSession = Depends(get_kept)):
        self.db = db

    async def count(self):
        return (await self.db.execute(SLOW)).scalar()


@router.get("/awaited-service")
async def awaits_a_service(kept: Kept = Depends(Kept)):
    return await kept.count()
