from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from .store import Book, Expiring, Keeping, Page, get_kept, get_session

router = APIRouter(prefix="/implicit")
Given = Annotated[AsyncSession, Depends(get_session)]


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str


@router.get("/added")
async def reads_what_was_added(session: AsyncSession = Depends(get_session)):
    book = Book(title="new")
    session.add(book)
    await session.commit()
    return {"title": book.title}


@router.get("/got")
async def reads_what_was_got(session: Given):
    book = await session.get(Book, 1)
    await session.commit()
    return book.title


@router.get("/scalar")
async def reads_a_scalar(session: Given):
    book = await session.scalar(select(Book).where(Book.id == 1))
    book.title = "again"
    await session.commit()
    return f"book {book.id}"


@router.get("/own")
async def reads_in_a_session_of_its_own():
    async with Expiring() as session:
        book = (await session.execute(select(Book).limit(1))).scalar_one()
        await session.commit()
        return book.title


@router.get("/branch")
async def reads_behind_a_branch(session: Given, change: bool = True):
    book = (await session.scalars(select(Book).limit(1))).first()
    if change:
        book.title = "changed"
        await session.commit()
    return book.title


@router.get("/answer", response_model=Answer)
async def answers_with_the_row(session: Given):
    book = Book(title="new")
    session.add(book)
    await session.commit()
    return book


@router.get("/lazy")
async def reads_a_relation(session: Given):
    book = await session.get(Book, 1)
    return len(book.pages)


@router.get("/lazy-scalar")
async def reads_a_relation_of_a_scalar(session: AsyncSession = Depends(get_kept)):
    book = await session.scalar(select(Book).where(Book.id == 1))
    return [page.id for page in book.pages]


@router.get("/lazy-all")
async def reads_a_relation_of_each(session: Given):
    books = (await session.execute(select(Book))).scalars().all()
    return {book.id: len(book.pages) for book in books}


@router.get("/lazy-loop")
async def reads_a_relation_in_a_loop():
    async with Keeping() as session:
        result = await session.scalars(select(Book).order_by(Book.id))
        count = 0
        for book in result:
            count += len(book.pages)
        return count


@router.get("/other")
async def loads_another_relation(session: Given):
    book = await session.get(Book, 1)
    await session.refresh(book, ["notes"])
    return len(book.pages)


@router.get("/kept")
async def keeps_what_it_holds(session: AsyncSession = Depends(get_kept)):
    book = Book(title="new")
    session.add(book)
    await session.commit()
    return book.title


@router.get("/refreshed")
async def refreshes(session: Given):
    book = Book(title="new")
    session.add(book)
    await session.commit()
    await session.refresh(book)
    return book.title


@router.get("/before")
async def reads_before(session: Given):
    book = await session.get(Book, 1)
    title = book.title
    await session.commit()
    return title


@router.get("/flushed")
async def flushes(session: Given):
    book = Book(title="new")
    session.add(book)
    await session.flush()
    return book.id > 0


@router.get("/again")
async def loads_again(session: Given):
    book = await session.get(Book, 1)
    await session.commit()
    book = await session.get(Book, 1)
    return book.title


@router.get("/returns")
async def commits_where_it_returns(session: Given, done: bool = False):
    book = await session.get(Book, 1)
    if done:
        await session.commit()
        return "done"
    return book.title


@router.get("/otherwise")
async def commits_otherwise(session: Given, done: bool = False):
    book = await session.get(Book, 1)
    if done:
        await session.commit()
        text = "done"
    else:
        text = book.title
    return text


@router.get("/loaded")
async def loads_with_the_query(session: Given):
    book = await session.scalar(select(Book).where(Book.id == 1).options(selectinload(Book.pages)))
    return len(book.pages)


@router.get("/got-loaded")
async def loads_with_get(session: Given):
    book = await session.get(Book, 1, options=[joinedload(Book.pages)])
    return len(book.pages)


@router.get("/awaitable")
async def awaits_the_relation(session: Given):
    book = await session.get(Book, 1)
    return len(await book.awaitable_attrs.pages)


@router.get("/told")
async def refreshes_the_relation(session: Given):
    book = await session.get(Book, 1)
    await session.refresh(book, ["pages"])
    return len(book.pages)


@router.get("/eager")
async def reads_what_is_always_loaded(session: Given):
    book = await session.get(Book, 1)
    return len(book.notes)


@router.get("/never-added")
async def reads_what_was_never_added(session: Given):
    book = Book(title="loose")
    await session.commit()
    return book.title


@router.get("/set")
async def reads_what_was_set(session: Given):
    book = await session.get(Book, 1)
    await session.commit()
    book.title = "set"
    return book.title


@router.get("/pages")
async def reads_columns(session: Given):
    rows = (await session.execute(select(Page.id, Page.book_id))).all()
    await session.commit()
    return [row.book_id for row in rows]
