from backoffice.extensions import db
from backoffice.models.mixins import AssignedMixin


class Complaint(AssignedMixin, db.Model):
    __tablename__ = "complaint"

    id = db.Column(db.Integer, primary_key=True)
    subject = db.Column(db.String(200), nullable=False)
    status = db.Column(db.String(12), default="open")
    meta = db.Column(db.JSON, default=dict)
    opened_at = db.Column(db.DateTime)
    customer_id = db.Column(db.ForeignKey("customer.id"), nullable=False)

    customer = db.relationship("Customer", back_populates="complaints")
    replies = db.relationship("Reply", back_populates="complaint", lazy="dynamic")


class Reply(db.Model):
    __tablename__ = "reply"

    id = db.Column(db.Integer, primary_key=True)
    complaint_id = db.Column(db.ForeignKey("complaint.id"), nullable=False)
    body = db.Column(db.Text)

    complaint = db.relationship("Complaint", back_populates="replies")


class Subscription(db.Model):
    __tablename__ = "subscription"

    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), nullable=False)
    line_code = db.Column(db.String(8), nullable=False)
    expires_on = db.Column(db.Date)
    reminded_at = db.Column(db.DateTime)
