from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from brewhouse.schemas.production import ORMModel


class KegOut(ORMModel):
    serial: str
    status: str
    days_out: int | None


class KegStock(BaseModel):
    status: str
    count: int


class StopOut(BaseModel):
    sequence: int
    kind: str
    city: str
    proofs: int


class DeliveryOut(BaseModel):
    id: int
    number: str
    scheduled_on: date
    stops: list[StopOut]


class ReadingOut(ORMModel):
    taken_at: datetime
    gravity: Decimal
    temperature: Decimal


class TestReport(BaseModel):
    id: int
    kind: str
    passed: bool | None
    values: dict[str, Decimal]
