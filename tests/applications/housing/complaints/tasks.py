import csv
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.core.cache import cache
from django.core.mail import mail_managers
from django.utils import timezone

from complaints.digest import render_digest
from complaints.models import Complaint
from complaints.selectors import with_notes


def read_feed(path):
    feed = []
    with Path(path).open(newline="") as handle:
        for row in csv.DictReader(handle):
            feed.append({"ref": row.get("Ref", ""), "address": row.get("Address", ""), "text": row.get("Text", "")})
    return feed


@shared_task
def send_digest(path="/srv/feeds/ombudsman.csv"):
    mail_managers("Complaints today", render_digest(read_feed(path)))


@shared_task
def flag_stale():
    cutoff = timezone.localdate() - timedelta(days=10)
    silent = []
    for complaint in Complaint.objects.filter(closed_on__isnull=True, due_on__lt=cutoff):
        if complaint.notes.count() < 2:
            silent.append(complaint.reference)
    if silent:
        mail_managers("No progress", "\n".join(silent))
    return remind_unseen()


def remind_unseen():
    quiet = []
    for complaint in with_notes():
        if len(complaint.notes.all()) == 0:
            quiet.append(complaint.reference)
    return quiet


@shared_task
def announce_new():
    fresh = []
    for complaint in Complaint.objects.filter(stage="informal", closed_on__isnull=True):
        if cache.get(f"complaint-announced-{complaint.pk}") is None:
            cache.set(f"complaint-announced-{complaint.pk}", True, 86400)
            fresh.append(complaint.subject)
    mail_managers("New complaints", "\n".join(fresh))
