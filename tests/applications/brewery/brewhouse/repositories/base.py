from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from brewhouse.db import Base

ModelT = TypeVar("ModelT", bound=Base)


class Repository(Generic[ModelT]):
    model: ClassVar[type[Base]]

    def __init__(self, session: Session) -> None:
        self.session = session

    def query(self) -> Select[tuple[ModelT]]:
        return select(self.model)

    def get(self, pk: int) -> ModelT | None:
        return self.session.get(self.model, pk)

    def get_by(self, **criteria: Any) -> ModelT | None:
        return self.session.scalars(self.query().filter_by(**criteria).limit(1)).first()

    def list(self, *, offset: int = 0, limit: int | None = None, **criteria: Any) -> Sequence[ModelT]:
        stmt = self.query().filter_by(**criteria).order_by(self.model.id).offset(offset)
        if limit is not None:
            stmt = stmt.limit(limit)
        return self.session.scalars(stmt).all()

    def in_bulk(self, ids: set[int]) -> dict[int, ModelT]:
        if not ids:
            return {}
        rows = self.session.scalars(self.query().where(self.model.id.in_(ids)))
        return {row.id: row for row in rows}

    def count(self, **criteria: Any) -> int:
        stmt = select(func.count()).select_from(self.model).filter_by(**criteria)
        return self.session.scalar(stmt) or 0

    def create(self, **values: Any) -> ModelT:
        obj = self.model(**values)
        self.session.add(obj)
        self.session.flush()
        return obj

    def create_many(self, rows: list[dict[str, Any]]) -> None:
        self.session.add_all([self.model(**row) for row in rows])
        self.session.flush()

    def iterate(self, stmt: Select[tuple[ModelT]], chunk: int = 500) -> Iterator[ModelT]:
        yield from self.session.scalars(stmt.execution_options(yield_per=chunk))


class AsyncRepository(Generic[ModelT]):
    model: ClassVar[type[Base]]
    default_options: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def query(self) -> Select[tuple[ModelT]]:
        return select(self.model).options(*self.default_options)

    async def get(self, pk: int) -> ModelT | None:
        return await self.session.get(self.model, pk, options=self.default_options)

    async def first(self, *where: Any, order_by: Any = None) -> ModelT | None:
        stmt = self.query().where(*where).limit(1)
        if order_by is not None:
            stmt = stmt.order_by(order_by)
        return (await self.session.scalars(stmt)).first()

    async def list(self, *where: Any, order_by: Any = None, limit: int | None = None) -> Sequence[ModelT]:
        stmt = self.query().where(*where)
        if order_by is not None:
            stmt = stmt.order_by(order_by)
        if limit is not None:
            stmt = stmt.limit(limit)
        return (await self.session.scalars(stmt)).unique().all()

    async def add(self, obj: ModelT) -> ModelT:
        self.session.add(obj)
        await self.session.flush()
        return obj

    async def remove(self, obj: ModelT) -> None:
        await self.session.delete(obj)
        await self.session.flush()
