from collections import defaultdict
from typing import Any

from sqlalchemy.orm import Session

from dispatch_api.repositories.network import LineRepository, StopRepository


class CatalogueService:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.lines = LineRepository(session)
        self.stops = StopRepository(session)

    def overview(self) -> list[dict[str, Any]]:
        rows = []
        for line in self.lines.active():
            rows.append({"code": line.code, "label": line.label, "stops": line.stop_count})
        return rows

    def workload(self) -> dict[str, int]:
        planned: dict[str, int] = defaultdict(int)
        for line in self.lines.active():
            planned[line.mode] += line.trips_planned
        return dict(planned)

    def headers(self) -> list[dict[str, Any]]:
        sheets = []
        for line in self.lines.with_stops():
            sheets.append({"line": line.code, "columns": [stop.name for stop in line.stops]})
        return sheets

    def zones_by_line(self, mode: str) -> dict[str, list[str]]:
        zones: dict[str, list[str]] = {}
        for line in self.lines.with_route(mode):
            seen: list[str] = []
            for entry in line.line_stops:
                code = entry.stop.zone.code
                if code not in seen:
                    seen.append(code)
            zones[line.code] = seen
        return zones

    def problem_lines(self, threshold: int) -> list[str]:
        return [line.label for line in self.lines.with_open_incidents() if (line.open_incidents or 0) >= threshold]

    def map_markers(self) -> list[dict[str, Any]]:
        markers = []
        for stop in self.stops.for_map():
            markers.append({"at": [stop.lat, stop.lon], "title": stop.name, "text": stop.description or ""})
        return markers
