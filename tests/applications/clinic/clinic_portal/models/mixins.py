from datetime import date, datetime
from decimal import Decimal

from ..extensions import db


class CRUDMixin:
    def save(self):
        db.session.add(self)
        db.session.commit()
        return self

    def to_dict(self) -> dict:
        data = {}
        for column in self.__table__.columns:
            value = getattr(self, column.name)
            if isinstance(value, (date, datetime)):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = str(value)
            data[column.name] = value
        return data


class AuditedMixin:
    audit_name = ""

    def last_change(self):
        from . import AuditEntry

        trail = AuditEntry.query.filter_by(entity=self.audit_name, entity_id=self.id)
        return trail.order_by(AuditEntry.at.desc()).first()

    def describe(self) -> str:
        entry = self.last_change()
        if entry is None:
            return "never changed"
        return f"{entry.action} at {entry.at:%d.%m.%Y}"
