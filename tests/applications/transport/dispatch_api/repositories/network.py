from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, undefer, with_expression

from dispatch_api.models import Depot, Incident, Line, LineStop, Stop, Trip
from dispatch_api.repositories.base import Repository


class LineRepository(Repository[Line]):
    model = Line

    def active(self) -> Sequence[Line]:
        return self.list(Line.is_active.is_(True), order_by=Line.code)

    def with_stops(self) -> Sequence[Line]:
        stmt = self._select().options(selectinload(Line.line_stops).selectinload(LineStop.stop))
        return self.session.scalars(stmt.order_by(Line.code)).all()

    def with_route(self, mode: str) -> Sequence[Line]:
        stmt = self._select().where(Line.mode == mode).options(selectinload(Line.line_stops))
        return self.session.scalars(stmt).all()

    def with_open_incidents(self) -> Sequence[Line]:
        open_count = (
            select(func.count(Incident.id))
            .join(Trip, Trip.id == Incident.trip_id)
            .where(Trip.line_id == Line.id, Incident.closed_at.is_(None))
            .correlate(Line)
            .scalar_subquery()
        )
        return self.session.scalars(self._select().options(with_expression(Line.open_incidents, open_count))).all()


class StopRepository(Repository[Stop]):
    model = Stop

    def for_map(self) -> Sequence[Stop]:
        stmt = self._select().options(undefer(Stop.description)).order_by(Stop.code)
        return self.session.scalars(stmt).all()


class DepotRepository(Repository[Depot]):
    model = Depot
