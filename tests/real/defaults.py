"""Prints what programs do when told nothing, as their installed packages say it."""
import json

import celery.app.defaults
import gunicorn.config
import redis
import sqlalchemy
import uvicorn

defaults = {}
for name in ("workers", "threads", "worker_connections", "max_requests", "max_requests_jitter", "timeout",
             "graceful_timeout", "keepalive"):
    defaults["gunicorn", name] = gunicorn.config.Config().settings[name].default
config = uvicorn.Config("app:app")
defaults["uvicorn", "workers"] = config.workers
defaults["uvicorn", "timeout_keep_alive"] = config.timeout_keep_alive
defaults["celery", "worker_prefetch_multiplier"] = celery.app.defaults.NAMESPACES["worker"]["prefetch_multiplier"].default
# An engine connects to nothing before it is asked to, so any module passes for its driver.
driver = type("driver", (), {"paramstyle": "pyformat", "__version__": "2.9"})
pool = sqlalchemy.create_engine("postgresql+psycopg2://h/d", module=driver).pool
defaults["SQLAlchemy", "pool_size"] = pool.size()
defaults["SQLAlchemy", "max_overflow"] = pool._max_overflow
defaults["SQLAlchemy", "pool_timeout"] = pool._timeout
defaults["redis-py", "max_connections"] = redis.ConnectionPool().max_connections
print(json.dumps({f"{program} {setting}": value for (program, setting), value in defaults.items()}))
