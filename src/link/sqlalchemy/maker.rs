//! Which calls make a pool of database connections.

use crate::facts::python::CallSite;
use crate::stack::Engine;

/// What a call makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    /// `sqlalchemy.create_engine` and its kin.
    Engine {
        /// Whether it is asynchronous.
        is_async: bool,
    },
    /// `flask_sqlalchemy.SQLAlchemy`, whose engines are made of the application's configuration.
    Flask,
    /// `databases.Database`, which takes the driver that its URL names.
    Databases,
    /// Tortoise's connections, from a URL or a dict of them.
    Tortoise,
    /// A driver's own pool.
    Driver(Driver),
}

/// A pool of a driver: its keywords, and where they may stand without their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Driver {
    /// The program, by which the table of defaults knows it.
    pub(super) program: &'static str,
    /// The keyword of the largest size, and its place.
    pub(super) most: (&'static str, Option<usize>),
    /// The keyword of the smallest size.
    pub(super) least: &'static str,
    /// What the address stands under when it is one text, and its place.
    pub(super) url: (&'static str, Option<usize>),
    /// The scheme of what answers, for an address in parts.
    pub(super) scheme: &'static str,
    /// Whether it is asynchronous.
    pub(super) is_async: bool,
}

const ASYNCPG: Driver = Driver {
    program: "asyncpg",
    most: ("max_size", None),
    least: "min_size",
    url: ("dsn", Some(0)),
    scheme: "postgresql",
    is_async: true,
};
const PSYCOPG: Driver = Driver {
    program: "psycopg_pool",
    most: ("max_size", None),
    url: ("conninfo", Some(0)),
    is_async: false,
    ..ASYNCPG
};
const PSYCOPG2: Driver =
    Driver { program: "psycopg2", most: ("maxconn", Some(1)), least: "minconn", url: ("dsn", Some(2)), ..PSYCOPG };
const AIOPG: Driver = Driver { program: "aiopg", most: ("maxsize", Some(2)), least: "minsize", ..ASYNCPG };
const AIOMYSQL: Driver = Driver {
    program: "aiomysql",
    most: ("maxsize", Some(1)),
    least: "minsize",
    url: ("dsn", None),
    scheme: "mysql",
    is_async: true,
};
const PEEWEE: Driver = Driver {
    program: "peewee",
    most: ("max_connections", Some(1)),
    least: "",
    url: ("url", None),
    scheme: "postgresql",
    is_async: false,
};

impl Driver {
    /// What answers it.
    pub(super) fn engine(self) -> Engine {
        if self.scheme == "mysql" { Engine::Mysql } else { Engine::Postgres }
    }
}

impl Maker {
    pub(super) fn of(site: &CallSite) -> Option<Self> {
        Self::named(&site.name)
    }

    /// By the dotted name of what is called.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sqlalchemy.create_engine"
            | "sqlalchemy.engine.create_engine"
            | "sqlmodel.create_engine"
            | "sqlalchemy.engine_from_config"
            | "sqlalchemy.engine.engine_from_config" => Maker::Engine { is_async: false },
            "sqlalchemy.ext.asyncio.create_async_engine"
            | "sqlalchemy.ext.asyncio.engine.create_async_engine"
            | "sqlalchemy.ext.asyncio.async_engine_from_config" => Maker::Engine { is_async: true },
            "flask_sqlalchemy.SQLAlchemy" => Maker::Flask,
            "databases.Database" => Maker::Databases,
            "tortoise.Tortoise.init"
            | "tortoise.contrib.fastapi.register_tortoise"
            | "tortoise.contrib.fastapi.RegisterTortoise"
            | "tortoise.contrib.starlette.register_tortoise"
            | "tortoise.contrib.sanic.register_tortoise"
            | "tortoise.contrib.quart.register_tortoise" => Maker::Tortoise,
            "asyncpg.create_pool" | "asyncpg.pool.create_pool" => Maker::Driver(ASYNCPG),
            "psycopg_pool.ConnectionPool" => Maker::Driver(PSYCOPG),
            "psycopg_pool.AsyncConnectionPool" => Maker::Driver(Driver { is_async: true, ..PSYCOPG }),
            "psycopg2.pool.ThreadedConnectionPool" | "psycopg2.pool.SimpleConnectionPool" => Maker::Driver(PSYCOPG2),
            "aiopg.create_pool" => Maker::Driver(AIOPG),
            "aiomysql.create_pool" => Maker::Driver(AIOMYSQL),
            "playhouse.pool.PooledPostgresqlDatabase" | "playhouse.pool.PooledPostgresqlExtDatabase" => {
                Maker::Driver(PEEWEE)
            }
            "playhouse.pool.PooledMySQLDatabase" => Maker::Driver(Driver { scheme: "mysql", ..PEEWEE }),
            _ => return None,
        })
    }

    /// Whether the pool is asynchronous; nothing where the driver decides.
    pub(super) fn is_async(self) -> bool {
        match self {
            Maker::Engine { is_async } => is_async,
            Maker::Driver(driver) => driver.is_async,
            Maker::Databases | Maker::Tortoise => true,
            Maker::Flask => false,
        }
    }
}
