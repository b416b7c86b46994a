//! Databases, what connects to them, and what stands between.

use super::{About, DjangoDatabase, Engine, Id, PoolClass, PoolMode, Process, Service};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// A database server.
    Database {
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
        /// Whether slow statements are told: logged, or counted by `pg_stat_statements`.
        slow_statements: Fact<bool> = "slow statements are told|slow statements are not told";
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
}

entity! {
    /// A term of the connection budget: one way in which the processes of one service open connections to one server.
    Client {
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
}

entity! {
    /// A pooler of database connections: PgBouncer.
    Pooler {
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
}

entity! {
    /// A pool of database connections that one process makes of its own: an SQLAlchemy engine, a driver's pool.
    Pool {
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
}
