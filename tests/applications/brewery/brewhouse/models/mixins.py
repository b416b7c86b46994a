from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, inspect
from sqlalchemy.orm import Mapped, mapped_column


class TimestampMixin:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=func.now())


class ToDictMixin:
    hidden: tuple[str, ...] = ("created_at", "updated_at")

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for attr in inspect(type(self)).column_attrs:
            if attr.key in self.hidden:
                continue
            value = getattr(self, attr.key)
            if isinstance(value, (date, datetime)):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = str(value)
            data[attr.key] = value
        return data
