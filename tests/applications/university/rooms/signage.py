import json
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


class ScreenList:
    def __init__(self, screens):
        self._screens = screens

    def all(self):
        return list(self._screens)

    def filter(self, **wanted):
        return [
            screen
            for screen in self._screens
            if all(screen.get(key) == value for key, value in wanted.items())
        ]

    def count(self):
        return len(self._screens)


@dataclass
class SignageClient:
    path: Path
    texts: dict = field(default_factory=dict)

    @property
    def screens(self):
        if not hasattr(self, "_list"):
            self._list = ScreenList(json.loads(Path(self.path).read_text()))
        return self._list

    def put(self, screen, text):
        self.texts[screen["id"]] = text


def get_client():
    return SignageClient(settings.SIGNAGE_FILE)
