from sqlalchemy.orm import joinedload

from backoffice.models import Outlet, Refund
from backoffice.reports.base import Report


class ManagedReport(Report):
    def base_query(self):
        return super().base_query().options(joinedload(self.model.manager))


class OutletReport(ManagedReport):
    model = Outlet
    title = "Outlets"

    def base_query(self):
        return super().base_query().filter(Outlet.city.is_not(None))

    def cells(self, obj: Outlet) -> list[str]:
        return [obj.name, obj.city, obj.manager.name]


class RefundReport(Report):
    model = Refund
    title = "Refunds"

    def cells(self, obj: Refund) -> list[str]:
        return [str(obj.id), str(obj.amount_cents), obj.approved_by.name]


REPORTS = {"outlets": OutletReport, "refunds": RefundReport}
