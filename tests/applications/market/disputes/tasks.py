from celery import shared_task
from django.utils import timezone

from disputes.models import Dispute
from disputes.services import escalate_stale
from notifications.mailers import send_dispute_reminder, send_ops


@shared_task
def flag_overdue():
    late = []
    queue = list(Dispute.objects.filter(status=Dispute.Status.OPEN, due_at__lt=timezone.now()))
    while queue:
        dispute = queue.pop()
        if not dispute.messages.filter(author__is_staff=True).exists():
            late.append(dispute)
    Dispute.objects.filter(pk__in=[dispute.pk for dispute in late]).update(overdue=True)
    if late:
        send_ops("Overdue disputes", ", ".join(dispute.reference for dispute in late))


@shared_task
def remind_buyers():
    for dispute in Dispute.objects.filter(status=Dispute.Status.WAITING):
        send_dispute_reminder(dispute.opened_by.user.email, dispute.reference)


@shared_task
def escalate():
    return escalate_stale()
