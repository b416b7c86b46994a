import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("university")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "overdue": {"task": "library.tasks.send_overdue_notices", "schedule": crontab(hour=6)},
    "lost": {"task": "library.tasks.write_off_lost", "schedule": crontab(hour=2)},
    "close-loans": {"task": "library.tasks.close_loans", "schedule": crontab(hour=3)},
    "borrowers": {"task": "library.tasks.block_borrowers", "schedule": crontab(hour=4)},
    "purge-loans": {"task": "library.tasks.purge_old_loans", "schedule": crontab(day_of_month=1)},
    "stalled": {"task": "courses.tasks.flag_stalled_students", "schedule": crontab(day_of_week=0)},
    "bookings": {"task": "rooms.tasks.remind_bookers", "schedule": crontab(hour=7)},
    "plans": {"task": "rooms.tasks.warm_room_plans", "schedule": crontab(minute=30)},
    "alumni": {"task": "newsletters.tasks.prune_alumni", "schedule": crontab(day_of_month=2)},
}
