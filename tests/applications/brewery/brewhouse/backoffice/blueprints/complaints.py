from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import contains_eager

from brewhouse.backoffice.extensions import db
from brewhouse.backoffice.models import Complaint, ComplaintCategory, ComplaintNote

bp = Blueprint("complaints", __name__, url_prefix="/complaints")


@bp.get("/")
def index():
    complaints = (
        Complaint.query.join(Complaint.category)
        .options(contains_eager(Complaint.category))
        .filter(Complaint.status == request.args.get("status", "open"))
        .order_by(ComplaintCategory.label, Complaint.opened_at)
        .all()
    )
    return render_template("complaints/list.html", complaints=complaints)


@bp.post("/<int:complaint_id>/notes")
def add_note(complaint_id: int):
    complaint = Complaint.query.get_or_404(complaint_id)
    note = ComplaintNote(
        complaint_id=complaint.id,
        author_id=request.form.get("author_id", type=int),
        body=request.form["body"],
    )
    db.session.add(note)
    db.session.commit()
    return redirect(url_for("complaints.index"))
