from datetime import date, datetime, timedelta

from celery import shared_task
from flask import current_app

from backoffice.extensions import db
from backoffice.models import Customer, Subscription, Ticket
from backoffice.services.care import collect_stale, mark_escalated
from backoffice.services.crm import CrmClient


@shared_task
def send_mail(address: str, template: str) -> None:
    current_app.logger.info("mail %s to %s", template, address)


@shared_task
def escalate_complaints() -> None:
    mark_escalated(collect_stale())


@shared_task
def void_returned() -> int:
    pending = Ticket.query.filter_by(state="returned").all()
    open_numbers = [ticket.number for ticket in pending if not ticket.is_refunded]
    current_app.logger.info("waiting for money: %s", ", ".join(open_numbers))
    return len(open_numbers)


@shared_task
def stamp_reminders() -> None:
    due = Subscription.query.filter(Subscription.expires_on < date.today() + timedelta(days=7)).all()
    for subscription in due:
        subscription.reminded_at = datetime.now()
        db.session.commit()


@shared_task
def mail_expired() -> None:
    for subscription in Subscription.query.filter(Subscription.expires_on < date.today()):
        send_mail.delay(subscription.email, "expired")


@shared_task
def push_to_crm() -> None:
    crm = CrmClient(current_app.config["CRM_URL"])
    for customer in Customer.query.filter(Customer.crm_ref.is_not(None)):
        contact = crm.contacts.get(customer.crm_ref)
        contact.fields["email"] = customer.email
        contact.save()
    crm.commit()
