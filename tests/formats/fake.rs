//! A small run made by hand: three findings over two files, one that nobody could decide, a file that is none.

use std::path::PathBuf;

use plimsoll::config::{Confidence, Severity};
use plimsoll::link::Aside;
use plimsoll::rule::{Finding, Label, Tally, Undecided};
use plimsoll::source::{Applicability, Edit, FileId, Fix, Skipped, SourceFile, Sources, Span};
use plimsoll::stack::vocabulary::{About, Client, Database, Service};
use plimsoll::stack::{Anchor, Fact, Stack, Why};
use plimsoll::view::{Problem, Report, RuleInfo, Suppressed};

const COMPOSE: &str = "\
services:
  web:
    build: .
    command: gunicorn wingman.asgi:application --workers 3
    environment:
      DATABASE_URL: postgres://wingman:hunter2@db:5432/wingman
    deploy:
      replicas: 40
  db:
    image: postgres:16
";

const SETTINGS: &str = "\
DEBUG = False

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': 'wingman',
        'PASSWORD': 'hunter2',
        'CONN_MAX_AGE': 600,
    },
}
";

fn sources() -> Sources {
    let file = |at, path: &str, text: &str| SourceFile::new(FileId(at), path, PathBuf::new(), text);
    Sources::new(vec![file(0, "docker-compose.yml", COMPOSE), file(1, "wingman/settings.py", SETTINGS)])
}

/// The first place of a text in a file.
fn span(file: u32, text: &str) -> Span {
    let whole = if file == 0 { COMPOSE } else { SETTINGS };
    let start = whole.find(text).unwrap();
    Span::new(FileId(file), start, start + text.len())
}

fn label(file: u32, text: &str, says: &str) -> Label {
    Label { span: span(file, text), text: says.into() }
}

fn budget() -> Finding {
    Finding {
        rule: "stack/connection-budget".into(),
        severity: Severity::Error,
        confidence: Confidence::High,
        message: "the processes can open 120 connections; `db` has room for 97".into(),
        anchor: Anchor::new("docker-compose.yml", "services.db"),
        labels: vec![
            label(0, "postgres:16", "accepts 100 connections"),
            label(0, "--workers 3", "3 worker processes"),
            label(0, "replicas: 40", "40 replicas"),
            label(1, "'CONN_MAX_AGE': 600", "`CONN_MAX_AGE` is 600"),
        ],
        notes: vec![
            "`max_connections` is 100, PostgreSQL's default".into(),
            "3 of them are kept for superusers, PostgreSQL's default of `superuser_reserved_connections`".into(),
        ],
        fixes: vec![],
        verify: "psql -Atc \"select count(*) from pg_stat_activity\" stays under 97 at peak load".into(),
    }
}

fn conn_max_age() -> Finding {
    Finding {
        rule: "django/conn-max-age-asgi".into(),
        severity: Severity::High,
        confidence: Confidence::Medium,
        message: "`CONN_MAX_AGE` is 600 under ASGI: connections are kept by threads that never come back".into(),
        anchor: Anchor::new("wingman/settings.py", "DATABASES.default"),
        labels: vec![
            label(1, "'CONN_MAX_AGE': 600", "`CONN_MAX_AGE` is 600"),
            label(0, "gunicorn wingman.asgi:application", "serves as asgi django"),
        ],
        notes: vec![],
        fixes: vec![
            Fix::new(
                "set `CONN_MAX_AGE` to 0",
                Applicability::Safe,
                vec![Edit::replace(
                    Span::new(FileId(1), span(1, "600").start as usize, span(1, "600").end as usize),
                    "0",
                )],
            ),
            Fix::new("use a psycopg pool of 4 to 20 connections", Applicability::Display, vec![]),
        ],
        verify: "select count(*) from pg_stat_activity falls when the load ends".into(),
    }
}

fn no_limit() -> Finding {
    let service = span(0, "  web:\n    build: .\n");
    let end = service.end as usize;
    Finding {
        rule: "compose/no-memory-limit".into(),
        severity: Severity::Low,
        confidence: Confidence::High,
        message: "no limit of memory: one leak takes the host down".into(),
        anchor: Anchor::new("docker-compose.yml", "services.web"),
        labels: vec![Label { span: service, text: "no `mem_limit`".into() }],
        notes: vec![],
        fixes: vec![Fix::new(
            "set `mem_limit` to 1g",
            Applicability::Unsafe,
            vec![Edit::replace(Span::at(FileId(0), end), "    mem_limit: 1g\n")],
        )],
        verify: "docker stats shows a limit".into(),
    }
}

fn rule(name: &str, title: &str, severity: Severity, phase: u8) -> RuleInfo {
    RuleInfo {
        name: name.into(),
        title: title.into(),
        severity,
        why: "A process has its own connections. Under load it fills them.\n".into(),
        effort: Some("10m".into()),
        phase: Some(phase),
        risk: Some("low".into()),
        takes_effect: Some("restart".into()),
        rollback: Some("put the old value back and restart".into()),
        symptoms: vec!["sorry, too many clients already".into()],
        sources: vec!["https://www.postgresql.org/docs/16/runtime-config-connection.html".into()],
        page: "---\ntitle: x\n---\nA process has its own connections.\n".into(),
    }
}

