//! What runs: services, the processes in them, and what they need and are told in vain.

use super::{About, Client, Framework, Id, Mode, Program};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// What runs in containers of its own: a compose service.
    Service {
        /// How many containers of it run at once.
        replicas: Fact<u64> = "{} replicas";
        /// The CPUs that one container may use.
        cpus: Fact<f64> = "{} CPUs";
        /// The memory that one container may use, in bytes.
        memory: Fact<u64> = "{} bytes of memory";
        /// The image it runs, with its tag.
        image: Fact<Box<str>> = "image `{}`";
        /// The name that its only container is given.
        container_name: Fact<Box<str>> = "`container_name` is `{}`";
        /// The port of the host that its containers bind, one alone; absent when none is published, or a range.
        host_port: Fact<u64> = "publishes the host's port {}";
        /// Whether its command runs database migrations before it serves.
        migrates: Fact<bool> = "runs migrations when it starts|runs no migrations when it starts";
        /// How many worker processes its environment asks for (`WEB_CONCURRENCY`).
        web_concurrency: Fact<u64> = "`WEB_CONCURRENCY` is {}";
        /// How many requests its platform sends to one container at once; more wait, or start another.
        most_at_once: Fact<u64> = "is sent at most {} requests at once";
        /// What a `PodDisruptionBudget` keeps of its pods while nodes are drained: `minAvailable: 1`.
        disruption_budget: Fact<Box<str>> = "`{}` of its pods while nodes are drained";
        /// How long Docker waits between SIGTERM and SIGKILL, in seconds.
        stop_grace: Fact<f64> = "{} s until it is killed";
        /// When Docker starts it anew after it has ended: `no`, `always`, `on-failure`, `unless-stopped`.
        restart: Fact<Box<str>> = "`restart` is `{}`";
        /// What runs in it.
        processes: Vec<Id<Process>>;
    }
}

