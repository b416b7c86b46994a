import csv
import io
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, render_template, request

from brewhouse.backoffice.extensions import db
from brewhouse.backoffice.models import Tour, TourBooking
from brewhouse.backoffice.schemas import TourBookingForm

bp = Blueprint("tours", __name__, url_prefix="/tours")


@bp.get("/bookings.csv")
def bookings_csv():
    unpaid = TourBooking.query.filter_by(paid=False).order_by(TourBooking.name).all()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["name", "guests", "tour"])
    for booking in unpaid:
        starts_at = booking.tour.starts_at
        writer.writerow([booking.name, booking.guests, f"{starts_at:%d.%m.%Y %H:%M}"])
    return Response(buffer.getvalue(), mimetype="text/csv")


@bp.get("/occupancy.json")
def occupancy():
    since = datetime.now() - timedelta(days=180)
    tours = Tour.query.filter(Tour.starts_at >= since).all()
    booked = sum(len(tour.bookings) for tour in tours)
    seats = sum(tour.seats for tour in tours)
    return jsonify(booked=booked, seats=seats)


@bp.get("/<int:tour_id>")
def detail(tour_id: int):
    tour = db.get_or_404(Tour, tour_id)
    return render_template("tours/detail.html", tour=tour)


@bp.post("/<int:tour_id>/bookings")
def book(tour_id: int):
    tour = db.get_or_404(Tour, tour_id)
    data = TourBookingForm().load(request.form.to_dict())
    db.session.add(TourBooking(tour_id=tour.id, **data))
    db.session.commit()
    return jsonify(tour=tour.id, **data), 201
