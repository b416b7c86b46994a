from dispatch_api.models.base import AuditEvent, Base
from dispatch_api.models.network import Depot, FareZone, Line, LineStop, Operator, Stop
from dispatch_api.models.operations import (
    Disruption,
    Driver,
    DutyEntry,
    Incident,
    IncidentNote,
    Licence,
    RoadCertificate,
    RoadWorks,
    StopCall,
    Strike,
    Tag,
    Trip,
    Vehicle,
    VehicleModel,
)

__all__ = [
    "AuditEvent", "Base", "Depot", "Disruption", "Driver", "DutyEntry", "FareZone", "Incident", "IncidentNote",
    "Licence", "Line", "LineStop", "Operator", "RoadCertificate", "RoadWorks", "Stop", "StopCall", "Strike", "Tag",
    "Trip", "Vehicle", "VehicleModel",
]
