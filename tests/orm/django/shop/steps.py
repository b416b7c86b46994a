"""What goes through rows of others, and names no mapper."""

from dataclasses import dataclass
from functools import reduce, wraps


class Steps:
    columns = ()

    def rows(self):
        raise NotImplementedError

    def line(self, row):
        return [value(row) for _, value in self.columns]

    def run(self):
        found = []
        for row in self.rows():
            found.append(self.line(row))
        return found


@dataclass(frozen=True)
class Cell:
    title: str
    read: object

    def of(self, row):
        if callable(self.read):
            return self.read(row)
        return getattr(row, self.read)


class Sheet:
    columns = ()

    def lines(self):
        for row in self.rows():
            yield [cell.of(row) for cell in self.columns]


class Desk:
    def __init__(self, publisher):
        self.publisher = publisher

    def has(self, book):
        return self.publisher.books.filter(pk=book.pk).exists()


class KeyedDesk:
    def __init__(self, publisher):
        self.keys = set(publisher.books.values_list("pk", flat=True))

    def has(self, book):
        return book.pk in self.keys


def for_each(run):
    @wraps(run)
    def wrapper(rows):
        return [run(row) for row in rows]

    return wrapper


def once(run):
    @wraps(run)
    def wrapper(row):
        for _ in range(1):
            found = run(row)
        return found

    return wrapper


def follow(row, path):
    for name in path.split("."):
        row = getattr(row, name)
    return row


def reduced(row, path):
    return reduce(getattr, path.split("."), row)


class Through:
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        for row in self.rows:
            yield row


COLUMNS = [("Title", lambda row: row.title), ("Publisher", lambda row: row.publisher.name)]
KEYS = [("Title", lambda row: row.title), ("Publisher", lambda row: row.publisher_id)]
