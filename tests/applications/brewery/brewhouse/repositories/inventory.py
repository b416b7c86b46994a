from collections.abc import Sequence

from sqlalchemy.orm import joinedload

from brewhouse.models import IngredientLot, PurchaseOrder, Supplier
from brewhouse.repositories.base import Repository


class SupplierRepository(Repository[Supplier]):
    model = Supplier


class LotRepository(Repository[IngredientLot]):
    model = IngredientLot

    def in_stock(self) -> Sequence[IngredientLot]:
        stmt = self.query().where(IngredientLot.remaining_kg > 0).order_by(IngredientLot.best_before)
        return self.session.scalars(stmt).all()


class PurchaseOrderRepository(Repository[PurchaseOrder]):
    model = PurchaseOrder

    def query(self):
        return super().query().options(joinedload(PurchaseOrder.supplier))
