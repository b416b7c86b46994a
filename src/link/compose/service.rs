//! One service of a deployment, as all its files together make it.

use crate::facts::env::EnvFile;
use crate::source::{Sources, Span};
use crate::stack::{Anchor, Fact, Slot, Why};
use crate::syntax::yaml::{Style, Value};
use crate::syntax::{Spanned, shell};

use super::super::plan::{CommandLine, ListStyle, ServicePlan};
use super::layers::{Layer, Layers};
use super::project::Shared;
use super::{attached, environment, place, units};

/// `docker compose` waits this long before it kills, in seconds.
const STOP_GRACE: f64 = 10.0;
/// The size of `/dev/shm` that Docker gives a container, in bytes.
const SHM_SIZE: u64 = 64 << 20;

/// The plan of a service: its name where it is first written, and what its files say, weakest first.
pub(super) fn plan(
    name: &Spanned<Box<str>>,
    service: &Layers<'_>,
    shared: &Shared<'_>,
    sources: &Sources,
    envs: &[&EnvFile],
) -> ServicePlan {
    let (mounts, hidden) = attached::mounts(service, shared);
    let first = service.0.first();
    let span = first.map_or(name.span, |layer| layer.node.span);
    let file = sources.file(name.span.file);
    ServicePlan {
        anchor: Anchor::new(file.path.clone(), format!("services.{}", name.value)),
        // A tag that nobody knows leaves the name: `postgres:${VERSION}` is PostgreSQL.
        image: service
            .get("image")
            .last()
            .and_then(|layer| Some(Spanned::new(layer.filled()?.text.text, layer.node.content_span()))),
        build: attached::build(service, sources),
        entrypoint: service.get("entrypoint").last().and_then(command),
        command: service.get("command").last().and_then(command),
        environment: environment::variables(service, envs),
        labels: environment::labels(service),
        most_at_once: Fact::Absent,
        disruption_budget: Fact::Absent,
        absent: Vec::new(),
        environment_open: environment::open(service),
        environment_slot: environment::slot(service),
        replicas: replicas(service, name.span),
        cpus: cpus(service),
        memory: either(service, &["deploy", "resources", "limits", "memory"], "mem_limit", "memory", |text| {
            units::bytes(text).filter(|bytes| *bytes > 0)
        }),
        shm_size: match service.get("shm_size").last() {
            Some(layer) => parsed(layer.fact(), units::bytes),
            None => Fact::default_of(SHM_SIZE, "Docker", "shm_size", Some(name.span)).with_slots(place::slot(
                service,
                &["shm_size"],
                "",
            )),
        },
        container_name: service.get("container_name").fact(),
        stop_grace: stop_grace(service, name.span),
        ports: attached::ports(service),
        expose: attached::expose(service),
        aliases: attached::aliases(service),
        mounts,
        hidden,
        depends_on: attached::depends_on(service),
        healthcheck: attached::healthcheck(service),
        restart: match service
            .path(&["deploy", "restart_policy", "condition"])
            .text()
            .or_else(|| service.get("restart").text())
        {
            Some(policy) => Fact::derived(policy.value, vec![policy.span]),
            None => Fact::default_of("no".into(), "Docker Compose", "restart", Some(name.span)),
        },
        profiles: super::profiles::of(service),
        init: service.get("init").text().is_some_and(|it| matches!(&*it.value, "true" | "yes" | "on")),
        working_dir: service.get("working_dir").text().map(|it| it.value),
        pod: None,
        folder: first.map_or_else(|| file.folder().into(), |layer| layer.folder.into()),
        name: name.clone(),
        span,
    }
}

/// `command` or `entrypoint`.
fn command(layer: Layer<'_>) -> Option<CommandLine> {
    let node = layer.node;
    match &node.value {
        Value::List { items, flow } => {
            let words = items.iter().filter_map(|item| {
                let text = layer.at(item).filled()?.text.text;
                Some(Spanned::new(text, item.content_span()))
            });
            let style = match flow {
                true => ListStyle::Brackets,
                false => ListStyle::Dashes { line: place::line(layer.file(), node.span.start as usize, 0)?.into() },
            };
            Some(CommandLine::Exec { words: words.collect(), style, span: node.span })
        }
        // An empty text takes the image's away, as an empty list does.
        Value::Scalar { text, style } if text.is_empty() && *style != Style::Plain => {
            Some(CommandLine::Exec { words: Vec::new(), style: ListStyle::Brackets, span: node.span })
        }
        Value::Scalar { .. } => {
            let text = layer.filled()?.text;
            let script = shell::parse(&text).tree;
            Some(CommandLine::Text { text, script, shell: false, span: node.span })
        }
        Value::Map { .. } => None,
    }
}

