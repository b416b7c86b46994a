from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd
from sqlalchemy import select

from brewhouse.exports.base import CsvExport, register
from brewhouse.models import Batch, Deposit, Keg, Order, OrderLine, Recipe


@register
class DepositExport(CsvExport):
    name = "deposits"
    columns = ("customer", "amount", "charged_on")

    def rows(self) -> Iterable[Deposit]:
        return self.session.scalars(select(Deposit).where(Deposit.refunded_at.is_(None))).all()

    def format(self, row: Deposit) -> list[Any]:
        return [row.customer.name, row.amount, row.charged_on.isoformat()]


@register
class KegExport(CsvExport):
    name = "kegs"
    columns = ("serial", "status", "purchased_on")

    def rows(self) -> Iterable[Keg]:
        return self.session.scalars(select(Keg).order_by(Keg.serial))


@register
class LedgerExport(CsvExport):
    name = "ledger"
    columns = ("order", "invoice", "total")
    page = 500

    def rows(self) -> Iterator[tuple[Any, ...]]:
        last_id = 0
        while True:
            stmt = select(Order).where(Order.id > last_id, Order.status == "closed").order_by(Order.id)
            orders = self.session.scalars(stmt.limit(self.page)).all()
            if not orders:
                return
            for order in orders:
                invoice = order.invoice
                if invoice is not None:
                    yield order.number, invoice.number, invoice.total
            last_id = orders[-1].id

    def format(self, row: tuple[Any, ...]) -> list[Any]:
        return list(row)


@register
class VolumeExport(CsvExport):
    name = "volumes"
    columns = ("customer_id", "units")

    def rows(self) -> Iterator[tuple[int, int]]:
        lines = self.session.scalars(select(OrderLine).where(OrderLine.quantity > 0)).all()
        by_customer = attrgetter("order.customer_id")
        for customer_id, group in groupby(sorted(lines, key=by_customer), key=by_customer):
            yield customer_id, sum(line.quantity for line in group)

    def format(self, row: tuple[int, int]) -> list[Any]:
        return list(row)


@dataclass(frozen=True)
class BrewRow:
    batch: str
    recipe: str
    brewed_on: date | None
    volume: float


@register
class BrewBook(CsvExport):
    name = "brewbook"
    columns = ("batch", "recipe", "brewed_on", "volume")

    def rows(self) -> Iterator[BrewRow]:
        stmt = select(Batch.code, Recipe.name, Batch.brewed_on, Batch.volume_hl).join(Batch.recipe)
        for code, name, brewed_on, volume in self.session.execute(stmt):
            yield BrewRow(code, name, brewed_on, float(volume))

    def format(self, row: BrewRow) -> list[Any]:
        return [row.batch, row.recipe, row.brewed_on, row.volume]


@register
class StyleExport(CsvExport):
    name = "styles"
    columns = ("style", "volume")

    def rows(self) -> Iterator[tuple[str, float]]:
        stmt = select(Recipe.style, Batch.volume_hl).join(Recipe.batches)
        frame = pd.DataFrame(self.session.execute(stmt).tuples().all(), columns=["style", "volume"])
        for style in frame["style"].unique():
            part = frame.query("style == @style").filter(["volume"])
            yield style, float(part["volume"].sum())

    def format(self, row: tuple[str, float]) -> list[Any]:
        return list(row)
