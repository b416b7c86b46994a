//! Applications: which code a process runs, in which environment and with which settings, and what that code opens.
//!
//! Services and their processes stand in the stack already; here their databases, caches, pools, clients and queues
//! are added, one for each process that has them.

mod cache;
mod callers;
mod celery;
mod channels;
mod limiter;
mod locate;
mod reach;
mod redis;
mod seat;
mod settings;
mod started;
mod terms;
mod threads;
mod uses;

use std::collections::BTreeSet;

use crate::source::{FileId, Sources};
use crate::stack::{Fact, Id, Service, Stack};

use super::django;
use super::image::Image;
use super::network::Network;
use super::plan::{Running, ServicePlan};
use super::routes::Routes;
use super::values::Code;
use super::versions::Versions;

pub(super) use locate::{at as module_at, framework, module as locate_module};
pub(super) use reach::Reach;
pub(super) use seat::Seat;
pub(super) use settings::{Choice, is_for_development};
pub use started::{class_setting, server_call, serving};
pub(super) use terms::{client, one_each, total_processes};

/// A service as the code in it sees it.
pub struct Place<'a> {
    /// The service in the stack.
    pub service: Id<Service>,
    /// Its plan; the environment is that of its containers, the image's `ENV` below compose's.
    pub plan: &'a ServicePlan,
    /// The image it is built from the repository as.
    pub image: Option<&'a Image>,
    /// What runs in it.
    pub running: &'a [Running],
    /// The packages of its folder.
    pub versions: &'a Versions<'a>,
}

/// What the configuration of a Celery application says of a setting by its new name (`worker_concurrency`), as text;
/// absent when it does not say it. The application is what `-A` names.
pub fn celery_setting(code: &Code, place: &Place<'_>, app: &str, name: &str) -> Fact<Box<str>> {
    celery::setting_text(code, place, app, name)
}

/// Adds to the stack what the processes' code opens, and what it answers where its routes are given.
pub fn add(
    stack: &mut Stack,
    sources: &Sources,
    code: &Code,
    places: &[Place<'_>],
    network: &mut Network,
    routes: Option<&Routes<'_>>,
) {
    let seats = seat::seats(stack, code, places);
    let reach = Reach::of(stack, &seats);
    let apps = Apps { sources, code, reach: &reach };
    stack.by_name = by_name(code, &seats);
    for seat in &seats {
        if seat.is_django(stack) {
            django::add(stack, &apps, seat, network);
        }
        // Beat reads its schedule and sends tasks, and nothing else of the application.
        if seat.is_beat(stack) {
            celery::add(stack, &apps, seat, network);
            continue;
        }
        if seat.is_django(stack) {
            cache::add(stack, &apps, seat, network);
            channels::add(stack, &apps, seat, network);
        }
        threads::add(stack, &apps, seat);
        redis::add(stack, &apps, seat, network);
        if seat.serves(stack) {
            limiter::add(stack, &apps, seat);
            routes.into_iter().for_each(|routes| routes.add(stack, sources, seat));
        }
        celery::add(stack, &apps, seat, network);
    }
}

/// The files of settings that only their name speaks for: no process is told to use them.
fn by_name(code: &Code, seats: &[Seat<'_>]) -> BTreeSet<FileId> {
    let choices = || seats.iter().filter_map(|seat| seat.settings.as_ref().ok());
    let file = |choice: &settings::Choice| Some(code.module(choice.first())?.file);
    let told: BTreeSet<FileId> = choices().filter(|it| !it.is_by_name()).filter_map(file).collect();
    choices().filter(|it| it.is_by_name()).filter_map(file).filter(|it| !told.contains(it)).collect()
}

/// What all seats share.
pub(super) struct Apps<'a> {
    pub(super) sources: &'a Sources,
    pub(super) code: &'a Code,
    pub(super) reach: &'a Reach,
}

#[cfg(test)]
pub(super) mod tests;
