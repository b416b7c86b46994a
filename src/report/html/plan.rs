//! What each change buys, as a waterfall: each bar reaches from what is before it to what is after it.

use serde::Serialize;

use super::svg::{Anchor, Svg, cut};
use crate::report::text::figure;
use crate::report::words::{number_of, others, percent};
use crate::view::{PlanRow, Range, View, WhatIfRow};

#[derive(Serialize)]
pub(super) struct Rows {
    /// Markup, one for each application.
    drawings: Vec<Drawing>,
    changes: Vec<Change>,
    totals: Vec<Total>,
    others: String,
}

#[derive(Serialize)]
struct Drawing {
    title: String,
    /// Markup.
    drawing: String,
}

#[derive(Serialize)]
struct Change {
    finding: Option<usize>,
    change: String,
    service: String,
    before: String,
    after: String,
    gain: String,
    alone: String,
    binds: String,
    note: String,
    effort: Option<String>,
    risk: Option<String>,
    takes_effect: Option<String>,
    rollback: Option<String>,
}

#[derive(Serialize)]
struct Total {
    service: String,
    before: String,
    after: String,
    times: String,
    binds: String,
}

/// The rows, each with the number of its finding.
pub(super) fn rows(view: &View, numbers: &[usize]) -> Rows {
    let change = |row: &PlanRow| Change {
        finding: number_of(view, row, numbers),
        change: row.change.clone(),
        service: row.service.clone(),
        before: figure(row.before),
        after: figure(row.after),
        gain: percent(row.gain),
        alone: percent(row.alone),
        binds: row.binds.clone(),
        note: row.note.clone(),
        effort: row.effort.clone(),
        risk: row.risk.clone(),
        takes_effect: row.takes_effect.clone(),
        rollback: row.rollback.clone(),
    };
    let total = |it: &crate::view::TotalRow| Total {
        service: it.service.clone(),
        before: figure(it.before),
        after: figure(it.after),
        times: format!("{:.1}", it.after / it.before),
        binds: it.binds.clone(),
    };
    let mut services: Vec<&str> = view.plan.rows.iter().map(|row| row.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    let drawing = |(at, service): (usize, &&str)| {
        let own: Vec<&PlanRow> = view.plan.rows.iter().filter(|row| row.service == **service).collect();
        let drawing = draw(service, &own, &format!("plan-{at}"));
        (!drawing.is_empty()).then(|| Drawing { title: (*service).to_owned(), drawing })
    };
    Rows {
        drawings: services.iter().enumerate().filter_map(drawing).collect(),
        changes: view.plan.rows.iter().map(change).collect(),
        totals: view.plan.total.iter().filter(|it| it.after > it.before).map(total).collect(),
        others: others(view.plan.others),
    }
}

/// The changes of one application that are made.
fn draw(service: &str, rows: &[&PlanRow], name: &str) -> String {
    const ROW: f64 = 46.0;
    const WIDTH: f64 = 250.0;
    let made: Vec<&&PlanRow> = rows.iter().filter(|row| row.made).collect();
    let most = made.iter().map(|row| row.after.max(row.before)).fold(0.0, f64::max);
    if made.is_empty() || !(most > 0.0 && most.is_finite()) {
        return String::new();
    }
    let x = |rate: f64| rate / most * WIDTH;
    let mut svg = Svg::new(WIDTH + 120.0, ROW * made.len() as f64 + 22.0);
    for (nth, row) in made.iter().enumerate() {
        let y = ROW * nth as f64;
        let (low, high) = (row.before.min(row.after), row.before.max(row.after));
        svg.text((0.0, y + 14.0), Anchor::Start, "more", &cut(&row.change.replace('`', ""), 54));
        svg.rect([0.0, y + 20.0, x(low).max(1.0), 18.0], "bar rest");
        let class = if row.after < row.before { "bar cliff" } else { "bar first" };
        svg.rect([x(low), y + 20.0, (x(high) - x(low)).max(1.0), 18.0], class);
        let text = format!("{} ({})", figure(row.after), percent(row.gain));
        svg.text((x(high) + 8.0, y + 33.0), Anchor::Start, "name", &text);
    }
    let foot = ROW * made.len() as f64 + 14.0;
    svg.text((0.0, foot), Anchor::Start, "more", "requests a second, at the likely values");
    let said: Vec<String> =
        made.iter().map(|row| format!("{}: {} to {}", row.change, figure(row.before), figure(row.after))).collect();
    svg.finish(name, &format!("What each change buys {service}"), &said.join(". "))
}

#[derive(Serialize)]
pub(super) struct WhatIf {
    service: String,
    before: String,
    after: String,
    binds_before: String,
    binds_after: String,
    fails: Vec<String>,
}

/// What would become of each application.
pub(super) fn what_if(view: &View) -> Vec<WhatIf> {
    let range = |it: &Range| format!("{} ({} to {})", figure(it.likely), figure(it.low), figure(it.high));
    let binds = |text: &str| if text.is_empty() { "undetermined".to_owned() } else { text.to_owned() };
    let row = |it: &WhatIfRow| WhatIf {
        service: it.service.clone(),
        before: range(&it.before),
        after: range(&it.after),
        binds_before: binds(&it.binds_before),
        binds_after: binds(&it.binds_after),
        fails: it.fails.clone(),
    };
    view.what_if.iter().map(row).collect()
}
