import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "shipping-notices": {"task": "orders.tasks.notify_shipped", "schedule": crontab(minute="*/10")},
    "lost-parcels": {"task": "orders.tasks.report_lost_parcels", "schedule": crontab(hour=6, minute=0)},
    "archive-orders": {"task": "orders.tasks.archive_orders", "schedule": crontab(hour=2, minute=30)},
    "payout-batch": {"task": "payouts.tasks.open_weekly_batch", "schedule": crontab(day_of_week=1, hour=4, minute=0)},
    "sepa": {"task": "payouts.tasks.export_sepa", "schedule": crontab(hour=5, minute=0)},
    "settled": {"task": "payouts.tasks.mark_settled", "schedule": crontab(hour=9, minute=0)},
    "transfers": {"task": "payouts.tasks.check_transfers", "schedule": crontab(minute="*/30")},
    "overdue-disputes": {"task": "disputes.tasks.flag_overdue", "schedule": crontab(hour=7, minute=0)},
    "dispute-reminders": {"task": "disputes.tasks.remind_buyers", "schedule": crontab(hour=8, minute=0)},
    "dispute-escalation": {"task": "disputes.tasks.escalate", "schedule": crontab(hour=8, minute=30)},
    "review-digest": {"task": "reviews.tasks.weekly_digest", "schedule": crontab(day_of_week=5, hour=12, minute=0)},
    "photo-requests": {"task": "reviews.tasks.photo_requests", "schedule": crontab(hour=15, minute=0)},
    "review-moderation": {"task": "reviews.tasks.moderate", "schedule": crontab(minute=15)},
    "webhooks": {"task": "webhooks.tasks.deliver_pending", "schedule": 60.0},
    "webhook-retries": {"task": "webhooks.tasks.retry_failed", "schedule": crontab(minute=45)},
    "price-feed": {"task": "catalog.tasks.publish_price_feed", "schedule": crontab(hour=3, minute=0)},
    "seasonal-tags": {"task": "catalog.tasks.tag_season", "schedule": crontab(hour=0, minute=5)},
    "low-stock": {"task": "catalog.tasks.low_stock_alerts", "schedule": crontab(hour=10, minute=0)},
    "expire-listings": {"task": "catalog.tasks.expire_listings", "schedule": crontab(minute=0)},
}
