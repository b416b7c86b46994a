from datetime import date

from pydantic import AliasPath, BaseModel, ConfigDict, Field


class PatientRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    mrn: str
    first_name: str
    last_name: str
    birth_date: date
    practitioner_name: str = Field(validation_alias=AliasPath("primary_practitioner", "full_name"))


class AllergyCard(BaseModel):
    mrn: str
    severe: list[str]
