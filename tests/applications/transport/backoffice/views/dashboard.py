from flask import Blueprint, render_template

from backoffice.models import Complaint, Ticket

bp = Blueprint("dashboard", __name__)


@bp.get("/")
def index():
    latest = []
    for ticket in Ticket.query.order_by(Ticket.price_cents.desc()).limit(3):
        latest.append((ticket.number, ticket.price_cents, ticket.customer.email if ticket.customer else "anonymous"))
    waiting = Complaint.query.filter_by(status="open").count()
    return render_template("dashboard.html", latest=latest, waiting=waiting)
