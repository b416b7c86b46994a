//! What the call passes that the present function was entered by, read at the call itself.

use super::super::models::is_never_null;
use super::super::names::Def;
use super::super::types::{Type, Unit};
use super::{Eval, Frame};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};

/// Methods and functions that may give `None`.
const MAY_GIVE_NOTHING: &[&str] =
    &["get", "pop", "first", "last", "getattr", "next", "afirst", "alast", "search", "match"];
/// Arguments are followed through so many branches and calls.
const MOST: u32 = 6;

impl<'a> Eval<'a> {
    /// Whether a parameter that is `None` when it is left out is given by the call, and not as `None`; and with `truth`, not
    /// as something that may well be empty.
    pub(super) fn is_passed(&self, at: u32, truth: bool) -> bool {
        self.is_passed_to(self.frames.len().saturating_sub(1), at, truth, 0)
    }

    fn is_passed_to(&self, depth: usize, at: u32, truth: bool, hops: u32) -> bool {
        let Some(frame) = self.frames.get(depth) else { return false };
        match frame.args.get(at as usize) {
            Some((Type::Nothing | Type::Void(_), _)) | None => return false,
            Some((Type::Flag(flag), _)) => return !truth || *flag,
            Some(_) => {}
        }
        let Unit::Function(id) = frame.unit else { return false };
        let called = self.names.function(id);
        let Some(default) = called.params.get(at as usize).and_then(|it| it.default) else { return false };
        if called.flow.node(default).kind != NodeKind::Nothing {
            return false;
        }
        match self.argument_of(depth, at) {
            Some(node) => self.is_surely_there(depth - 1, node, truth, hops),
            None => false,
        }
    }

    /// Whether a value of a frame is something: as far as code says that writes it out, or hands on what it was given.
    fn is_surely_there(&self, depth: usize, id: NodeId, truth: bool, hops: u32) -> bool {
        let Some(frame) = self.frames.get(depth).filter(|_| hops < MOST) else { return false };
        let flow = frame.flow;
        let kind = frame.types.get(id as usize);
        if matches!(kind, Some(Type::Nothing | Type::Void(_))) {
            return false;
        }
        match &flow.node(id).kind {
            NodeKind::Nothing => false,
            NodeKind::Param(at) => {
                let asked = match frame.unit {
                    Unit::Function(id) => self.names.function(id).params.get(*at as usize),
                    _ => None,
                };
                asked.is_some_and(|it| it.default.is_none() && !it.name.starts_with('*'))
                    || self.is_passed_to(depth, *at, truth, hops + 1)
            }
            NodeKind::Either(all) => {
                let mut comes = all.iter().filter(|id| !frame.never.contains(id));
                comes.all(|id| self.is_surely_there(depth, *id, truth, hops + 1))
            }
            NodeKind::Number(number) => !truth || *number != 0,
            NodeKind::Text(text) => !truth || !text.is_empty(),
            NodeKind::Flag(flag) => !truth || *flag,
            NodeKind::List(items) => !truth || !items.is_empty(),
            NodeKind::Collect { .. } | NodeKind::Slice { .. } | NodeKind::Dict(_) => !truth,
            NodeKind::Row(_) | NodeKind::Name(_) | NodeKind::Item { .. } => true,
            NodeKind::Attr { of, name, .. } => match frame.types.get(*of as usize) {
                Some(Type::Row(row)) => {
                    let relation = self.models.relation(row.model, name);
                    relation.is_none_or(|it| it.to_many || is_never_null(self.names, row.model, name))
                }
                _ => true,
            },
            NodeKind::Call { func, .. } => {
                let rows = matches!(kind, Some(Type::Set(_) | Type::List(..)));
                !(may_give_nothing(flow, *func) || truth && rows)
            }
            _ => false,
        }
    }

    /// The node in the frame below that a frame's call passes for a parameter.
    pub(super) fn argument_of(&self, depth: usize, at: u32) -> Option<NodeId> {
        let frame = self.frames.get(depth)?;
        let below = self.frames.get(depth.checked_sub(1)?)?;
        let Unit::Function(id) = frame.unit else { return None };
        let called = self.names.function(id);
        let is_call = |it: &NodeId| {
            let node = below.flow.node(*it);
            node.span == frame.call.0 && matches!(node.kind, NodeKind::Call { .. })
        };
        // The call that is under way is the one that has no value yet.
        let call =
            Some(below.types.len() as NodeId).filter(|it| (*it as usize) < below.flow.nodes.len() && is_call(it))?;
        let NodeKind::Call { func, args, keywords, .. } = &below.flow.node(call).kind else { return None };
        let name = &called.params.get(at as usize)?.name;
        if let Some((_, node)) = keywords.iter().find(|(key, _)| key == name) {
            return Some(*node);
        }
        let bound = self.is_bound(below, *func, id);
        let starred = args.iter().any(|it| matches!(below.flow.node(*it).kind, NodeKind::Mix(_)));
        args.get((at as usize).checked_sub(bound)?).copied().filter(|_| !starred)
    }

    /// How many parameters a call binds by what it is called on.
    fn is_bound(&self, below: &Frame<'_>, func: NodeId, function: super::FunctionId) -> usize {
        let free = self.names.function(function).owner.is_none() || self.is_static(function);
        let by_name = matches!(below.types.get(func as usize), Some(Type::Def(Def::Function(_))));
        usize::from(!free && !by_name)
    }

    /// Whether a value is a row of some model, known or not: what a foreign key leads to, also a generic one.
    pub(super) fn is_of_some_model(&self, of: NodeId) -> bool {
        self.is_of_some_model_in(self.frames.len().saturating_sub(1), of, 0)
    }

    fn is_of_some_model_in(&self, depth: usize, of: NodeId, hops: u32) -> bool {
        let Some(frame) = self.frames.get(depth).filter(|_| hops < MOST) else { return false };
        if let Some(Type::Row(row)) = frame.types.get(of as usize) {
            return !row.guessed;
        }
        match &frame.flow.node(of).kind {
            NodeKind::Attr { of, name, .. } => match frame.types.get(*of as usize) {
                Some(Type::Row(row)) => self.models.relation(row.model, name).is_some_and(|it| !it.to_many),
                _ => false,
            },
            NodeKind::Param(at) if matches!(frame.args.get(*at as usize), Some((Type::Unknown | Type::Row(_), _))) => {
                match self.argument_of(depth, *at) {
                    Some(node) => self.is_of_some_model_in(depth - 1, node, hops + 1),
                    None => false,
                }
            }
            _ => false,
        }
    }
}

fn may_give_nothing(flow: &Flow, func: NodeId) -> bool {
    match &flow.node(func).kind {
        NodeKind::Name(name) | NodeKind::Attr { name, .. } => {
            let last = last_of(name);
            MAY_GIVE_NOTHING.contains(&last) || last.contains("find") || last.ends_with("_or_none")
        }
        _ => true,
    }
}
