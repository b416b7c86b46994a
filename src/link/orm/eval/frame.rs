//! A function that is entered: its flow, and what each of its values is in this call.

use std::rc::Rc;

use rustc_hash::FxHashSet as HashSet;

use super::super::names::ClassId;
use super::super::types::{Loads, Set, Turn, Type, Unit};
use super::Eval;
use crate::facts::orm::flow::{Flow, NodeId, Scope};
use crate::source::{FileId, Span};

/// A function entered.
pub(in crate::link::orm) struct Frame<'a> {
    pub(in crate::link::orm) unit: Unit,
    pub(in crate::link::orm) flow: &'a Flow,
    pub(in crate::link::orm) types: Vec<Type>,
    /// The innermost loop that each value differs in each turn of.
    pub(in crate::link::orm) vary: Vec<Option<Turn>>,
    pub(super) args: Vec<(Type, Option<Turn>)>,
    /// The values that this call never comes to.
    pub(super) never: HashSet<NodeId>,
    /// Where the frame below calls it: the place and its loop.
    pub(super) call: (Span, Scope),
    /// Paths loaded onto rows that are there already, by the queryset's place.
    pub(in crate::link::orm) loaded: Vec<(Span, Loads)>,
    /// SQLAlchemy's models all of whose rows a list holds: a session finds what leads to one of them without asking.
    pub(in crate::link::orm) held: Vec<ClassId>,
}

impl<'a> Frame<'a> {
    /// The frame of a call, before anything is evaluated in it.
    pub(super) fn new(unit: Unit, flow: &'a Flow, args: Vec<(Type, Option<Turn>)>, call: (Span, Scope)) -> Self {
        Frame {
            unit,
            flow,
            types: Vec::with_capacity(flow.nodes.len()),
            vary: Vec::with_capacity(flow.nodes.len()),
            args,
            never: HashSet::default(),
            call,
            loaded: Vec::new(),
            held: Vec::new(),
        }
    }

    /// The frame of a serializer over the rows of a queryset.
    pub(in crate::link::orm) fn of_serializer(unit: Unit, flow: &'a Flow, set: Rc<Set>, turn: Turn) -> Self {
        let call = (Span::at(FileId(0), 0), 0);
        Frame {
            types: vec![Type::Set(set), Type::Unknown],
            vary: vec![None, Some(turn)],
            ..Self::new(unit, flow, Vec::new(), call)
        }
    }

    /// The frame of a serializer over the items that a client sends.
    pub(in crate::link::orm) fn of_items(unit: Unit, flow: &'a Flow, turn: Turn) -> Self {
        let call = (Span::at(FileId(0), 0), 0);
        Frame {
            types: vec![Type::Checked(true), Type::Checked(false)],
            vary: vec![None, Some(turn)],
            ..Self::new(unit, flow, Vec::new(), call)
        }
    }

    /// The frame of a serializer over one row of a loop that is around it.
    pub(in crate::link::orm) fn of_row(unit: Unit, flow: &'a Flow, turn: Option<Turn>, call: (Span, Scope)) -> Self {
        Frame {
            types: vec![Type::Unknown, Type::Unknown],
            vary: vec![None, turn],
            ..Self::new(unit, flow, Vec::new(), call)
        }
    }
}

impl Frame<'_> {
    /// The place in the frame below that calls it.
    pub(in crate::link::orm) fn called_at(&self) -> Span {
        self.call.0
    }
}

impl<'a> Eval<'a> {
    pub(in crate::link::orm) fn frame(&self) -> &Frame<'a> {
        // A frame is there whenever a node is evaluated.
        &self.frames[self.frames.len() - 1]
    }

    /// The depth of the present frame.
    pub(in crate::link::orm) fn depth(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }

    pub(in crate::link::orm) fn type_of(&self, id: NodeId) -> Type {
        self.frame().types.get(id as usize).cloned().unwrap_or_default()
    }

    pub(in crate::link::orm) fn vary(&self, id: NodeId) -> Option<Turn> {
        self.frame().vary.get(id as usize).copied().flatten()
    }

    /// The file of the present frame.
    pub(in crate::link::orm) fn draft(&self) -> u32 {
        self.frame().unit.draft()
    }
}
