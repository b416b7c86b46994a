from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from .models import Claim, ClaimNote
from .selectors import iter_stale_claims


@shared_task
def escalate_silent_claims(days=10):
    cutoff = timezone.now() - timedelta(days=days)
    silent = []
    for claim in Claim.objects.filter(status=Claim.Status.OPEN, opened_at__lt=cutoff).iterator():
        if ClaimNote.objects.filter(claim=claim, created_at__gte=cutoff).exists():
            continue
        silent.append(claim.pk)
    return Claim.objects.filter(pk__in=silent).update(status=Claim.Status.ESCALATED)


@shared_task
def chase_handlers():
    chased = 0
    for claim in iter_stale_claims():
        send_mail(
            f"Claim {claim.reference} needs attention",
            claim.reason,
            settings.DEFAULT_FROM_EMAIL,
            [claim.handler.email],
        )
        chased += 1
    return chased


@shared_task
def weekly_claim_digest():
    since = timezone.now() - timedelta(days=7)
    claims = Claim.objects.filter(opened_at__gte=since).select_related("parcel").order_by("-amount")
    body = render_to_string("claims/digest.html", {"claims": claims, "since": since})
    send_mail("Claims this week", "", settings.DEFAULT_FROM_EMAIL, ["claims@freightdesk.invalid"], html_message=body)
