from collections.abc import Sequence

from sqlalchemy import select

from ..models import Patient
from .base import Repository


class PatientRepository(Repository[Patient]):
    model = Patient

    def active(self) -> Sequence[Patient]:
        return self.find(Patient.active.is_(True), order_by=Patient.last_name)

    def by_ids(self, ids: set[int]) -> dict[int, Patient]:
        stmt = select(Patient).where(Patient.id.in_(ids))
        return {patient.id: patient for patient in self.session.scalars(stmt)}
