from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from brewhouse.models import Batch, Deviation, FermentationReading, QualityTest
from brewhouse.repositories.production import AsyncBatchRepository, ReadingRepository
from brewhouse.schemas.logistics import TestReport


class QualityService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.batches = AsyncBatchRepository(session)
        self.readings = ReadingRepository(session)

    async def reports(self, since: datetime) -> list[TestReport]:
        stmt = select(QualityTest).where(QualityTest.taken_at >= since)
        reports = []
        for test in (await self.session.scalars(stmt)).all():
            await self.session.refresh(test, ["measurements"])
            reports.append(
                TestReport(
                    id=test.id,
                    kind=test.kind,
                    passed=test.passed,
                    values={m.name: m.value for m in test.measurements},
                )
            )
        return reports

    async def deviation_counts(self) -> list[int]:
        tests = (await self.session.scalars(select(QualityTest).where(QualityTest.passed.is_(False)))).all()
        return [
            await self.session.scalar(
                select(func.count()).select_from(Deviation).where(Deviation.test_id == test.id)
            )
            for test in tests
        ]

    async def attenuation(self) -> dict[str, Decimal]:
        result: dict[str, Decimal] = {}
        for batch in await self.batches.list(Batch.status == "fermenting"):
            if len(batch.readings) < 2:
                continue
            result[batch.code] = batch.readings[0].gravity - batch.readings[-1].gravity
        return result

    async def temperature_alarms(self, limit: Decimal) -> list[str]:
        alarms = []
        stmt = select(Batch).where(Batch.status.in_(("pitched", "fermenting")))
        for batch in (await self.session.scalars(stmt)).all():
            if await self._temperature(batch.id) > limit:
                alarms.append(batch.code)
        return alarms

    async def _temperature(self, batch_id: int) -> Decimal:
        reading = await self.readings.first(
            FermentationReading.batch_id == batch_id,
            order_by=FermentationReading.taken_at.desc(),
        )
        return reading.temperature if reading else Decimal("0")

    async def open_deviations(self) -> list[dict[str, Any]]:
        stmt = (
            select(QualityTest)
            .where(QualityTest.deviations.any(Deviation.closed_at.is_(None)))
            .options(selectinload(QualityTest.deviations))
        )
        rows = []
        for test in (await self.session.scalars(stmt)).all():
            deviations = await test.awaitable_attrs.deviations
            rows.append({"test": test.id, "open": sum(d.closed_at is None for d in deviations)})
        return rows

    async def purge_readings(self, days: int) -> int:
        before = datetime.now() - timedelta(days=days)
        old = await self.readings.list(FermentationReading.taken_at < before)
        for reading in old:
            await self.readings.remove(reading)
        await self.session.commit()
        return len(old)
