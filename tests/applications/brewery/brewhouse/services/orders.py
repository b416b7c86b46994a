import csv
import functools
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from brewhouse.db import SessionLocal
from brewhouse.integrations.mail import send_mail
from brewhouse.models import Customer, Invoice, Order, OrderLine, Product
from brewhouse.repositories.sales import InvoiceRepository, OrderRepository
from brewhouse.schemas.sales import OrderIn, RegionTotal
from brewhouse.uow import UnitOfWork


class CreditLimitExceeded(Exception):
    pass


def requires_credit(func_: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(func_)
    def wrapper(session: Session, order: Order, *args: object, **kwargs: object) -> None:
        owed = session.scalar(
            select(func.sum(Invoice.total)).where(
                Invoice.customer_id == order.customer_id, Invoice.paid_at.is_(None)
            )
        )
        if owed is not None and owed > Decimal("25000"):
            raise CreditLimitExceeded(order.number)
        func_(session, order, *args, **kwargs)

    return wrapper


@requires_credit
def confirm(session: Session, order: Order, deliver_on: date) -> None:
    order.status = "confirmed"
    order.deliver_on = order.deliver_on or deliver_on


def confirm_all(session: Session, deliver_on: date) -> tuple[int, list[str]]:
    confirmed, refused = 0, []
    orders = session.scalars(select(Order).where(Order.status == "new")).all()
    for order in orders:
        try:
            confirm(session, order, deliver_on)
        except CreditLimitExceeded as exc:
            refused.append(str(exc))
        else:
            confirmed += 1
    session.commit()
    return confirmed, refused


def pick_sequence(session: Session, start: date, end: date) -> list[str]:
    orders = OrderRepository(session).open_between(start, end)
    ordered = sorted(orders, key=lambda o: (o.customer.region, o.deliver_on))
    return [order.number for order in ordered]


def pick_list(session: Session, day: date) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for order in OrderRepository(session).for_picking(day):
        for line in order.lines:
            totals[line.product.sku] += line.quantity
    return dict(totals)


def open_value(session: Session, start: date, end: date) -> Decimal:
    value = Decimal("0")
    for order in OrderRepository(session).open_between(start, end):
        value += order.total()
    return value


def region_totals(session: Session, since: date) -> list[RegionTotal]:
    stmt = (
        select(
            Customer.region.label("region"),
            func.count(Order.id.distinct()).label("orders"),
            func.coalesce(func.sum(OrderLine.quantity * OrderLine.unit_price), 0).label("amount"),
        )
        .join(Customer.orders)
        .join(Order.lines)
        .where(Order.placed_at >= since)
        .group_by(Customer.region)
    )
    totals = []
    for row in session.execute(stmt).mappings():
        totals.append(
            RegionTotal(region=row.get("region"), orders=row.get("orders"), amount=row.get("amount"))
        )
    return totals


def place_order(session: Session, body: OrderIn) -> Order:
    products = {p.sku: p for p in session.scalars(select(Product).where(Product.sku.in_(body.skus())))}
    order = Order(number=f"W{datetime.now():%y%m%d%H%M%S}", customer_id=body.customer_id)
    order.deliver_on = body.deliver_on
    session.add(order)
    for line in body.lines:
        product = products[line.sku]
        order.lines.append(
            OrderLine(product_id=product.id, quantity=line.quantity, unit_price=product.list_price)
        )
    session.commit()
    return order


def import_orders(payload: bytes) -> int:
    serial = count(1)
    stamp = f"{datetime.now():%y%m%d%H%M}"
    reader = csv.DictReader(io.StringIO(payload.decode("utf-8-sig")), delimiter=";")
    imported = 0
    with UnitOfWork() as uow:
        for row in reader:
            uow.orders.create(
                number=f"I{stamp}-{next(serial)}",
                customer_id=int(row["customer"]),
                deliver_on=date.fromisoformat(row["date"]),
                external_ref=row["ref"],
            )
            imported += 1
        uow.commit()
    return imported


def remind_stale(days: int = 3) -> int:
    before = datetime.now() - timedelta(days=days)
    sent = 0
    with UnitOfWork() as uow:
        for order in uow.orders.iter_stale(before):
            customer = order.customer
            send_mail(
                customer.email,
                f"Order {order.number} is waiting",
                f"Dear {customer.name}, please confirm order {order.number}.",
            )
            sent += 1
    return sent


def escalate_dunning(today: date) -> None:
    with SessionLocal() as session:
        for invoice in InvoiceRepository(session).overdue(today):
            level = min(3, (today - invoice.due_on).days // 14)
            if level != invoice.dunning_level:
                session.execute(
                    update(Invoice).where(Invoice.id == invoice.id).values(dunning_level=level)
                )
        session.commit()


def close_delivered(session: Session, until: date) -> int:
    stmt = select(Order.id, Order.deliver_on).where(Order.status == "delivered")
    ids = [row.id for row in session.execute(stmt) if row.deliver_on and row.deliver_on <= until]
    session.execute(update(Order).where(Order.id.in_(ids)).values(status="closed"))
    session.commit()
    return len(ids)
