//! What keeps watch over a deployment whose files hold all of it: metrics, exporters, error trackers, backups.
//!
//! It is told only where an application runs beside its own database, outside of Kubernetes and of any platform: others
//! bring monitoring that stands in no file. Whatever names a tool counts as having it, for a word too many costs nothing
//! here, and a gap that is none would.

use std::collections::BTreeSet;

use crate::source::{FileId, Sources, Span};
use crate::stack::vocabulary::{About, Upkeep};
use crate::stack::{Anchor, Fact, Id, Service, Stack};

use super::plan::{Deployment, ServicePlan};
use super::values::Code;

/// Agents that watch whatever they are pointed at.
const AGENTS: &[&str] = &[
    "telegraf",
    "datadog",
    "ddtrace",
    "netdata",
    "newrelic",
    "zabbix",
    "alloy",
    "collectd",
    "signoz",
    "checkmk",
    "pmm-client",
];
/// What tells how an application fares.
const METRICS: &[&str] = &[
    "prometheus",
    "opentelemetry",
    "otel_",
    "otel-",
    "otlp",
    "elasticapm",
    "elastic-apm",
    "apm-agent",
    "statsd",
    "grafana",
    "scout-apm",
    "scout_apm",
    "appsignal",
    "logfire",
    "starlette_exporter",
    "starlette-exporter",
    "cadvisor",
];
/// What tells how PostgreSQL or MySQL fares.
const DATABASE: &[&str] = &[
    "postgres_exporter",
    "postgres-exporter",
    "postgresql-exporter",
    "mysqld-exporter",
    "mysqld_exporter",
    "sql_exporter",
    "sql-exporter",
    "pgwatch",
    "pganalyze",
    "pghero",
    "pgmonitor",
    "pgbouncer-exporter",
];
/// What tells how Redis fares.
const REDIS: &[&str] = &["redis_exporter", "redis-exporter", "valkey-exporter", "redisinsight"];
/// What collects errors.
const ERRORS: &[&str] = &[
    "sentry",
    "rollbar",
    "bugsnag",
    "honeybadger",
    "glitchtip",
    "airbrake",
    "raven",
    "appsignal",
    "logfire",
    "elasticapm",
    "elastic-apm",
];
/// What makes copies of a database.
const BACKUPS: &[&str] = &[
    "backup",
    "pg_dump",
    "pg_basebackup",
    "pgbackrest",
    "wal-g",
    "wal_g",
    "barman",
    "mysqldump",
    "xtrabackup",
    "mariadb-dump",
    "restic",
    "borg",
    "duplicity",
    "litestream",
];
/// What takes over when a database or a Redis server is lost.
const TAKES_OVER: &[&str] =
    &["patroni", "repmgr", "pg_auto_failover", "stolon", "sentinel", "replication_mode", "galera"];

/// What the rest of the repository says, as words to look through.
pub(super) struct Words<'a> {
    pub(super) sources: &'a Sources,
    pub(super) code: &'a Code,
    /// The packages that are asked for.
    pub(super) packages: BTreeSet<&'a str>,
    /// Scripts and tasks.
    pub(super) scripts: Vec<FileId>,
}

