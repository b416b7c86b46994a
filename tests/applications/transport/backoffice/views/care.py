from flask import Blueprint, jsonify, render_template, request

from backoffice.models import Complaint
from backoffice.services.care import GROUPINGS, breakdown
from backoffice.services.sales import mailing_order

bp = Blueprint("care", __name__, url_prefix="/care")


@bp.get("/complaints")
def complaints():
    query = Complaint.query.filter(Complaint.status != "closed").order_by(Complaint.opened_at)
    return render_template("care/complaints.html", complaints=query.all())


@bp.get("/breakdown/<grouping>")
def groups(grouping: str):
    if grouping not in GROUPINGS:
        return jsonify({}), 404
    return jsonify(breakdown(grouping))


@bp.get("/mailing")
def mailing():
    return jsonify(mailing_order(request.args["city"]))
