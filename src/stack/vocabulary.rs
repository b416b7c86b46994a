//! The entities of a deployed stack and their fields: the one list that readers fill, rules are written over, and
//! `plimsoll facts` prints.
//!
//! Each field has its doc comment (what it is, its unit) and, after `=`, the words a report uses for it, in which `{}`
//! is the value. A field that is an `Id` or a list of them is a relation, which `link` makes.

use serde::{Deserialize, Serialize};

use super::fact::{Fact, Why, Writer};
use super::value::{Type, Value, Version};
use crate::source::Span;

/// File and entity, as `compose.yaml#services.web`: what baselines, suppressions and fingerprints key on. Never a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    /// The file's path below the root.
    pub file: Box<str>,
    /// What it is within the file: `services.web`, `http.gzip`, `DATABASES.default`, `ThreadListView.get`.
    pub entity: Box<str>,
}

impl Anchor {
    /// The anchor of an entity in a file.
    pub fn new(file: impl Into<Box<str>>, entity: impl Into<Box<str>>) -> Self {
        Self { file: file.into(), entity: entity.into() }
    }
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}#{}", self.file, self.entity)
    }
}

/// What every entity has.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What a report calls it: `web`, `db`, `chat.views.ThreadListView`.
    pub name: Box<str>,
    /// What it is keyed by.
    pub anchor: Anchor,
    /// Where it stands: the first label when nothing else is written. [`None`] only for what no file names.
    pub span: Option<Span>,
    /// The service that it is part of, which a slot must reach alone.
    pub owner: Option<Box<str>>,
    /// The changes it offers that are more than one value.
    pub writers: Vec<Writer>,
}

/// An entity of one kind: its place in the stack's list of that kind.
pub struct Id<T> {
    /// The place.
    pub at: u32,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The entity at this place of its list.
    pub fn new(at: usize) -> Self {
        Self { at: at as u32, kind: std::marker::PhantomData }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "#{}", self.at)
    }
}

/// Any entity of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId {
    /// Its kind.
    pub kind: Kind,
    /// Its place in the list of that kind.
    pub at: u32,
}

/// What a field of the vocabulary is, for the checker of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A fact of this type.
    Fact(Type),
    /// One entity of this kind, or none.
    One(Kind),
    /// Any number of entities of this kind.
    Many(Kind),
}

/// A field as the table of the vocabulary describes it.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in expressions.
    pub name: &'static str,
    /// What it is.
    pub ty: FieldType,
    /// Its doc comment.
    pub doc: &'static str,
    /// The words of a report, with `{}` for the value; empty for a relation.
    pub words: &'static str,
}

/// A kind of entity as the table of the vocabulary describes it.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// Its name in `for:`.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Its fields, in order.
    pub fields: &'static [FieldInfo],
}

/// The value of a field, for the evaluator.
#[derive(Clone, Debug)]
pub enum Field {
    /// A fact.
    Fact(Fact<Value>),
    /// One entity or none.
    One(Option<EntityId>),
    /// Entities.
    Many(Vec<EntityId>),
}

/// What may be the type of a field.
pub trait IsField {
    /// The kind of entity it names; [`None`] for a fact.
    const TYPE: FieldType;
    /// Its value.
    fn read(&self) -> Field;
}

/// A word of a fixed list.
pub trait Vocable: Copy + Into<Value> {
    /// All of them.
    const WORDS: &'static [&'static str];
    /// This one.
    fn word(self) -> &'static str;
}

macro_rules! facts_of {
    ($($of:ty => $as:expr),* $(,)?) => { $(
        impl IsField for Fact<$of> {
            const TYPE: FieldType = FieldType::Fact($as);
            fn read(&self) -> Field { Field::Fact(self.erase()) }
        }
    )* };
}
facts_of! { u64 => Type::Number, f64 => Type::Number, bool => Type::Bool, Box<str> => Type::Text, Version => Type::Version }

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

