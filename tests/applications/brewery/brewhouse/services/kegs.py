from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from brewhouse.models import Customer, Deposit, Keg, KegMovement
from brewhouse.repositories.logistics import DepositRepository, KegMovementRepository, KegRepository
from brewhouse.schemas.logistics import KegStock


class KegService:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.kegs = KegRepository(session)
        self.movements = KegMovementRepository(session)
        self.deposits = DepositRepository(session)

    def overdue(self, days: int) -> list[Keg]:
        found = []
        for keg in self.kegs.out():
            out_for = keg.days_out
            if out_for is not None and out_for > days:
                found.append(keg)
        return found

    def stock(self) -> list[KegStock]:
        stock = []
        for status in ("empty", "full", "out"):
            stock.append(KegStock(status=status, count=self.kegs.count(status=status)))
        return stock

    def litres_out(self) -> int:
        return sum(keg.keg_type.litres for keg in self.kegs.out())

    def scan_in(self, serials: list[str]) -> list[str]:
        known = {
            keg.serial: keg
            for keg in self.session.scalars(select(Keg).where(Keg.serial.in_(serials)))
        }
        unknown = []
        for serial in serials:
            keg = known.get(serial)
            if keg is None:
                unknown.append(serial)
                continue
            keg.status = "empty"
            self.session.add(KegMovement(keg_id=keg.id, kind="in", moved_at=datetime.now()))
            self.session.commit()
        return unknown

    def scan_out(self, customer_id: int, serials: list[str]) -> int:
        kegs = self.session.scalars(select(Keg).where(Keg.serial.in_(serials))).all()
        now = datetime.now()
        self.session.execute(
            insert(KegMovement),
            [
                {"keg_id": keg.id, "customer_id": customer_id, "kind": "out", "moved_at": now}
                for keg in kegs
            ],
        )
        self.deposits.create_many(
            [
                {
                    "keg_id": keg.id,
                    "customer_id": customer_id,
                    "amount": keg.keg_type.deposit_amount,
                    "charged_on": now.date(),
                }
                for keg in kegs
            ]
        )
        self.session.commit()
        return len(kegs)

    def deposit_balance(self) -> dict[str, Decimal]:
        open_deposits = self.deposits.list(refunded_at=None)
        names = dict(self.session.execute(select(Customer.id, Customer.name)).tuples().all())
        balance: dict[str, Decimal] = {}
        for deposit in open_deposits:
            name = names[deposit.customer_id]
            balance[name] = balance.get(name, Decimal("0")) + deposit.amount
        return balance

    def deposits_of(self, customer_id: int) -> list[dict]:
        return [deposit.to_dict() for deposit in self.deposits.list(customer_id=customer_id)]

    def movement_count(self, since: datetime) -> int:
        stmt = select(func.count()).select_from(KegMovement).where(KegMovement.moved_at >= since)
        return self.session.scalar(stmt) or 0
