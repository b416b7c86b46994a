//! What parts that a deployment has not got would do, as rows: what each takes, what it reaches, and how to see that it does.

mod advice;

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{assumed, named, number, rounded};
use super::mask::clean;
use super::{InputRow, Range};
use crate::capacity::{Added, Band, Part, Reach};

/// A part that could be added.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PartRow {
    /// Its kind: `pooler`, `replica`, `cache`, `read_replica`, `sentinel`.
    pub part: String,
    /// What it is, in words: `a second container of `web``.
    pub change: String,
    /// The service whose requests are counted.
    pub service: String,
    /// Requests a second before it, with all fixes made and the parts that stand before it.
    pub before: Range,
    /// Requests a second after it.
    pub after: Range,
    /// What it gains in this order, draw by draw: 0.25 for a quarter more.
    pub gain: Range,
    /// What it gains alone, of what there is now.
    pub alone: Range,
    /// What binds after it.
    pub binds: String,
    /// Why that much, where it is nothing, and when it would be more.
    pub note: String,
    /// Whether it is among those to add for the load.
    pub made: bool,
    /// What must be there or be done before it works.
    pub takes: Vec<String>,
    /// The numbers that it brings along and nobody states.
    pub assumes: Vec<InputRow>,
    /// What is left out of the figure, each a sentence.
    pub not_counted: Vec<String>,
    /// How long it takes a person.
    pub effort: String,
    /// What it risks: `low`, `medium`, `high`, and why.
    pub risk: String,
    /// What makes it take effect.
    pub takes_effect: String,
    /// How to take it back.
    pub rollback: String,
    /// What to do, in this order.
    pub checklist: Vec<String>,
    /// The numbers that say that it is done.
    pub done: Vec<String>,
}

/// What can be said of a part beside its figures.
#[derive(Clone, Debug, Default)]
struct Advice {
    kind: &'static str,
    change: String,
    takes: Vec<String>,
    not_counted: Vec<String>,
    effort: &'static str,
    risk: &'static str,
    takes_effect: &'static str,
    rollback: &'static str,
    checklist: Vec<String>,
    done: Vec<String>,
}

/// The row of a part.
pub(super) fn row(added: &Added) -> PartRow {
    let advice = advice::of(added);
    let needs = added.offer.needs.iter().map(|it| clean(it).into_owned());
    PartRow {
        part: advice.kind.to_owned(),
        change: advice.change,
        service: clean(&added.app).into_owned(),
        before: Range::of(added.before.rate),
        after: Range::of(added.after.rate),
        gain: gain(added.gain),
        alone: gain(added.alone),
        binds: binds(&added.after),
        note: note(added),
        made: added.made,
        takes: needs.chain(advice.takes).collect(),
        assumes: added.offer.inputs.iter().map(assumed).collect(),
        not_counted: advice.not_counted,
        effort: advice.effort.to_owned(),
        risk: advice.risk.to_owned(),
        takes_effect: advice.takes_effect.to_owned(),
        rollback: advice.rollback.to_owned(),
        checklist: advice.checklist,
        done: advice.done,
    }
}

/// A ratio as a share more, in whole hundredths.
fn gain(ratio: Band) -> Range {
    let more = |ratio: f64| ((ratio - 1.0) * 100.0).round() / 100.0;
    Range { low: more(ratio.low), likely: more(ratio.likely), high: more(ratio.high) }
}

fn binds(reach: &Reach) -> String {
    reach.binds.as_ref().map_or_else(String::new, |(kind, owner)| named(*kind, owner))
}

/// Why it gains so much, and when it would gain more.
fn note(added: &Added) -> String {
    if let Some((asked, room)) = added.asked {
        let asked = if asked.is_finite() {
            format!("up to {} connections can be asked for", number(asked))
        } else {
            "nothing limits the connections that are asked for".to_owned()
        };
        let then = if added.after.failing.len() < added.before.failing.len() {
            "requests wait for one instead of failing"
        } else {
            "it makes room for what comes next"
        };
        return format!("{asked}, and there is room for {}: {then}", number(room));
    }
    if let Some((owner, asked, room)) =
        added.after.failing.iter().find(|it| added.before.failing.iter().all(|old| old.0 != it.0))
    {
        return format!(
            "{} connections of `{}` could then be asked for, and there is room for {}: make that room, or the pools smaller, first",
            number(*asked),
            clean(owner),
            number(*room)
        );
    }
    if added.offer.part == Part::Sentinel {
        return "it is for the hour in which Redis stops, and for no load".to_owned();
    }
    if gain(added.gain).likely > 0.0 {
        return String::new();
    }
    // What binds stands before this.
    let first = if binds(&added.before).is_empty() { "" } else { "this does not lift it; " };
    let least = added.lifts.iter().min_by(|a, b| a.2.total_cmp(&b.2));
    match least {
        Some((kind, owner, rate)) => format!(
            "{first}at the likely values it matters from about {} requests a second on, where the {} gives out",
            number(rounded(*rate, 2)),
            named(*kind, owner)
        ),
        None => format!("{first}it lifts nothing that is counted"),
    }
}
