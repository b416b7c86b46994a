from marshmallow import Schema, fields
from sqlalchemy.orm import joinedload

from backoffice.models import Complaint


class BaseSchema(Schema):
    eager: tuple = ()

    @classmethod
    def fetch(cls, query):
        for attribute in cls.eager:
            query = query.options(joinedload(attribute))
        return query.all()


class CustomerSchema(BaseSchema):
    id = fields.Int()
    email = fields.Email()
    city = fields.Str()


class OutletBrief(BaseSchema):
    id = fields.Int()
    name = fields.Str()


class OutletSales(OutletBrief):
    sold = fields.Function(lambda outlet: outlet.sold_total or 0)


class ComplaintSchema(BaseSchema):
    eager = (Complaint.customer,)

    id = fields.Int()
    subject = fields.Str()
    status = fields.Str()
    customer = fields.Nested(CustomerSchema)


class TicketSchema(BaseSchema):
    id = fields.Int()
    number = fields.Str()
    state = fields.Str()
    times_used = fields.Method("get_times_used")
    outlet = fields.Nested(OutletBrief)

    def get_times_used(self, ticket):
        return len(ticket.validations)
