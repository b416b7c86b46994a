from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session

from brewhouse.db import SessionLocal
from brewhouse.repositories.inventory import LotRepository, PurchaseOrderRepository, SupplierRepository
from brewhouse.repositories.logistics import DepositRepository, KegMovementRepository, KegRepository
from brewhouse.repositories.production import BatchRepository, RecipeRepository, TankRepository
from brewhouse.repositories.sales import (
    CustomerRepository,
    InvoiceRepository,
    OrderRepository,
    ProductRepository,
)


class UnitOfWork:
    def __init__(self, session_factory=SessionLocal) -> None:
        self._factory = session_factory

    def __enter__(self) -> Self:
        self.session: Session = self._factory()
        self.batches = BatchRepository(self.session)
        self.recipes = RecipeRepository(self.session)
        self.tanks = TankRepository(self.session)
        self.customers = CustomerRepository(self.session)
        self.products = ProductRepository(self.session)
        self.orders = OrderRepository(self.session)
        self.invoices = InvoiceRepository(self.session)
        self.kegs = KegRepository(self.session)
        self.movements = KegMovementRepository(self.session)
        self.deposits = DepositRepository(self.session)
        self.lots = LotRepository(self.session)
        self.suppliers = SupplierRepository(self.session)
        self.purchase_orders = PurchaseOrderRepository(self.session)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if exc_type is not None:
            self.session.rollback()
        self.session.close()

    def commit(self) -> None:
        self.session.commit()
