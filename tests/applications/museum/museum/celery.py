import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "museum.settings")
app = Celery("museum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "close-loans": {"task": "loans.tasks.close_expired", "schedule": crontab(hour=2)},
    "registrar-mail": {"task": "loans.tasks.notify_registrars", "schedule": crontab(hour=6)},
    "returns": {"task": "loans.tasks.process_returns", "schedule": crontab(minute="*/15")},
    "loan-reminder": {"task": "loans.tasks.weekly_reminder", "schedule": crontab(day_of_week=1, hour=7)},
    "couriers": {"task": "loans.tasks.sync_couriers", "schedule": crontab(minute="*/30")},
    "condition-digest": {"task": "holdings.tasks.condition_digest", "schedule": crontab(hour=5)},
    "revalue": {"task": "holdings.tasks.index_values", "schedule": crontab(day_of_month=1)},
    "reindex": {"task": "holdings.tasks.reindex", "schedule": crontab(hour=1)},
    "day-report": {"task": "tickets.tasks.day_report", "schedule": crontab(hour=20)},
    "ticket-digest": {"task": "tickets.tasks.visitor_digest", "schedule": crontab(hour=8)},
    "expire-orders": {"task": "tickets.tasks.expire_orders", "schedule": crontab(minute="*/10")},
    "no-shows": {"task": "guides.tasks.flag_no_shows", "schedule": crontab(hour=21)},
    "guide-mail": {"task": "guides.tasks.mail_tomorrow", "schedule": crontab(hour=17)},
    "payroll": {"task": "guides.tasks.payroll", "schedule": crontab(day_of_month=25)},
}
