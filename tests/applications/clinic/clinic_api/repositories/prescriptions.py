from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..models import Patient, Prescription
from .base import Repository


class PrescriptionRepository(Repository[Prescription]):
    model = Prescription
    default_options = (selectinload(Prescription.prescriber),)

    def issued_after(self, moment: datetime) -> Sequence[Prescription]:
        return self.find(Prescription.issued_at > moment, order_by=Prescription.issued_at)

    def patients_with_items(self) -> Sequence[Patient]:
        stmt = (
            select(Patient)
            .where(Patient.active.is_(True))
            .options(selectinload(Patient.prescriptions).selectinload(Prescription.items))
        )
        return self.session.scalars(stmt).all()
