from collections import defaultdict
from decimal import Decimal

from flask import Blueprint, jsonify, render_template
from flask_login import login_required

from ..models import Invoice, Patient

bp = Blueprint("billing", __name__, url_prefix="/billing")


@bp.get("/")
@login_required
def index():
    invoices = Invoice.query.order_by(Invoice.issued_on.desc()).all()
    return render_template("billing/list.html", invoices=invoices)


@bp.get("/ledger")
@login_required
def ledger():
    methods = defaultdict(Decimal)
    booked = Decimal(0)
    for position, invoice in enumerate(Invoice.query.filter(Invoice.status != "draft"), start=1):
        booked += invoice.amount
        for payment in invoice.payments:
            methods[payment.method] += payment.amount
        if position % 1000 == 0:
            methods["checkpoint"] = booked
    return jsonify(booked=str(booked), received={method: str(total) for method, total in methods.items()})


@bp.get("/addressees")
@login_required
def addressees():
    debtors = Patient.query.join(Invoice, Invoice.patient_id == Patient.id).filter(Invoice.balance > 0)
    return jsonify(sorted({debtor.full_name for debtor in debtors}))
