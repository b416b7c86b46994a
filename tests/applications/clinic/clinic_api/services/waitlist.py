import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WaitingPatient:
    full_name: str
    phone: str


@dataclass(frozen=True)
class WaitingEntry:
    patient: WaitingPatient
    reason: str
    days: int


class Waitlist:
    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[WaitingEntry]:
        raw = json.loads(self.path.read_text(encoding="utf-8"))
        return [WaitingEntry(WaitingPatient(r["name"], r["phone"]), r["reason"], r["days"]) for r in raw]


def call_sheet(waitlist: Waitlist) -> list[str]:
    lines = []
    for entry in waitlist.all():
        lines.append(f"{entry.patient.full_name} {entry.patient.phone} ({entry.days} days)")
    return lines
