from django.utils import timezone

from .models import Loan, LoanItem


def iter_open_loans(within=None):
    loans = Loan.objects.filter(status="open").order_by("ends_on")
    today = timezone.localdate()
    for loan in loans.iterator():
        if within is None or (loan.ends_on - today).days <= within:
            yield loan


def items_out():
    return LoanItem.objects.filter(returned_at__isnull=True, loan__status="open")


def loans_for_reminder():
    return Loan.objects.filter(status="open").select_related("borrower__contact", "policy")