macro_rules! vocabulary {
    ($( $(#[doc = $doc:literal])* $kind:ident $name:literal in $list:ident {
        $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty $(= $words:literal)? ; )*
    } )*) => {
        /// The kinds of entities.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind { $( $(#[doc = $doc])* $kind ),* }

        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, Default)]
            pub struct $kind {
                /// Its name, its place, its writers.
                pub about: About,
                $( $(#[doc = $fdoc])* pub $field: $ty, )*
            }
            impl IsField for Option<Id<$kind>> {
                const TYPE: FieldType = FieldType::One(Kind::$kind);
                fn read(&self) -> Field { Field::One(self.map(|id| EntityId { kind: Kind::$kind, at: id.at })) }
            }
            impl IsField for Vec<Id<$kind>> {
                const TYPE: FieldType = FieldType::Many(Kind::$kind);
                fn read(&self) -> Field {
                    Field::Many(self.iter().map(|id| EntityId { kind: Kind::$kind, at: id.at }).collect())
                }
            }
            impl std::ops::Index<Id<$kind>> for Stack {
                type Output = $kind;
                fn index(&self, id: Id<$kind>) -> &$kind { &self.$list[id.at as usize] }
            }
            impl std::ops::IndexMut<Id<$kind>> for Stack {
                fn index_mut(&mut self, id: Id<$kind>) -> &mut $kind { &mut self.$list[id.at as usize] }
            }
            impl From<Id<$kind>> for EntityId {
                fn from(id: Id<$kind>) -> EntityId { EntityId { kind: Kind::$kind, at: id.at } }
            }
            impl Entity for $kind {
                fn about(&self) -> &About { &self.about }
                fn list(stack: &mut Stack) -> &mut Vec<Self> { &mut stack.$list }
            }
        )*

        /// One deployment: everything in it, by kind.
        #[derive(Clone, Debug, Default)]
        pub struct Stack {
            /// What it is called: the compose files that make it, or the folder.
            pub name: Box<str>,
            /// What it is for and how that is known, as the rest of a sentence that starts with its name; empty where
            /// nothing says it.
            pub because: Why,
            /// Whether Kubernetes runs it.
            pub in_pods: bool,
            $( $(#[doc = $doc])* pub $list: Vec<$kind>, )*
        }

        /// Every kind with its fields, in the order in which reports show them.
        pub const KINDS: &[KindInfo] = &[ $( KindInfo {
            kind: Kind::$kind,
            name: $name,
            doc: concat!($($doc),*),
            fields: &[ $( FieldInfo {
                name: stringify!($field),
                ty: <$ty as IsField>::TYPE,
                doc: concat!($($fdoc),*),
                words: concat!($($words)?),
            } ),* ],
        } ),* ];

        impl Stack {
            /// The entities of a kind, in order.
            pub fn all(&self, kind: Kind) -> impl Iterator<Item = EntityId> + use<> {
                let count = match kind { $( Kind::$kind => self.$list.len() ),* };
                (0..count as u32).map(move |at| EntityId { kind, at })
            }

            /// What every entity has, of this one.
            pub fn about(&self, id: EntityId) -> &About {
                match id.kind { $( Kind::$kind => &self.$list[id.at as usize].about ),* }
            }

            /// The same, to change.
            pub fn about_mut(&mut self, id: EntityId) -> &mut About {
                match id.kind { $( Kind::$kind => &mut self.$list[id.at as usize].about ),* }
            }

            /// A field of an entity by its place in the kind's table ([`KindInfo::fields`]).
            pub fn field(&self, id: EntityId, field: usize) -> Field {
                match id.kind { $( Kind::$kind => {
                    #[allow(unused_variables, reason = "a kind may have no field")]
                    let entity = &self.$list[id.at as usize];
                    let readers: &[fn(&$kind) -> Field] = &[ $( |entity| entity.$field.read() ),* ];
                    readers[field](entity)
                } ),* }
            }
        }
    };
}

/// What all entities share.
pub trait Entity: Sized {
    /// Its name, its place, its writers.
    fn about(&self) -> &About;
    /// The stack's list of its kind.
    fn list(stack: &mut Stack) -> &mut Vec<Self>;
}

impl Stack {
    /// Puts an entity into the stack.
    pub fn add<T: Entity>(&mut self, entity: T) -> Id<T> {
        let list = T::list(self);
        list.push(entity);
        Id::new(list.len() - 1)
    }
}

impl Kind {
    /// Its row of the table.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }
}

impl Program {
    /// Whether it works on tasks, and answers no requests.
    pub fn is_worker(self) -> bool {
        use Program::*;
        matches!(self, CeleryWorker | CeleryBeat | Rq | Dramatiq | Taskiq | Huey | Arq | DjangoQ)
    }
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
    }
    /// Who runs a piece of code, at most.
    Reach {
        /// Clients, by their requests; also where nobody knows.
        Requests = "requests",
        /// Staff, in Django's admin.
        Admin = "admin",
        /// A task queue.
        Tasks = "tasks",
        /// A person or a clock: commands and scripts.
        Commands = "commands",
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

vocabulary! {
    /// What runs in containers of its own: a compose service.
    Service "service" in services {
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
        /// How long Docker waits between SIGTERM and SIGKILL, in seconds.
        stop_grace: Fact<f64> = "{} s until it is killed";
        /// When Docker starts it anew after it has ended: `no`, `always`, `on-failure`, `unless-stopped`.
        restart: Fact<Box<str>> = "`restart` is `{}`";
        /// What runs in it.
        processes: Vec<Id<Process>>;
    }
    /// A server or worker that runs in a service, as its command line and configuration make it.
    Process "process" in processes {
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
    /// A database server.
    Database "database" in databases {
        /// What answers.
        engine: Fact<Engine> = "{}";
        /// The server's version.
        version: Fact<Version> = "version {}";
        /// How many connections the server accepts in all.
        max_connections: Fact<u64> = "accepts {} connections";
        /// How many of them are kept for superusers and reserved roles.
        reserved_connections: Fact<u64> = "{} of them kept for superusers";
        /// The server's own cache, in bytes.
        shared_buffers: Fact<u64> = "{} bytes of shared buffers";
        /// What one sort or hash of one query may use, in bytes.
        work_mem: Fact<u64> = "{} bytes for each sort or hash";
        /// The size of `/dev/shm`, in bytes.
        shm_size: Fact<u64> = "{} bytes of `/dev/shm`";
        /// The memory of its container, in bytes.
        memory: Fact<u64> = "{} bytes of memory";
        /// The service that runs it, when the stack does.
        service: Option<Id<Service>>;
        /// Everything that can open connections to it, a term each.
        clients: Vec<Id<Client>>;
        /// The poolers that stand before it.
        poolers: Vec<Id<Pooler>>;
    }
    /// A term of the connection budget: one way in which the processes of one service open connections to one server.
    Client "client" in clients {
        /// The containers that run it at once; as many as an autoscaler may start.
        replicas: Fact<u64> = "{} replicas";
        /// The processes in each of them.
        processes: Fact<u64> = "{} worker processes";
        /// The connections each process can open at most, of all its pools of this kind.
        connections: Fact<u64> = "up to {} connections a process";
        /// Whether this way goes past a pooler that the stack runs before the same database.
        bypasses: Fact<bool> = "goes past the pooler|goes through the pooler";
        /// The process.
        process: Option<Id<Process>>;
        /// The pool, when there is one.
        pool: Option<Id<Pool>>;
        /// The Django settings entry it comes from.
        django_database: Option<Id<DjangoDatabase>>;
        /// Where it ends: the database it reaches in the end.
        database: Option<Id<Database>>;
        /// The pooler it goes through, if it does.
        pooler: Option<Id<Pooler>>;
    }
    /// A pooler of database connections: PgBouncer.
    Pooler "pooler" in poolers {
        /// When a server connection goes back.
        pool_mode: Fact<PoolMode> = "pools by {}";
        /// The clients it accepts.
        max_client_conn: Fact<u64> = "accepts {} clients";
        /// The server connections for each user and database.
        default_pool_size: Fact<u64> = "{} server connections for each user and database";
        /// Those that may come on top under load.
        reserve_pool_size: Fact<u64> = "{} more in reserve";
        /// How long a client waits for a server connection, in seconds.
        query_wait_timeout: Fact<f64> = "lets a client wait {} s";
        /// The most server connections to one database; 0 for no limit.
        max_db_connections: Fact<u64> = "at most {} for one database";
        /// How many users and databases it pools for.
        pools: Fact<u64> = "{} pairs of user and database";
        /// The port it listens on.
        port: Fact<u64> = "listens on port {}";
        /// Its version.
        version: Fact<Version> = "version {}";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// The database behind it.
        database: Option<Id<Database>>;
        /// Who connects to it.
        clients: Vec<Id<Client>>;
        /// Who connects to the same database past it.
        bypassed_by: Vec<Id<Client>>;
    }
    /// A pool of database connections that one process makes of its own: an SQLAlchemy engine, a driver's pool.
    Pool "pool" in pools {
        /// Its kind.
        class: Fact<PoolClass> = "pool class {}";
        /// The connections it keeps.
        size: Fact<u64> = "`pool_size` is {}";
        /// Those it opens on top under load.
        max_overflow: Fact<u64> = "`max_overflow` is {}";
        /// The most it opens: `size` and `max_overflow` together.
        max: Fact<u64> = "at most {} connections a process";
        /// How long a request waits for a connection, in seconds.
        timeout: Fact<f64> = "waits {} s for a connection";
        /// Whether it tries a connection before it hands it out.
        pre_ping: Fact<bool> = "`pool_pre_ping` is {}";
        /// After how many seconds a connection is replaced; −1 for never.
        recycle: Fact<f64> = "`pool_recycle` is {}";
        /// Whether it is an asynchronous engine.
        is_async: Fact<bool> = "an asynchronous engine|a synchronous engine";
        /// Whether anything of its size is written.
        sized: Fact<bool> = "its size is written|its size is not written";
        /// What answers.
        engine: Fact<Engine> = "{}";
        /// Whether it stands in a function that runs for each request.
        per_call: Fact<bool> = "made anew in each call|made once";
        /// Whether statements are printed.
        echo: Fact<bool> = "`echo` is {}";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process that has it.
        process: Option<Id<Process>>;
        /// The database it reaches in the end.
        database: Option<Id<Database>>;
        /// The pooler it goes through.
        pooler: Option<Id<Pooler>>;
    }
    /// An entry of Django's `DATABASES`, as one process uses it.
    DjangoDatabase "django_database" in django_databases {
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
    /// Django's settings, as one process uses them.
    Settings "settings" in settings {
        /// The file of their module.
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
    /// A cache that a process uses: an entry of Django's `CACHES`.
    Cache "cache" in caches {
        /// Where it is.
        storage: Fact<Storage> = "stored in {}";
        /// Which library, for Redis.
        library: Fact<RedisLibrary> = "by {}";
        /// How the process serves.
        mode: Fact<Mode> = "serves as {}";
        /// How many processes use it, over all replicas.
        processes: Fact<u64> = "{} processes use it";
        /// Whether code that the process loads names Django's caches.
        used: Fact<bool> = "used here|named by no code here";
        /// Where it is, when it is not in the process: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
    }
    /// A pool of connections to Redis, of one process.
    RedisClient "redis_client" in redis_clients {
        /// Which library.
        library: Fact<RedisLibrary> = "by {}";
        /// The connections it opens at most.
        max_connections: Fact<u64> = "at most {} connections a process";
        /// Whether a request waits when all are in use, and does not fail.
        blocking: Fact<bool> = "waits when all are in use|raises when all are in use";
        /// How long it waits for an answer, in seconds.
        socket_timeout: Fact<f64> = "waits {} s for an answer";
        /// redis-py's version.
        version: Fact<Version> = "redis-py {}";
        /// Whether it is made anew in each call.
        per_call: Fact<bool> = "made anew in each call|made once";
        /// Whether `retry_on_timeout` is given.
        retry_on_timeout: Fact<bool> = "`retry_on_timeout` is {}";
        /// Whether the code only asks it whether Redis is there (`ping`), as a health check does.
        only_checked: Fact<bool> = "only a health check uses it|used for more than a health check";
        /// How many requests one process works on at a time.
        slots: Fact<u64> = "{} requests at a time in each process";
        /// How the process serves.
        mode: Fact<Mode> = "serves as {}";
        /// The processes that have such a pool, over all replicas.
        processes: Fact<u64> = "{} processes have it";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
        /// The server.
        server: Option<Id<RedisServer>>;
    }
    /// A Redis server of the stack.
    RedisServer "redis" in redis_servers {
        /// The clients it accepts.
        maxclients: Fact<u64> = "accepts {} clients";
        /// The memory it may use, in bytes; 0 for no limit.
        maxmemory: Fact<u64> = "`maxmemory` is {}";
        /// What it does when that is full.
        policy: Fact<Box<str>> = "`maxmemory-policy` is {}";
        /// Whether it holds a cache.
        is_cache: Fact<bool> = "holds a cache|holds no cache";
        /// Whether it holds a queue, a channel layer or anything else that must not be lost.
        is_broker: Fact<bool> = "holds a queue|holds no queue";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// Who connects.
        clients: Vec<Id<RedisClient>>;
    }
    /// A channel layer of Django Channels.
    ChannelLayer "channel_layer" in channel_layers {
        /// Where it is.
        storage: Fact<Storage> = "stored in {}";
        /// The messages that one channel holds.
        capacity: Fact<u64> = "holds {} messages a channel";
        /// How many processes use it, over all replicas.
        processes: Fact<u64> = "{} processes use it";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
    }
    /// Something that limits the rate of requests inside the application.
    Limiter "limiter" in limiters {
        /// Where it counts.
        storage: Fact<Storage> = "counts in {}";
        /// How many processes count, over all replicas.
        processes: Fact<u64> = "{} processes count";
        /// The process.
        process: Option<Id<Process>>;
    }
    /// A Celery worker with what its application says.
    TaskQueue "task_queue" in task_queues {
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
    /// A package of Python that a service runs with, of those that decide what is advised.
    Package "package" in packages {
        /// Its name, as the package index has it.
        name: Fact<Box<str>> = "needs `{}`";
        /// Its version: exact from a lock file, a range from a requirement.
        version: Fact<Version> = "version {}";
        /// The service.
        service: Option<Id<Service>>;
    }
    /// A variable that is set for a program which never reads it.
    DeadVariable "dead_variable" in dead_variables {
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
    /// An nginx, as its main configuration and what it includes make it.
    Nginx "nginx" in nginxes {
        /// Its version.
        version: Fact<Version> = "nginx {}";
        /// How many worker processes it starts.
        worker_processes: Fact<u64> = "{} worker processes";
        /// Whether that is left to nginx (`auto`).
        auto_workers: Fact<bool> = "`worker_processes` is `auto`|`worker_processes` is a number";
        /// The connections of each worker.
        worker_connections: Fact<u64> = "{} connections a worker";
        /// The files each worker may open.
        nofile: Fact<u64> = "{} open files a worker";
        /// The CPUs of its container.
        cpus: Fact<f64> = "{} CPUs";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// Its servers.
        hosts: Vec<Id<Host>>;
        /// Its upstreams.
        upstreams: Vec<Id<Upstream>>;
    }
    /// A `server` block of nginx, with what it inherits.
    Host "host" in hosts {
        /// Whether answers are compressed.
        gzip: Fact<bool> = "`gzip` is on|`gzip` is off";
        /// Whether JSON is among the compressed types.
        gzip_json: Fact<bool> = "`gzip_types` has JSON|`gzip_types` has no JSON";
        /// How hard it compresses.
        gzip_level: Fact<u64> = "`gzip_comp_level` is {}";
        /// How long a client's idle connection is kept, in seconds.
        client_keepalive: Fact<f64> = "keeps clients' idle connections for {} s";
        /// The largest body of a request that it takes, in bytes; what a location sets for itself is not told.
        client_max_body_size: Fact<u64> = "takes bodies of up to {} bytes";
        /// Whether it passes requests on, or serves text itself.
        serves_text: Fact<bool> = "passes requests on|passes no requests on";
        /// Whether what it passes on to compresses by itself, or something before it does.
        compressed_elsewhere: Fact<bool> = "something else compresses|nothing else compresses";
        /// Whether text leaves it that nobody compresses: neither it, nor what is behind or before it.
        uncompressed: Fact<bool> = "`gzip` is off|text is compressed, or none is sent";
        /// The nginx it is in.
        nginx: Option<Id<Nginx>>;
        /// Its locations that pass requests on.
        locations: Vec<Id<Location>>;
    }
    /// A `location` of nginx (or a `server` itself) that passes requests on.
    Location "location" in locations {
        /// Whether answers are buffered.
        buffering: Fact<bool> = "`proxy_buffering` is on|`proxy_buffering` is off";
        /// Whether request bodies are.
        request_buffering: Fact<bool> = "`proxy_request_buffering` is on|`proxy_request_buffering` is off";
        /// Whether it is for streams or sockets, by its path or its headers.
        streams: Fact<bool> = "for streams or sockets|for ordinary requests";
        /// Whether its path is one of WebSockets (`/ws`, `/socket.io`).
        sockets: Fact<bool> = "for WebSockets: {}";
        /// Whether it covers most of the site (`/`, `/api`).
        is_broad: Fact<bool> = "covers the site|covers a part of the site";
        /// The HTTP version towards the upstream.
        http_version: Fact<Box<str>> = "speaks HTTP/{} to the upstream";
        /// Whether the `Connection` header is cleared, so that connections are kept.
        connection_cleared: Fact<bool> = "the `Connection` header is cleared|the `Connection` header is not cleared";
        /// Whether a map sets `Connection: close` on ordinary requests.
        map_closes: Fact<bool> = "a map sets `Connection: close`|no map sets `Connection: close`";
        /// How long it waits for an answer, in seconds.
        read_timeout: Fact<f64> = "waits {} s for an answer";
        /// Whether requests that change something are sent again when an answer fails to come.
        retries_changes: Fact<bool> = "sends requests that change something again|sends no request that changes something again";
        /// Whether the upgrade to a WebSocket is passed on.
        upgrades: Fact<bool> = "passes the upgrade on|does not pass the upgrade on";
        /// Whether it is passed to a bare host and port, without an upstream block.
        implicit: Fact<bool> = "passes to a bare host|passes to an upstream";
        /// Whether one before it that covers the site, in the same server, passes to the same bare host.
        repeats: Fact<bool> = "passes where another does|the first that passes there";
        /// Whether it names its host by a variable, so that DNS is asked again.
        by_variable: Fact<bool> = "names its host by a variable|names its host as it is";
        /// The host it goes to.
        target: Fact<Box<str>> = "passes to `{}`";
        /// The port it goes to.
        port: Fact<u64> = "port {}";
        /// Whether that host is a service of the stack, or an address.
        host_known: Fact<bool> = "the host is in the stack|no service is called so";
        /// Whether anything there listens on that port.
        port_served: Fact<bool> = "something listens there|nothing listens there";
        /// How the service behind it serves.
        mode: Fact<Mode> = "the application serves as {}";
        /// The containers of the service behind it.
        replicas: Fact<u64> = "{} replicas behind it";
        /// nginx's version.
        version: Fact<Version> = "nginx {}";
        /// The server block.
        host: Option<Id<Host>>;
        /// The upstream it passes to.
        upstream: Option<Id<Upstream>>;
        /// The process behind it.
        process: Option<Id<Process>>;
    }
    /// An `upstream` block of nginx.
    Upstream "upstream" in upstreams {
        /// How many servers it lists.
        servers: Fact<u64> = "lists {} servers";
        /// How it picks.
        balance: Fact<Balance> = "picks by {}";
        /// The idle connections that each worker keeps.
        keepalive: Fact<u64> = "keeps {} idle connections";
        /// How long it keeps them, in seconds.
        keepalive_timeout: Fact<f64> = "keeps idle connections for {} s";
        /// Whether options are given that one address alone never uses (`max_fails`, `least_conn` …).
        idle_options: Fact<bool> = "has options that one address never uses|has no options that one address never uses";
        /// Whether its names are asked again while it runs.
        resolves: Fact<bool> = "asks DNS again|asks DNS once, when it starts";
        /// Whether a request passes to it at all.
        used: Fact<bool> = "passed to|nothing passes to it";
        /// The containers of the service behind it.
        replicas: Fact<u64> = "{} replicas behind it";
        /// How long the application keeps idle connections, in seconds.
        app_keepalive: Fact<f64> = "the application keeps idle connections for {} s";
        /// Whether the application closes every connection (gunicorn's sync worker).
        app_closes: Fact<bool> = "the application closes every connection|the application keeps connections open";
        /// Whether its locations speak HTTP/1.1 and clear `Connection`.
        recipe: Fact<bool> = "HTTP/1.1, and `Connection` cleared|not both HTTP/1.1 and `Connection` cleared";
        /// Whether the choice among its servers stands behind `keepalive`, which before 1.29.7 undoes that.
        method_last: Fact<bool> = "the balancing method stands behind `keepalive`|the balancing method stands before `keepalive`";
        /// nginx's version.
        version: Fact<Version> = "nginx {}";
        /// Its servers.
        members: Vec<Id<UpstreamServer>>;
        /// The locations that pass to it.
        locations: Vec<Id<Location>>;
    }
    /// A `server` line of an upstream.
    UpstreamServer "upstream_server" in upstream_servers {
        /// The host.
        target: Fact<Box<str>> = "host `{}`";
        /// The port.
        port: Fact<u64> = "port {}";
        /// Whether that host is a service of the stack, or an address.
        host_known: Fact<bool> = "the host is in the stack|no service is called so";
        /// Whether anything there listens on that port.
        port_served: Fact<bool> = "something listens there|nothing listens there";
        /// The port that the service behind it listens on.
        served_port: Fact<u64> = "the service listens on port {}";
        /// The upstream.
        upstream: Option<Id<Upstream>>;
    }
    /// A use of a rate or connection limit in nginx.
    LimitUse "limit_use" in limit_uses {
        /// Whether the zone it names is defined.
        zone_defined: Fact<bool> = "its zone is defined|its zone is not defined";
        /// The requests that may wait.
        burst: Fact<u64> = "a burst of {}";
        /// How many requests a second of one key it lets through.
        rate: Fact<f64> = "at most {} requests a second of one key";
        /// Whether those of the burst wait for their turn, and are not let through at once.
        delays: Fact<bool> = "a burst waits|a burst is let through at once";
        /// Whether it limits connections, not requests.
        is_conn: Fact<bool> = "limits connections|limits requests";
        /// The limit of connections.
        connections: Fact<u64> = "{} connections";
        /// Whether its key is the client's address.
        by_address: Fact<bool> = "its key is the client's address|its key is not the client's address";
        /// Whether another proxy stands before this one and its address is not unpacked.
        behind_proxy: Fact<bool> = "another proxy stands before it|no other proxy stands before it";
    }
    /// A proxy that is not nginx: HAProxy, Traefik, Caddy.
    Proxy "proxy" in proxies {
        /// The program.
        program: Fact<ProxyProgram> = "runs {}";
        /// Its version.
        version: Fact<Version> = "version {}";
        /// The connections that it accepts.
        max_connections: Fact<u64> = "accepts {} connections";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// The ways through it.
        routes: Vec<Id<Route>>;
    }
    /// A way through a proxy: which requests it passes to which address.
    Route "route" in routes {
        /// Which requests it is for, in the words of the proxy's own configuration.
        rule: Fact<Box<str>> = "for `{}`";
        /// The host it passes to.
        target: Fact<Box<str>> = "passes to `{}`";
        /// The port it passes to.
        port: Fact<u64> = "port {}";
        /// How many requests or connections it lets through at once.
        max_connections: Fact<u64> = "at most {} at once";
        /// How many requests a second it lets through.
        rate: Fact<f64> = "at most {} requests a second";
        /// How long it waits for a connection, in seconds.
        connect_timeout: Fact<f64> = "waits {} s for a connection";
        /// How long it waits for an answer, in seconds.
        read_timeout: Fact<f64> = "waits {} s for an answer";
        /// The proxy.
        proxy: Option<Id<Proxy>>;
        /// The service that is asked.
        service: Option<Id<Service>>;
    }
    /// A relation that is loaded for each row of a loop.
    LazyLoad "lazy_load" in lazy_loads {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The paths of relations from the row: `author.profile, tags`.
        path: Fact<Box<str>> = "reads `{}` for each row";
        /// The first of them, where it is read.
        read: Fact<Box<str>> = "reads `{}` for each row";
        /// The others, where they are read; absent when there is one alone.
        also_read: Fact<Box<str>> = "reads `{}` for each row too";
        /// The model of the rows.
        model: Fact<Box<str>> = "the queryset of `{}` does not load it";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// The serializer that reads it, when no loop does.
        serializer: Fact<Box<str>> = "serialised by `{}`";
        /// The relation that the first path ends with: `Thread.owner`.
        relation: Fact<Box<str>> = "`{}` comes from here";
        /// Whether a list is among them (prefetched), and not only single objects (joined).
        to_many: Fact<bool> = "a list|one object";
        /// Whether no more than the key is read, which is in the row.
        keyed: Fact<bool> = "its key is in the row|more than its key is read";
        /// Whether the loop is known to be short, by a slice or a constant.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// The call that would load it: `select_related("author")`.
        remedy: Fact<Box<str>> = "`{}` loads it";
    }
    /// A query that runs for each row of a loop.
    QueryInLoop "query_in_loop" in queries_in_loops {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The call: `Message.objects.filter(...).count()`; all of them where one line makes several.
        call: Fact<Box<str>> = "`{}` for each row";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// Whether the loop is known to be short.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// What does it in one query: `in_bulk`, `annotate(Count(...))`.
        remedy: Fact<Box<str>> = "`{}` does it in one";
    }
    /// A write that runs for each row of a loop.
    WriteInLoop "write_in_loop" in writes_in_loops {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The call: `message.save()`; all of them where one line makes several.
        call: Fact<Box<str>> = "`{}` for each row";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// Whether the loop is known to be short.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// Whether the model has a `save` or `delete` of its own, which a statement for all rows passes by.
        own: Fact<bool> = "the model does more than write|the model only writes";
        /// Whether receivers of `pre_save` or `post_save` run with each, which a statement for all rows does not call.
        signals: Fact<bool> = "this runs with each save, and not with a statement for all rows|no receiver of signals is known";
        /// Whether it commits each time.
        commits: Fact<bool> = "commits each time|does not commit each time";
        /// What does it in one statement: `bulk_create`, `bulk_update`.
        remedy: Fact<Box<str>> = "`{}` does it in one";
    }
    /// An endpoint that answers with a list.
    Listing "listing" in listings {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// Whether it is cut into pages, by itself or by a default.
        paginated: Fact<bool> = "is paged|is not paged";
        /// Whether the size of a page that the client may ask for has an end.
        capped: Fact<bool> = "the page's size is capped|the page's size is not capped";
        /// How many rows a page has that the client asks no size for.
        page_size: Fact<u64> = "a page has {} rows";
        /// What it lists: the model.
        model: Fact<Box<str>> = "lists `{}`";
        /// Whether it lists what belongs to one parent or user, and not all rows; also where a filter of the repository's
        /// own may see to that.
        narrowed: Fact<bool> = "lists what one parent has|lists all rows";
        /// Whether the model looks like a table to look things up in: few plain fields, no relation of its own, others
        /// that refer to it.
        lookup: Fact<bool> = "looks like a lookup table|does not look like a lookup table";
        /// Whether it is on a path that serves.
        hot: Fact<bool> = "on a path that serves|not on a path that serves";
    }
}
