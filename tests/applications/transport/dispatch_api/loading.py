from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, joinedload

from dispatch_api.db import ReportSession
from dispatch_api.models import Depot, Trip

REPORT_OPTIONS = {
    Trip: (joinedload(Trip.vehicle),),
    Depot: (joinedload(Depot.operator),),
}


@event.listens_for(ReportSession, "do_orm_execute")
def widen_report_statements(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    if state.bind_mapper is None:
        return
    extra = REPORT_OPTIONS.get(state.bind_mapper.class_)
    if extra:
        state.statement = state.statement.options(*extra)