/// Adds what keeps watch over a deployment to its stack, when its files hold all of it.
pub(super) fn add(
    stack: &mut Stack,
    deployment: &Deployment,
    plans: &[&ServicePlan],
    ids: &[Id<Service>],
    words: &Words<'_>,
) {
    let has_pods = plans.iter().any(|plan| plan.pod.is_some() || plan.is_unit());
    let own = stack.databases.iter().find_map(|it| it.service);
    let is_whole = !stack.databases.is_empty() && stack.databases.iter().all(|it| it.service.is_some());
    let served = stack.processes.iter().find(|it| !it.program.known().is_some_and(|program| program.is_worker()));
    let (Some(database), Some(served)) = (own, served.and_then(|it| it.service)) else { return };
    if has_pods || stack.in_pods || !is_whole || !deployment.managed.is_empty() || deployment.files.is_empty() {
        return;
    }
    let said = Said::of(deployment, plans, words);
    let at = |service: Id<Service>| stack[service].about.span.into_iter().collect::<Vec<Span>>();
    let fact = |wanted: &[&[&str]], service| Fact::derived(said.any(wanted), at(service));
    let unwatched = unwatched(stack, &said);
    let file = words.sources.file(deployment.files[0]);
    let upkeep = Upkeep {
        about: About {
            name: deployment.name.clone(),
            anchor: Anchor::new(file.path.clone(), "stack"),
            span: stack[served].about.span,
            owner: None,
            writers: Vec::new(),
        },
        metrics: fact(&[AGENTS, METRICS], served),
        error_tracker: fact(&[AGENTS, ERRORS], served),
        backups: fact(&[BACKUPS], database),
        unwatched: match unwatched.as_slice() {
            [] => Fact::Absent,
            all => Fact::derived(names(stack, all), all.iter().flat_map(|it| at(*it)).collect()),
        },
        singles: match singles(stack, ids, &said).as_slice() {
            [] => Fact::Absent,
            all => Fact::derived(names(stack, all), all.iter().flat_map(|it| at(*it)).collect()),
        },
    };
    stack.add(upkeep);
}

/// The stores of the stack that nothing watches.
fn unwatched(stack: &Stack, said: &Said) -> Vec<Id<Service>> {
    let mut out = Vec::new();
    if !said.any(&[AGENTS, DATABASE]) {
        out.extend(stack.databases.iter().filter_map(|it| it.service));
    }
    if !said.any(&[AGENTS, REDIS]) {
        out.extend(stack.redis_servers.iter().filter_map(|it| it.service));
    }
    out
}

/// The services of which there is one container, and without which the others stand still: stores that nothing takes over
/// for, and what serves.
fn singles(stack: &Stack, ids: &[Id<Service>], said: &Said) -> Vec<Id<Service>> {
    if said.any(&[TAKES_OVER]) {
        return Vec::new();
    }
    let mut needed: BTreeSet<u32> = BTreeSet::new();
    let mut need = |service: Option<Id<Service>>| needed.extend(service.map(|it| it.at));
    stack.databases.iter().for_each(|it| need(it.service));
    stack.redis_servers.iter().for_each(|it| need(it.service));
    stack.poolers.iter().for_each(|it| need(it.service));
    stack.nginxes.iter().for_each(|it| need(it.service));
    let servers = stack.processes.iter().filter(|it| it.port.known().is_some());
    servers.for_each(|it| need(it.service));
    let one = |id: &&Id<Service>| needed.contains(&id.at) && stack[**id].replicas.known() == Some(&1);
    ids.iter().filter(one).copied().collect()
}

fn names(stack: &Stack, services: &[Id<Service>]) -> Box<str> {
    let mut names: Vec<String> = services.iter().map(|it| format!("`{}`", stack[*it].about.name)).collect();
    names.dedup();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")).into(),
        _ => names.concat().into(),
    }
}

/// All that is said anywhere, in small letters.
struct Said(String);

impl Said {
    fn of(deployment: &Deployment, plans: &[&ServicePlan], words: &Words<'_>) -> Self {
        let mut text = String::new();
        let mut put = |more: &str| {
            text.push('\n');
            text.push_str(&more.to_ascii_lowercase());
        };
        // A service that only a profile starts is one that somebody thought of.
        deployment.files.iter().chain(&words.scripts).for_each(|file| put(words.sources.file(*file).text()));
        plans.iter().flat_map(|plan| &plan.environment).for_each(|it| put(&it.name));
        words.packages.iter().for_each(|package| put(package));
        let mut roots: BTreeSet<&str> = BTreeSet::new();
        for (_, module) in words.code.iter() {
            roots.extend(module.imports.iter().filter_map(|it| it.split('.').next()));
        }
        roots.into_iter().for_each(put);
        Self(text)
    }

    fn any(&self, wanted: &[&[&str]]) -> bool {
        let has = |word: &&str| memchr::memmem::find(self.0.as_bytes(), word.as_bytes()).is_some();
        wanted.iter().any(|words| words.iter().any(has))
    }
}
