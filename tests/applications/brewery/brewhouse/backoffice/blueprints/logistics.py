from datetime import date, timedelta

from flask import Blueprint, jsonify, render_template, request
from sqlalchemy import func, select

from brewhouse.backoffice.extensions import db
from brewhouse.models import Delivery, DeliveryStop, Driver

bp = Blueprint("logistics", __name__, url_prefix="/logistics")


@bp.get("/deliveries.json")
def delivery_feed():
    start = request.args.get("start", date.today(), type=date.fromisoformat)
    deliveries = db.session.scalars(
        select(Delivery)
        .where(Delivery.scheduled_on.between(start, start + timedelta(days=31)))
        .order_by(Delivery.scheduled_on)
    ).all()
    return jsonify(
        [
            {
                "id": delivery.id,
                "title": delivery.number,
                "start": delivery.scheduled_on.isoformat(),
                "resource": delivery.vehicle.plate,
            }
            for delivery in deliveries
        ]
    )


@bp.get("/board")
def board():
    stmt = (
        select(Delivery.number, Delivery.status, Driver.name, Driver.phone, func.count(DeliveryStop.id))
        .outerjoin(Delivery.driver)
        .outerjoin(Delivery.stops)
        .where(Delivery.scheduled_on == date.today())
        .group_by(Delivery.number, Delivery.status, Driver.name, Driver.phone)
    )
    rows = [
        {
            "number": number,
            "status": status,
            "driver": {"name": name, "phone": phone},
            "stops": stops,
        }
        for number, status, name, phone, stops in db.session.execute(stmt)
    ]
    return render_template("deliveries/board.html", rows=rows)
