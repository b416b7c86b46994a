//! Whom a value in a Python file reaches: every service that loads the file.

use std::collections::BTreeMap;

use crate::source::FileId;
use crate::stack::vocabulary::Mode;
use crate::stack::{Fact, Slot, Sourced, Stack, Why};

use super::Seat;

/// The services that load each file, with how their processes serve.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    services: BTreeMap<FileId, BTreeMap<Box<str>, Vec<Option<Mode>>>>,
}

impl Reach {
    /// Whom the files of these seats reach.
    pub(super) fn of(stack: &Stack, seats: &[Seat<'_>]) -> Self {
        let mut reach = Self::default();
        for seat in seats {
            for module in seat.loaded.iter().filter_map(|id| seat.evaluator.code().module(*id)) {
                let services = reach.services.entry(module.file).or_default();
                services.entry(seat.service().into()).or_default().push(stack[seat.process].mode.known().copied());
            }
        }
        reach
    }

    /// A slot that says whom it reaches. One of a file that is not Python says so already.
    pub(crate) fn slot(&self, mut slot: Slot) -> Slot {
        if let Some(services) = self.services.get(&slot.span.file) {
            slot.reaches = services.keys().cloned().collect();
        }
        slot
    }

    /// Whether no process that loads a file serves one of these ways, and of all it is known how they serve.
    pub(crate) fn none_serves(&self, file: FileId, modes: &[Mode]) -> bool {
        let services = self.services.get(&file).into_iter().flatten();
        services.flat_map(|it| it.1).all(|mode| mode.is_some_and(|mode| !modes.contains(&mode)))
    }

    /// A fact whose slots say whom they reach.
    pub(crate) fn fact<T>(&self, mut fact: Fact<T>) -> Fact<T> {
        if let Fact::Known(Sourced { slots, .. }) | Fact::Unbounded(Why { slots, .. }) = &mut fact {
            *slots = std::mem::take(slots).into_iter().map(|it| self.slot(it)).collect();
        }
        fact
    }
}
