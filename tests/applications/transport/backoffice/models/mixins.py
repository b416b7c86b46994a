from sqlalchemy import ForeignKey, inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship


class SerializerMixin:
    def to_dict(self) -> dict:
        mapper = inspect(type(self))
        return {attr.key: getattr(self, attr.key) for attr in mapper.column_attrs}


class AssignedMixin:
    @declared_attr
    def assignee_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("staff.id"))

    @declared_attr
    def assignee(cls) -> Mapped["Staff"]:  # noqa: F821
        return relationship("Staff", lazy="joined")
