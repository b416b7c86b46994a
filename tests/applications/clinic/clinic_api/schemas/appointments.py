from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    full_name: str


class NoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    body: str
    author: AuthorOut


class AppointmentDetail(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    starts_at: datetime
    status: str
    notes: list[NoteOut]


class SlotOut(BaseModel):
    id: int
    label: str
