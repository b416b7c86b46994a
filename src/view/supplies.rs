//! What goals take that no number of the files says, as rows of the table of goals: memory, the line, storage, money.

use super::BesideRow;
use super::capacity::{number, rounded};
use super::mask::clean;
use super::storage::bytes;
use crate::capacity::{Band, Cost, Goal, Input, InputId, Needed, Sizing, Source, Storage, Supplies, Supply};
use crate::config::Assume;

/// The rows; what an assumption rests on stands in the last column.
pub(super) fn rows(
    owner: &str,
    supplies: &Supplies,
    storage: &Storage,
    sizings: &[Sizing],
    assume: &Assume,
) -> Vec<BesideRow> {
    let owner = clean(owner);
    let all: Vec<Supply> = sizings.iter().map(|it| supplies.of(it)).collect();
    let stored: Vec<Option<Band>> = sizings.iter().map(|it| storage.bytes(users(it.goal, assume))).collect();
    let each = |of: &dyn Fn(&Supply) -> String| all.iter().map(of).collect::<Vec<String>>();
    let mut out = vec![
        BesideRow {
            what: format!("memory of `{owner}`'s processes"),
            now: match supplies.limit {
                Some(limit) => format!("{} in each container", bytes(Band::point(limit))),
                None => "no limit is known".to_owned(),
            },
            needed: each(&|it| pair(it.memory, 1000.0, ["MB", "GB"])),
            formula: format!("replicas · processes · {}", assumed(supplies, supplies.process)),
        },
        BesideRow {
            what: "line to clients".to_owned(),
            now: match assume.workload("link") {
                Some(said) => format!("{} Mbit/s", number(said.value[1])),
                None => "nobody says".to_owned(),
            },
            needed: each(&|it| pair(it.line, 1000.0, ["Mbit/s", "Gbit/s"])),
            formula: format!("X·8·b/η; {}", assumed(supplies, supplies.answer)),
        },
    ];
    if stored.iter().any(Option::is_some) {
        out.push(BesideRow {
            what: "storage of the tables whose rows are stated".to_owned(),
            now: String::new(),
            needed: stored.iter().map(|it| it.map_or_else(String::new, bytes)).collect(),
            formula: "rows · (bytes of a row and of its index entries)".to_owned(),
        });
    }
    let prices = assume.prices();
    let costs: Vec<Option<Cost>> = all.iter().zip(&stored).map(|(it, stored)| it.cost(prices, *stored)).collect();
    if let Some(first) = costs.iter().flatten().max_by_key(|it| it.of.len()) {
        let currency = prices.currency.as_deref().map_or(String::new(), |it| format!("{} ", clean(it)));
        let show = |it: &Option<Cost>| match it {
            Some(it) => {
                let [likely, safe] = [it.all.likely, it.all.safe].map(|it| number(rounded(it, 2)));
                format!("{currency}{likely} … {safe}")
            }
            None => String::new(),
        };
        let parts: Vec<String> = first.of.iter().map(|(price, what)| format!("{what} · {}", number(*price))).collect();
        let traffic = first.of.iter().any(|it| it.1 == "GB of traffic");
        let mean = if traffic { format!("; {}", assumed(supplies, supplies.mean)) } else { String::new() };
        out.push(BesideRow {
            what: "cost of a month, of what prices are stated for".to_owned(),
            now: String::new(),
            needed: costs.iter().map(show).collect(),
            formula: format!("{}: of `{owner}` and its database, nothing beside them{mean}", parts.join(" + ")),
        });
    }
    out
}

/// The users of a goal, or those that are stated, where anybody says how many.
fn users(goal: Goal, assume: &Assume) -> Option<f64> {
    match goal {
        Goal::Users(users) | Goal::Usage(users, _) => Some(users),
        Goal::Rate(_) => assume.workload("users").map(|it| it.value[1]),
    }
}

/// `1.2 … 3 GB`: the likely value and the safe one, in the larger unit from `step` of the smaller on.
fn pair(needed: Needed, step: f64, [small, large]: [&str; 2]) -> String {
    let (by, unit) = if needed.safe >= step { (step, large) } else { (1.0, small) };
    let show = |value: f64| number(rounded(value / by, 2));
    format!("{} … {} {unit}", show(needed.likely), show(needed.safe))
}

/// A number with how it is known: `worker_memory`, 150 MB (50 to 400, usual; …).
fn assumed(supplies: &Supplies, id: InputId) -> String {
    let input: &Input = supplies.inputs.get(id);
    let share = input.unit == crate::capacity::Unit::Share;
    let show = |value: f64| number(rounded(if share { 100.0 * value } else { value }, 3));
    let unit = super::capacity::unit(input.unit);
    let band = input.band;
    match &input.source {
        Source::Typical(why) => format!(
            "`{}`, {}{unit} ({} to {}: {})",
            input.symbol,
            show(band.likely),
            show(band.low),
            show(band.high),
            clean(why)
        ),
        _ if band.is_point() => format!("`{}`, {}{unit}, as stated", input.symbol, show(band.likely)),
        _ => format!(
            "`{}`, {}{unit} ({} to {}), as stated",
            input.symbol,
            show(band.likely),
            show(band.low),
            show(band.high)
        ),
    }
}
