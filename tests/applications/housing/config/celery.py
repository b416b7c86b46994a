import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("housing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "weekly-charges": {"task": "rents.tasks.post_weekly_charges", "schedule": crontab(day_of_week=1, hour=2)},
    "statements": {"task": "rents.tasks.email_statements", "schedule": crontab(day_of_month=1, hour=5)},
    "sms": {"task": "rents.tasks.remind_by_sms", "schedule": crontab(day_of_week=4, hour=10)},
    "complaints-digest": {"task": "complaints.tasks.send_digest", "schedule": crontab(hour=7)},
    "complaints-stale": {"task": "complaints.tasks.flag_stale", "schedule": crontab(hour=6)},
    "announce": {"task": "complaints.tasks.announce_new", "schedule": crontab(hour=8)},
    "repoint": {"task": "allocations.tasks.recalculate_points", "schedule": crontab(hour=1)},
    "expire-offers": {"task": "allocations.tasks.expire_offers", "schedule": crontab(hour=1, minute=30)},
}
