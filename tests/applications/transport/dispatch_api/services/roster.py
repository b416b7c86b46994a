from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch_api.models import Driver, DutyEntry, Trip
from dispatch_api.presenters import trip_payload
from dispatch_api.repositories.operations import DriverRepository, TripRepository, with_crew


def driver_namer(session: Session) -> Callable[[int], str]:
    def name(driver_id: int) -> str:
        driver = session.get(Driver, driver_id)
        return driver.full_name if driver else f"#{driver_id}"

    return name


class RosterService:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.drivers = DriverRepository(session)
        self.trips = TripRepository(session)

    def duty_sheet(self, day: date) -> list[dict[str, Any]]:
        who = driver_namer(self.session)
        rows = self.session.execute(
            select(DutyEntry.block, DutyEntry.driver_id, DutyEntry.minutes).where(DutyEntry.duty_date == day)
        )
        return [{"block": row.block, "driver": who(row.driver_id), "minutes": row.minutes} for row in rows]

    def licence_total(self, depot_id: int) -> int:
        return sum(len(driver.licences) for driver in self.drivers.of_depot(depot_id))

    def contact_sheet(self) -> list[tuple[str, str, str]]:
        sheet = []
        for driver in self.drivers.with_depot():
            sheet.append((driver.staff_no, driver.full_name, driver.depot.name))
        return sheet

    def crew_for(self, day: date) -> dict[int, str]:
        trips = self.trips.for_day(day)
        crew = self.drivers.in_bulk(trip.driver_id for trip in trips)
        names = {}
        for trip in trips:
            driver = crew.get(trip.driver_id)
            names[trip.id] = driver.full_name if driver else ""
        return names

    def unqualified(self, day: date) -> list[int]:
        bad = []
        stmt = with_crew(select(Trip).where(Trip.service_date == day, Trip.driver_id.is_not(None)))
        for trip in self.session.scalars(stmt):
            if not any(licence.category == "D" for licence in trip.driver.licences):
                bad.append(trip.id)
        return bad

    def day_plan(self, day: date) -> list[dict[str, Any]]:
        return [trip_payload(trip, expand=False) for trip in self.trips.for_day(day)]

    def single(self, trip_id: int) -> dict[str, Any] | None:
        trip = self.trips.get(trip_id)
        return trip_payload(trip, expand=trip.driver_id is not None) if trip else None
