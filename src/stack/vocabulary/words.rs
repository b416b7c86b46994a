//! The words that fields of fixed lists have: modes, programs, engines.

use serde::{Deserialize, Serialize};

use super::{Field, FieldType, IsField, Vocable};
use crate::stack::fact::Fact;
use crate::stack::value::{Type, Value};

macro_rules! words {
    ($( $(#[doc = $doc:literal])* $name:ident { $( $(#[doc = $wdoc:literal])* $variant:ident = $word:literal ),* $(,)? } )*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $( $(#[doc = $wdoc])* $variant ),* }
        impl Vocable for $name {
            const WORDS: &'static [&'static str] = &[$($word),*];
            fn word(self) -> &'static str { match self { $(Self::$variant => $word),* } }
        }
        impl From<$name> for Value {
            fn from(word: $name) -> Value { Value::Word(word.word()) }
        }
        impl IsField for Fact<$name> {
            const TYPE: FieldType = FieldType::Fact(Type::Word(<$name as Vocable>::WORDS));
            fn read(&self) -> Field { Field::Fact(self.erase()) }
        }
    )* };
}
words! {
    /// How a process serves: what one of its processes does with requests that come at once.
    Mode {
        /// One request at a time and process.
        WsgiSync = "wsgi_sync",
        /// A pool of threads in each process.
        WsgiThreads = "wsgi_threads",
        /// Greenlets.
        WsgiGevent = "wsgi_gevent",
        /// Django under an event loop.
        AsgiDjango = "asgi_django",
        /// FastAPI or Starlette under an event loop.
        AsgiStarlette = "asgi_starlette",
        /// Another framework under an event loop: Quart, Sanic, Litestar.
        AsgiOther = "asgi_other",
        /// A WSGI application in the threads of a server with an event loop.
        WsgiOnAsgi = "wsgi_on_asgi",
        /// gRPC, a thread for each call.
        GrpcThreads = "grpc_threads",
        /// Celery, a process for each task that runs.
        CeleryPrefork = "celery_prefork",
        /// Celery, a thread for each.
        CeleryThreads = "celery_threads",
        /// Celery, a greenlet for each.
        CeleryGevent = "celery_gevent",
        /// Another task queue, a thread for each task that runs.
        TaskThreads = "task_threads",
        /// Another task queue, a greenlet for each.
        TaskGevent = "task_gevent",
        /// Another task queue, all tasks in one event loop.
        TaskAsync = "task_async",
        /// One thing after the other: beat, a worker of RQ, a management command.
        Single = "single",
    }
    /// The program that a process runs.
    Program {
        /// gunicorn, whatever its workers.
        Gunicorn = "gunicorn",
        /// uvicorn itself.
        Uvicorn = "uvicorn",
        /// `fastapi run` and `fastapi dev`.
        Fastapi = "fastapi",
        /// daphne.
        Daphne = "daphne",
        /// hypercorn.
        Hypercorn = "hypercorn",
        /// granian.
        Granian = "granian",
        /// uWSGI.
        Uwsgi = "uwsgi",
        /// mod_wsgi, in Apache.
        ModWsgi = "mod_wsgi",
        /// waitress.
        Waitress = "waitress",
        /// Sanic's own server.
        Sanic = "sanic",
        /// NGINX Unit.
        Unit = "unit",
        /// gevent's own server of WSGI.
        Gevent = "gevent",
        /// gRPC's own server.
        Grpc = "grpc",
        /// `manage.py runserver`.
        Runserver = "runserver",
        /// `flask run`.
        Flask = "flask",
        /// `celery worker`.
        CeleryWorker = "celery_worker",
        /// `celery beat`.
        CeleryBeat = "celery_beat",
        /// A worker of RQ.
        Rq = "rq",
        /// A worker of Dramatiq.
        Dramatiq = "dramatiq",
        /// A worker of Taskiq.
        Taskiq = "taskiq",
        /// A consumer of Huey.
        Huey = "huey",
        /// A worker of arq.
        Arq = "arq",
        /// A cluster of Django Q.
        DjangoQ = "django_q",
        /// A worker of pulpcore.
        PulpcoreWorker = "pulpcore_worker",
        /// Something else.
        Other = "other",
    }
    /// What the application is written with.
    Framework {
        /// Django.
        Django = "django",
        /// FastAPI.
        Fastapi = "fastapi",
        /// Starlette without FastAPI.
        Starlette = "starlette",
        /// Flask.
        Flask = "flask",
        /// Quart.
        Quart = "quart",
        /// Sanic.
        Sanic = "sanic",
        /// Litestar.
        Litestar = "litestar",
    }
    /// What answers SQL.
    Engine {
        /// PostgreSQL.
        Postgres = "postgres",
        /// MySQL or MariaDB.
        Mysql = "mysql",
        /// A file.
        Sqlite = "sqlite",
        /// Another.
        Other = "other",
    }
    /// The kind of a pool of database connections.
    PoolClass {
        /// SQLAlchemy's pools with a size and an overflow.
        Queue = "queue",
        /// No pool: a connection for each checkout.
        Null = "null",
        /// One connection for all.
        Static = "static",
        /// A driver's own pool (asyncpg, psycopg).
        Driver = "driver",
        /// Django's pool of psycopg connections.
        Django = "django",
        /// Django without a pool.
        None = "none",
    }
    /// How PgBouncer hands connections out.
    PoolMode {
        /// Until the client leaves.
        Session = "session",
        /// Until the transaction ends.
        Transaction = "transaction",
        /// Until the statement ends.
        Statement = "statement",
    }
    /// Where something is stored that several processes should share.
    Storage {
        /// In the process's own memory.
        Memory = "memory",
        /// In Redis.
        Redis = "redis",
        /// In memcached.
        Memcached = "memcached",
        /// In the database.
        Database = "database",
        /// In files.
        File = "file",
        /// Nowhere.
        Dummy = "dummy",
        /// Somewhere else.
        Other = "other",
    }
    /// Which library holds the connections to Redis.
    RedisLibrary {
        /// `django.core.cache.backends.redis`.
        DjangoCore = "django_core",
        /// django-redis.
        DjangoRedis = "django_redis",
        /// redis-py itself.
        RedisPy = "redis_py",
        /// channels_redis.
        ChannelsRedis = "channels_redis",
    }
    /// The object-relational mapper of some code.
    Orm {
        /// Django's.
        Django = "django",
        /// SQLAlchemy's.
        Sqlalchemy = "sqlalchemy",
    }
    /// A proxy that is not nginx.
    ProxyProgram {
        /// HAProxy.
        Haproxy = "haproxy",
        /// Traefik.
        Traefik = "traefik",
        /// Caddy.
        Caddy = "caddy",
        /// ingress-nginx, the controller of a cluster.
        IngressNginx = "ingress_nginx",
    }
    /// What a queryset or a statement is asked in a way that is worth a look.
    UseKind {
        /// What would give another queryset is called, and what it gives is not taken.
        ResultThrownAway = "result_thrown_away",
        /// `iterator()` without a `chunk_size` behind `prefetch_related`.
        IteratorPrefetch = "iterator_prefetch",
        /// `select_related()` without names.
        JoinedUnasked = "joined_unasked",
        /// `order_by("?")`.
        RandomOrder = "random_order",
        /// A field that no index starts with tells which rows are wanted.
        FilterWithoutIndex = "filter_without_index",
        /// A part of the rows is wanted, sorted by a field that no index starts with.
        OrderWithoutIndex = "order_without_index",
        /// A field is searched in a way that an index by its values does not serve: `icontains`.
        UnindexableLookup = "unindexable_lookup",
        /// A list is searched in fields of several tables, any of which may hold the word.
        SearchAcross = "search_across",
        /// A query joins several lists, whose product is what the database sends.
        JoinedLists = "joined_lists",
        /// Python adds up, or picks the largest of, what the database could.
        AggregateInPython = "aggregate_in_python",
        /// All rows are fetched to see whether there are any, or how many.
        FetchedToCount = "fetched_to_count",
        /// All rows are counted to see whether there are any.
        CountedToTest = "counted_to_test",
        /// An object is fetched for its key, which the row that refers to it has.
        KeyByObject = "key_by_object",
    }
    /// Where Django's admin offers rows for choice.
    ChoicePlace {
        /// In the form of one row.
        Form = "form",
        /// In each row of an inline.
        Inline = "inline",
        /// In each row of a list: `list_editable`.
        List = "list",
        /// Beside a list, to filter it by.
        Filter = "filter",
    }
    /// Who runs a piece of code, at most.
    Reach {
        /// Clients, by their requests; also where nobody knows.
        Requests = "requests",
        /// Staff, in Django's admin.
        Admin = "admin",
        /// A task queue.
        Tasks = "tasks",
        /// A clock, or a container: commands that a crontab, a script or a file of a deployment names.
        Scheduled = "scheduled",
        /// A person: commands and scripts that nothing is seen to schedule.
        Commands = "commands",
    }
    /// What a function is to the framework that runs it.
    Role {
        /// It answers requests: `@app.get(...)`.
        Route = "route",
        /// FastAPI runs it before a handler.
        Dependency = "dependency",
        /// It stands around the handlers.
        Middleware = "middleware",
        /// It answers messages of a WebSocket, in Channels.
        Consumer = "consumer",
        /// A view of Django, or a method of one.
        View = "view",
        /// Another framework calls it: `@bot.message(...)`.
        Handler = "handler",
        /// A queue runs it.
        Task = "task",
        /// It runs when the application starts or ends.
        Start = "start",
        /// A command.
        Command = "command",
        /// Other functions call it.
        Function = "function",
    }
    /// What a call waits for.
    WaitKind {
        /// Another server's answer.
        Http = "http",
        /// Time.
        Sleep = "sleep",
        /// A database.
        Database = "database",
        /// A database, by Django's mapper.
        DjangoOrm = "django_orm",
        /// Redis.
        Cache = "cache",
        /// A process.
        Subprocess = "subprocess",
        /// Its own computing.
        Cpu = "cpu",
        /// A mail server.
        Mail = "mail",
        /// What another thread or worker does.
        Result = "result",
    }
    /// Why reading an attribute asks the database.
    Implicit {
        /// The row was committed, and has expired.
        Expired = "expired",
        /// It is a relation that nobody has loaded.
        Lazy = "lazy",
    }
    /// How nginx picks a server of an upstream.
    Balance {
        /// In turn.
        RoundRobin = "round_robin",
        /// The one with the fewest connections.
        LeastConn = "least_conn",
        /// By the client's address.
        IpHash = "ip_hash",
        /// By a key.
        Hash = "hash",
        /// At random.
        Random = "random",
    }
}

impl Program {
    /// Whether it works on tasks, and answers no requests.
    pub fn is_worker(self) -> bool {
        use Program::*;
        matches!(self, CeleryWorker | CeleryBeat | Rq | Dramatiq | Taskiq | Huey | Arq | DjangoQ | PulpcoreWorker)
    }
}
