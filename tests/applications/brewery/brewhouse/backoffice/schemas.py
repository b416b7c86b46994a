from marshmallow import EXCLUDE, Schema, fields, validate


class SupplierContactSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)
    phone = fields.Str()
    email = fields.Email()


class SupplierSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)
    country = fields.Str(validate=validate.Length(equal=2))
    lead_days = fields.Int()
    contacts = fields.Nested(SupplierContactSchema, many=True, only=("name", "phone"))


class PurchaseOrderLineSchema(Schema):
    ingredient_id = fields.Int()
    kg = fields.Decimal(as_string=True)
    unit_price = fields.Decimal(as_string=True)


class PurchaseOrderSchema(Schema):
    id = fields.Int(dump_only=True)
    number = fields.Str()
    status = fields.Str()
    due_on = fields.Date()
    lines = fields.Nested(PurchaseOrderLineSchema, many=True)


class TourBookingForm(Schema):
    class Meta:
        unknown = EXCLUDE

    name = fields.Str(required=True)
    email = fields.Email()
    guests = fields.Int(load_default=1, validate=validate.Range(min=1, max=30))