entity! {
    /// A server or worker that runs in a service, as its command line and configuration make it.
    Process {
        /// The program.
        program: Fact<Program> = "runs {}";
        /// How it serves.
        mode: Fact<Mode> = "serves as {}";
        /// What the application is written with.
        framework: Fact<Framework> = "a {} application";
        /// The application as the command names it: `app.main:app`, `wingman.asgi:application`.
        application: Fact<Box<str>> = "serves `{}`";
        /// How many worker processes one container runs.
        processes: Fact<u64> = "{} worker processes";
        /// How many threads each of them has for requests.
        threads: Fact<u64> = "{} threads a process";
        /// How many threads each of them has for what is not asynchronous, under FastAPI and Starlette.
        thread_tokens: Fact<u64> = "{} threads for what is not asynchronous";
        /// How many requests one process works on at a time.
        slots: Fact<u64> = "{} requests at a time in each process";
        /// The worker class as it is written.
        worker_class: Fact<Box<str>> = "worker class `{}`";
        /// After how many requests a worker is replaced; 0 for never.
        max_requests: Fact<u64> = "a worker ends after {} requests";
        /// The memory from which on Celery replaces a child, in bytes; unbounded when it does not look at it.
        memory_per_child: Fact<u64> = "a child ends above {} bytes of memory";
        /// By how many requests that differs at most from worker to worker.
        max_requests_jitter: Fact<u64> = "a jitter of {}";
        /// After how many seconds a worker is replaced, whatever it does; 0 for never.
        max_worker_lifetime: Fact<f64> = "a worker ends after {} s";
        /// The resident memory from which on a worker is replaced after a request, in bytes; unbounded when nobody looks at it.
        reload_on_rss: Fact<u64> = "a worker ends above {} bytes of memory";
        /// The fewest worker processes, where their number follows the load.
        cheaper: Fact<u64> = "at least {} worker processes";
        /// By what their number follows it, by uWSGI's own name.
        cheaper_algo: Fact<Box<str>> = "workers follow the load by `{}`";
        /// How many connections wait to be accepted, before the kernel refuses more; `net.core.somaxconn` caps it.
        backlog: Fact<u64> = "a backlog of {} connections";
        /// How many connections one worker process has open at most, idle ones too; absent where the worker takes one
        /// after the other.
        worker_connections: Fact<u64> = "at most {} connections in each process";
        /// How long uWSGI's own HTTP router waits for the worker, in seconds.
        http_timeout: Fact<f64> = "its HTTP router waits {} s";
        /// After how many seconds without a sign a worker is killed.
        timeout: Fact<f64> = "a timeout of {} s";
        /// How long workers may finish their requests in, in seconds.
        graceful_timeout: Fact<f64> = "{} s to finish requests";
        /// How long an idle connection is kept open, in seconds.
        keepalive: Fact<f64> = "keeps idle connections for {} s";
        /// Whether it restarts when a file changes.
        reload: Fact<bool> = "reloads on changes|does not reload on changes";
        /// Whether it is a server for development only.
        dev_server: Fact<bool> = "a development server|no development server";
        /// The port it listens on.
        port: Fact<u64> = "listens on port {}";
        /// The connections from which on uvicorn answers 503.
        limit_concurrency: Fact<u64> = "`limit_concurrency` is {}";
        /// Whether the program is the container's first process, so that it hears SIGTERM.
        gets_signals: Fact<bool> = "hears SIGTERM|does not hear SIGTERM";
        /// A variable of its command that stays as it is written, for a list of words is read by no shell.
        unexpanded: Fact<Box<str>> = "`{}` stays as it is written";
        /// How many worker processes the environment asks for, where something stronger decides.
        overridden: Fact<u64> = "`WEB_CONCURRENCY` asks for {}";
        /// Whether its number of workers is taken from the host's CPUs (`cpu_count()`, `nproc`), whatever its limit.
        from_host_cpus: Fact<bool> = "takes its workers from the host's CPUs|does not take its workers from the host's CPUs";
        /// Whether it needs the class that newer uvicorn has deprecated (`uvicorn.workers`).
        uvicorn_workers_module: Fact<bool> = "uses `uvicorn.workers`|does not use `uvicorn.workers`";
        /// The version of the program.
        version: Fact<Version> = "version {}";
        /// uvicorn's version, when it runs as gunicorn's worker.
        uvicorn: Fact<Version> = "uvicorn {}";
        /// How many tasks each worker process takes from the broker ahead of time.
        prefetch: Fact<u64> = "takes {} tasks ahead for each process";
        /// The seconds after which Celery kills a task and its process, where the command line says so.
        task_time_limit: Fact<f64> = "`--time-limit` is {}";
        /// The seconds after which Celery raises an exception in a task, where the command line says so.
        task_soft_time_limit: Fact<f64> = "`--soft-time-limit` is {}";
        /// Whether nginx sends it WebSockets alone: then ordinary requests open no connections in it.
        only_sockets: Fact<bool> = "gets WebSockets alone|gets ordinary requests";
        /// Whether beat runs inside this worker.
        embedded_beat: Fact<bool> = "runs beat inside|runs no beat inside";
        /// The containers that run it at once.
        replicas: Fact<u64> = "{} replicas";
        /// The CPUs of its container.
        cpus: Fact<f64> = "{} CPUs";
        /// The memory of its container, in bytes.
        memory: Fact<u64> = "{} bytes of memory";
        /// The service it runs in.
        service: Option<Id<Service>>;
        /// The ways it opens connections to databases.
        clients: Vec<Id<Client>>;
    }
}

entity! {
    /// A package of Python that a service runs with, of those that decide what is advised.
    Package {
        /// Its name, as the package index has it.
        name: Fact<Box<str>> = "needs `{}`";
        /// Its version: exact from a lock file, a range from a requirement.
        version: Fact<Version> = "version {}";
        /// The service.
        service: Option<Id<Service>>;
    }
}

entity! {
    /// A variable that is set for a program which never reads it.
    DeadVariable {
        /// The variable.
        variable: Fact<Box<str>> = "`{}` is set";
        /// What it asks for.
        value: Fact<Box<str>> = "to `{}`";
        /// The setting it means.
        setting: Fact<Box<str>> = "meant for `{}`";
        /// What the program really takes.
        effective: Fact<Box<str>> = "the server takes {}";
        /// The service it is set in.
        service: Option<Id<Service>>;
    }
}

entity! {
    /// What keeps watch over a deployment: told where its files hold all of it, an application with its own database.
    Upkeep {
        /// Whether anything tells how the application fares: a metrics endpoint, an exporter, an agent.
        metrics: Fact<bool> = "something tells how it fares|nothing tells how it fares";
        /// Whether anything collects the application's errors.
        error_tracker: Fact<bool> = "something collects its errors|nothing collects its errors";
        /// Whether anything makes copies of the database.
        backups: Fact<bool> = "something copies its data|nothing copies its data";
        /// The databases and Redis servers that nothing watches; absent when there are none.
        unwatched: Fact<Box<str>> = "nothing watches {}";
        /// The services that run once and that the others cannot do without; absent when there are none.
        singles: Fact<Box<str>> = "there is one {}";
    }
}
