from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..models import Invoice, Patient
from ..uow import UnitOfWork


@dataclass(slots=True)
class Draft:
    appointment_id: int
    patient_id: int
    insurer_id: int
    amount: Decimal


class BillingService:
    term = timedelta(days=30)

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow

    def dunning_candidates(self, threshold: Decimal) -> list[Patient]:
        picked = []
        for patient in self.uow.patients.active():
            if patient.outstanding_balance() > threshold:
                picked.append(patient)
        return picked

    def issue(self, drafts: list[Draft], today: date) -> list[str]:
        numbers = []
        for position, draft in enumerate(drafts, start=1):
            invoice = Invoice(
                number=f"{today:%Y%m%d}-{position:05d}",
                patient_id=draft.patient_id,
                appointment_id=draft.appointment_id,
                insurer_id=draft.insurer_id,
                issued_on=today,
                due_on=today + self.term,
                amount=draft.amount,
            )
            self.uow.invoices.save(invoice)
            numbers.append(invoice.number)
        self.uow.commit()
        return numbers

    def insurer_worklist(self) -> list[dict]:
        return [self._worklist_entry(invoice) for invoice in self.uow.invoices.with_patient("rejected")]

    def _worklist_entry(self, invoice: Invoice) -> dict:
        patient = invoice.patient
        return {
            "number": invoice.number,
            "patient": patient.mrn,
            "insurer": patient.policy.insurer.name,
        }

    def annual_statement(self, year: int) -> dict[str, Decimal]:
        return {invoice.number: invoice.total for invoice in self.uow.invoices.with_lines(year)}
