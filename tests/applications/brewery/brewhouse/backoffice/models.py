from datetime import datetime

from brewhouse.backoffice.extensions import db
from brewhouse.models import Customer


class Staff(db.Model):
    __tablename__ = "staff"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    email = db.Column(db.String(200))


class ComplaintCategory(db.Model):
    __tablename__ = "complaint_categories"

    id = db.Column(db.Integer, primary_key=True)
    label = db.Column(db.String(60), nullable=False)


class Complaint(db.Model):
    __tablename__ = "complaints"

    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.Integer, db.ForeignKey(Customer.__table__.c.id))
    category_id = db.Column(db.Integer, db.ForeignKey("complaint_categories.id"))
    subject = db.Column(db.String(160), nullable=False)
    status = db.Column(db.String(20), default="open")
    opened_at = db.Column(db.DateTime, default=datetime.now)

    category = db.relationship("ComplaintCategory")
    notes = db.relationship("ComplaintNote", back_populates="complaint")


class ComplaintNote(db.Model):
    __tablename__ = "complaint_notes"

    id = db.Column(db.Integer, primary_key=True)
    complaint_id = db.Column(db.Integer, db.ForeignKey("complaints.id"))
    author_id = db.Column(db.Integer, db.ForeignKey("staff.id"))
    body = db.Column(db.Text, default="")
    written_at = db.Column(db.DateTime, default=datetime.now)

    complaint = db.relationship("Complaint", back_populates="notes")
    author = db.relationship("Staff")


class Tour(db.Model):
    __tablename__ = "tours"

    id = db.Column(db.Integer, primary_key=True)
    starts_at = db.Column(db.DateTime, nullable=False)
    language = db.Column(db.String(2), default="de")
    seats = db.Column(db.Integer, default=20)
    guide_id = db.Column(db.Integer, db.ForeignKey("staff.id"))

    guide = db.relationship("Staff")
    bookings = db.relationship("TourBooking", back_populates="tour")


class TourBooking(db.Model):
    __tablename__ = "tour_bookings"

    id = db.Column(db.Integer, primary_key=True)
    tour_id = db.Column(db.Integer, db.ForeignKey("tours.id"), nullable=False)
    name = db.Column(db.String(120), nullable=False)
    email = db.Column(db.String(200))
    guests = db.Column(db.Integer, default=1)
    paid = db.Column(db.Boolean, default=False)

    tour = db.relationship("Tour", back_populates="bookings")
