//! The plan: which changes to make in which order, and what each buys, by working the model out again after each.
//!
//! A change is a proven fix of a finding. It is made on copies of the files, which are read and joined again, so what it
//! does to the model follows from what it does to the files and from nothing else. The order is greedy: what stops
//! requests from failing first, then what gains most for its effort on what binds at that point. A gain is a ratio; the
//! whole is the last figure by the first, and no sum.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::architecture::Added;
use super::model::Model;
use super::resource::{Kind, WhenFull};
use crate::source::{Applicability, Edit, FileId, Fix, Sources, apply};
use crate::stack::Stack;

/// The most changes that are tried against each other: the order takes the square of them.
const MOST: usize = 40;
/// Gains smaller than this are none.
const NOTICED: f64 = 0.005;

/// A change that could be made.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The finding's place in the report.
    pub finding: usize,
    /// The fix.
    pub fix: &'a Fix,
    /// The minutes that it takes a person.
    pub minutes: f64,
}

/// What one application comes to, with every input at its likely value.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The place of its deployment.
    pub stack: usize,
    /// The service.
    pub app: Box<str>,
    /// Requests a second.
    pub rate: f64,
    /// What binds.
    pub binds: Option<(Kind, Box<str>)>,
    /// How many servers of connections can be asked for more than they have.
    pub failing: usize,
    /// Everything that is held: how many, and for how many milliseconds.
    held: Vec<(Kind, Box<str>, f64, f64)>,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The finding's place in the report.
    pub finding: usize,
    /// Before, with everything made that stands before it.
    pub before: Vec<Figure>,
    /// After it.
    pub after: Vec<Figure>,
    /// With it alone.
    pub alone: Vec<Figure>,
    /// Whether it is among those to make: it gains, or stops requests from failing.
    pub made: bool,
}

/// What to do in which order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// As it is.
    pub now: Vec<Figure>,
    /// With everything made.
    pub then: Vec<Figure>,
    /// The changes that do something to what the model counts; those to make first.
    pub steps: Vec<Step>,
    /// How many others there are, which concern what the model does not count.
    pub others: usize,
    /// The deployments with everything made; empty where nothing is.
    pub stacks: Vec<Stack>,
    /// What parts that the deployments have not got would do beside that.
    pub parts: Vec<Added>,
}

/// What the files say when some of them hold another text: the stacks, with the models of each.
pub type Again<'a> = dyn Fn(&Sources, &[FileId]) -> (Vec<Stack>, Vec<Vec<Model>>) + Sync + 'a;

