from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from .db import SessionLocal
from .repositories import AppointmentRepository, InvoiceRepository, PatientRepository, PrescriptionRepository


class UnitOfWork:
    session: Session

    def __init__(self, factory: sessionmaker = SessionLocal) -> None:
        self._factory = factory

    def __enter__(self) -> UnitOfWork:
        self.session = self._factory()
        self.appointments = AppointmentRepository(self.session)
        self.invoices = InvoiceRepository(self.session)
        self.patients = PatientRepository(self.session)
        self.prescriptions = PrescriptionRepository(self.session)
        return self

    def __exit__(self, exc_type, exc, tb) -> None:
        if exc_type is not None:
            self.session.rollback()
        self.session.close()

    def commit(self) -> None:
        self.session.commit()
