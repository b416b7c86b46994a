from datetime import timedelta

from celery import shared_task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from payouts.gateway import Gateway
from payouts.models import Payout
from payouts.services import BatchBuilder, batch_ledger


@shared_task
def open_weekly_batch():
    batch = BatchBuilder(f"W{timezone.now():%G-%V}").run()
    return {account: str(total) for account, total in batch_ledger(batch).items()}


@shared_task
def export_sepa():
    rows = []
    due = Payout.objects.filter(status=Payout.Status.OPEN).select_related("seller")
    for payout in due.iterator(chunk_size=1000):
        account = payout.seller.payout_account
        rows.append(f"{account.iban};{account.holder};{payout.amount};{payout.reference}")
    name = default_storage.save("sepa/export.csv", ContentFile("\n".join(rows)))
    return name


@shared_task
def mark_settled():
    now = timezone.now()
    sent = Payout.objects.filter(status=Payout.Status.SENT, batch__created_at__lt=now - timedelta(days=3))
    for payout in sent:
        payout.status = Payout.Status.SETTLED
        payout.settled_at = now
        payout.save(update_fields=["status", "settled_at", "updated_at"])


@shared_task
def check_transfers():
    gateway = Gateway()
    failed = []
    for payout in Payout.objects.filter(status=Payout.Status.SENT):
        transfer = gateway.transfers.filter(reference=payout.reference).first()
        if transfer is None or transfer.state == "failed":
            failed.append(payout.pk)
    Payout.objects.filter(pk__in=failed).update(status=Payout.Status.OPEN)
    return len(failed)
