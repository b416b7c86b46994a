from .audit import AuditEntry
from .base import Base
from .billing import Insurer, Invoice, InvoiceLine, Payment, Policy
from .people import Allergy, Calendar, Clinic, Patient, Practitioner, StaffUser, Tag
from .pharmacy import Drug, Manufacturer, Prescription, PrescriptionItem
from .scheduling import Appointment, AppointmentNote, Room

__all__ = [
    "Allergy", "Appointment", "AppointmentNote", "AuditEntry", "Base", "Calendar", "Clinic", "Drug",
    "Insurer", "Invoice", "InvoiceLine", "Manufacturer", "Patient", "Payment", "Policy", "Practitioner",
    "Prescription", "PrescriptionItem", "Room", "StaffUser", "Tag",
]
