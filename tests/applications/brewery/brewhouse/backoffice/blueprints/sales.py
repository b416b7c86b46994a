from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from brewhouse.backoffice.extensions import db
from brewhouse.models import Customer, CustomerTag, Order

bp = Blueprint("sales", __name__, url_prefix="/sales")


@bp.get("/customers")
def customer_list():
    stmt = select(Customer).order_by(Customer.name)
    if region := request.args.get("region"):
        stmt = stmt.where(Customer.region == region)
    return render_template("customers/list.html", customers=db.session.scalars(stmt).all())


@bp.get("/customers/<int:customer_id>")
def customer_detail(customer_id: int):
    customer = db.get_or_404(Customer, customer_id)
    return render_template("customers/detail.html", customer=customer)


@bp.post("/customers/tag")
def tag_region():
    tag = db.session.scalar(select(CustomerTag).filter_by(name=request.form["tag"]))
    if tag is None:
        abort(404)
    customers = db.session.scalars(select(Customer).filter_by(region=request.form["region"])).all()
    for customer in customers:
        customer.tags.append(tag)
    db.session.commit()
    flash(f"{len(customers)} customers tagged")
    return redirect(url_for("sales.customer_list"))


@bp.get("/orders")
def order_list():
    status = request.args.get("status", "confirmed")
    orders = db.session.scalars(
        select(Order)
        .where(Order.status == status)
        .options(joinedload(Order.customer), selectinload(Order.lines))
        .order_by(Order.deliver_on)
    ).all()
    return render_template("orders/list.html", orders=orders, status=status)
