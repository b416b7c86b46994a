//! Django's settings, as each process uses them: databases, and what else decides how much it can serve.

mod database;
mod pool;
mod settings;
mod slots;

use crate::stack::Stack;

use super::apps::{Apps, Seat};
use super::network::Network;

pub(super) use settings::storage_of_cache;
pub(super) use slots::Writable;

/// Adds what the settings of a process say; their name alone where they are not in these files.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, network: &mut Network) {
    let Ok(choice) = &seat.settings else { return settings::add_elsewhere(stack, seat) };
    settings::add(stack, apps, seat, choice);
    database::add(stack, apps, seat, choice, network);
}
