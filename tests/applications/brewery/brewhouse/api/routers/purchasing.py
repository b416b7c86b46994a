from datetime import date
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from brewhouse.api.deps import DbSession, Purchasing
from brewhouse.models import PurchaseOrder

router = APIRouter(prefix="/purchasing", tags=["purchasing"])


@router.get("/overdue")
def overdue(db: DbSession) -> list[dict[str, Any]]:
    stmt = select(PurchaseOrder).where(PurchaseOrder.status == "sent", PurchaseOrder.due_on < date.today())
    rows = []
    for order in db.scalars(stmt).all():
        rows.append(
            {
                "number": order.number,
                "due_on": order.due_on,
                "supplier": order.supplier.name,
            }
        )
    return rows


@router.get("/stock")
def stock(service: Purchasing) -> list[dict[str, Any]]:
    return service.stock()


@router.get("/returns")
def returns(service: Purchasing) -> dict[str, str]:
    return {key: str(kg) for key, kg in service.returns_by_supplier().items()}


@router.get("/open")
def open_orders(service: Purchasing) -> dict[str, list[str]]:
    return service.open_by_supplier()


@router.get("/expiring")
def expiring(service: Purchasing) -> dict[str, str | None]:
    return {"lot": service.next_expiring()}
