from dataclasses import dataclass, field

import requests
from django.conf import settings


@dataclass(frozen=True)
class HitSeller:
    id: int
    name: str


@dataclass(frozen=True)
class Hit:
    id: int
    title: str
    price: str
    seller: HitSeller

    @classmethod
    def parse(cls, source):
        return cls(source["id"], source["title"], source["price"], HitSeller(**source["seller"]))


@dataclass
class SearchClient:
    index: str
    terms: dict = field(default_factory=dict)
    text: str = ""

    def filter(self, **terms):
        return SearchClient(self.index, {**self.terms, **terms}, self.text)

    def query(self, text):
        return SearchClient(self.index, self.terms, text)

    def all(self):
        reply = requests.post(
            f"{settings.SEARCH_URL}/{self.index}/_search",
            json={"text": self.text, "terms": self.terms, "size": 200},
            timeout=5,
        )
        reply.raise_for_status()
        return [Hit.parse(hit["_source"]) for hit in reply.json()["hits"]["hits"]]
