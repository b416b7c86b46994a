import requests
from django.conf import settings


class SmsGateway:
    def __init__(self, url=None):
        self.url = url or settings.SMS_GATEWAY_URL
        self.session = requests.Session()

    def send(self, number, body):
        return self.session.post(f"{self.url}/messages", json={"to": number, "body": body}, timeout=10)


class GazetteerIndex:
    def __init__(self, entries):
        self._entries = {entry["uprn"]: entry for entry in entries}

    @classmethod
    def download(cls, authority):
        response = requests.get(f"{settings.GAZETTEER_URL}/{authority}/entries", timeout=60)
        response.raise_for_status()
        return cls(response.json())

    def all(self):
        return list(self._entries.values())

    def filter(self, **lookup):
        return [e for e in self._entries.values() if all(e.get(k) == v for k, v in lookup.items())]

    def get(self, uprn):
        return self._entries.get(uprn)
