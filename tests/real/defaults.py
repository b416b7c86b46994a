"""Prints what programs do when told nothing, as their installed packages say it."""
import inspect
import json

import anyio.to_thread
import celery.app.defaults
import gunicorn.config
import redis
import sqlalchemy.pool
import uvicorn

defaults = {}
for name in ("workers", "threads", "worker_connections", "max_requests", "max_requests_jitter", "timeout",
             "graceful_timeout", "keepalive"):
    defaults["gunicorn", name] = gunicorn.config.Config().settings[name].default
config = uvicorn.Config("app:app")
defaults["uvicorn", "workers"] = config.workers
defaults["uvicorn", "timeout_keep_alive"] = config.timeout_keep_alive
defaults["celery", "worker_prefetch_multiplier"] = celery.app.defaults.NAMESPACES["worker"]["prefetch_multiplier"].default
pool = inspect.signature(sqlalchemy.pool.QueuePool.__init__).parameters
defaults["SQLAlchemy", "pool_size"] = pool["pool_size"].default
defaults["SQLAlchemy", "max_overflow"] = pool["max_overflow"].default
defaults["SQLAlchemy", "pool_timeout"] = pool["timeout"].default
defaults["redis-py", "BlockingConnectionPool max_connections"] = redis.BlockingConnectionPool().max_connections


async def tokens():
    return anyio.to_thread.current_default_thread_limiter().total_tokens


defaults["AnyIO", "total_tokens"] = anyio.run(tokens)
print(json.dumps({f"{program} {setting}": value for (program, setting), value in defaults.items()}))
