//! What programs do when told nothing: one table, with the versions each line holds for and where it was read.

use super::{Fact, Truth, Version};
use crate::source::Span;

/// What one program does about one setting when told nothing.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The program, as a report names it.
    pub program: &'static str,
    /// The setting, by the program's own name.
    pub setting: &'static str,
    /// The value, in the vocabulary's unit.
    pub value: f64,
    /// The first release it holds for; empty for all.
    pub since: &'static [u64],
    /// The first release it no longer holds for; empty for none.
    pub until: &'static [u64],
    /// Where it was read.
    pub source: &'static str,
}

const fn row(program: &'static str, setting: &'static str, value: f64, source: &'static str) -> Row {
    Row { program, setting, value, since: &[], until: &[], source }
}

/// Process servers and workers.
const SERVERS: &[Row] = &[
    row("gunicorn", "workers", 1.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "threads", 1.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "worker_connections", 1000.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "max_requests", 0.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "max_requests_jitter", 0.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "timeout", 30.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "graceful_timeout", 30.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "keepalive", 2.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "backlog", 2048.0, "gunicorn 27.0.1, config.py"),
    row("gunicorn", "port", 8000.0, "gunicorn 27.0.1, config.py"),
    row("uvicorn", "workers", 1.0, "uvicorn 0.54.0, config.py"),
    row("uvicorn", "limit_max_requests", 0.0, "uvicorn 0.54.0, main.py"),
    Row { since: &[0, 41], ..row("uvicorn", "limit_max_requests_jitter", 0.0, "uvicorn 0.54.0, main.py") },
    row("uvicorn", "timeout_keep_alive", 5.0, "uvicorn 0.54.0, main.py"),
    row("uvicorn", "backlog", 2048.0, "uvicorn 0.54.0, main.py"),
    row("uvicorn", "port", 8000.0, "uvicorn 0.54.0, main.py"),
    row("fastapi", "port", 8000.0, "fastapi-cli 0.0.34, cli.py"),
    row("daphne", "port", 8000.0, "daphne 4.2.3, cli.py"),
    row("hypercorn", "workers", 1.0, "hypercorn 0.18.0, config.py"),
    row("hypercorn", "max_requests", 0.0, "hypercorn 0.18.0, config.py"),
    row("hypercorn", "max_requests_jitter", 0.0, "hypercorn 0.18.0, config.py"),
    row("hypercorn", "graceful_timeout", 3.0, "hypercorn 0.18.0, config.py"),
    row("hypercorn", "keep_alive_timeout", 5.0, "hypercorn 0.18.0, config.py"),
    row("hypercorn", "port", 8000.0, "hypercorn 0.18.0, config.py"),
    row("granian", "workers", 1.0, "granian 2.8.7, cli.py"),
    row("granian", "port", 8000.0, "granian 2.8.7, cli.py"),
    row("granian", "backlog", 1024.0, "granian 2.8.7, cli.py"),
    row("granian", "runtime_threads", 1.0, "granian 2.8.7, cli.py"),
    row("uvicorn", "threads for WSGI", 10.0, "uvicorn 0.54.0, middleware/wsgi.py"),
    row("waitress", "threads", 4.0, "waitress 3.0.2, adjustments.py"),
    row("waitress", "port", 8080.0, "waitress 3.0.2, adjustments.py"),
    row("ingress-nginx", "proxy-connect-timeout", 5.0, "ingress-nginx, controller/config/config.go"),
    row("ingress-nginx", "proxy-read-timeout", 60.0, "ingress-nginx, controller/config/config.go"),
    row("NGINX Unit", "processes", 1.0, "NGINX Unit 1.35.0, src/nxt_router.c"),
    row("NGINX Unit", "threads", 1.0, "NGINX Unit 1.35.0, src/python/nxt_python.c"),
    row("NGINX Unit", "idle_timeout", 180.0, "NGINX Unit 1.35.0, src/nxt_router.c"),
    row("sanic", "workers", 1.0, "sanic 25.12.1, cli/arguments.py"),
    row("sanic", "port", 8000.0, "sanic 25.12.1, mixins/startup.py"),
    row("quart", "port", 5000.0, "Quart 0.22.0, cli.py"),
    row("uWSGI", "processes", 1.0, "uWSGI 2.0.31, core/init.c"),
    row("uWSGI", "threads", 1.0, "uWSGI 2.0.31, core/init.c"),
    row("uWSGI", "max-requests", 0.0, "uWSGI 2.0.31, core/uwsgi.c"),
    row("uWSGI", "max-worker-lifetime", 0.0, "uWSGI 2.0.31, core/uwsgi.c"),
    row("uWSGI", "listen", 100.0, "uWSGI 2.0.31, core/init.c"),
    row("uWSGI", "http-timeout", 60.0, "uWSGI 2.0.31, plugins/http/http.c"),
    row("mod_wsgi", "processes", 1.0, "mod_wsgi 6.0.0, wsgi_daemon.c"),
    row("mod_wsgi", "threads", 15.0, "mod_wsgi 6.0.0, wsgi_daemon.c"),
    row("mod_wsgi", "maximum-requests", 0.0, "mod_wsgi 6.0.0, wsgi_daemon.c"),
    row("mod_wsgi", "graceful-timeout", 15.0, "mod_wsgi 6.0.0, wsgi_daemon.c"),
    row("mod_wsgi", "listen-backlog", 100.0, "mod_wsgi 6.0.0, wsgi_daemon.h"),
    row("mod_wsgi-express", "processes", 1.0, "mod_wsgi 6.0.0, express/server.py"),
    row("mod_wsgi-express", "threads", 5.0, "mod_wsgi 6.0.0, express/options.py"),
    row("mod_wsgi-express", "port", 8000.0, "mod_wsgi 6.0.0, express/options.py"),
    row("mod_wsgi-express", "request-timeout", 60.0, "mod_wsgi 6.0.0, express/options.py"),
    row("pulpcore-api", "port", 24817.0, "pulpcore 3.117, app/entrypoint.py"),
    row("pulpcore-content", "port", 24816.0, "pulpcore 3.117, content/entrypoint.py"),
    row("rq", "num-workers", 1.0, "rq 3.0.0, cli/workers.py"),
    row("dramatiq", "threads", 8.0, "dramatiq 2.2.1, cli.py"),
    row("taskiq", "workers", 2.0, "taskiq 0.13.0, cli/worker/args.py"),
    row("taskiq", "max_async_tasks", 100.0, "taskiq 0.13.0, cli/worker/args.py"),
    row("huey", "workers", 1.0, "huey 3.5.4, consumer_options.py"),
    row("arq", "max_jobs", 10.0, "arq 0.28.0, worker.py"),
    row("uvicorn-gunicorn", "timeout", 120.0, "tiangolo/uvicorn-gunicorn-docker cb5abd5, gunicorn_conf.py"),
    row("uvicorn-gunicorn", "graceful_timeout", 120.0, "tiangolo/uvicorn-gunicorn-docker cb5abd5, gunicorn_conf.py"),
    row("uvicorn-gunicorn", "keepalive", 5.0, "tiangolo/uvicorn-gunicorn-docker cb5abd5, gunicorn_conf.py"),
    row("uvicorn-gunicorn", "port", 80.0, "tiangolo/uvicorn-gunicorn-docker cb5abd5, gunicorn_conf.py"),
    row("uwsgi-nginx", "processes", 16.0, "tiangolo/uwsgi-nginx-docker afe929b, python3.11.dockerfile"),
    row("celery", "worker_prefetch_multiplier", 4.0, "celery 5.7.0, app/defaults.py"),
    row("Django", "runserver port", 8000.0, "Django 5.2.19, commands/runserver.py"),
    row("Django", "cache TIMEOUT", 300.0, "Django 5.2.19, core/cache/backends/base.py"),
    row("Flask", "port", 5000.0, "Flask 3.1, cli.py"),
];

