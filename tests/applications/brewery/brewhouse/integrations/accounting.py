from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from brewhouse.config import settings


@dataclass(slots=True)
class LedgerEntry:
    ref: str
    account: str
    amount: float


class EntrySet:
    def __init__(self, entries: list[LedgerEntry]) -> None:
        self._entries = entries

    def filter(self, **criteria: Any) -> EntrySet:
        return EntrySet(
            [e for e in self._entries if all(getattr(e, k) == v for k, v in criteria.items())]
        )

    def first(self) -> LedgerEntry | None:
        return self._entries[0] if self._entries else None

    def all(self) -> list[LedgerEntry]:
        return list(self._entries)

    def count(self) -> int:
        return len(self._entries)


class AccountingClient:
    def __init__(self) -> None:
        self._http = httpx.Client(
            base_url=settings.accounting_url,
            headers={"Authorization": f"Bearer {settings.accounting_token}"},
            timeout=20,
        )

    def entries(self, period: str) -> EntrySet:
        payload = self._http.get("/entries", params={"period": period}).raise_for_status().json()
        return EntrySet([LedgerEntry(**item) for item in payload["items"]])

    def post_invoice(self, body: dict[str, Any]) -> str:
        return self._http.post("/invoices", json=body).raise_for_status().json()["id"]
