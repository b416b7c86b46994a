//! What the queryset of the rows was told, which a query for each of them makes vain; and the rows that it could count.

use super::super::models::Relation;
use super::super::types::Row;
use super::{Event, EventKind};
use crate::source::Span;

/// What the queryset of the rows was told, and which a query for each of them makes vain.
#[derive(Clone, Debug)]
pub(in crate::link::orm) enum Cause {
    /// To prefetch this relation; where, when that is known.
    Prefetched(Box<str>, Span),
    /// To leave out a field.
    LeftOut(Missed),
}

/// A field that a queryset leaves out.
#[derive(Clone, Debug)]
pub(in crate::link::orm) struct Missed {
    /// The field, and the same behind its model's name: `note`, `order.note`.
    pub(in crate::link::orm) field: Box<str>,
    pub(in crate::link::orm) said: Box<str>,
    /// Whether `only` names the others; else `defer` names it.
    pub(in crate::link::orm) by_only: bool,
    /// Where.
    pub(in crate::link::orm) at: Span,
    /// What would take it in.
    pub(in crate::link::orm) more: Option<(Span, Box<str>)>,
}

impl Cause {
    /// That what a row's relation leads to was prefetched.
    pub(in crate::link::orm) fn prefetched(row: &Row, relation: &Relation) -> Option<Cause> {
        let path = row.path_to(&relation.name);
        let asked = &row.root.as_ref().filter(|root| !root.loads.open)?.asked;
        let (_, at) = asked.prefetched.iter().find(|(it, _)| {
            it.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        })?;
        Some(Cause::Prefetched(path.replace("__", ".").into(), *at))
    }

    /// Gives it to the queries that are told.
    pub(in crate::link::orm) fn put(cause: Option<Cause>, events: &mut [Event]) {
        let Some(cause) = cause else { return };
        for event in events {
            if let EventKind::Query { cause: it, .. } = &mut event.kind {
                *it = Some(cause.clone());
            }
        }
    }
}

/// The rows of a list that each turn counts, and which the query of the loop could count.
#[derive(Clone, Debug)]
pub(in crate::link::orm) struct Counted {
    /// The path to them.
    pub(in crate::link::orm) path: Box<str>,
    /// The same, as an argument of `Count`; and whether that leaves doubles out.
    pub(in crate::link::orm) what: Box<str>,
    pub(in crate::link::orm) distinct: bool,
    /// Whether only those that meet a condition are counted.
    pub(in crate::link::orm) filtered: bool,
}

impl Counted {
    /// What counts them; and each of them once where other lists are counted with it: joined together, each row of one comes
    /// with all of the others.
    pub(in crate::link::orm) fn remedy(&self, with_others: bool) -> String {
        let once = if with_others && !self.distinct { ", distinct=True" } else { "" };
        let some = if self.filtered { ", filter=Q(...)" } else { "" };
        format!("annotate(Count({}{once}{some}))", self.what)
    }
}
