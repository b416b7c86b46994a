from datetime import timedelta

from django.utils import timezone

from disputes.models import Dispute


def with_parties(queryset):
    return queryset.select_related("line__listing").prefetch_related("messages")


def iter_stale(days=7):
    limit = timezone.now() - timedelta(days=days)
    disputes = Dispute.objects.filter(status=Dispute.Status.WAITING, opened_at__lt=limit)
    for dispute in disputes.exclude(assignee=None):
        if dispute.due_at is None or dispute.due_at < timezone.now():
            yield dispute
