from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import joinedload, selectinload

from dispatch_api.models import Line, LineStop


class OrmModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def load_options(cls) -> tuple[Any, ...]:
        return ()


class OperatorOut(OrmModel):
    code: str
    name: str


class StopBrief(OrmModel):
    code: str
    name: str


class LineStopOut(OrmModel):
    position: int
    minutes_from_start: int
    stop: StopBrief


class LineBase(OrmModel):
    id: int
    code: str
    name: str
    operator: OperatorOut

    @classmethod
    def load_options(cls) -> tuple[Any, ...]:
        return (*super().load_options(), joinedload(Line.operator))


class LineDetail(LineBase):
    line_stops: list[LineStopOut]

    @classmethod
    def load_options(cls) -> tuple[Any, ...]:
        return (*super().load_options(), selectinload(Line.line_stops).joinedload(LineStop.stop))
