import httpx


class Contact:
    def __init__(self, client: "CrmClient", ref: str) -> None:
        self.client = client
        self.ref = ref
        self.fields: dict[str, str] = {}

    def save(self) -> None:
        self.client.outbox.append({"ref": self.ref, **self.fields})


class Contacts:
    def __init__(self, client: "CrmClient") -> None:
        self.client = client

    def get(self, ref: str) -> Contact:
        return Contact(self.client, ref)


class CrmClient:
    def __init__(self, url: str) -> None:
        self.url = url
        self.outbox: list[dict[str, str]] = []
        self.contacts = Contacts(self)

    def commit(self) -> None:
        httpx.post(f"{self.url}/bulk", json=self.outbox, timeout=30)
        self.outbox.clear()
