from datetime import timedelta
from decimal import Decimal

from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone

from domain.clients import SearchIndex

from .models import Artefact, ConditionReport


def _digest_line(report):
    return f"{report.artefact.inventory_no} {report.artefact.title}: {report.grade}"


@shared_task
def condition_digest():
    since = timezone.now() - timedelta(days=1)
    reports = list(ConditionReport.objects.filter(created_at__gte=since))
    artefacts = Artefact.objects.in_bulk({r.artefact_id for r in reports})
    for report in reports:
        report.artefact = artefacts[report.artefact_id]
    body = "\n".join(_digest_line(report) for report in reports)
    send_mail("Condition reports", body, None, ["conservation@museum.example"])


@shared_task
def index_values(percent="2.5"):
    factor = 1 + Decimal(percent) / 100
    changed = []
    for artefact in Artefact.objects.exclude(value=0):
        artefact.value = (artefact.value * factor).quantize(Decimal("1"))
        changed.append(artefact)
    Artefact.objects.bulk_update(changed, ["value"], batch_size=500)


@shared_task
def reindex():
    index = SearchIndex("objects")
    artefacts = Artefact.objects.published().prefetch_related("materials")
    for artefact in artefacts.iterator(chunk_size=1000):
        index.put(
            artefact.pk,
            title=artefact.title,
            materials=[material.name for material in artefact.materials.all()],
        )
    index.flush()
