//! What parts that a deployment has not got would do, as the cells of a table.

use serde::Serialize;

use super::words::{gained, ranged};
use crate::view::{InputRow, PartRow, View};

#[derive(Serialize)]
pub(super) struct Part {
    change: String,
    service: String,
    before: String,
    after: String,
    gain: String,
    alone: String,
    binds: String,
    note: String,
    takes: Vec<String>,
    assumes: Vec<Assumed>,
    not_counted: Vec<String>,
    effort: String,
    risk: String,
    takes_effect: String,
    rollback: String,
    checklist: Vec<String>,
    done: Vec<String>,
}

#[derive(Serialize)]
struct Assumed {
    symbol: String,
    what: String,
    value: String,
    because: String,
    better: String,
}

/// The parts, in their order.
pub(super) fn rows(view: &View) -> Vec<Part> {
    let assumed = |it: &InputRow| Assumed {
        symbol: it.symbol.clone(),
        what: it.what.clone(),
        value: it.value.clone(),
        because: it.because.clone(),
        better: it.better.clone().unwrap_or_default(),
    };
    let row = |it: &PartRow| Part {
        change: it.change.clone(),
        service: it.service.clone(),
        before: ranged(&it.before),
        after: ranged(&it.after),
        gain: gained(&it.gain),
        alone: gained(&it.alone),
        binds: it.binds.clone(),
        note: it.note.clone(),
        takes: it.takes.clone(),
        assumes: it.assumes.iter().map(assumed).collect(),
        not_counted: it.not_counted.clone(),
        effort: it.effort.clone(),
        risk: it.risk.clone(),
        takes_effect: it.takes_effect.clone(),
        rollback: it.rollback.clone(),
        checklist: it.checklist.clone(),
        done: it.done.clone(),
    };
    view.plan.parts.iter().map(row).collect()
}
