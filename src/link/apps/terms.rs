//! Terms of the connection budget, and counts over all processes.

use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, Mode, Process};
use crate::stack::{Client, Fact, Id, Origin, Sourced, Stack, Why};

use crate::link::network::Reached;

/// A term: the processes of one kind, and the connections that each of them opens.
pub(crate) fn client(
    stack: &Stack,
    process: Id<Process>,
    anchor: Anchor,
    span: Option<Span>,
    connections: Fact<u64>,
    reached: Reached,
) -> Client {
    let it = &stack[process];
    Client {
        about: About { name: it.about.name.clone(), anchor, span, owner: it.about.owner.clone(), writers: Vec::new() },
        replicas: it.replicas.clone(),
        processes: it.processes.clone(),
        connections,
        process: Some(process),
        database: reached.database,
        pooler: reached.pooler,
        ..Client::default()
    }
}

/// How many connections a process needs at a time when each thing that it works on has one of its own.
pub(crate) fn one_each(process: &Process, traffic: &str) -> Fact<u64> {
    let at = process.mode.span().into_iter().collect::<Vec<_>>();
    match process.mode.known() {
        Some(Mode::WsgiSync | Mode::CeleryPrefork | Mode::Single) => Fact::derived(1, at),
        Some(Mode::WsgiThreads | Mode::GrpcThreads | Mode::CeleryThreads | Mode::TaskThreads) => {
            bare(process.threads.clone())
        }
        Some(Mode::WsgiGevent | Mode::CeleryGevent | Mode::WsgiOnAsgi | Mode::TaskGevent | Mode::TaskAsync) => {
            bare(process.slots.clone())
        }
        Some(Mode::AsgiDjango | Mode::AsgiStarlette | Mode::AsgiOther) => Fact::Unbounded(Why::shown(traffic, at)),
        None => match &process.mode {
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            _ => Fact::unknown("how it serves is not known"),
        },
    }
}

/// The same value, not to be written through here.
pub(super) fn bare<T>(fact: Fact<T>) -> Fact<T> {
    match fact {
        Fact::Known(sourced) => Fact::Known(Sourced { slots: Vec::new(), ..sourced }),
        other => other,
    }
}

/// The processes of all containers: replicas times processes.
pub(crate) fn total_processes(process: &Process) -> Fact<u64> {
    product(bare(process.replicas.clone()), bare(process.processes.clone()))
}

/// The product of two counts, with the places of both.
fn product(a: Fact<u64>, b: Fact<u64>) -> Fact<u64> {
    match (a, b) {
        (Fact::Known(a), Fact::Known(b)) => joined(a, b, |a, b| a.saturating_mul(b)),
        (Fact::Known(_), other) | (other, _) => match other {
            Fact::OneOf(_) => Fact::unknown("branches give it"),
            other => other,
        },
    }
}

/// A value of two others. What is written decides over what is assumed, that over a default.
fn joined(a: Sourced<u64>, b: Sourced<u64>, each: impl Fn(u64, u64) -> u64) -> Fact<u64> {
    let value = each(a.value, b.value);
    let origin = match (a.origin, b.origin) {
        (Origin::Written(mut spans), Origin::Written(more)) => {
            spans.extend(more.into_iter().filter(|it| !spans.contains(it)).collect::<Vec<_>>());
            Origin::Written(spans)
        }
        (it @ Origin::Assumed(_), _) | (_, it @ Origin::Assumed(_)) => it,
        (it @ Origin::Written(_), _) | (_, it @ Origin::Written(_)) => it,
        (Origin::Default(a), Origin::Default(b)) if a.program == b.program => {
            Origin::Default(crate::stack::Default { setting: format!("{} and {}", a.setting, b.setting).into(), ..a })
        }
        (it, _) => it,
    };
    Fact::Known(Sourced { value, origin, slots: Vec::new() })
}
