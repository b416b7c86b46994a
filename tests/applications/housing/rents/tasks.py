from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone

from core.clients import SmsGateway
from rents.models import RentAccount
from rents.services import load_account, raise_charge, raise_service_charges
from tenancies.models import Tenant


@shared_task
def post_weekly_charges():
    week = timezone.localdate()
    posted = 0
    for account in RentAccount.objects.filter(is_closed=False):
        raise_charge(account, week)
        posted += 1
    serviced = RentAccount.objects.filter(is_closed=False, tenancy__kind="supported")
    raise_service_charges(serviced, week, amount=12)
    return posted


@shared_task
def email_statements():
    pks = RentAccount.objects.filter(is_closed=False).values_list("pk", flat=True)
    for pk in pks:
        account = load_account(pk)
        tenant = account.tenancy.lead_tenant
        if tenant.email:
            send_mail(
                f"Rent statement {account.reference}",
                f"Dear {tenant}, you have been charged {account.charged_to_date} to date.",
                "rents@example.org",
                [tenant.email],
            )


@shared_task
def remind_by_sms():
    gateway = SmsGateway()
    for tenant in Tenant.objects.exclude(phone=""):
        if hasattr(tenant, "preferences"):
            continue
        gateway.send(tenant.phone, "Tell us how you would like to hear from us: example.org/me")
