//! What an application says of itself: Django's settings, its entries of databases, its limits, its task queue.

use super::{About, Engine, Id, Mode, Pooler, Process, Storage};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// An entry of Django's `DATABASES`, as one process uses it.
    DjangoDatabase {
        /// What answers.
        engine: Fact<Engine> = "{}";
        /// How long a connection is kept, in seconds; unbounded for `None`.
        conn_max_age: Fact<f64> = "`CONN_MAX_AGE` is {}";
        /// Whether a kept connection is tried before it is used again.
        conn_health_checks: Fact<bool> = "`CONN_HEALTH_CHECKS` is {}";
        /// Whether `OPTIONS["pool"]` is on for this process.
        pooled: Fact<bool> = "`OPTIONS[\"pool\"]` is on|`OPTIONS[\"pool\"]` is off";
        /// The most connections of that pool.
        pool_max: Fact<u64> = "the pool's `max_size` is {}";
        /// The fewest connections of that pool.
        pool_min: Fact<u64> = "the pool's `min_size` is {}";
        /// Whether the pool's size is written.
        pool_sized: Fact<bool> = "the pool's size is written|the pool's size is not written";
        /// Whether every request is one transaction.
        atomic_requests: Fact<bool> = "`ATOMIC_REQUESTS` is {}";
        /// Whether server-side cursors are off.
        server_side_cursors_off: Fact<bool> = "`DISABLE_SERVER_SIDE_CURSORS` is {}";
        /// How the process serves.
        mode: Fact<Mode> = "serves as {}";
        /// Django's version.
        django: Fact<Version> = "Django {}";
        /// Whether psycopg 3 is the driver (false for psycopg2).
        psycopg3: Fact<bool> = "the driver is psycopg 3|the driver is psycopg2";
        /// Whether psycopg_pool is required.
        psycopg_pool: Fact<bool> = "psycopg_pool is asked for|psycopg_pool is not asked for";
        /// Celery's version, when the process is a Celery worker.
        celery: Fact<Version> = "Celery {}";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process that uses it.
        process: Option<Id<Process>>;
        /// The pooler it goes through.
        pooler: Option<Id<Pooler>>;
    }
}

entity! {
    /// Django's settings, as one process uses them.
    Settings {
        /// The file of their module; its dotted name where it is not in these files.
        module: Fact<Box<str>> = "the settings are `{}`";
        /// Whether `DEBUG` is on.
        debug: Fact<bool> = "`DEBUG` is {}";
        /// Where sessions are kept.
        sessions: Fact<Storage> = "sessions in {}";
        /// Whether Django REST framework pages its lists by itself.
        drf_paginates: Fact<bool> = "lists are paged by default|lists are not paged by default";
        /// Whether mail may take as long as it likes.
        email_timeout: Fact<f64> = "`EMAIL_TIMEOUT` is {}";
        /// Whether tasks run inside the request.
        celery_eager: Fact<bool> = "`CELERY_TASK_ALWAYS_EAGER` is {}";
        /// The process that uses them.
        process: Option<Id<Process>>;
    }
}

entity! {
    /// Something that limits the rate of requests inside the application.
    Limiter {
        /// Where it counts.
        storage: Fact<Storage> = "counts in {}";
        /// How many processes count, over all replicas.
        processes: Fact<u64> = "{} processes count";
        /// The process.
        process: Option<Id<Process>>;
    }
}

entity! {
    /// A Celery worker with what its application says.
    TaskQueue {
        /// The tasks each process takes ahead.
        prefetch: Fact<u64> = "`worker_prefetch_multiplier` is {}";
        /// Whether a task is acknowledged when it has ended.
        acks_late: Fact<bool> = "`task_acks_late` is {}";
        /// After how many seconds a task is killed; unbounded when never.
        time_limit: Fact<f64> = "`task_time_limit` is {}";
        /// After how many seconds a task is told to stop.
        soft_time_limit: Fact<f64> = "`task_soft_time_limit` is {}";
        /// After how many tasks a child is replaced.
        max_tasks_per_child: Fact<u64> = "`worker_max_tasks_per_child` is {}";
        /// How long a Redis broker waits for an acknowledgement, in seconds.
        visibility_timeout: Fact<f64> = "`visibility_timeout` is {} s";
        /// Whether some task is known to take long.
        long_tasks: Fact<bool> = "has tasks that take long|has no tasks known to take long";
        /// Whether the number of children is written.
        sized: Fact<bool> = "its concurrency is written|its concurrency is not written";
        /// Whether the broker is Redis.
        redis_broker: Fact<bool> = "Redis is the broker|the broker is not Redis";
        /// Celery's version.
        version: Fact<Version> = "Celery {}";
        /// Where its broker is: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "its broker is at `{}`";
        /// The worker.
        process: Option<Id<Process>>;
    }
}
