from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from brewhouse.models import Customer, Invoice, Order, OrderLine, Product
from brewhouse.repositories.base import Repository


class CustomerRepository(Repository[Customer]):
    model = Customer

    def in_region(self, region: str) -> Sequence[Customer]:
        return self.list(region=region)


class ProductRepository(Repository[Product]):
    model = Product

    def by_sku(self, sku: str) -> Product | None:
        return self.get_by(sku=sku)


class OrderRepository(Repository[Order]):
    model = Order

    def open_between(self, start: date, end: date) -> Sequence[Order]:
        stmt = (
            self.query()
            .where(Order.status.in_(("new", "confirmed")), Order.deliver_on.between(start, end))
            .order_by(Order.deliver_on)
        )
        return self.session.scalars(stmt).all()

    def with_customer(self, **criteria: object) -> Sequence[Order]:
        stmt = self.query().filter_by(**criteria).options(joinedload(Order.customer))
        return self.session.scalars(stmt.order_by(Order.number)).all()

    def for_picking(self, day: date) -> Sequence[Order]:
        stmt = (
            self.query()
            .where(Order.deliver_on == day, Order.status == "confirmed")
            .options(selectinload(Order.lines).joinedload(OrderLine.product))
        )
        return self.session.scalars(stmt).all()

    def iter_stale(self, before: datetime) -> Iterator[Order]:
        stmt = self.query().where(Order.status == "new", Order.placed_at < before)
        yield from self.session.scalars(stmt).all()


class InvoiceRepository(Repository[Invoice]):
    model = Invoice

    def overdue(self, today: date) -> Sequence[Invoice]:
        stmt = select(Invoice).where(Invoice.paid_at.is_(None), Invoice.due_on < today)
        return self.session.scalars(stmt).all()
