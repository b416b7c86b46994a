import csv
from collections.abc import Iterable
from datetime import datetime
from itertools import batched
from typing import Any, TextIO

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dispatch_api.models import DutyEntry, Incident, Stop, StopCall
from dispatch_api.repositories.network import StopRepository
from dispatch_api.repositories.operations import IncidentRepository


class TimetableImport:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.stops = StopRepository(session)

    def resolve(self, handle: TextIO, trip_id: int) -> list[dict[str, Any]]:
        calls = []
        for row in csv.DictReader(handle):
            stop = self.stops.find_one(code=row["stop_code"])
            if stop is None:
                continue
            planned = datetime.fromisoformat(row["planned_at"])
            calls.append({"trip_id": trip_id, "stop_id": stop.id, "planned_at": planned})
        return calls

    def store(self, calls: Iterable[dict[str, Any]]) -> None:
        for chunk in batched(calls, 1000):
            self.session.execute(insert(StopCall), list(chunk))
        self.session.commit()


def import_incidents(session: Session, reports: list[dict[str, Any]]) -> int:
    repo = IncidentRepository(session)
    for report in reports:
        repo.save(
            Incident(
                reference=report["ref"],
                vehicle_id=report["vehicle_id"],
                severity=report.get("severity", 1),
                opened_at=datetime.fromisoformat(report["opened_at"]),
            )
        )
    return len(reports)


def sync_stops(session: Session, feed: Iterable[dict[str, Any]]) -> None:
    for item in feed:
        session.merge(
            Stop(
                id=item["id"], code=item["code"], name=item["name"], lat=item["lat"], lon=item["lon"],
                zone_id=item["zone_id"],
            )
        )
    session.commit()


def import_duties(session: Session, entries: list[dict[str, Any]]) -> int:
    for entry in entries:
        session.add(
            DutyEntry(
                driver_id=entry["driver_id"], duty_date=entry["date"], block=entry["block"], minutes=entry["minutes"]
            )
        )
    session.commit()
    return len(entries)
