from flask_sqlalchemy.query import Query
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload

from backoffice.extensions import db
from backoffice.models.mixins import SerializerMixin


class TicketQuery(Query):
    def live(self):
        return self.filter(Ticket.state != "void")

    def for_listing(self):
        return self.live().options(joinedload(Ticket.product), joinedload(Ticket.customer))


class Outlet(SerializerMixin, db.Model):
    __tablename__ = "outlet"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    city = db.Column(db.String(60))
    manager_id = db.Column(db.ForeignKey("staff.id"), nullable=False)

    manager = db.relationship("Staff")
    tickets = db.relationship("Ticket", back_populates="outlet", lazy="dynamic")

    def to_dict(self) -> dict:
        data = super().to_dict()
        if "manager" in inspect(self).unloaded:
            return data
        data["manager"] = {"name": self.manager.name, "email": self.manager.email}
        return data


class Product(db.Model):
    __tablename__ = "product"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    price_cents = db.Column(db.Integer, nullable=False)


class Ticket(SerializerMixin, db.Model):
    __tablename__ = "ticket"
    query_class = TicketQuery

    id = db.Column(db.Integer, primary_key=True)
    number = db.Column(db.String(20), unique=True, nullable=False)
    state = db.Column(db.String(12), default="sold")
    line_code = db.Column(db.String(8))
    price_cents = db.Column(db.Integer, nullable=False)
    sold_at = db.Column(db.DateTime)
    customer_id = db.Column(db.ForeignKey("customer.id"))
    product_id = db.Column(db.ForeignKey("product.id"), nullable=False)
    outlet_id = db.Column(db.ForeignKey("outlet.id"), nullable=False)

    customer = db.relationship("Customer", back_populates="tickets")
    product = db.relationship("Product")
    outlet = db.relationship("Outlet", back_populates="tickets")
    validations = db.relationship("Validation", back_populates="ticket")
    refund = db.relationship("Refund", uselist=False, back_populates="ticket")

    @property
    def is_refunded(self) -> bool:
        return self.refund is not None

    def to_dict(self) -> dict:
        data = super().to_dict()
        data["outlet"] = self.outlet.name
        return data


class Validation(db.Model):
    __tablename__ = "validation"

    id = db.Column(db.Integer, primary_key=True)
    ticket_id = db.Column(db.ForeignKey("ticket.id"), nullable=False)
    device_serial = db.Column(db.String(20))
    at = db.Column(db.DateTime)

    ticket = db.relationship("Ticket", back_populates="validations")


class Refund(db.Model):
    __tablename__ = "refund"

    id = db.Column(db.Integer, primary_key=True)
    ticket_id = db.Column(db.ForeignKey("ticket.id"), unique=True, nullable=False)
    amount_cents = db.Column(db.Integer, nullable=False)
    paid_at = db.Column(db.DateTime)
    approved_by_id = db.Column(db.ForeignKey("staff.id"), nullable=False)

    ticket = db.relationship("Ticket", back_populates="refund")
    approved_by = db.relationship("Staff")
