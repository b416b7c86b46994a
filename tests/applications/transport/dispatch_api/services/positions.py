from typing import Any

import httpx

from dispatch_api.settings import settings


class PositionCache:
    def __init__(self) -> None:
        self._fixes: dict[str, dict[str, Any]] = {}
        self._filled = False

    def _fill(self) -> None:
        payload = httpx.get(settings.positions_url, timeout=5).json()
        self._fixes = {item["fleet_no"]: item for item in payload["vehicles"]}
        self._filled = True

    def get(self, fleet_no: str) -> dict[str, Any] | None:
        if not self._filled:
            self._fill()
        return self._fixes.get(fleet_no)
