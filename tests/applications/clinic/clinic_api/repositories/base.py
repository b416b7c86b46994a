from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

T = TypeVar("T")


class Repository(Generic[T]):
    model: ClassVar[type]
    default_options: ClassVar[tuple] = ()

    def __init__(self, session: Session) -> None:
        self.session = session

    def _base(self) -> Select:
        return select(self.model).options(*self.default_options)

    def get(self, ident: int) -> T | None:
        return self.session.get(self.model, ident)

    def find(self, *criteria, order_by=None) -> Sequence[T]:
        stmt = self._base().where(*criteria)
        if order_by is not None:
            stmt = stmt.order_by(order_by)
        return self.session.scalars(stmt).all()

    def save(self, obj: T) -> T:
        self.session.add(obj)
        self.session.flush()
        return obj
