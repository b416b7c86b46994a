//! What has changed since an earlier audit, as sentences and the cells of tables.

use serde::Serialize;

use super::text::{count, figure};
use super::words;
use crate::view::{BudgetChange, CapacityChange, CapacityThen, Comparison, FindingBrief, InputChange, View};

#[derive(Serialize)]
pub(super) struct Rows {
    opening: String,
    capacity: Vec<Capacity>,
    inputs: Vec<Input>,
    budgets: Vec<Budget>,
    settled: Vec<Finding>,
    new: Vec<Finding>,
}

#[derive(Serialize)]
struct Capacity {
    title: String,
    before: String,
    now: String,
    /// `1.5 times`, or nothing where one of them is not there or has no end.
    times: String,
    binds: String,
}

#[derive(Serialize)]
struct Input {
    service: String,
    symbol: String,
    what: String,
    before: String,
    now: String,
    r#where: Vec<String>,
}

#[derive(Serialize)]
struct Budget {
    database: String,
    before: String,
    now: String,
}

#[derive(Serialize)]
struct Finding {
    rule: String,
    severity: String,
    message: String,
    r#where: String,
}

/// The rows, if something is compared.
pub(super) fn rows(view: &View) -> Option<Rows> {
    let it = view.comparison.as_ref()?;
    let many = view.stacks.len() > 1;
    let inputs = it.capacity.iter().flat_map(|of| of.inputs.iter().map(|row| input(view, &of.service, row)));
    Some(Rows {
        opening: opening(it),
        capacity: it.capacity.iter().map(|row| capacity(row, many)).collect(),
        inputs: inputs.collect(),
        budgets: it.budgets.iter().map(|row| budget(row, many)).collect(),
        settled: it.settled.iter().map(|row| finding(view, row)).collect(),
        new: it.new.iter().map(|row| finding(view, row)).collect(),
    })
}

fn opening(it: &Comparison) -> String {
    let parts = [(it.settled.len(), "settled"), (it.new.len(), "new"), (it.left, "as before")];
    let parts: Vec<String> = parts.iter().map(|(number, what)| format!("{number} {what}")).collect();
    let all = count(it.settled.len() + it.new.len() + it.left, "finding");
    let same = it.plimsoll == env!("CARGO_PKG_VERSION");
    let other = if same {
        String::new()
    } else {
        format!(
            " The earlier audit was made by plimsoll {}: what is new or settled may be what plimsoll knows, and not what the \
             files say.",
            it.plimsoll
        )
    };
    format!("Of {all} in the audit of `{}` and in this one: {}.{other}", it.name, parts.join(", "))
}

fn capacity(it: &CapacityChange, many: bool) -> Capacity {
    let rate = |it: &Option<CapacityThen>| match it {
        None => "is not there".to_owned(),
        Some(it) => {
            let fails = if it.fails { ", then requests fail" } else { "" };
            format!("{} ({} to {}){fails}", figure(it.rate.likely), figure(it.rate.low), figure(it.rate.high))
        }
    };
    let likely = |it: &Option<CapacityThen>| it.as_ref().map(|it| it.rate.likely).filter(|it| it.is_finite());
    let times = match (likely(&it.before), likely(&it.now)) {
        (Some(before), Some(now)) if before > 0.0 => format!("{:.2}", now / before),
        _ => String::new(),
    };
    let binds = |it: &Option<CapacityThen>| it.as_ref().map_or_else(String::new, |it| it.binds.clone());
    let (old, new) = (binds(&it.before), binds(&it.now));
    Capacity {
        title: title(&it.service, &it.stack, many),
        before: rate(&it.before),
        now: rate(&it.now),
        times,
        binds: if old == new || old.is_empty() { new } else { format!("{old} → {new}") },
    }
}

fn input(view: &View, service: &str, it: &InputChange) -> Input {
    let value = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
    Input {
        service: service.to_owned(),
        symbol: it.symbol.clone(),
        what: it.what.clone(),
        before: value(&it.before),
        now: value(&it.now),
        r#where: it.places.iter().map(|place| words::place(view, place)).collect(),
    }
}

fn budget(it: &BudgetChange, many: bool) -> Budget {
    let said = |it: &Option<(String, String)>| {
        it.as_ref().map_or_else(|| "is not there".to_owned(), |(total, room)| format!("{total} of {room}"))
    };
    Budget { database: title(&it.database, &it.stack, many), before: said(&it.before), now: said(&it.now) }
}

fn finding(view: &View, it: &FindingBrief) -> Finding {
    Finding {
        rule: it.rule.clone(),
        severity: it.severity.clone(),
        message: it.message.clone(),
        r#where: it.place.as_ref().map_or_else(|| it.anchor.clone(), |place| words::place(view, place)),
    }
}

fn title(name: &str, stack: &str, many: bool) -> String {
    if many { format!("`{name}` in {stack}") } else { format!("`{name}`") }
}
