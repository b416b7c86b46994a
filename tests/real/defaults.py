"""Prints what programs do when told nothing, as their installed packages say it."""
import inspect
import json

import anyio.to_thread
import aiomysql
import aiopg
import asyncpg
import arq.worker
import celery.app.defaults
import granian.cli
import gunicorn.config
import playhouse.pool
import psycopg_pool
import huey.consumer_options
import hypercorn.config
import redis
import sqlalchemy.pool
import taskiq.cli.worker.args
import uvicorn
from tortoise.backends.asyncpg.client import AsyncpgDBClient
import waitress.adjustments

defaults = {}
for name in ("workers", "threads", "worker_connections", "max_requests", "max_requests_jitter", "timeout",
             "graceful_timeout", "keepalive"):
    defaults["gunicorn", name] = gunicorn.config.Config().settings[name].default
config = uvicorn.Config("app:app")
defaults["uvicorn", "workers"] = config.workers
defaults["uvicorn", "timeout_keep_alive"] = config.timeout_keep_alive
defaults["celery", "worker_prefetch_multiplier"] = celery.app.defaults.NAMESPACES["worker"]["prefetch_multiplier"].default
options = {option.name: option.default for option in granian.cli.cli.params}
for name in ("workers", "port", "backlog", "runtime_threads"):
    defaults["granian", name] = options[name]
for name in ("workers", "max_requests_jitter", "graceful_timeout", "keep_alive_timeout"):
    defaults["hypercorn", name] = getattr(hypercorn.config.Config(), name)
for name in ("threads", "port"):
    defaults["waitress", name] = int(getattr(waitress.adjustments.Adjustments, name))
args = taskiq.cli.worker.args.WorkerArgs(broker="", modules=[])
for name in ("workers", "max_async_tasks"):
    defaults["taskiq", name] = getattr(args, name)
defaults["huey", "workers"] = dict(huey.consumer_options.config_defaults)["workers"]
defaults["arq", "max_jobs"] = inspect.signature(arq.worker.Worker.__init__).parameters["max_jobs"].default
pool = inspect.signature(sqlalchemy.pool.QueuePool.__init__).parameters
defaults["SQLAlchemy", "pool_size"] = pool["pool_size"].default
defaults["SQLAlchemy", "max_overflow"] = pool["max_overflow"].default
defaults["SQLAlchemy", "pool_timeout"] = pool["timeout"].default
defaults["redis-py", "BlockingConnectionPool max_connections"] = redis.BlockingConnectionPool().max_connections


async def tokens():
    return anyio.to_thread.current_default_thread_limiter().total_tokens


defaults["AnyIO", "total_tokens"] = anyio.run(tokens)
defaults["asyncpg", "max_size"] = inspect.signature(asyncpg.create_pool).parameters["max_size"].default
driver = inspect.signature(psycopg_pool.ConnectionPool.__init__).parameters
defaults["psycopg_pool", "min_size"] = driver["min_size"].default
defaults["psycopg_pool", "timeout"] = driver["timeout"].default
assert driver["max_size"].default is None
defaults["aiopg", "maxsize"] = inspect.signature(aiopg.create_pool).parameters["maxsize"].default
defaults["aiomysql", "maxsize"] = inspect.signature(aiomysql.create_pool).parameters["maxsize"].default
defaults["peewee", "max_connections"] = (
    inspect.signature(playhouse.pool.PooledDatabase.__init__).parameters["max_connections"].default
)
client = AsyncpgDBClient(user="u", password="p", database="d", host="h", port=5432, connection_name="x")
defaults["Tortoise", "maxsize"] = client.pool_maxsize
print(json.dumps({f"{program} {setting}": value for (program, setting), value in defaults.items()}))
