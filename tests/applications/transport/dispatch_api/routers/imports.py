import io
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, UploadFile
from pydantic import BaseModel
from sqlalchemy.orm import Session

from dispatch_api.db import get_session
from dispatch_api.services.imports import TimetableImport, import_duties, import_incidents, sync_stops

router = APIRouter(prefix="/imports")
Db = Annotated[Session, Depends(get_session)]


class DutyIn(BaseModel):
    driver_id: int
    date: date
    block: str
    minutes: int


@router.post("/timetable/{trip_id}")
def timetable(trip_id: int, upload: UploadFile, session: Db) -> dict[str, int]:
    job = TimetableImport(session)
    calls = job.resolve(io.TextIOWrapper(upload.file, "utf-8"), trip_id)
    job.store(calls)
    return {"calls": len(calls)}


@router.post("/incidents")
def incidents(reports: list[dict[str, Any]], session: Db) -> dict[str, int]:
    return {"created": import_incidents(session, reports)}


@router.post("/stops", status_code=204)
def stops(feed: list[dict[str, Any]], session: Db) -> None:
    sync_stops(session, feed)


@router.post("/duties")
def duties(entries: list[DutyIn], session: Db) -> dict[str, int]:
    return {"created": import_duties(session, [entry.model_dump() for entry in entries])}
