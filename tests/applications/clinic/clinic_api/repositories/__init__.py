from .appointments import AppointmentRepository
from .invoices import InvoiceRepository
from .patients import PatientRepository
from .prescriptions import PrescriptionRepository

__all__ = ["AppointmentRepository", "InvoiceRepository", "PatientRepository", "PrescriptionRepository"]
