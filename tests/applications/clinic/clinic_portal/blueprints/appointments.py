from datetime import date, datetime, timedelta

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import update
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Appointment, Notice, Patient

bp = Blueprint("appointments", __name__, url_prefix="/appointments")


@bp.get("/day/<day>")
@login_required
def day_view(day):
    start = datetime.fromisoformat(day)
    appointments = (
        Appointment.query.options(joinedload(Appointment.patient))
        .filter(Appointment.starts_at >= start, Appointment.starts_at < start + timedelta(days=1))
        .order_by(Appointment.starts_at)
        .all()
    )
    notices = []
    for notice in Notice.query.order_by(Notice.posted_at.desc()).limit(3):
        notices.append((notice.author.full_name, notice.body))
    return render_template("appointments/day.html", appointments=appointments, notices=notices, day=start)


@bp.get("/roster")
@login_required
def roster():
    upcoming = Appointment.query.filter(Appointment.starts_at >= date.today()).all()
    ordered = sorted(upcoming, key=lambda a: (a.practitioner.full_name, a.starts_at))
    return jsonify([{"id": a.id, "practitioner": a.practitioner_id} for a in ordered])


@bp.post("/bulk-status")
@login_required
def bulk_status():
    wanted = {}
    for ident in request.form.getlist("appointment", type=int):
        status = request.form.get(f"status-{ident}")
        if status:
            wanted.setdefault(status, []).append(ident)
    rows = [{"id": ident, "status": status} for status, idents in wanted.items() for ident in idents]
    if rows:
        db.session.execute(update(Appointment), rows)
        db.session.commit()
    flash(f"{len(rows)} appointments changed")
    return redirect(url_for(".roster"))


@bp.get("/patients")
@login_required
def patients():
    people = Patient.query.active().options(joinedload(Patient.practitioner)).order_by(Patient.last_name).all()
    return render_template("patients/list.html", patients=people)


@bp.get("/patients/<int:patient_id>/history")
@login_required
def history(patient_id):
    patient = db.get_or_404(Patient, patient_id)
    visits = []
    for visit in patient.appointments.order_by(Appointment.starts_at.desc()):
        visits.append({"at": visit.starts_at.isoformat(), "status": visit.status})
    return jsonify(patient=patient.full_name, visits=visits)


@bp.post("/patients/retire")
@login_required
def retire():
    before = request.form["before"]
    recent = Appointment.query.with_entities(Appointment.patient_id).filter(Appointment.starts_at >= before)
    gone = Patient.query.active().filter(Patient.id.not_in(recent)).all()
    for patient in gone:
        patient.active = False
        patient.save()
    flash(f"{len(gone)} patients retired")
    return redirect(url_for(".patients"))
