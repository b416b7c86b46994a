"""Prints what Celery's own command line makes of its arguments, the environment and the application's configuration: the
settings with which the worker starts, before it starts anything.
"""
import json
import sys

sys.path.insert(0, "")

import celery.bin.celery
from celery.worker import WorkController


def show(self, **options):
    pool = self.pool_cls if isinstance(self.pool_cls, str) else self.pool_cls.__module__
    conf = self.app.conf
    broker = self.app.connection_for_read().as_uri()
    said = {
        "concurrency": options["autoscale"][0] if options.get("autoscale") else self.concurrency,
        "pool": pool.rsplit(".", 1)[-1],
        "prefetch": self.prefetch_multiplier,
        "time_limit": self.time_limit,
        "soft_time_limit": self.soft_time_limit,
        "max_tasks_per_child": self.max_tasks_per_child,
        "max_memory_per_child": self.max_memory_per_child,
        "acks_late": conf.task_acks_late,
        "broker": broker,
        "visibility_timeout": conf.broker_transport_options.get("visibility_timeout"),
    }
    print(json.dumps(said))
    raise SystemExit(0)


WorkController.setup_instance = show
sys.argv = ["celery", *sys.argv[1:]]
celery.bin.celery.main()
