from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import AuditEntry
from disputes.models import Dispute
from disputes.selectors import iter_stale
from notifications.mailers import send_escalation


def escalate_stale():
    count = 0
    for dispute in iter_stale():
        send_escalation(dispute.assignee.email, dispute.reference)
        count += 1
    return count


def close_quiet(actor, days=60):
    limit = timezone.now() - timedelta(days=days)
    quiet = list(Dispute.objects.filter(status=Dispute.Status.WAITING, opened_at__lt=limit))
    entries = []
    for dispute in quiet:
        kind = ContentType.objects.get_for_model(dispute)
        entries.append(AuditEntry(actor=actor, content_type=kind, object_id=dispute.pk, action="closed"))
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    Dispute.objects.filter(pk__in=[dispute.pk for dispute in quiet]).update(status=Dispute.Status.CLOSED)
    return len(quiet)
