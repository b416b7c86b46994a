//! How much load it takes, as the cells of Markdown tables.

use serde::Serialize;

use super::{at, cell};
use crate::report::text::{figure, thousands};
use crate::view::{BoundRow, Capacity, CliffRow, EvenCurve, InputRow, LoadRow, Range, View, WhatIfRow};

#[derive(Serialize)]
pub(super) struct Rows {
    title: String,
    answer: String,
    cliffs: Vec<Cliff>,
    bounds: Vec<Bound>,
    far: String,
    loads: Vec<Load>,
    /// The same as a chart of Mermaid's; empty where there are none.
    chart: String,
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
            chart: it.even_curve(STEPS).map_or_else(String::new, |curve| chart(it, &curve)),
            assumptions: it.assumptions.iter().map(input).collect(),
            open: it.open.clone(),
        }
    };
    view.capacity.iter().map(of).collect()
}

/// How many steps the chart has from none to the most users.
const STEPS: u32 = 20;

/// Throughput, and response times, against users. Mermaid's charts have evenly spaced points and no legend, so each has
/// one line of its own, and the title says what it is.
fn chart(it: &Capacity, curve: &EvenCurve) -> String {
    let title: String =
        it.service.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.')).collect();
    let draw = |what: &str, values: &[f64]| {
        let most = values.iter().copied().fold(0.0, f64::max);
        let line: Vec<String> = values.iter().map(f64::to_string).collect();
        format!(
            "```mermaid\nxychart-beta\n    title \"{title}: {what}\"\n    x-axis \"users\" 0 --> {}\n    \
             y-axis \"{what}\" 0 --> {}\n    line [{}]\n```\n",
            curve.users,
            if most > 0.0 { (most * 110.0).round() / 100.0 } else { 1.0 },
            line.join(", ")
        )
    };
    let rates = draw("requests a second", &curve.rates);
    format!("{rates}\n{}", draw("mean response in ms", &curve.responses))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_drawn_in_even_steps() {
        let row = |(users, rate): (usize, f64)| LoadRow { users, rate, response: 20.0, binds: None, fails: Vec::new() };
        let curve = [(1, 1.0), (10, 10.0), (25, 16.0), (40, 16.0)].map(row).to_vec();
        let it = Capacity {
            stack: String::new(),
            service: "web \"`x`\"".into(),
            state: "fine".into(),
            answer: Vec::new(),
            rate: Range { low: 1.0, likely: 1.0, high: 1.0 },
            users: None,
            verdict: "clear".into(),
            cliffs: Vec::new(),
            bounds: Vec::new(),
            loads: Vec::new(),
            curve,
            assumptions: Vec::new(),
            facts: Vec::new(),
            open: Vec::new(),
        };
        let even = it.even_curve(4);
        let text = even.map(|curve| chart(&it, &curve)).unwrap_or_default();
        let first = "```mermaid\nxychart-beta\n    title \"web x: requests a second\"\n    x-axis \"users\" 0 --> 40\n    y-axis \
                     \"requests a second\" 0 --> 17.6\n    line [0, 10, 14, 16, 16]\n```\n";
        assert!(text.starts_with(first), "{text}");
        assert!(text.contains("line [20, 20, 20, 20, 20]"), "{text}");
    }
}
