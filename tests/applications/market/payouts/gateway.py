from dataclasses import dataclass

import requests
from django.conf import settings


@dataclass
class Transfer:
    reference: str
    state: str


class TransferList:
    def __init__(self, session, params=None):
        self.session = session
        self.params = params or {}

    def filter(self, **params):
        return TransferList(self.session, {**self.params, **params})

    def first(self):
        reply = self.session.get(f"{settings.GATEWAY_URL}/transfers", params={**self.params, "limit": 1}, timeout=10)
        reply.raise_for_status()
        found = reply.json()["data"]
        return Transfer(found[0]["reference"], found[0]["state"]) if found else None


class Gateway:
    def __init__(self):
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {settings.GATEWAY_TOKEN}"
        self.transfers = TransferList(session)
