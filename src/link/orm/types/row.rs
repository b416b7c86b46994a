//! Rows: where each came from, and by which relations.

use std::rc::Rc;

use super::super::models::Relation;
use super::super::names::ClassId;
use super::{Set, Turn};

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::link::orm) struct Row {
    pub(in crate::link::orm) model: ClassId,
    /// The queryset it came from, if any; a new instance comes from none.
    pub(in crate::link::orm) root: Option<Rc<Set>>,
    /// The relations from the queryset's row to this one.
    pub(in crate::link::orm) path: Vec<Rc<Relation>>,
    /// The loop that it differs in each turn of.
    pub(in crate::link::orm) turn: Option<Turn>,
    /// The relation that leads back to the row it was reached from, and that row, which it holds already.
    pub(in crate::link::orm) held: Option<(Box<str>, Rc<Row>)>,
    /// Whether it was asked for alone: `get`, `first`.
    pub(in crate::link::orm) alone: bool,
    /// Whether it is a new instance, which no row of the table stands behind yet.
    pub(in crate::link::orm) fresh: bool,
    /// Whether its model is guessed.
    pub(in crate::link::orm) guessed: bool,
    /// Relations that code has set on it, so that reading them asks for nothing.
    pub(in crate::link::orm) assigned: Vec<Box<str>>,
}

impl Row {
    /// A row of which only the model is known: a new instance, a parameter.
    pub(in crate::link::orm) fn of(model: ClassId) -> Row {
        Row {
            model,
            root: None,
            path: Vec::new(),
            turn: None,
            held: None,
            alone: true,
            fresh: false,
            guessed: false,
            assigned: Vec::new(),
        }
    }

    /// The relations that lead to it from the row of the innermost loop: that of what a list on the way leads to.
    fn hops_near(&self) -> impl Iterator<Item = &Rc<Relation>> {
        let from = self.path.iter().rposition(|hop| hop.to_many).map_or(0, |at| at + 1);
        self.path.iter().skip(from)
    }

    /// The path to one of its relations from the row of the innermost loop.
    pub(in crate::link::orm) fn near(&self, name: &str) -> String {
        self.hops_near().map(|hop| &*hop.name).chain([name]).collect::<Vec<_>>().join("__")
    }

    /// The same as queries call it.
    pub(in crate::link::orm) fn near_asked<'r>(&'r self, relation: &'r Relation) -> String {
        let asked = |hop: &'r Relation| &**hop.asked.as_ref().unwrap_or(&hop.name);
        self.hops_near().map(|hop| asked(hop)).chain([asked(relation)]).collect::<Vec<_>>().join("__")
    }

    /// The path to one of its relations, from the queryset's row.
    pub(in crate::link::orm) fn path_to(&self, name: &str) -> String {
        let mut path = String::new();
        for hop in &self.path {
            path.push_str(&hop.name);
            path.push_str("__");
        }
        path.push_str(name);
        path
    }

    /// Whether it was asked for alone, by code that wants one row.
    pub(super) fn is_asked_for(&self) -> bool {
        self.alone && self.root.is_some() && self.path.is_empty() && self.turn.is_none() && !self.guessed && !self.fresh
    }

    /// Whether it is one of the rows that a queryset gives.
    pub(super) fn is_of_list(&self) -> bool {
        self.root.is_some() && !self.alone && self.path.is_empty() && self.assigned.is_empty()
    }

    pub(super) fn same(&self, other: &Row) -> bool {
        let root = |row: &Row| row.root.as_ref().map(|set| set.span);
        self.model == other.model
            && root(self) == root(other)
            && self.path == other.path
            && self.turn == other.turn
            && self.assigned == other.assigned
    }
}
