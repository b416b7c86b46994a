from flask import Blueprint, jsonify, request

from backoffice.extensions import db
from backoffice.models import Complaint, Customer, Outlet, Product, Ticket
from backoffice.schemas import ComplaintSchema, OutletSales, TicketSchema
from backoffice.services.sales import outlets_with_totals, quote, revenue_by_product

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/complaints")
def complaints():
    found = ComplaintSchema.fetch(Complaint.query.filter_by(status="open"))
    return ComplaintSchema(many=True).dump(found)


@bp.get("/tickets")
def tickets():
    found = Ticket.query.filter_by(line_code=request.args["line"]).all()
    return TicketSchema(many=True, exclude=("outlet",)).dump(found)


@bp.get("/tickets/<int:ticket_id>")
def ticket(ticket_id: int):
    return TicketSchema().dump(db.get_or_404(Ticket, ticket_id))


@bp.get("/tickets/raw")
def raw_tickets():
    return jsonify([ticket.to_dict() for ticket in Ticket.query.live()])


@bp.get("/outlets")
def outlets():
    return jsonify([outlet.to_dict() for outlet in Outlet.query.order_by(Outlet.name)])


@bp.get("/outlets/sales")
def outlet_sales():
    return OutletSales(many=True).dump(outlets_with_totals())


@bp.get("/quote/<int:customer_id>")
def offer(customer_id: int):
    customer = db.get_or_404(Customer, customer_id)
    return jsonify(quote(customer, Product.query.all()))


@bp.get("/revenue/<line_code>")
def revenue(line_code: str):
    return jsonify(revenue_by_product(line_code))
