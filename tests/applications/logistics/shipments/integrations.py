import io

import requests


class EventEndpoint:
    def __init__(self, base_url, session):
        self.base_url = base_url
        self.session = session

    def filter(self, **params):
        response = self.session.get(f"{self.base_url}/events", params=params, timeout=20)
        response.raise_for_status()
        return response.json()["events"]


class TrackingClient:
    def __init__(self, base_url):
        self.session = requests.Session()
        self.events = EventEndpoint(base_url, self.session)


class LabelDocument:
    def __init__(self, buffer, barcode):
        self.buffer = buffer
        self.barcode = barcode
        self.fields = {}

    def set(self, name, value):
        self.fields[name] = str(value)

    def save(self):
        self.buffer.write(f"^XA^FO50,50^BC^FD{self.barcode}^FS")
        for offset, (name, value) in enumerate(self.fields.items(), start=1):
            self.buffer.write(f"^FO50,{100 + 30 * offset}^FD{name}: {value}^FS")
        self.buffer.write("^XZ\n")


class PrintJob:
    def __init__(self):
        self.buffer = io.StringIO()

    def new(self, barcode):
        return LabelDocument(self.buffer, barcode)

    def text(self):
        return self.buffer.getvalue()
