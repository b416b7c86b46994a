import asyncio

from fastapi import APIRouter, Depends
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from .store import Book, Keeping, get_kept, get_session

router = APIRouter(prefix="/shared")
SLOW = text("select nap()")


async def count(session: AsyncSession):
    return (await session.execute(SLOW)).scalar()


@router.get("/gathered")
async def gathers_two(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(count(session), count(session))


@router.get("/each")
async def gathers_for_each(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(*[count(session) for _ in range(3)])


@router.get("/direct")
async def gathers_its_calls(session: AsyncSession = Depends(get_session)):
    first, second = await asyncio.gather(session.execute(SLOW), session.execute(select(Book.id)))
    return bool(first) and bool(second)


@router.get("/group")
async def in_a_group(session: AsyncSession = Depends(get_kept)):
    async with asyncio.TaskGroup() as group:
        first = group.create_task(count(session))
        group.create_task(count(session))
    return first.result()


@router.get("/group-each")
async def in_a_group_for_each():
    async with Keeping() as session:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(count(session))
    return 1


@router.get("/tasks")
async def as_tasks(session: AsyncSession = Depends(get_kept)):
    first = asyncio.create_task(count(session))
    second = asyncio.create_task(count(session))
    return [await first, await second]


class Books:
    async def count(self, session, key):
        return (await session.execute(SLOW, {})).scalar() + key


books = Books()


@router.get("/method")
async def by_a_method(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(books.count(session, 1), books.count(session=session, key=2))


@router.get("/list")
async def from_a_list(session: AsyncSession = Depends(get_kept)):
    waiting = []
    for _ in range(3):
        waiting.append(count(session))
    return await asyncio.gather(*waiting)


async def deeper(session):
    return await count(session)


@router.get("/deeper")
async def two_calls_away(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(deeper(session), count(session))


async def alone():
    async with Keeping() as session:
        return await count(session)


@router.get("/own")
async def a_session_each():
    return await asyncio.gather(alone(), alone())


@router.get("/in-turn")
async def in_turn(session: AsyncSession = Depends(get_kept)):
    return [await count(session), await count(session)]


@router.get("/beside")
async def beside_something_else(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(count(session), asyncio.sleep(0, 1))


@router.get("/made")
async def made_for_each():
    async def one(session):
        async with session:
            return (await session.execute(SLOW)).scalar()

    return await asyncio.gather(*[one(Keeping()) for _ in range(3)])


@router.get("/awaited")
async def awaits_each_task(session: AsyncSession = Depends(get_kept)):
    first = await asyncio.create_task(count(session))
    return [first, await asyncio.create_task(count(session))]


lock = asyncio.Lock()


async def locked(session):
    async with lock:
        return (await session.execute(SLOW)).scalar()


@router.get("/locked")
async def one_at_a_time(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(locked(session), locked(session))


async def looks(session, key):
    return key if session else 0


@router.get("/unused")
async def asks_nothing(session: AsyncSession = Depends(get_kept)):
    return await asyncio.gather(looks(session, 1), looks(session, 2))


@router.get("/two")
async def two_sessions(one: AsyncSession = Depends(get_kept)):
    async with Keeping() as other:
        return await asyncio.gather(count(one), count(other))


@router.get("/one")
async def one_task(session: AsyncSession = Depends(get_kept)):
    async with asyncio.TaskGroup() as group:
        task = group.create_task(count(session))
    return task.result()
