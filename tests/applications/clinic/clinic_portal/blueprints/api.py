from datetime import date

from flask import Blueprint, jsonify, request
from sqlalchemy.orm import selectinload

from ..models import Appointment, AuditEntry, Insurer, Invoice, Patient, Prescription, User
from ..schemas import InvoiceSchema, PatientSchema, PrescriptionSchema
from ..services.support import insurer_labeler

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/invoices")
def invoices():
    rows = Invoice.query.filter_by(status=request.args.get("status", "open")).all()
    return jsonify(InvoiceSchema(many=True).dump(rows))


@bp.get("/invoices/compact")
def invoices_compact():
    rows = Invoice.query.filter(Invoice.due_on < date.today()).all()
    schema = InvoiceSchema(many=True, exclude=("insurer",))
    return jsonify(schema.dump(rows))


@bp.get("/patients")
def patients():
    return jsonify(PatientSchema().dump(Patient.query.active(), many=True))


@bp.get("/prescriptions")
def prescriptions():
    rows = Prescription.query.options(selectinload(Prescription.items)).filter_by(status="active")
    return jsonify(PrescriptionSchema(many=True).dump(rows.all()))


@bp.get("/appointments")
def appointments():
    since = request.args.get("since", date.today().isoformat())
    return jsonify([a.to_dict() for a in Appointment.query.filter(Appointment.starts_at >= since)])


@bp.get("/audit/<entity>")
def audit(entity):
    trail = AuditEntry.query.filter_by(entity=entity).order_by(AuditEntry.at.desc())
    return jsonify([entry.to_dict() for entry in trail])


@bp.get("/insurers/members")
def members():
    return jsonify({i.code: i.patients.filter_by(active=True).count() for i in Insurer.query.order_by(Insurer.code)})


@bp.get("/reclaims")
def reclaims():
    label = insurer_labeler()
    payload = []
    for invoice in Invoice.query.filter_by(status="rejected"):
        payload.append({"number": invoice.number, "insurer": label(invoice.insurer_id)})
    return jsonify(payload)


@bp.get("/staff")
def staff():
    page = User.query.order_by(User.full_name).paginate(
        page=request.args.get("page", 1, type=int), per_page=request.args.get("size", 200, type=int), max_per_page=1000
    )
    people = []
    for user in page.items:
        people.append({"name": user.full_name, "roles": sorted(role.name for role in user.roles)})
    return jsonify({"total": page.total, "items": people})
