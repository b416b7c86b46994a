from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..models import Prescription
from ..uow import UnitOfWork


def group_by_patient(prescriptions: Iterable[Prescription]) -> dict[int, list[Prescription]]:
    groups: dict[int, list[Prescription]] = defaultdict(list)
    for prescription in prescriptions:
        groups[prescription.patient_id].append(prescription)
    return groups


def duplicate_drugs(groups: Mapping[int, list[Prescription]]) -> dict[int, list[int]]:
    findings = {}
    for patient_id, prescriptions in groups.items():
        seen: Counter[int] = Counter()
        for prescription in prescriptions:
            seen.update(item.drug_id for item in prescription.items)
        repeated = [drug_id for drug_id, times in seen.items() if times > 1]
        if repeated:
            findings[patient_id] = repeated
    return findings


def review(uow: UnitOfWork, moment: datetime) -> dict[int, list[int]]:
    return duplicate_drugs(group_by_patient(uow.prescriptions.issued_after(moment)))


def formulary_usage(uow: UnitOfWork) -> Counter[str]:
    usage: Counter[str] = Counter()
    for patient in uow.prescriptions.patients_with_items():
        for prescription in patient.prescriptions:
            if prescription.status != "active":
                continue
            for item in prescription.items:
                usage[item.drug.name] += item.quantity
    return usage
