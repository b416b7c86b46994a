from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func

from backoffice.extensions import db
from backoffice.models import Customer, Outlet, Product, Ticket


@dataclass
class OutletStats:
    outlet: Outlet

    @cached_property
    def total(self) -> int:
        return self.outlet.tickets.filter(Ticket.state == "sold").count()


def sold_by_outlet() -> dict[int, int]:
    rows = db.session.query(Ticket.outlet_id, func.count(Ticket.id)).group_by(Ticket.outlet_id)
    return {outlet_id: number for outlet_id, number in rows}


def outlets_with_totals() -> list[Outlet]:
    total = func.count(Ticket.id)
    rows = db.session.query(Outlet, total).outerjoin(Ticket, Ticket.outlet_id == Outlet.id).group_by(Outlet.id)
    outlets = []
    for outlet, number in rows:
        outlet.sold_total = number
        outlets.append(outlet)
    return outlets


def quote(customer: Customer, products: list[Product]) -> list[dict]:
    drafts = [Draft(customer=customer, product=product) for product in products]
    return [{"to": draft.customer.email, "product": draft.product.name} for draft in drafts]


@dataclass
class Draft:
    customer: Customer
    product: Product


def mailing_order(city: str) -> list[str]:
    customers = Customer.query.filter(Customer.city == city).all()
    customers.sort(key=lambda customer: customer.profile.surname)
    return [customer.email for customer in customers]


def revenue_by_product(line_code: str) -> dict[str, int]:
    revenue: dict[str, int] = {}
    pairs = db.session.query(Ticket, Product).join(Product, Ticket.product_id == Product.id)
    for ticket, product in pairs.filter(Ticket.line_code == line_code):
        revenue[product.name] = revenue.get(product.name, 0) + ticket.price_cents
    return revenue
