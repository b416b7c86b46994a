from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..models import Invoice
from .base import Repository


class InvoiceRepository(Repository[Invoice]):
    model = Invoice

    def issued_since(self, since: date) -> Sequence[Invoice]:
        stmt = select(Invoice).where(Invoice.issued_on >= since).order_by(Invoice.issued_on.desc())
        return self.session.scalars(stmt).all()

    def detailed(self, since: date) -> Sequence[Invoice]:
        stmt = (
            select(Invoice)
            .where(Invoice.issued_on >= since)
            .options(joinedload(Invoice.insurer), selectinload(Invoice.payments))
        )
        return self.session.scalars(stmt).all()

    def iter_unsettled(self) -> Iterator[Invoice]:
        last_id = 0
        while True:
            stmt = select(Invoice).where(Invoice.status == "open", Invoice.id > last_id)
            page = self.session.scalars(stmt.order_by(Invoice.id).limit(1000)).all()
            if not page:
                return
            yield from page
            last_id = page[-1].id

    def with_lines(self, year: int) -> Sequence[Invoice]:
        stmt = (
            select(Invoice)
            .options(joinedload(Invoice.lines))
            .where(Invoice.issued_on.between(date(year, 1, 1), date(year, 12, 31)))
        )
        return self.session.scalars(stmt).unique().all()

    def with_patient(self, status: str) -> Sequence[Invoice]:
        stmt = select(Invoice).options(joinedload(Invoice.patient)).where(Invoice.status == status)
        return self.session.scalars(stmt).all()
