from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class Attrs(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class InvoiceLineOut(Attrs):
    description: str
    quantity: int
    unit_price: Decimal


class InsurerOut(Attrs):
    code: str
    name: str


class PaymentOut(Attrs):
    amount: Decimal
    received_on: date


class InvoiceHead(Attrs):
    id: int
    number: str
    issued_on: date
    due_on: date
    status: str


class InvoiceOut(InvoiceHead):
    amount: Decimal
    lines: list[InvoiceLineOut]


class InvoiceDetail(InvoiceHead):
    insurer: InsurerOut
    payments: list[PaymentOut]
