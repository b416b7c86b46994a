import csv
from collections import deque
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import AppointmentNote, Invoice


class NoteExporter:
    def __init__(self, session: Session, target: Path) -> None:
        self.session = session
        self.target = target
        self._pending: deque[AppointmentNote] = deque()

    def load(self, after_id: int) -> None:
        self._pending.extend(
            self.session.scalars(select(AppointmentNote).where(AppointmentNote.id > after_id))
        )

    def drain(self) -> int:
        written = 0
        with self.target.open("a", encoding="utf-8") as out:
            while self._pending:
                note = self._pending.popleft()
                out.write(f"{note.appointment_id}\t{note.author.full_name}\t{note.body!r}\n")
                written += 1
        return written


def dump_invoices(session: Session, target: Path) -> None:
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["number", "patient", "insurer", "amount"])
        for invoice in session.scalars(select(Invoice).order_by(Invoice.number)):
            writer.writerow([invoice.number, invoice.patient_id, invoice.insurer_id, invoice.amount])
