import requests
from django.conf import settings


class RowSet:
    def __init__(self, rows):
        self._rows = list(rows)

    def __iter__(self):
        return iter(self._rows)

    def all(self):
        return self

    def filter(self, **wanted):
        return RowSet(r for r in self._rows if all(r.get(k) == v for k, v in wanted.items()))

    def first(self):
        return self._rows[0] if self._rows else None

    def count(self):
        return len(self._rows)


class CourierClient:
    def __init__(self):
        self._shipments = None

    @property
    def shipments(self):
        if self._shipments is None:
            answer = requests.get(f"{settings.COURIER_URL}/shipments", timeout=20)
            self._shipments = RowSet(answer.json()["shipments"])
        return self._shipments


class SearchIndex:
    def __init__(self, name):
        self.name = name
        self._documents = []

    def put(self, pk, **fields):
        self._documents.append({"id": pk, **fields})

    def flush(self):
        requests.post(f"{settings.COURIER_URL}/index/{self.name}", json=self._documents, timeout=60)
        self._documents.clear()
