//! How much is evaluated: beyond, code is cut short, and said to be.

use super::super::names::Names;
use super::super::types::Unit;
use super::Eval;
use crate::facts::orm::OrmDraft;
use crate::facts::orm::flow::Flow;
use crate::source::Span;

/// One function, with all it calls, evaluates at most so many values.
const MOST_STEPS: usize = 20_000;
/// All of them together evaluate so many times the values that there are; beyond, each evaluates few.
const MOST_TIMES: usize = 10;
/// As many as are few.
const FEW_STEPS: usize = 2_000;

impl Eval<'_> {
    /// Begins anew with what nobody calls: a view, a list of the admin.
    pub(in crate::link::orm) fn begin(&mut self) {
        if self.frames.is_empty() {
            self.steps = 0;
        }
    }

    /// Whether there are too many values for the rest to be evaluated.
    pub(super) fn is_over(&self) -> bool {
        let most = if self.spent.0 > self.spent.1 { FEW_STEPS } else { MOST_STEPS };
        self.steps > most
    }

    /// The code whose evaluation was cut short, in the order of files: its place, and its name.
    pub(in crate::link::orm) fn cut_short(&self) -> Vec<(Span, Box<str>)> {
        let place = |unit: &Unit| match *unit {
            Unit::Function(id) => Some((self.names.function(id).span, self.names.path_of(id).into())),
            Unit::Class(id) => Some((self.names.class(id).span, self.names.class(id).name.clone())),
            Unit::Top(_) => None,
        };
        let mut all: Vec<(Span, Box<str>)> = self.cut.iter().filter_map(place).collect();
        all.sort_unstable();
        all
    }
}

/// How many values may be evaluated in all.
pub(super) fn most(names: &Names<'_>) -> usize {
    MOST_TIMES * size(names)
}

/// How many values there are.
fn size(names: &Names<'_>) -> usize {
    let nodes = |flow: &Flow| flow.nodes.len();
    let of = |draft: &&OrmDraft| {
        let functions: usize = draft.functions.iter().map(|it| nodes(&it.flow)).sum();
        let classes: usize = draft.classes.iter().map(|it| nodes(&it.body)).sum();
        nodes(&draft.top) + functions + classes
    };
    names.drafts.iter().map(of).sum()
}
