//! How much load it takes, as the cells of Markdown tables.

use serde::Serialize;

use super::{at, cell};
use crate::report::text::{figure, thousands};
use crate::view::{BoundRow, Capacity, CliffRow, InputRow, LoadRow, Range, View, WhatIfRow};

#[derive(Serialize)]
pub(super) struct Rows {
    title: String,
    answer: String,
    cliffs: Vec<Cliff>,
    bounds: Vec<Bound>,
    far: String,
    loads: Vec<Load>,
    assumptions: Vec<Input>,
    open: Vec<String>,
}

#[derive(Serialize)]
struct Cliff {
    resource: String,
    places: String,
    room: String,
    asked: String,
    rate: String,
    certainty: String,
}

#[derive(Serialize)]
struct Bound {
    resource: String,
    servers: String,
    hold: String,
    rate: String,
    binds: String,
}

#[derive(Serialize)]
struct Load {
    users: String,
    rate: String,
    response: String,
    binds: String,
    fails: String,
}

#[derive(Serialize)]
struct Input {
    symbol: String,
    what: String,
    value: String,
    because: String,
    better: String,
}

/// The rows of every application.
pub(super) fn rows(view: &View) -> Vec<Rows> {
    let many = view.stacks.len() > 1;
    let of = |it: &Capacity| {
        let (near, far) = it.near_and_far();
        Rows {
            title: if many { format!("`{}` in {}", it.service, it.stack) } else { format!("`{}`", it.service) },
            answer: it.answer.join(" "),
            cliffs: it.cliffs.iter().map(|row| cliff(view, row)).collect(),
            bounds: near.into_iter().map(|row| bound(view, row)).collect(),
            far: if far.is_empty() {
                String::new()
            } else {
                format!("Further off by more than 20 times: {}.", far.join(", "))
            },
            loads: it.loads.iter().map(load).collect(),
            assumptions: it.assumptions.iter().map(input).collect(),
            open: it.open.clone(),
        }
    };
    view.capacity.iter().map(of).collect()
}

fn cliff(view: &View, it: &CliffRow) -> Cliff {
    let places: Vec<String> = it.places.iter().map(|place| at(view, place)).collect();
    Cliff {
        resource: it.resource.clone(),
        places: if places.is_empty() { "a default".to_owned() } else { places.join(", ") },
        room: figure(it.room),
        asked: it.asked.map_or_else(|| "no limit".to_owned(), figure),
        rate: format!("{} a second", figure(it.rate)),
        certainty: it.certainty.clone(),
    }
}

fn bound(view: &View, it: &BoundRow) -> Bound {
    let mut from: Vec<String> = it.because.iter().map(|it| cell(it)).collect();
    from.extend(it.places.iter().map(|place| at(view, place)));
    let fails = if it.when_full == "fail" { ", then requests fail" } else { "" };
    Bound {
        resource: format!("{}{fails}", it.resource),
        servers: format!("{} ({})", figure(it.servers), from.join(", ")),
        hold: format!("{} ms = {}", figure(it.hold), it.formula),
        rate: figure(it.rate),
        binds: if it.binds > 0.0 { format!("{:.0} %", 100.0 * it.binds) } else { "-".to_owned() },
    }
}

fn load(it: &LoadRow) -> Load {
    Load {
        users: thousands(it.users),
        rate: figure(it.rate),
        response: format!("{} ms", figure(it.response)),
        binds: it.binds.clone().unwrap_or_else(|| "the users ask for no more".to_owned()),
        fails: if it.fails.is_empty() { "-".to_owned() } else { it.fails.join(", ") },
    }
}

fn input(it: &InputRow) -> Input {
    Input {
        symbol: it.symbol.clone(),
        what: it.what.clone(),
        value: it.value.clone(),
        because: it.because.clone(),
        better: it.better.as_ref().map_or_else(|| "-".to_owned(), |it| format!("`{it}`")),
    }
}

#[derive(Serialize)]
pub(super) struct WhatIf {
    service: String,
    before: String,
    after: String,
    binds: String,
    fails: String,
}

/// What would become of each application.
pub(super) fn what_if(view: &View) -> Vec<WhatIf> {
    let range = |it: &Range| format!("{} ({} to {})", figure(it.likely), figure(it.low), figure(it.high));
    let binds = |text: &String| if text.is_empty() { "undetermined".to_owned() } else { text.clone() };
    let row = |it: &WhatIfRow| WhatIf {
        service: it.service.clone(),
        before: range(&it.before),
        after: range(&it.after),
        binds: format!("{} → {}", binds(&it.binds_before), binds(&it.binds_after)),
        fails: if it.fails.is_empty() { "-".to_owned() } else { it.fails.join(", ") },
    };
    view.what_if.iter().map(row).collect()
}
