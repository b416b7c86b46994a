//! The sizes for a goal as changes of the files, tried as fixes are: made on copies, which are read and joined again, until
//! all that has a place is written; then the model must say that the goal is reached.

use std::collections::BTreeMap;

use super::{Goal, SAFE};
use crate::capacity::band::Band;
use crate::capacity::from_stack::{Places, model_places};
use crate::capacity::model::Model;
use crate::capacity::plan::Again;
use crate::config::Assume;
use crate::source::{Edit, FileId, Sources, apply};
use crate::stack::Stack;

/// Edits that meet are made one after the other; after so many turns nothing more is tried.
const TURNS: usize = 6;

/// What a goal asks of the files for one application.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The place of the deployment.
    pub stack: usize,
    /// The application.
    pub app: Box<str>,
    /// The goal.
    pub goal: Goal,
    /// The files that change, with the text that each then has.
    pub texts: Vec<(FileId, String)>,
    /// The numbers that are written, each with its value.
    pub written: Vec<(Box<str>, f64)>,
    /// The numbers that are not, each with its value and why, as the rest of a sentence that starts with it.
    pub left: Vec<(Box<str>, f64, String)>,
    /// Requests a second that the changed files come to by themselves: the likely value, and with what is left, too.
    pub rates: [f64; 2],
    /// What rules say of the changed files and did not say before, each a sentence; the caller's, who has the rules.
    pub brings: Vec<String>,
    /// Whether the model says that the goal is reached at the likely values and in nine of ten draws, with what is written
    /// read again and what is left taken to be so.
    pub reached: bool,
}

/// The state of the files on the way.
struct State {
    sources: Sources,
    edited: Vec<FileId>,
    stacks: Vec<Stack>,
}

/// The changes that these goals ask for, of every application: a goal that is reached as it is asks for none.
pub fn settle(sources: &Sources, stacks: &[Stack], assume: &Assume, goals: &[Goal], again: &Again<'_>) -> Vec<Settled> {
    let mut out = Vec::new();
    for stack in 0..stacks.len() {
        let models = model_places(stacks, stack, assume);
        for places in &models {
            out.extend(goals.iter().filter_map(|goal| {
                let state = State { sources: sources.clone(), edited: Vec::new(), stacks: stacks.to_vec() };
                one(state, sources, stack, &places.model, *goal, assume, again)
            }));
        }
    }
    out
}

fn one(
    mut state: State,
    before: &Sources,
    stack: usize,
    model: &Model,
    goal: Goal,
    assume: &Assume,
    again: &Again<'_>,
) -> Option<Settled> {
    let sizing = model.size(goal)?;
    if sizing.met && sizing.now >= SAFE {
        return None;
    }
    let sized = sizing.sizes.iter().filter(|it| !it.follows);
    let wanted: Vec<(Box<str>, f64)> =
        sized.map(|it| (sizing.model.inputs.get(it.input).symbol.clone(), it.safe)).collect();
    let wanted: Vec<(Box<str>, f64)> = wanted.into_iter().filter(|(name, value)| !is(model, name, *value)).collect();
    if wanted.is_empty() {
        return None;
    }
    let mut left: Vec<(Box<str>, f64, String)> = Vec::new();
    for _ in 0..TURNS {
        let mut edits: Vec<Edit> = Vec::new();
        left.clear();
        let models = model_places(&state.stacks, stack, assume);
        let places = models.iter().find(|it| it.model.app.name == model.app.name)?;
        for (name, value) in &wanted {
            if is(&places.model, name, *value) {
                continue;
            }
            match write(places, name, *value) {
                Ok(new) if new.iter().all(|it| edits.iter().all(|other| apart(it, other))) => edits.extend(new),
                // It waits for the next turn.
                Ok(_) => {}
                Err(why) => left.push((name.clone(), *value, why)),
            }
        }
        if edits.is_empty() {
            break;
        }
        state = state.with(edits, again)?;
    }
    let models = model_places(&state.stacks, stack, assume);
    let after = &models.iter().find(|it| it.model.app.name == model.app.name)?.model;
    let written: Vec<(Box<str>, f64)> =
        wanted.iter().filter(|(name, _)| left.iter().all(|it| it.0 != *name)).cloned().collect();
    let as_written = written.iter().all(|(name, value)| is(after, name, *value));
    let mut whole = after.with_pool();
    for (name, value, _) in &left {
        if let Some(id) = whole.inputs.by_symbol(name) {
            whole.inputs.get_mut(id).band = Band::point(*value);
        }
    }
    let reached = whole.size(goal).is_some_and(|it| it.met && it.now >= SAFE);
    let rate = |model: &Model| model.bounds(&model.inputs.likely()).capacity();
    let rates = [rate(after), rate(&whole)];
    let texts = state.edited.iter().map(|id| (*id, state.sources.file(*id).text().to_owned()));
    let texts = texts.filter(|(id, text)| before.file(*id).text() != text).collect();
    Some(Settled {
        stack,
        app: model.app.name.clone(),
        goal,
        texts,
        written,
        left,
        rates,
        brings: Vec::new(),
        reached: as_written && reached,
    })
}

/// Whether a number is this.
fn is(model: &Model, name: &str, value: f64) -> bool {
    let band = model.inputs.by_symbol(name).map(|id| model.inputs.get(id).band);
    band.is_some_and(|it| it.is_point() && it.likely == value)
}

fn write(places: &Places<'_>, name: &str, value: f64) -> Result<Vec<Edit>, String> {
    match places.model.inputs.by_symbol(name) {
        Some(id) => places.write(id, value),
        None => Err("belongs to a part that is not there yet".to_owned()),
    }
}

fn apart(a: &Edit, b: &Edit) -> bool {
    a.span.file != b.span.file || a.span.start.max(b.span.start) > a.span.end.min(b.span.end)
}

impl State {
    fn with(mut self, mut edits: Vec<Edit>, again: &Again<'_>) -> Option<Self> {
        edits.sort();
        let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        edits.iter().for_each(|edit| by_file.entry(edit.span.file).or_default().push(edit));
        for (file, edits) in by_file {
            let text = apply(self.sources.file(file).text(), edits).ok()?;
            self.sources.replace(file, text);
            self.edited.push(file);
        }
        self.edited.sort_unstable();
        self.edited.dedup();
        let (stacks, _) = again(&self.sources, &self.edited);
        Some(Self { stacks, ..self })
    }
}
