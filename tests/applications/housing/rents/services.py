from django.db.models import Sum

from rents.models import Charge, RentAccount


def account_balance(account):
    paid = account.payments.aggregate(total=Sum("amount"))["total"] or 0
    return account.charged_to_date - paid


def load_account(pk):
    return RentAccount.objects.select_related("tenancy__lead_tenant").get(pk=pk)


def raise_charge(account, week, kind="rent"):
    return Charge.objects.create(account=account, week=week, kind=kind, amount=account.weekly_amount)


def raise_service_charges(accounts, week, amount):
    charges = [Charge(account=account, week=week, kind="service", amount=amount) for account in accounts]
    return Charge.objects.bulk_create(charges, batch_size=500)
