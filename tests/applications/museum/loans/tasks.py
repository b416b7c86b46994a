from collections import deque

from celery import shared_task
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from domain.clients import CourierClient

from .models import CourierTrip, Loan, LoanItem
from .selectors import iter_open_loans, loans_for_reminder


@shared_task
def close_expired():
    expired = Loan.objects.filter(status="open", ends_on__lt=timezone.localdate())
    for loan in expired:
        loan.status = "closed"
        loan.save(update_fields=["status", "updated_at"])


def _notify(loan):
    send_mail(f"Loan {loan.number}", f"Ends {loan.ends_on}", None, [loan.registrar.email])


@shared_task
def notify_registrars():
    for loan in iter_open_loans(within=30):
        _notify(loan)


def _handle_return(item, notes):
    if item.insured_value > 100_000:
        notes.append(f"{item.artefact.title}: conservator must attend")


@shared_task
def process_returns():
    notes = []
    until = timezone.now()
    returned = LoanItem.objects.filter(returned_at__lte=until, checked=False)
    pending = deque(returned)
    while pending:
        _handle_return(pending.popleft(), notes)
    LoanItem.objects.filter(returned_at__lte=until, checked=False).update(checked=True)
    if notes:
        send_mail("Returns", "\n".join(notes), None, ["registrar@museum.example"])


@shared_task
def weekly_reminder():
    body = render_to_string("mail/loan_reminder.txt", {"loans": list(loans_for_reminder())})
    send_mail("Open loans", body, None, ["registrar@museum.example"])


@shared_task
def sync_couriers():
    client = CourierClient()
    delivered = []
    for trip in CourierTrip.objects.exclude(state="delivered").exclude(tracking_no=""):
        shipment = client.shipments.filter(tracking_no=trip.tracking_no).first()
        if shipment and shipment["state"] == "delivered":
            delivered.append(trip.pk)
    CourierTrip.objects.filter(pk__in=delivered).update(state="delivered")
