//! What a query asks by: the calls of the turn whose answers it is given.

use super::super::types::{Turn, Unit};
use super::Eval;
use crate::facts::orm::flow::{Guard, NodeId, NodeKind, last_of};
use crate::source::Span;

/// Values are followed through so many others.
const MOST: usize = 64;

impl Eval<'_> {
    /// The calls that the turns of a loop make and that a node of the present frame comes of.
    pub(in crate::link::orm) fn asks_by(&self, turn: Turn, id: NodeId) -> Vec<(Unit, Span)> {
        let mut found = Vec::new();
        let mut next = vec![(self.depth(), id)];
        let mut seen: Vec<(usize, NodeId)> = Vec::new();
        while let Some(at) = next.pop() {
            if seen.contains(&at) || seen.len() >= MOST {
                continue;
            }
            seen.push(at);
            let (depth, id) = at;
            let Some(frame) = self.frames.get(depth) else { continue };
            let node = frame.flow.node(id);
            if depth == turn.depth && !frame.flow.within(node.scope, turn.scope) {
                continue;
            }
            match &node.kind {
                NodeKind::Call { func, args, keywords, .. } => {
                    found.push((frame.unit, node.span));
                    next.extend(
                        args.iter().chain([func]).chain(keywords.iter().map(|it| &it.1)).map(|it| (depth, *it)),
                    );
                }
                NodeKind::Attr { of, .. }
                | NodeKind::Slice { of, .. }
                | NodeKind::Item { of, .. }
                | NodeKind::Await(of)
                | NodeKind::Format(of) => next.push((depth, *of)),
                NodeKind::Same(a, b) => next.extend([(depth, *a), (depth, *b)]),
                NodeKind::List(all) | NodeKind::Either(all) | NodeKind::Mix(all) => {
                    next.extend(all.iter().map(|it| (depth, *it)));
                }
                NodeKind::Dict(pairs) => next.extend(pairs.iter().map(|(_, value)| (depth, *value))),
                NodeKind::Param(at) if depth > turn.depth => {
                    next.extend(self.given_at(depth, *at).map(|it| (depth - 1, it)));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether a span of time that a node writes ends with a day: `(day, day.replace(hour=23, minute=59))`.
    pub(in crate::link::orm) fn ends_with_day(&self, span: NodeId) -> bool {
        let NodeKind::List(ends) = &self.frame().flow.node(span).kind else { return false };
        let [_, end] = ends.as_slice() else { return false };
        let (mut depth, mut at) = (self.depth(), *end);
        loop {
            let Some(frame) = self.frames.get(depth) else { return false };
            match &frame.flow.node(at).kind {
                NodeKind::Call { args, keywords, .. } => {
                    let last_hour = |it: &NodeId| frame.flow.node(*it).kind == NodeKind::Number(23);
                    let last_time = |it: &NodeId| frame.flow.dotted(*it).is_some_and(|it| it.ends_with("time.max"));
                    let hour = keywords.iter().any(|(key, value)| &**key == "hour" && last_hour(value));
                    return hour || args.iter().any(last_time);
                }
                NodeKind::Param(of) => match self.given_at(depth, *of) {
                    Some(given) => (depth, at) = (depth - 1, given),
                    None => return false,
                },
                _ => return false,
            }
        }
    }

    /// What the frame below gives to a parameter of a frame.
    fn given_at(&self, depth: usize, at: u32) -> Option<NodeId> {
        let frame = self.frames.get(depth)?;
        let below = self.frames.get(depth.checked_sub(1)?)?;
        let Unit::Function(id) = frame.unit else { return None };
        let params = &self.names.function(id).params;
        let name = &params.get(at as usize)?.name;
        let is_call = |kind: &NodeKind| matches!(kind, NodeKind::Call { .. });
        let call = below.flow.nodes.iter().find(|it| it.span == frame.call.0 && is_call(&it.kind))?;
        let NodeKind::Call { func, args, keywords, .. } = &call.kind else { return None };
        if let Some((_, value)) = keywords.iter().find(|(key, _)| key == name) {
            return Some(*value);
        }
        let bound = params.first().is_some_and(|it| matches!(&*it.name, "self" | "cls"));
        let of = match below.flow.node(*func).kind {
            NodeKind::Attr { of, .. } => Some(of),
            _ => None,
        };
        match (at as usize).checked_sub(usize::from(bound)) {
            None => of,
            Some(at) => args.get(at).copied(),
        }
    }

    /// Whether each turn of a loop opens a transaction for what a node of the present frame does: one within another is none.
    pub(in crate::link::orm) fn is_transaction_of_turn(&self, turn: Turn, id: NodeId) -> bool {
        let atomic = |name: &str| last_of(name) == "atomic";
        let (mut around, mut within) = (false, false);
        for (depth, frame) in self.frames.iter().enumerate() {
            let at = if depth == self.depth() { id } else { frame.types.len() as NodeId };
            for it in frame.flow.withs.iter().filter(|it| it.from <= at && at < it.to) {
                let called = frame.flow.call(it.item).and_then(|call| frame.flow.called(call));
                if called.is_some_and(|name| atomic(&name)) {
                    let in_turn = frame.flow.within(frame.flow.node(it.item).scope, turn.scope);
                    let inner = depth > turn.depth || depth == turn.depth && in_turn;
                    *(if inner { &mut within } else { &mut around }) = true;
                }
            }
            if let Unit::Function(id) = frame.unit
                && self.names.function(id).decorators.iter().any(|it| atomic(it))
            {
                *(if depth > turn.depth { &mut within } else { &mut around }) = true;
            }
        }
        within && !around
    }

    /// Whether a loop goes on when what it does at a node of the present frame fails.
    pub(in crate::link::orm) fn goes_on(&self, turn: Turn, id: NodeId) -> bool {
        let Some(frame) = self.frames.get(turn.depth) else { return false };
        let at = if turn.depth == self.depth() { id as usize } else { frame.types.len() };
        let Some(node) = frame.flow.nodes.get(at) else { return false };
        let caught = |it: &Guard| matches!(it, Guard::Caught(scope, _) if frame.flow.within(*scope, turn.scope));
        frame.flow.guards(node.guard).any(caught)
    }

    /// Whether the loop that runs a node goes on when the node fails.
    pub(in crate::link::orm) fn is_caught_in_turn(&self, id: NodeId) -> bool {
        let scope = self.frame().flow.node(id).scope;
        self.goes_on(Turn { depth: self.depth(), scope }, id)
    }
}
