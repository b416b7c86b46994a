import csv
import io

from flask import Blueprint, Response, jsonify, render_template
from flask_login import login_required
from sqlalchemy.orm import joinedload

from ..models import Practitioner, Prescription, PrescriptionItem

bp = Blueprint("pharmacy", __name__, url_prefix="/pharmacy")


@bp.get("/dispense")
@login_required
def dispense():
    queue = (
        PrescriptionItem.query.options(joinedload(PrescriptionItem.drug))
        .filter(PrescriptionItem.dispensed_at.is_(None))
        .order_by(PrescriptionItem.id)
    )
    return render_template("pharmacy/dispense.html", queue=queue.all())


@bp.get("/prescriptions.csv")
@login_required
def prescriptions_csv():
    out = io.StringIO()
    writer = csv.writer(out)
    for prescription in Prescription.query.options(joinedload(Prescription.patient)).yield_per(500):
        writer.writerow(
            [
                prescription.id,
                prescription.patient.mrn,
                prescription.prescriber.licence_no,
                prescription.issued_at.isoformat(),
            ]
        )
    return Response(out.getvalue(), mimetype="text/csv")


@bp.get("/stats")
@login_required
def stats():
    practitioners = Practitioner.query.all()
    written = sum(len(practitioner.prescriptions) for practitioner in practitioners)
    return jsonify(practitioners=len(practitioners), prescriptions=written)
