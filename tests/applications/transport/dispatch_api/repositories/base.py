from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dispatch_api.models import Base

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]
    default_options: tuple = ()

    def __init__(self, session: Session) -> None:
        self.session = session

    def _select(self) -> Select:
        return select(self.model).options(*self.default_options)

    def get(self, pk: int) -> M | None:
        return self.session.get(self.model, pk, options=list(self.default_options))

    def find_one(self, **criteria: Any) -> M | None:
        return self.session.scalars(self._select().filter_by(**criteria)).first()

    def list(self, *where: Any, order_by: Any = None) -> Sequence[M]:
        stmt = self._select().where(*where)
        if order_by is not None:
            stmt = stmt.order_by(order_by)
        return self.session.scalars(stmt).all()

    def in_bulk(self, ids: Iterable[int]) -> dict[int, M]:
        wanted = set(ids) - {None}
        if not wanted:
            return {}
        stmt = select(self.model).where(self.model.id.in_(wanted))
        return {obj.id: obj for obj in self.session.scalars(stmt)}

    def save(self, obj: M) -> None:
        self.session.add(obj)
        self.session.commit()


def preload(session: Session, objs: Sequence[M], *options: Any) -> None:
    if not objs:
        return
    cls = type(objs[0])
    stmt = select(cls).where(cls.id.in_([obj.id for obj in objs])).options(*options)
    session.scalars(stmt.execution_options(populate_existing=True)).all()
