from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deps import current_panel, get_session, get_uow
from ..models import Patient
from ..schemas.patients import AllergyCard, PatientRow
from ..services.eligibility import uninsured
from ..services.waitlist import Waitlist, call_sheet
from ..uow import UnitOfWork

router = APIRouter(prefix="/patients", tags=["patients"])


@router.get("", response_model=list[PatientRow])
def index(uow: UnitOfWork = Depends(get_uow)):
    return [PatientRow.model_validate(patient) for patient in uow.patients.active()]


@router.get("/panel/tags")
def panel_tags(panel: Sequence[Patient] = Depends(current_panel)) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for patient in panel:
        tally.update(tag.label for tag in patient.tags)
    return dict(tally)


@router.get("/allergy-cards", response_model=list[AllergyCard])
def allergy_cards(session: Session = Depends(get_session)):
    cards = []
    for patient in session.scalars(select(Patient).where(Patient.active.is_(True))).all():
        severe = [allergy.substance for allergy in patient.allergies if allergy.severity == "severe"]
        if severe:
            cards.append(AllergyCard(mrn=patient.mrn, severe=severe))
    return cards


@router.get("/uninsured")
def uninsured_patients(session: Session = Depends(get_session)) -> list[str]:
    return [patient.mrn for patient in uninsured(session, date.today())]


@router.get("/waitlist")
def waitlist() -> list[str]:
    return call_sheet(Waitlist(Path("/var/lib/clinic/waitlist.json")))
