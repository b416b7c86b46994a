from datetime import timedelta

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from library.models import Loan
from library.notices import OverdueMail
from library.policies import HANDLERS, ignore, may_borrow
from people.models import Student


@shared_task
def send_overdue_notices():
    connection = get_connection()
    overdue = Loan.objects.open().filter(due__lt=timezone.localdate())
    mails = [OverdueMail(loan) for loan in overdue]
    return sum(mail.send(connection) for mail in mails)


@shared_task
def write_off_lost():
    limit = timezone.localdate() - timedelta(days=180)
    for loan in Loan.objects.open().filter(due__lt=limit, state="open"):
        loan.mark_lost()


@shared_task
def close_loans():
    handled = []
    for loan in Loan.objects.exclude(state__in=["open", "closed"]):
        handler = HANDLERS.get(loan.state, ignore)
        handler(loan)
        handled.append(loan.pk)
    Loan.objects.filter(pk__in=handled).update(state="closed")


@shared_task
def block_borrowers():
    blocked = []
    for student in Student.objects.filter(may_borrow=True):
        if not may_borrow(student):
            blocked.append(student.pk)
    Student.objects.filter(pk__in=blocked).update(may_borrow=False)


@shared_task
def purge_old_loans():
    limit = timezone.now() - timedelta(days=3650)
    doomed = []
    for loan in Loan.objects.filter(state="closed"):
        if loan.returned_at and loan.returned_at < limit:
            doomed.append(loan.pk)
    Loan.objects.filter(pk__in=doomed).delete()
