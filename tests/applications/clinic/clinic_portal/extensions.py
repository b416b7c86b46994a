import os

import redis
from celery import Celery
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy(session_options={"expire_on_commit": False})
login_manager = LoginManager()
celery = Celery("clinic_portal", broker=os.environ.get("BROKER", "redis://localhost/1"))
cache = redis.Redis.from_url(os.environ.get("CACHE", "redis://localhost/2"), decode_responses=True)

celery.conf.beat_schedule = {
    "confirmations": {"task": "clinic_portal.tasks.send_confirmations", "schedule": 3600},
    "dunning": {"task": "clinic_portal.tasks.dunning", "schedule": 86400},
    "late-fees": {"task": "clinic_portal.tasks.apply_late_fees", "schedule": 86400},
    "consents": {"task": "clinic_portal.tasks.missing_consents", "schedule": 86400},
    "statements": {"task": "clinic_portal.tasks.monthly_statements", "schedule": 2592000},
    "renumber": {"task": "clinic_portal.tasks.renumber_rooms", "schedule": 2592000},
}
