from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from brewhouse.integrations.cache import route_cache
from brewhouse.models import Delivery, DeliveryProof, DeliveryStop, Order
from brewhouse.repositories.logistics import DeliveryRepository
from brewhouse.schemas.logistics import DeliveryOut, StopOut

StopHandler = Callable[[AsyncSession, DeliveryStop], Awaitable[None]]


async def _finish_drop(session: AsyncSession, stop: DeliveryStop) -> None:
    order = await session.get(Order, stop.order_id)
    if order is not None:
        order.status = "delivered"


async def _finish_pickup(session: AsyncSession, stop: DeliveryStop) -> None:
    session.add(DeliveryProof(stop_id=stop.id, kind="pickup", path=""))


HANDLERS: dict[str, StopHandler] = {
    "drop": _finish_drop,
    "pickup": _finish_pickup,
}


def build_manifest(session: Session, delivery_ids: Sequence[int]) -> list[dict[str, Any]]:
    manifest = []
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))).all():
        for stop in delivery.stops:
            manifest.append(
                {
                    "delivery": delivery.number,
                    "sequence": stop.sequence,
                    "order_id": stop.order_id,
                }
            )
    return manifest


class DeliveryService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.deliveries = DeliveryRepository(session)

    async def plan(self, day: date) -> list[DeliveryOut]:
        plan = []
        for delivery in await self.deliveries.with_stops(day):
            stops = [
                StopOut(
                    sequence=stop.sequence,
                    kind=stop.kind,
                    city=stop.address.city,
                    proofs=len(stop.proofs),
                )
                for stop in delivery.stops
            ]
            plan.append(
                DeliveryOut(
                    id=delivery.id,
                    number=delivery.number,
                    scheduled_on=delivery.scheduled_on,
                    stops=stops,
                )
            )
        return plan

    async def manifest(self, day: date) -> list[dict[str, Any]]:
        ids = [delivery.id for delivery in await self.deliveries.on_day(day)]
        return await self.session.run_sync(build_manifest, ids)

    async def labels(self, day: date) -> list[str]:
        stmt = select(DeliveryStop).join(DeliveryStop.delivery).where(Delivery.scheduled_on == day)
        labels = []
        for stop in (await self.session.scalars(stmt)).all():
            address = await stop.awaitable_attrs.address
            labels.append(f"{address.street}, {address.postcode} {address.city}")
        return labels

    async def finish(self, day: date) -> int:
        stmt = select(DeliveryStop).join(DeliveryStop.delivery).where(Delivery.scheduled_on == day)
        stops = (await self.session.scalars(stmt)).all()
        for stop in stops:
            stop.arrived_at = stop.arrived_at or datetime.now()
            handler = HANDLERS.get(stop.kind)
            if handler is not None:
                await handler(self.session, stop)
        await self.session.commit()
        return len(stops)

    async def drivers_with_proofs(self, day: date) -> dict[int, int]:
        stmt = select(DeliveryStop).join(DeliveryStop.delivery).where(Delivery.scheduled_on == day)
        proofs: dict[int, int] = {}
        for stop in await self.session.scalars(stmt):
            signed = [p for p in stop.proofs if p.kind == "signature"]
            proofs[stop.delivery_id] = proofs.get(stop.delivery_id, 0) + len(signed)
        return proofs

    async def cached_routes(self, day: date) -> list[dict[str, Any]]:
        routes = []
        for delivery in await self.deliveries.on_day(day):
            route = route_cache.get(delivery.id)
            if route is not None:
                routes.append(route)
        return routes
