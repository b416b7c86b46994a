//! Whether each turn of a loop comes to a place, and each call of a function.

use super::super::eval::{Eval, Frame};
use super::super::types::{Row, Turn, Type};
use crate::facts::orm::flow::{Arm, Flow, NodeId, NodeKind, Scope};
use crate::source::Span;

/// Whether not all turns of a loop come to what happens now: in the code of the loop itself, and there or where that leads.
pub(super) fn is_some_turns_only(eval: &Eval<'_>, turn: Turn, at: Span, deep: Span) -> (bool, bool) {
    let Some((frame, called)) = eval.frames.get(turn.depth..).and_then(<[_]>::split_first) else {
        return (false, false);
    };
    let holds = |span: &Span| span.contains(at) || span.contains(deep);
    let seldom = is_seldom(frame.flow, turn.scope, at);
    let conditional = seldom
        || std::iter::once(frame).chain(called).any(|frame| {
            frame.flow.conditional.iter().filter(|span| holds(span)).any(|span| !is_of_a_row(frame, *span))
        })
        || called.iter().any(|frame| is_conditional(frame.flow, frame.types.len() as NodeId));
    (seldom, conditional)
}

/// Whether a branch is taken where the row of a loop is true, which it always is.
fn is_of_a_row(frame: &Frame<'_>, span: Span) -> bool {
    let is_row = |node: NodeId| {
        let of_loop = |row: &Row| row.path.is_empty() && !row.alone && row.turn.is_some();
        matches!(frame.types.get(node as usize), Some(Type::Row(row)) if of_loop(row))
    };
    frame.flow.of_truth.iter().any(|(branch, node)| *branch == span && is_row(*node))
}

/// Whether a place in a loop is one that not all of its turns come to.
fn is_seldom(flow: &Flow, scope: Scope, at: Span) -> bool {
    let place = |id: usize| id as NodeId;
    let Some(node) = flow.nodes.iter().position(|node| node.span == at).map(place) else { return false };
    let Some(first) = flow.nodes.iter().position(|it| matches!(it.kind, NodeKind::Row(_)) && it.scope == scope) else {
        return false;
    };
    let within = |arm: &Arm| arm.of != 0 && arm.from > place(first);
    flow.arms.iter().filter(|arm| within(arm)).any(|arm| {
        let holds = arm.from <= node && node < arm.to;
        // `continue`
        let goes_on = arm.ends && !arm.raises && arm.to <= node && flow.within(flow.node(arm.from).scope, scope);
        holds || goes_on
    })
}

/// Whether a node of a function is one that not all calls come to: in a branch, or behind one that leaves.
pub(super) fn is_conditional(flow: &Flow, node: NodeId) -> bool {
    is_in_branch(flow, node) || flow.arms.iter().any(|arm| arm.of != 0 && arm.ends && !arm.raises && arm.to <= node)
}

/// Whether a node of a function stands in a branch of an `if` or a `match`.
pub(in crate::link::orm) fn is_in_branch(flow: &Flow, node: NodeId) -> bool {
    flow.arms.iter().any(|arm| arm.of != 0 && arm.from <= node && node < arm.to)
}
