from __future__ import annotations

import httpx


class ResultSet:
    def __init__(self, payload: list[dict]) -> None:
        self._payload = payload

    def all(self) -> list[dict]:
        return self._payload

    def first(self) -> dict | None:
        return self._payload[0] if self._payload else None


class PolicyEndpoint:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def filter(self, **params: str) -> ResultSet:
        return ResultSet(self._client.get("/v2/policies", params=params).json()["data"])


class InsurerGateway:
    def __init__(self, base_url: str = "https://ecard.example.org") -> None:
        self._client = httpx.Client(base_url=base_url, timeout=10)
        self.policies = PolicyEndpoint(self._client)