/// Pools of database connections.
const POOLS: &[Row] = &[
    row("SQLAlchemy", "pool_size", 5.0, "SQLAlchemy 2.1.9, pool/impl.py"),
    row("SQLAlchemy", "max_overflow", 10.0, "SQLAlchemy 2.1.9, pool/impl.py"),
    row("SQLAlchemy", "pool_timeout", 30.0, "SQLAlchemy 2.1.9, pool/impl.py"),
    row("psycopg_pool", "min_size", 4.0, "psycopg_pool 3.3.3, pool.py"),
    row("psycopg_pool", "timeout", 30.0, "psycopg_pool 3.3.3, pool.py"),
    Row { until: &[8], ..row("redis-py", "max_connections", f64::INFINITY, "redis 5.2.1, connection.py: 2**31") },
    Row { since: &[8], ..row("redis-py", "max_connections", 100.0, "redis 8.1.0, connection.py") },
    row("redis-py", "BlockingConnectionPool max_connections", 50.0, "redis 8.1.0, connection.py"),
    Row { until: &[8], ..row("redis-py", "socket_timeout", f64::INFINITY, "redis 5.2.1, connection.py") },
    Row { since: &[8], ..row("redis-py", "socket_timeout", 5.0, "redis 8.1.0, connection.py") },
    row("AnyIO", "total_tokens", 40.0, "anyio 4.16.0, _backends/_asyncio.py"),
    row("asyncpg", "max_size", 10.0, "asyncpg 0.32.0, pool.py"),
    row("aiopg", "maxsize", 10.0, "aiopg 1.4.0, pool.py"),
    row("aiomysql", "maxsize", 10.0, "aiomysql 0.3.2, pool.py"),
    row("Tortoise", "maxsize", 5.0, "tortoise-orm 1.1.9, backends/base_postgres/client.py"),
    row("peewee", "max_connections", 20.0, "peewee 4.5.3, playhouse/pool.py"),
];

