from decimal import Decimal

from flask_login import UserMixin
from flask_sqlalchemy.query import Query
from sqlalchemy import func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import selectinload

from ..extensions import db
from .mixins import AuditedMixin, CRUDMixin

user_roles = db.Table(
    "user_roles",
    db.Column("user_id", db.ForeignKey("staff_users.id"), primary_key=True),
    db.Column("role_id", db.ForeignKey("roles.id"), primary_key=True),
)


class Role(db.Model):
    __tablename__ = "roles"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), unique=True)


class User(UserMixin, CRUDMixin, db.Model):
    __tablename__ = "staff_users"

    id = db.Column(db.Integer, primary_key=True)
    full_name = db.Column(db.String(120))
    email = db.Column(db.String(200), unique=True)
    roles = db.relationship("Role", secondary=user_roles, backref="users")


class Insurer(CRUDMixin, db.Model):
    __tablename__ = "insurers"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(12), unique=True)
    name = db.Column(db.String(120))


class Practitioner(CRUDMixin, db.Model):
    __tablename__ = "practitioners"

    id = db.Column(db.Integer, primary_key=True)
    full_name = db.Column(db.String(120))
    licence_no = db.Column(db.String(30), unique=True)


class PatientQuery(Query):
    def active(self):
        return self.filter_by(active=True)

    def with_details(self):
        return self.options(selectinload(Patient.contact), selectinload(Patient.insurer))


class Patient(AuditedMixin, CRUDMixin, db.Model):
    __tablename__ = "patients"
    query_class = PatientQuery
    audit_name = "patient"

    id = db.Column(db.Integer, primary_key=True)
    mrn = db.Column(db.String(20), unique=True)
    first_name = db.Column(db.String(80))
    last_name = db.Column(db.String(80))
    email = db.Column(db.String(200))
    active = db.Column(db.Boolean, default=True)
    insurer_id = db.Column(db.ForeignKey("insurers.id"), nullable=False)
    primary_practitioner_id = db.Column(db.ForeignKey("practitioners.id"), nullable=False)

    insurer = db.relationship("Insurer", backref=db.backref("patients", lazy="dynamic"))
    practitioner = db.relationship("Practitioner", backref="patients")
    contact = db.relationship("EmergencyContact", uselist=False, backref="patient")

    @hybrid_property
    def full_name(self):
        return self.first_name + " " + self.last_name

    def describe(self) -> str:
        return f"{self.mrn}: {super().describe()}"


class EmergencyContact(db.Model):
    __tablename__ = "emergency_contacts"

    id = db.Column(db.Integer, primary_key=True)
    patient_id = db.Column(db.ForeignKey("patients.id"), unique=True)
    name = db.Column(db.String(120))
    phone = db.Column(db.String(40))


class Room(db.Model):
    __tablename__ = "rooms"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40))
    floor = db.Column(db.Integer, default=0)


class Appointment(CRUDMixin, db.Model):
    __tablename__ = "appointments"

    id = db.Column(db.Integer, primary_key=True)
    patient_id = db.Column(db.ForeignKey("patients.id"))
    practitioner_id = db.Column(db.ForeignKey("practitioners.id"))
    room_id = db.Column(db.ForeignKey("rooms.id"))
    starts_at = db.Column(db.DateTime, index=True)
    status = db.Column(db.String(20), default="booked")

    patient = db.relationship("Patient", backref=db.backref("appointments", lazy="dynamic"))
    practitioner = db.relationship("Practitioner", backref="appointments")
    room = db.relationship("Room", lazy="joined")

    def to_dict(self) -> dict:
        data = super().to_dict()
        data["patient"] = self.patient.full_name
        return data


class Drug(db.Model):
    __tablename__ = "drugs"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(120))
    atc_code = db.Column(db.String(10), unique=True)
    price = db.Column(db.Numeric(10, 2))


class Prescription(CRUDMixin, db.Model):
    __tablename__ = "prescriptions"

    id = db.Column(db.Integer, primary_key=True)
    patient_id = db.Column(db.ForeignKey("patients.id"))
    practitioner_id = db.Column(db.ForeignKey("practitioners.id"))
    issued_at = db.Column(db.DateTime)
    status = db.Column(db.String(20), default="active")

    patient = db.relationship("Patient", backref="prescriptions")
    prescriber = db.relationship("Practitioner", backref="prescriptions")


class PrescriptionItem(db.Model):
    __tablename__ = "prescription_items"

    id = db.Column(db.Integer, primary_key=True)
    prescription_id = db.Column(db.ForeignKey("prescriptions.id"))
    drug_id = db.Column(db.ForeignKey("drugs.id"))
    dose = db.Column(db.String(60))
    quantity = db.Column(db.Integer, default=1)
    dispensed_at = db.Column(db.DateTime)

    prescription = db.relationship("Prescription", backref="items")
    drug = db.relationship("Drug")


class Invoice(CRUDMixin, db.Model):
    __tablename__ = "invoices"

    id = db.Column(db.Integer, primary_key=True)
    number = db.Column(db.String(30), unique=True)
    patient_id = db.Column(db.ForeignKey("patients.id"))
    insurer_id = db.Column(db.ForeignKey("insurers.id"))
    issued_on = db.Column(db.Date)
    due_on = db.Column(db.Date)
    status = db.Column(db.String(20), default="open")
    amount = db.Column(db.Numeric(10, 2), default=0)

    patient = db.relationship("Patient", backref="invoices")
    insurer = db.relationship("Insurer", backref="invoices")

    @hybrid_property
    def balance(self):
        return self.amount - sum((payment.amount for payment in self.payments), Decimal(0))

    @balance.inplace.expression
    @classmethod
    def _balance_expression(cls):
        received = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.invoice_id == cls.id)
        return cls.amount - received.scalar_subquery()


class InvoiceLine(db.Model):
    __tablename__ = "invoice_lines"

    id = db.Column(db.Integer, primary_key=True)
    invoice_id = db.Column(db.ForeignKey("invoices.id"))
    description = db.Column(db.String(200))
    quantity = db.Column(db.Integer, default=1)
    unit_price = db.Column(db.Numeric(10, 2))

    invoice = db.relationship("Invoice", backref="lines")


class Payment(db.Model):
    __tablename__ = "payments"

    id = db.Column(db.Integer, primary_key=True)
    invoice_id = db.Column(db.ForeignKey("invoices.id"))
    amount = db.Column(db.Numeric(10, 2))
    method = db.Column(db.String(20))
    received_on = db.Column(db.Date)

    invoice = db.relationship("Invoice", backref="payments")


class Notice(db.Model):
    __tablename__ = "notices"

    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.ForeignKey("staff_users.id"))
    body = db.Column(db.Text)
    posted_at = db.Column(db.DateTime)

    author = db.relationship("User")


class AuditEntry(CRUDMixin, db.Model):
    __tablename__ = "audit_entries"

    id = db.Column(db.Integer, primary_key=True)
    entity = db.Column(db.String(40))
    entity_id = db.Column(db.Integer)
    action = db.Column(db.String(40))
    actor_id = db.Column(db.ForeignKey("staff_users.id"))
    at = db.Column(db.DateTime, server_default=func.now())

    actor = db.relationship("User", backref="audit_entries")

    def to_dict(self) -> dict:
        data = super().to_dict()
        data["actor"] = f"/staff/{self.actor_id}" if self.actor_id else None
        return data
