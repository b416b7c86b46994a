import csv
import io

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload

from backoffice.extensions import db
from backoffice.forms import PriceListForm
from backoffice.models import Outlet, Product, Refund, Ticket
from backoffice.reports.finance import REPORTS
from backoffice.services.sales import OutletStats, sold_by_outlet

bp = Blueprint("sales", __name__, url_prefix="/sales")


@bp.get("/tickets")
def tickets():
    found = Ticket.query.for_listing().order_by(Ticket.sold_at.desc()).all()
    return render_template("sales/tickets.html", tickets=found)


@bp.get("/tickets.csv")
def export():
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    query = Ticket.query.live().options(joinedload(Ticket.customer)).order_by(Ticket.id)
    for ticket in query.yield_per(500):
        email = ticket.customer.email if ticket.customer else ""
        writer.writerow([ticket.number, email, ticket.product.name, ticket.price_cents])
    return Response(buffer.getvalue(), mimetype="text/csv")


@bp.get("/outlets")
def outlets():
    return render_template("sales/outlets.html", outlets=Outlet.query.all(), counts=sold_by_outlet())


@bp.get("/outlets/<int:outlet_id>")
def outlet(outlet_id: int):
    found = db.get_or_404(Outlet, outlet_id)
    by_day = (
        db.session.query(db.func.date(Ticket.sold_at).label("day"), db.func.count(Ticket.id).label("number"))
        .filter(Ticket.outlet_id == outlet_id, Ticket.state == "sold")
        .group_by("day")
        .all()
    )
    return render_template("sales/outlet.html", outlet=found, days=by_day, stats=OutletStats(found))


@bp.get("/refunds")
def refunds():
    pending = Refund.query.filter(Refund.paid_at.is_(None)).order_by(Refund.id).all()
    return render_template("sales/refunds.html", refunds=pending)


@bp.post("/prices")
def prices():
    form = PriceListForm()
    if not form.validate_on_submit():
        abort(400)
    products = {product.name: product for product in Product.query.all()}
    for row in form.rows:
        product = products.get(row.data.get("product"))
        if product is not None:
            product.price_cents = row.data["price_cents"]
    db.session.commit()
    return redirect(url_for("sales.tickets"))


@bp.get("/reports/<name>")
def report(name: str):
    if name not in REPORTS:
        abort(404)
    return Response(REPORTS[name]().render(), mimetype="text/plain")