fn replicas(service: &Layers<'_>, name: Span) -> Fact<u64> {
    if let Some(mode) = service.path(&["deploy", "mode"]).text()
        && &*mode.value == "global"
    {
        return Fact::Unknown(Why::at("one on every node of the swarm", mode.span));
    }
    let said = service.path(&["deploy", "replicas"]).last().or_else(|| service.get("scale").last());
    match said {
        Some(layer) => parsed(layer.fact(), |text| text.parse().ok()),
        None => Fact::default_of(1, "Docker Compose", "replicas", Some(name)).with_slots(place::slot(
            service,
            &["deploy", "replicas"],
            "",
        )),
    }
}

fn stop_grace(service: &Layers<'_>, name: Span) -> Fact<f64> {
    let Some(layer) = service.get("stop_grace_period").last() else {
        return Fact::default_of(STOP_GRACE, "Docker", "stop_grace_period", Some(name)).with_slots(place::slot(
            service,
            &["stop_grace_period"],
            "s",
        ));
    };
    let mut fact = parsed(layer.fact(), units::seconds);
    if let Fact::Known(sourced) = &mut fact {
        for slot in &mut sourced.slots {
            slot.after = "s".into();
        }
    }
    fact
}

/// The CPUs that a container may use: its limit, else the quota of each period, else the number of those it is bound to.
fn cpus(service: &Layers<'_>) -> Fact<f64> {
    let read = |text: &str| text.parse().ok().filter(|cpus| *cpus > 0.0);
    let limit = either(service, &["deploy", "resources", "limits", "cpus"], "cpus", "CPUs", read);
    if limit.span().is_some() || !matches!(limit, Fact::Unknown(_)) {
        return limit;
    }
    if let Some(layer) = service.get("cpu_quota").last() {
        let period = service.get("cpu_period").text();
        let period = period.map_or(Some(100_000.0), |text| {
            text.value.parse::<f64>().ok().or_else(|| Some(units::seconds(&text.value)? * 1e6))
        });
        let share = |text: &str| Some(text.parse::<f64>().ok()? / period?).filter(|cpus| *cpus > 0.0);
        return without_slots(parsed(layer.fact(), share));
    }
    match service.get("cpuset").last() {
        Some(layer) => without_slots(parsed(layer.fact(), units::set)),
        None => limit,
    }
}

/// A value that is made of what is written: no other can be written in its place.
fn without_slots<T>(mut fact: Fact<T>) -> Fact<T> {
    if let Fact::Known(sourced) = &mut fact {
        sourced.slots.clear();
    }
    fact
}

/// A limit, which has two places; without one the host's is the limit, and no file says it.
fn either<T>(
    service: &Layers<'_>,
    path: &[&str],
    old: &str,
    what: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Fact<T> {
    match service.path(path).last().or_else(|| service.get(old).last()) {
        Some(layer) => parsed(layer.fact(), read),
        None => Fact::unknown(format!("not limited, and no file says what {what} the host has")),
    }
}

/// A text as a value of its type. One that is none, or 0 where that means no limit, leaves it unknown.
pub(in crate::link) fn parsed<T>(fact: Fact<Box<str>>, read: impl FnOnce(&str) -> Option<T>) -> Fact<T> {
    let sourced = match fact {
        Fact::Known(sourced) => sourced,
        Fact::Unknown(why) => return Fact::Unknown(why),
        _ => return Fact::Absent,
    };
    match read(sourced.value.trim()) {
        Some(value) => Fact::Known(sourced.map(|_| value)),
        None => {
            let reason = format!("`{}` sets none", sourced.value);
            Fact::Unknown(Why::shown(reason, sourced.origin.span()))
        }
    }
}

/// The slots of everything that a service's plan says.
pub(in crate::link) fn slots(plan: &mut ServicePlan) -> Vec<&mut Slot> {
    fn of<T>(fact: &mut Fact<T>) -> impl Iterator<Item = &mut Slot> {
        let sourced = match fact {
            Fact::Known(sourced) => Some(sourced),
            _ => None,
        };
        sourced.into_iter().flat_map(|sourced| sourced.slots.iter_mut())
    }
    let mut all: Vec<&mut Slot> = plan.environment.iter_mut().flat_map(|it| of(&mut it.value)).collect();
    all.extend(of(&mut plan.replicas));
    all.extend(of(&mut plan.cpus));
    all.extend(of(&mut plan.memory));
    all.extend(of(&mut plan.shm_size));
    all.extend(of(&mut plan.container_name));
    all.extend(of(&mut plan.stop_grace));
    all
}
