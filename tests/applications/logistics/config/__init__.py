import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

celery_app = Celery("freightdesk")
celery_app.config_from_object("django.conf:settings", namespace="CELERY")
celery_app.autodiscover_tasks(["carriers", "shipments", "billing", "claims", "notifications"])

celery_app.conf.beat_schedule = {
    "carrier-ratings": {"task": "carriers.tasks.refresh_ratings", "schedule": crontab(hour=3, minute=10)},
    "stuck-parcels": {"task": "shipments.tasks.find_stuck_parcels", "schedule": crontab(minute=15)},
    "customs-holds": {"task": "shipments.tasks.customs_holds", "schedule": crontab(minute=40)},
    "insured-values": {"task": "shipments.tasks.report_insured_values", "schedule": crontab(hour=5, minute=0)},
    "depot-backlog": {"task": "shipments.tasks.depot_backlog", "schedule": crontab(hour="6,12,18", minute=0)},
    "close-delivered": {"task": "shipments.tasks.close_delivered", "schedule": crontab(hour=1, minute=0)},
    "confirm-drafts": {"task": "shipments.tasks.confirm_draft_bookings", "schedule": crontab(minute=5)},
    "pull-tracking": {"task": "shipments.tasks.pull_tracking", "schedule": crontab(minute="*/10")},
    "route-sheets": {"task": "shipments.tasks.email_route_sheet", "schedule": crontab(hour=4, minute=45)},
    "flag-overdue": {"task": "billing.tasks.flag_overdue", "schedule": crontab(hour=2, minute=0)},
    "daily-receipts": {"task": "billing.tasks.daily_receipts", "schedule": crontab(hour=7, minute=0)},
    "tax-summary": {"task": "billing.tasks.tax_summary", "schedule": crontab(day_of_month=1, hour=4, minute=0)},
    "reminders": {"task": "billing.tasks.reminders", "schedule": crontab(hour=8, minute=30)},
    "escalate-claims": {"task": "claims.tasks.escalate_silent_claims", "schedule": crontab(hour=8, minute=0)},
    "chase-handlers": {"task": "claims.tasks.chase_handlers", "schedule": crontab(hour=9, minute=0)},
    "claim-digest": {"task": "claims.tasks.weekly_claim_digest", "schedule": crontab(day_of_week=1, hour=7, minute=0)},
    "unread-digest": {"task": "notifications.tasks.unread_digest", "schedule": crontab(hour=16, minute=0)},
}

__all__ = ("celery_app",)
