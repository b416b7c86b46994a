from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from brewhouse.models import IngredientLot
from brewhouse.repositories.inventory import LotRepository, PurchaseOrderRepository, SupplierRepository


def serialize_lot(lot: IngredientLot) -> dict[str, Any]:
    line = lot.purchase_line
    return {
        "code": lot.code,
        "remaining_kg": str(lot.remaining_kg),
        "best_before": lot.best_before,
        "purchase_order": line.order.number if line else None,
        "unit_price": str(line.unit_price) if line else None,
    }


class PurchasingService:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.lots = LotRepository(session)
        self.suppliers = SupplierRepository(session)
        self.orders = PurchaseOrderRepository(session)

    def stock(self) -> list[dict[str, Any]]:
        return list(map(serialize_lot, self.lots.in_stock()))

    def returns_by_supplier(self) -> dict[str, Decimal]:
        limit = date.today() + timedelta(days=14)
        returns: dict[str, Decimal] = {}
        for lot in self.lots.in_stock():
            if lot.best_before is None or lot.best_before > limit:
                continue
            supplier = self.suppliers.get(lot.supplier_id)
            key = f"{supplier.name} ({supplier.country})"
            returns[key] = returns.get(key, Decimal("0")) + lot.remaining_kg
        return returns

    def open_by_supplier(self) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for order in self.orders.list(status="sent"):
            grouped.setdefault(order.supplier.name, []).append(order.number)
        return grouped

    def next_expiring(self) -> str | None:
        for lot in self.lots.in_stock():
            if lot.best_before is not None and lot.remaining_kg > 1:
                return f"{lot.code} ({lot.ingredient.name})"
        return None
