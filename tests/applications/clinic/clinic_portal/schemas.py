from marshmallow import Schema, fields

from .models import Appointment


class InsurerSchema(Schema):
    code = fields.Str()
    name = fields.Str()


class InvoiceSchema(Schema):
    id = fields.Int()
    number = fields.Str()
    issued_on = fields.Date()
    status = fields.Str()
    amount = fields.Decimal(as_string=True)
    insurer = fields.Nested(InsurerSchema)


class PatientSchema(Schema):
    id = fields.Int()
    mrn = fields.Str()
    full_name = fields.Str()
    last_visit = fields.Method("get_last_visit")

    def get_last_visit(self, patient):
        seen = patient.appointments.filter_by(status="done")
        latest = seen.order_by(Appointment.starts_at.desc()).first()
        return latest.starts_at.isoformat() if latest else None


class DrugSchema(Schema):
    name = fields.Str()
    atc_code = fields.Str()


class PrescriptionItemSchema(Schema):
    dose = fields.Str()
    quantity = fields.Int()
    drug = fields.Nested(DrugSchema)


class PrescriptionSchema(Schema):
    id = fields.Int()
    issued_at = fields.DateTime()
    items = fields.List(fields.Nested(PrescriptionItemSchema))
