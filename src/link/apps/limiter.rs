//! Rate limits inside the application: slowapi and Flask-Limiter.

use crate::link::values::{self, PyValue};
use crate::stack::vocabulary::{About, Anchor, Limiter, Storage};
use crate::stack::{Fact, Stack};

use super::{Apps, Seat, total_processes};

/// Adds the limiters that the code of a process makes.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>) {
    for &id in &seat.loaded {
        let Some(module) = apps.code.module(id) else { continue };
        for site in &module.calls {
            let program = match site.name.split('.').next() {
                Some("slowapi") if site.name.ends_with("Limiter") => "slowapi",
                Some("flask_limiter") if site.name.ends_with("Limiter") => "Flask-Limiter",
                _ => continue,
            };
            let uri = site.call.keyword("storage_uri").map(|it| seat.evaluator.expr(id, it));
            let storage = match uri {
                None | Some(Fact::Known(crate::stack::Sourced { value: PyValue::None, .. })) => {
                    let insertion = module.insertion(site.span).map(|it| apps.reach.slot(it.keyword("storage_uri")));
                    Fact::default_of(Storage::Memory, program, "storage_uri", Some(site.span)).with_slots(insertion)
                }
                Some(uri) => apps.reach.fact(values::address(&uri)).map(|it| storage(&it.scheme)),
            };
            let name = site.bound.as_deref().unwrap_or("limiter");
            let limiter = Limiter {
                about: About {
                    name: format!("{name} of {}", seat.service()).into(),
                    anchor: Anchor::new(module.path.clone(), format!("{name}@{}", seat.service())),
                    span: Some(site.span),
                    owner: Some(seat.service().into()),
                    writers: Vec::new(),
                },
                storage,
                processes: total_processes(&stack[seat.process]),
                process: Some(seat.process),
            };
            stack.add(limiter);
        }
    }
}

/// Where the library `limits` counts, by the scheme of its URI.
fn storage(scheme: &str) -> Storage {
    match scheme.trim_start_matches("async+").split('+').next().unwrap_or(scheme) {
        "memory" => Storage::Memory,
        "redis" | "rediss" | "valkey" | "valkeys" => Storage::Redis,
        "memcached" => Storage::Memcached,
        _ => Storage::Other,
    }
}
