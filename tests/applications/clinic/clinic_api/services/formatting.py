from ..models import Appointment


def slot_label(appointment: Appointment) -> str:
    start = appointment.starts_at.strftime("%H:%M")
    where = appointment.room.name.upper()
    return f"{start} {appointment.patient.last_name} ({where})"


def contact_line(appointment: Appointment) -> str:
    who = appointment.patient
    reach = who.phone or who.email or "no contact"
    return f"{appointment.starts_at:%d.%m. %H:%M} {who.last_name} - {reach}"