/// The plan that the changes make.
pub fn plan(sources: &Sources, models: &[Vec<Model>], changes: &[Change<'_>], again: &Again<'_>) -> Plan {
    let now = figures(models);
    let changes: Vec<Change<'_>> =
        changes.iter().filter(|it| it.fix.applicability != Applicability::Display).take(MOST).copied().collect();
    let with = |made: &[Change<'_>]| Some(figures(&made_on_copies(sources, made, again)?.1));
    let alone: Vec<Option<Vec<Figure>>> = changes.par_iter().map(|it| with(&[*it])).collect();
    let all = changes.len();
    let mut open: Vec<(Change<'_>, Vec<Figure>)> = changes
        .into_iter()
        .zip(alone)
        .filter_map(|(change, alone)| alone.filter(|alone| *alone != now).map(|alone| (change, alone)))
        .collect();
    let others = all - open.len();

    let (mut made, mut steps, mut before) = (Vec::new(), Vec::new(), now.clone());
    loop {
        let tried: Vec<Option<Vec<Figure>>> = open
            .par_iter()
            .map(|(change, _)| {
                let mut all: Vec<Change<'_>> = made.clone();
                all.push(*change);
                with(&all)
            })
            .collect();
        let worth = |at: usize| {
            let after = tried[at].as_ref()?;
            let (mends, gain) = compare(&before, after);
            (mends > 0 || (mends == 0 && gain > NOTICED)).then_some((mends, gain / open[at].0.minutes.max(1.0)))
        };
        let best = (0..open.len()).filter_map(|at| Some((at, worth(at)?))).max_by(|(a, one), (b, other)| {
            // Of equals the first in the report.
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)).then(b.cmp(a))
        });
        let Some((at, _)) = best else {
            // What is left gains nothing where all the others are made, and is said to.
            let left = open.into_iter().zip(tried).map(|((change, alone), after)| Step {
                finding: change.finding,
                before: before.clone(),
                after: after.unwrap_or_else(|| before.clone()),
                alone,
                made: false,
            });
            steps.extend(left);
            break;
        };
        let (change, alone) = open.remove(at);
        let Some(after) = tried.into_iter().nth(at).flatten() else { break };
        made.push(change);
        steps.push(Step { finding: change.finding, before: before.clone(), after: after.clone(), alone, made: true });
        before = after;
    }
    let stacks = if made.is_empty() { None } else { made_on_copies(sources, &made, again) };
    Plan { now, then: before, steps, others, stacks: stacks.map_or_else(Vec::new, |it| it.0), parts: Vec::new() }
}

/// How many servers have room that had none, and the sum of the logarithms of what the applications gain.
fn compare(before: &[Figure], after: &[Figure]) -> (isize, f64) {
    let mut out = (0, 0.0);
    for one in before {
        if let Some(other) = after.iter().find(|it| it.stack == one.stack && it.app == one.app) {
            out.0 += one.failing as isize - other.failing as isize;
            if one.rate > 0.0 && other.rate > 0.0 && one.rate.is_finite() && other.rate.is_finite() {
                out.1 += (other.rate / one.rate).ln();
            }
        }
    }
    out
}

impl Figure {
    /// What is held that is more, or held for a shorter time, than in another figure.
    pub fn raised(&self, before: &Figure) -> Vec<(Kind, Box<str>)> {
        let better = |it: &&(Kind, Box<str>, f64, f64)| {
            let old = before.held.iter().find(|old| old.0 == it.0 && old.1 == it.1);
            old.is_some_and(|old| it.2 / it.3 > old.2 / old.3 * (1.0 + NOTICED))
        };
        self.held.iter().filter(better).map(|it| (it.0, it.1.clone())).collect()
    }
}

/// What every application comes to.
fn figures(models: &[Vec<Model>]) -> Vec<Figure> {
    let of = |stack: usize, model: &Model| {
        let values = model.inputs.likely();
        let bounds = model.bounds(&values);
        let resource = |at: usize| (model.resources[at].kind, model.resources[at].owner.clone());
        let refuses = |at: usize| {
            let it = &model.resources[at];
            it.kind == Kind::Backends && it.when_full == WhenFull::Reject
        };
        let held = bounds.all.iter().map(|it| {
            let (kind, owner) = resource(it.resource);
            (kind, owner, it.servers, it.hold)
        });
        Figure {
            stack,
            app: model.app.name.clone(),
            rate: bounds.capacity(),
            binds: bounds.bottleneck().map(|it| resource(it.resource)),
            failing: bounds.all.iter().filter(|it| refuses(it.resource)).count(),
            held: held.collect(),
        }
    };
    models.iter().enumerate().flat_map(|(stack, models)| models.iter().map(move |it| of(stack, it))).collect()
}

/// What the files say with these changes made together; nothing when they do not fit together.
fn made_on_copies(
    sources: &Sources,
    changes: &[Change<'_>],
    again: &Again<'_>,
) -> Option<(Vec<Stack>, Vec<Vec<Model>>)> {
    let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in changes.iter().flat_map(|it| it.fix.edits()) {
        edits.entry(edit.span.file).or_default().push(edit);
    }
    let mut copies = sources.clone();
    let mut edited = Vec::new();
    for (file, mut edits) in edits {
        edits.sort();
        // Two changes may need the same edit, which is made once.
        edits.dedup();
        let text = apply(sources.file(file).text(), edits).ok()?;
        copies.replace(file, text);
        edited.push(file);
    }
    Some(again(&copies, &edited))
}
