from datetime import date
from decimal import Decimal

from pydantic import AliasPath, BaseModel, Field

from brewhouse.schemas.production import ORMModel


class CustomerBrief(ORMModel):
    id: int
    name: str
    region: str


class OrderLineIn(BaseModel):
    sku: str
    quantity: int = Field(gt=0)


class OrderIn(BaseModel):
    customer_id: int
    deliver_on: date | None = None
    lines: list[OrderLineIn]

    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    def skus(self) -> set[str]:
        return {line.sku for line in self.lines}


class OrderOut(ORMModel):
    id: int
    number: str
    status: str
    deliver_on: date | None
    line_count: int


class InvoiceOut(ORMModel):
    id: int
    number: str
    total: Decimal
    due_on: date
    customer_name: str = Field(validation_alias=AliasPath("customer", "name"))


class RegionTotal(BaseModel):
    region: str
    orders: int
    amount: Decimal
