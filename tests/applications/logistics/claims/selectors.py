from datetime import timedelta

from django.db.models import Prefetch
from django.utils import timezone

from .models import Claim, ClaimNote


def open_claims_with_notes():
    notes = ClaimNote.objects.order_by("-created_at")
    return Claim.objects.filter(status=Claim.Status.OPEN).prefetch_related(
        Prefetch("notes", queryset=notes, to_attr="recent_notes")
    )


def iter_stale_claims(days=21):
    cutoff = timezone.now() - timedelta(days=days)
    queryset = Claim.objects.filter(status=Claim.Status.OPEN, handler__isnull=False, opened_at__lt=cutoff)
    for claim in queryset.order_by("opened_at"):
        if claim.amount > 0:
            yield claim
