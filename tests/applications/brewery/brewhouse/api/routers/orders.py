from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, BackgroundTasks, UploadFile
from sqlalchemy import select

from brewhouse.api.deps import DbSession
from brewhouse.models import Invoice
from brewhouse.repositories.sales import OrderRepository
from brewhouse.schemas.sales import InvoiceOut, OrderIn, OrderOut, RegionTotal
from brewhouse.services import orders as service
from brewhouse.services import pricing

router = APIRouter(prefix="/orders", tags=["sales"])


@router.get("", response_model=list[OrderOut])
def list_orders(db: DbSession, start: date, end: date) -> Any:
    return OrderRepository(db).open_between(start, end)


@router.post("", response_model=OrderOut)
def create_order(db: DbSession, body: OrderIn) -> Any:
    return service.place_order(db, body)


@router.post("/import")
def import_orders(file: UploadFile) -> dict[str, int]:
    return {"imported": service.import_orders(file.file.read())}


@router.post("/confirm")
def confirm(db: DbSession, deliver_on: date) -> dict[str, Any]:
    confirmed, refused = service.confirm_all(db, deliver_on)
    return {"confirmed": confirmed, "refused": refused}


@router.post("/close")
def close(db: DbSession, until: date) -> dict[str, int]:
    return {"closed": service.close_delivered(db, until)}


@router.get("/picking")
def picking(db: DbSession, day: date) -> dict[str, int]:
    return service.pick_list(db, day)


@router.get("/sequence")
def sequence(db: DbSession, start: date, end: date) -> list[str]:
    return service.pick_sequence(db, start, end)


@router.get("/value")
def value(db: DbSession, start: date, end: date) -> dict[str, Decimal]:
    return {"value": service.open_value(db, start, end)}


@router.get("/regions")
def regions(db: DbSession, since: date) -> list[RegionTotal]:
    return service.region_totals(db, since)


@router.get("/by-customer")
def by_customer(db: DbSession, status: str = "confirmed") -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for order in OrderRepository(db).with_customer(status=status):
        grouped.setdefault(order.customer.name, []).append(order.number)
    return grouped


@router.get("/invoices/unpaid")
def unpaid(db: DbSession) -> list[InvoiceOut]:
    invoices = db.scalars(select(Invoice).where(Invoice.paid_at.is_(None)).order_by(Invoice.due_on))
    return [InvoiceOut.model_validate(invoice) for invoice in invoices.all()]


@router.post("/invoices/dunning", status_code=202)
def dunning(tasks: BackgroundTasks) -> dict[str, str]:
    tasks.add_task(service.escalate_dunning, date.today())
    return {"status": "queued"}


@router.post("/reprice")
def reprice(db: DbSession, price_list_id: int) -> dict[str, int]:
    return {"changed": pricing.reprice_new_orders(db, price_list_id)}


@router.post("/prices/raise")
def raise_prices(db: DbSession, percent: Decimal) -> dict[str, int]:
    return {"changed": pricing.raise_list_prices(db, percent)}


@router.get("/discounts")
def discounts(db: DbSession) -> list[dict[str, str]]:
    return pricing.discount_audit(db)
