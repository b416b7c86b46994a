//! What goals ask for, as the cells of a table.

use serde::Serialize;

use super::text::figure;
use super::words;
use crate::view::{BesideRow, FileDiff, GoalChange, GoalRow, KnobRow, Need, SizingRow, View};

#[derive(Serialize)]
pub(super) struct Sizing<D> {
    title: String,
    goals: Vec<Goal>,
    knobs: Vec<Knob>,
    beside: Vec<BesideRow>,
    notes: Vec<String>,
    flags: Vec<Flags>,
    /// What the goals ask of the files.
    changes: Vec<Change<D>>,
}

#[derive(Serialize)]
struct Change<D> {
    goal: String,
    says: String,
    left: Vec<String>,
    diffs: Vec<D>,
}

#[derive(Serialize)]
struct Goal {
    name: String,
    rate: String,
    met: String,
}

#[derive(Serialize)]
struct Knob {
    name: String,
    what: String,
    now: String,
    /// Where it is written, if it is: `compose.yaml:12`.
    r#where: String,
    needed: Vec<String>,
    formula: String,
}

#[derive(Serialize)]
struct Flags {
    goal: String,
    flags: String,
}

/// The rows of every application; `diff` lays out the changes of a file.
pub(super) fn rows<D>(view: &View, diff: impl Fn(&FileDiff) -> D) -> Vec<Sizing<D>> {
    let many = view.stacks.len() > 1;
    let change = |it: &GoalChange| Change {
        goal: it.goal.clone(),
        says: it.says.clone(),
        left: it.left.clone(),
        diffs: it.files.iter().map(&diff).collect(),
    };
    let of = |it: &SizingRow| Sizing {
        title: if many { format!("`{}` in {}", it.service, it.stack) } else { format!("`{}`", it.service) },
        goals: it.goals.iter().map(goal).collect(),
        knobs: it.knobs.iter().map(|row| knob(view, row)).collect(),
        beside: it.beside.clone(),
        notes: it.notes.clone(),
        flags: it
            .goals
            .iter()
            .filter(|it| !it.shown_by.is_empty())
            .map(|it| Flags { goal: it.goal.clone(), flags: it.shown_by.clone() })
            .collect(),
        changes: it.changes.iter().map(change).collect(),
    };
    view.sizing.iter().map(of).collect()
}

fn goal(it: &GoalRow) -> Goal {
    let share = format!("{:.0} % of the draws", 100.0 * it.met_in);
    Goal {
        name: it.goal.clone(),
        rate: words::ranged(&it.rate),
        met: match (it.met, it.stopped_by.as_str()) {
            (true, _) => format!("yes, and in {share}"),
            (false, "") => format!("no; in {share}"),
            (false, by) => format!("no, {by}; in {share}"),
        },
    }
}

fn knob(view: &View, it: &KnobRow) -> Knob {
    let need = |it: &Need| match it.enough {
        true => "enough".to_owned(),
        false => format!("{} … {}", figure(it.likely), figure(it.safe)),
    };
    Knob {
        name: it.name.clone(),
        what: it.what.clone(),
        now: it.now.clone(),
        r#where: it.places.first().map_or_else(String::new, |place| words::place(view, place)),
        needed: it.needed.iter().map(need).collect(),
        formula: it.formula.clone(),
    }
}
