from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from brewhouse.db import get_async_db, get_db
from brewhouse.models import Batch
from brewhouse.repositories.production import BatchRepository
from brewhouse.services.batches import BatchService
from brewhouse.services.deliveries import DeliveryService
from brewhouse.services.kegs import KegService
from brewhouse.services.purchasing import PurchasingService
from brewhouse.services.quality import QualityService

DbSession = Annotated[Session, Depends(get_db)]
AsyncDb = Annotated[AsyncSession, Depends(get_async_db)]


def batch_service(db: DbSession) -> BatchService:
    return BatchService(db)


def keg_service(db: DbSession) -> KegService:
    return KegService(db)


def purchasing_service(db: DbSession) -> PurchasingService:
    return PurchasingService(db)


def delivery_service(db: AsyncDb) -> DeliveryService:
    return DeliveryService(db)


def quality_service(db: AsyncDb) -> QualityService:
    return QualityService(db)


def active_batches(db: DbSession, style: Annotated[str | None, Query()] = None) -> Sequence[Batch]:
    repo = BatchRepository(db)
    if style:
        stmt = repo.query().where(Batch.recipe.has(style=style))
        return db.scalars(stmt).all()
    return repo.active()


Batches = Annotated[BatchService, Depends(batch_service)]
Kegs = Annotated[KegService, Depends(keg_service)]
Purchasing = Annotated[PurchasingService, Depends(purchasing_service)]
Deliveries = Annotated[DeliveryService, Depends(delivery_service)]
Quality = Annotated[QualityService, Depends(quality_service)]
ActiveBatches = Annotated[Sequence[Batch], Depends(active_batches)]
