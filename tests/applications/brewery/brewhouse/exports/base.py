import csv
from collections.abc import Iterable
from typing import Any, ClassVar, TextIO

from sqlalchemy.orm import Session


class CsvExport:
    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, session: Session) -> None:
        self.session = session

    def rows(self) -> Iterable[Any]:
        raise NotImplementedError

    def format(self, row: Any) -> list[Any]:
        return [getattr(row, column) for column in self.columns]

    def write(self, stream: TextIO) -> int:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(self.columns)
        written = 0
        for row in self.rows():
            writer.writerow(self.format(row))
            written += 1
        return written


REGISTRY: dict[str, type[CsvExport]] = {}


def register(cls: type[CsvExport]) -> type[CsvExport]:
    REGISTRY[cls.name] = cls
    return cls
