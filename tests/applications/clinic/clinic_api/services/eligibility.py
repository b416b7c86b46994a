from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..models import Patient, Policy


def uninsured(session: Session, today: date) -> list[Patient]:
    patients = session.scalars(select(Patient).where(Patient.active.is_(True))).all()

    return list(
        filter(
            lambda p: not session.scalar(
                select(exists().where(Policy.patient_id == p.id, Policy.valid_until >= today))
            ),
            patients,
        )
    )
