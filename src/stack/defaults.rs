//! What programs do when told nothing: one table, with the versions each line holds for and where it was read.

use super::Fact;
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
    row("gunicorn", "port", 8000.0, "gunicorn 27.0.1, config.py"),
    row("uvicorn", "workers", 1.0, "uvicorn 0.54.0, config.py"),
    row("uvicorn", "limit_max_requests", 0.0, "uvicorn 0.54.0, main.py"),
    Row { since: &[0, 41], ..row("uvicorn", "limit_max_requests_jitter", 0.0, "uvicorn 0.54.0, main.py") },
    row("uvicorn", "timeout_keep_alive", 5.0, "uvicorn 0.54.0, main.py"),
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
    row("sanic", "workers", 1.0, "sanic 25.12.1, cli/arguments.py"),
    row("sanic", "port", 8000.0, "sanic 25.12.1, mixins/startup.py"),
    row("quart", "port", 5000.0, "Quart 0.22.0, cli.py"),
    row("uWSGI", "processes", 1.0, "uWSGI 2.0.31, core/init.c"),
    row("uWSGI", "threads", 1.0, "uWSGI 2.0.31, core/init.c"),
    row("uWSGI", "max-requests", 0.0, "uWSGI 2.0.31, core/uwsgi.c"),
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
    row("Flask", "port", 5000.0, "Flask 3.1, cli.py"),
];

/// Pools of database connections.
const POOLS: &[Row] = &[
    row("SQLAlchemy", "pool_size", 5.0, "SQLAlchemy 2.1.9, pool/impl.py"),
    row("SQLAlchemy", "max_overflow", 10.0, "SQLAlchemy 2.1.9, pool/impl.py"),
    row("SQLAlchemy", "pool_timeout", 30.0, "SQLAlchemy 2.1.9, pool/impl.py"),
];

/// The whole table, a section for each family of programs.
pub const SECTIONS: &[&[Row]] = &[SERVERS, POOLS];

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
    fn a_default_names_its_program() {
        assert_eq!(count("gunicorn", "workers", None), Fact::default_of(1, "gunicorn", "workers", None));
        assert!(matches!(count("gunicorn", "nothing", None), Fact::Unknown(_)));
    }
}
