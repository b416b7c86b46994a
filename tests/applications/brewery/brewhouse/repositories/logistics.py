from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import selectinload

from brewhouse.models import Delivery, DeliveryStop, Deposit, Keg, KegMovement
from brewhouse.repositories.base import AsyncRepository, Repository


class KegRepository(Repository[Keg]):
    model = Keg

    def by_serial(self, serial: str) -> Keg | None:
        return self.get_by(serial=serial)

    def out(self) -> Sequence[Keg]:
        return self.list(status="out")


class KegMovementRepository(Repository[KegMovement]):
    model = KegMovement


class DepositRepository(Repository[Deposit]):
    model = Deposit


class DeliveryRepository(AsyncRepository[Delivery]):
    model = Delivery

    async def on_day(self, day: date) -> Sequence[Delivery]:
        return await self.list(Delivery.scheduled_on == day, order_by=Delivery.number)

    async def with_stops(self, day: date) -> Sequence[Delivery]:
        stmt = (
            self.query()
            .where(Delivery.scheduled_on == day)
            .options(selectinload(Delivery.stops).joinedload(DeliveryStop.address))
        )
        return (await self.session.scalars(stmt)).all()