/// Servers that keep data, and what stands before them. A size of 0 is no limit.
const STORES: &[Row] = &[
    row("PostgreSQL", "max_connections", 100.0, "PostgreSQL 15.18, postgres -C"),
    row("PostgreSQL", "superuser_reserved_connections", 3.0, "PostgreSQL 15.18, postgres -C"),
    Row {
        since: &[16],
        ..row("PostgreSQL", "reserved_connections", 0.0, "PostgreSQL 16 documentation, runtime-config-connection")
    },
    row("PostgreSQL", "shared_buffers", 128.0 * MIB, "PostgreSQL 15.18, postgres -C"),
    row("PostgreSQL", "work_mem", 4.0 * MIB, "PostgreSQL 15.18, postgres -C"),
    row("MariaDB", "max_connections", 151.0, "MariaDB 10.11.19, mariadbd --verbose --help"),
    row("MySQL", "max_connections", 151.0, "MySQL 8.0 reference manual, too-many-connections"),
    row("PgBouncer", "max_client_conn", 100.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("PgBouncer", "default_pool_size", 20.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("PgBouncer", "reserve_pool_size", 0.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("PgBouncer", "max_db_connections", 0.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("PgBouncer", "query_wait_timeout", 120.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("PgBouncer", "listen_port", 6432.0, "PgBouncer 1.18.0, SHOW CONFIG"),
    row("Redis", "maxclients", 10_000.0, "Redis 7.0.15, CONFIG GET"),
    row("Redis", "maxmemory", 0.0, "Redis 7.0.15, CONFIG GET"),
];

/// Platforms that run what they are given.
const PLATFORMS: &[Row] = &[
    row("Heroku", "dyno shutdown", 30.0, "devcenter.heroku.com/articles/dyno-shutdown-behavior, December 2024"),
    row("Render", "numInstances", 1.0, "render.com/docs/blueprint-spec, November 2026"),
    row("Render", "maxShutdownDelaySeconds", 30.0, "render.com/docs/blueprint-spec, November 2026"),
    row("Cloud Run", "cpu", 1.0, "cloud.google.com/run/docs/configuring/cpu, November 2026"),
];

/// Settings that are words.
pub const WORDS: &[(&str, &str, &str, &str)] = &[
    ("PgBouncer", "pool_mode", "session", "PgBouncer 1.18.0, SHOW CONFIG"),
    ("Redis", "maxmemory-policy", "noeviction", "Redis 7.0.15, CONFIG GET"),
    ("uWSGI", "cheaper-algo", "spare", "uWSGI 2.0.31, core/master.c"),
];

const MIB: f64 = 1024.0 * 1024.0;

/// The whole table, a section for each family of programs.
pub const SECTIONS: &[&[Row]] = &[SERVERS, POOLS, STORES, PLATFORMS];

/// The line of a setting, for the newest release that has one.
pub fn row_of(program: &str, setting: &str) -> Option<&'static Row> {
    let mut rows = SECTIONS.iter().copied().flatten();
    rows.rfind(|row| row.program == program && row.setting == setting)
}

/// A count, a size or a port that a program takes when told nothing; unknown when the table has no such line.
pub fn count(program: &str, setting: &str, at: Option<Span>) -> Fact<u64> {
    number(program, setting, at).map(|value| value as u64)
}

/// A number that a program takes when told nothing; unknown when the table has no such line.
pub fn number(program: &str, setting: &str, at: Option<Span>) -> Fact<f64> {
    match row_of(program, setting) {
        Some(row) => Fact::default_of(row.value, program, setting, at),
        None => Fact::unknown(format!("what {program} does without `{setting}` is not known")),
    }
}

/// A number that a program takes when told nothing at this version; unknown where lines differ and the version does
/// not tell between them.
pub fn at_version(program: &str, setting: &str, version: &Fact<Version>, at: Option<Span>) -> Fact<f64> {
    let holds = |row: &Row, version: &Version| {
        let since = if row.since.is_empty() { Truth::Yes } else { !version.less(row.since) };
        let until = if row.until.is_empty() { Truth::Yes } else { version.less(row.until) };
        since.and(until) == Truth::Yes
    };
    let mut rows = SECTIONS.iter().copied().flatten().filter(|row| row.program == program && row.setting == setting);
    match version.known().and_then(|version| rows.find(|row| holds(row, version))) {
        Some(row) => Fact::default_of(row.value, program, setting, at),
        None => Fact::unknown(format!("{program}'s version decides it, which is not known")),
    }
}

/// A setting's word that a program takes when told nothing; unknown when the table has no such line.
pub fn word(program: &str, setting: &str, at: Option<Span>) -> Fact<Box<str>> {
    match WORDS.iter().find(|line| (line.0, line.1) == (program, setting)) {
        Some(line) => Fact::default_of(line.2.into(), program, setting, at),
        None => Fact::unknown(format!("what {program} does without `{setting}` is not known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_has_two_lines_for_one_release() {
        let all: Vec<&Row> = SECTIONS.iter().copied().flatten().collect();
        for (at, row) in all.iter().enumerate() {
            let same =
                |other: &&&Row| (other.program, other.setting, other.since) == (row.program, row.setting, row.since);
            assert!(!all[..at].iter().any(|other| same(&other)), "{} {}", row.program, row.setting);
            assert!(!row.source.is_empty() && row.value >= 0.0);
        }
    }

    #[test]
    fn a_version_tells_between_lines() {
        let at = |version: Version| {
            let fact = at_version("redis-py", "max_connections", &Fact::derived(version, Vec::new()), None);
            fact.known().copied()
        };
        assert_eq!(at(Version::exact(&[5, 2], "5.2")), Some(f64::INFINITY));
        assert_eq!(at(Version::exact(&[8], "8")), Some(100.0));
        assert_eq!(at(Version { low: vec![5], high: None, written: ">=5".into() }), None);
        assert_eq!(word("Redis", "maxmemory-policy", None).known().map(|it| &**it), Some("noeviction"));
    }

    #[test]
    fn a_default_names_its_program() {
        assert_eq!(count("gunicorn", "workers", None), Fact::default_of(1, "gunicorn", "workers", None));
        assert!(matches!(count("gunicorn", "nothing", None), Fact::Unknown(_)));
    }
}
