from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..models import AuditEntry


def record_many(session: Session, entity: str, ids: Iterable[int], action: str) -> None:
    payload = []
    for entity_id in ids:
        payload.append({"entity": entity, "entity_id": entity_id, "action": action})
    if payload:
        session.execute(insert(AuditEntry), payload)
