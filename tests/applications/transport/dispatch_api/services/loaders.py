import asyncio
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch_api.models import Driver


class BatchLoader:
    def __init__(self, fetch: Callable) -> None:
        self._fetch = fetch
        self._waiting: dict[int, asyncio.Future] = {}
        self._task: asyncio.Task | None = None

    def load(self, key: int) -> asyncio.Future:
        loop = asyncio.get_running_loop()
        if key not in self._waiting:
            self._waiting[key] = loop.create_future()
        if self._task is None:
            self._task = loop.create_task(self._dispatch())
        return self._waiting[key]

    async def _dispatch(self) -> None:
        await asyncio.sleep(0)
        waiting, self._waiting, self._task = self._waiting, {}, None
        found = await self._fetch(list(waiting))
        for key, future in waiting.items():
            future.set_result(found.get(key))


def driver_loader(session: AsyncSession) -> BatchLoader:
    async def fetch(ids: list[int]) -> dict[int, Driver]:
        result = await session.scalars(select(Driver).where(Driver.id.in_(ids)))
        return {driver.id: driver for driver in result}

    return BatchLoader(fetch)