fn stack() -> Stack {
    let mut stack = Stack { name: "docker-compose.yml".into(), ..Stack::default() };
    let about = |name: &str, file: u32, text: &str| About {
        name: name.into(),
        anchor: Anchor::new("docker-compose.yml", format!("services.{name}")),
        span: Some(span(file, text)),
        owner: Some(name.into()),
        writers: vec![],
    };
    stack.add(Service {
        about: about("web", 0, "web"),
        replicas: Fact::written(40, span(0, "40")),
        memory: Fact::unknown("no limit is set"),
        image: Fact::Absent,
        ..Service::default()
    });
    let database = stack.add(Database {
        about: about("db", 0, "db:\n"),
        max_connections: Fact::default_of(100, "PostgreSQL", "max_connections", Some(span(0, "postgres:16"))),
        reserved_connections: Fact::default_of(3, "PostgreSQL", "superuser_reserved_connections", None),
        ..Database::default()
    });
    let client = stack.add(Client {
        about: about("web", 0, "web"),
        replicas: Fact::written(40, span(0, "40")),
        processes: Fact::written(3, span(0, "3")),
        connections: Fact::derived(1, vec![span(1, "'CONN_MAX_AGE': 600")]),
        database: Some(database),
        ..Client::default()
    });
    let worker = stack.add(Client {
        about: about("worker", 0, "web"),
        replicas: Fact::default_of(1, "Docker", "replicas", None),
        processes: Fact::Unknown(Why::new("set by the environment (CONCURRENCY)")),
        connections: Fact::derived(1, vec![span(1, "'CONN_MAX_AGE': 600")]),
        database: Some(database),
        ..Client::default()
    });
    stack[database].clients = vec![client, worker];
    stack
}

/// The run.
pub(crate) fn report() -> Report {
    let tally = |rule: &str, passed, failed| (rule.into(), Tally { passed, failed, undecided: 0, not_applicable: 1 });
    Report {
        root: PathBuf::from("/somewhere/wingman"),
        sources: sources(),
        stacks: vec![stack()],
        unstarted: Vec::new(),
        aside: vec![Aside {
            name: "docker-compose.dev.yml".into(),
            files: vec![FileId(0)],
            because: Why::at("has `dev` in its path", Span::new(FileId(0), 0, 0)),
        }],
        read_as: vec![vec!["compose file"], vec!["Python code"]],
        findings: vec![no_limit(), conn_max_age(), budget()],
        suppressed: vec![Suppressed {
            finding: Finding { rule: "server/workers".into(), ..no_limit() },
            reason: "scaled by replicas".into(),
        }],
        tallies: vec![
            tally("stack/connection-budget", 0, 1),
            tally("django/conn-max-age-asgi", 0, 1),
            tally("compose/no-memory-limit", 1, 1),
            tally("server/workers", 3, 0),
        ],
        undecided: vec![Undecided {
            rule: "server/workers".into(),
            anchor: Anchor::new("docker-compose.yml", "services.web"),
            reasons: vec!["the CPUs of `web` are not known".into()],
        }],
        problems: vec![Problem { at: span(1, "DEBUG"), message: "expected an expression, found a newline".into() }],
        skipped: vec![Skipped { path: "assets/settings.py".into(), reason: "is binary, not text".into() }],
        rules: vec![
            rule(
                "stack/connection-budget",
                "the processes can open more connections than there is room for",
                Severity::Error,
                1,
            ),
            rule("django/conn-max-age-asgi", "connections are kept under ASGI", Severity::High, 1),
            rule("compose/no-memory-limit", "no limit of memory", Severity::Low, 2),
            rule("server/workers", "too few worker processes", Severity::Medium, 1),
        ],
    }
}

/// A run over these files, with one finding whose labels lie at these places, moved onto the texts' characters.
pub(crate) fn hostile(texts: &[String], places: &[(u32, usize, usize)]) -> Report {
    let boundary =
        |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
    let label = |&(file, one, two): &(u32, usize, usize)| {
        let text = &texts[file as usize];
        let (one, two) = (boundary(text, one), boundary(text, two));
        Label { span: Span::new(FileId(file), one.min(two), one.max(two)), text: "x".into() }
    };
    let labels: Vec<Label> = places.iter().map(label).collect();
    let fix = Fix::new("x", Applicability::Safe, vec![Edit::replace(labels[0].span, "new\nnew")]);
    let file =
        |(at, text): (usize, &String)| SourceFile::new(FileId(at as u32), format!("{at}"), PathBuf::new(), &**text);
    Report {
        sources: Sources::new(texts.iter().enumerate().map(file).collect()),
        findings: vec![Finding { labels, fixes: vec![fix], ..no_limit() }],
        ..Report::default()
    }
}
