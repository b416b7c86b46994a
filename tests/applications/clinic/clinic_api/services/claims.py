from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..models import Invoice
from ..uow import UnitOfWork
from .insurer_gateway import InsurerGateway


@dataclass
class ClaimRow:
    sequence: int
    invoice: Invoice

    @property
    def service_date(self) -> date:
        return self.invoice.appointment.starts_at.date()

    def as_edi(self) -> str:
        return "+".join(["CLM", str(self.sequence), self.invoice.number, f"{self.service_date:%Y%m%d}"])


def collect(uow: UnitOfWork, since: date) -> list[ClaimRow]:
    return [ClaimRow(number, invoice) for number, invoice in enumerate(uow.invoices.issued_since(since), 1)]


def render(rows: list[ClaimRow]) -> Iterator[str]:
    yield "UNB+CLINIC"
    for row in rows:
        yield row.as_edi()
    yield f"UNZ+{len(rows)}"


def totals_per_insurer(uow: UnitOfWork) -> dict[str, float]:
    totals: dict[str, float] = {}
    for invoice in uow.invoices.iter_unsettled():
        code = invoice.insurer.code
        totals[code] = totals.get(code, 0.0) + float(invoice.amount)
    return totals


def cover_letters(uow: UnitOfWork, since: date) -> list[str]:
    invoices = uow.invoices.issued_since(since)
    patients = uow.patients.by_ids({invoice.patient_id for invoice in invoices})
    letters = []
    for invoice in invoices:
        addressee = patients.get(invoice.patient_id)
        letters.append(f"{invoice.number}: {addressee.first_name} {addressee.last_name}")
    return letters


def verify_policies(numbers: list[str], gateway: InsurerGateway) -> list[str]:
    unknown = []
    for number in numbers:
        policy = gateway.policies.filter(number=number).first()
        if policy is None:
            unknown.append(number)
    return unknown
