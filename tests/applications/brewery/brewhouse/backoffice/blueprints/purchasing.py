from pathlib import Path

from flask import Blueprint, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.utils import secure_filename

from brewhouse.backoffice.extensions import db
from brewhouse.backoffice.schemas import PurchaseOrderSchema, SupplierSchema
from brewhouse.config import settings
from brewhouse.models import PurchaseOrder, Supplier

bp = Blueprint("purchasing", __name__, url_prefix="/purchasing")

supplier_schema = SupplierSchema(many=True)
order_schema = PurchaseOrderSchema(many=True)


@bp.get("/suppliers.json")
def suppliers():
    rows = db.session.scalars(select(Supplier).order_by(Supplier.name)).all()
    return jsonify(supplier_schema.dump(rows))


@bp.get("/orders.json")
def orders():
    stmt = select(PurchaseOrder).options(selectinload(PurchaseOrder.lines))
    if status := request.args.get("status"):
        stmt = stmt.where(PurchaseOrder.status == status)
    return jsonify(order_schema.dump(db.session.scalars(stmt).all()))


@bp.post("/orders/<int:order_id>/scans")
def upload_scans(order_id: int):
    order = db.get_or_404(PurchaseOrder, order_id)
    target = Path(settings.upload_dir) / order.number
    target.mkdir(parents=True, exist_ok=True)
    stored = []
    for upload in request.files.getlist("scans"):
        name = secure_filename(upload.filename or "scan.pdf")
        upload.save(target / name)
        stored.append(name)
    return jsonify(stored)
