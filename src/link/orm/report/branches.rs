//! Whether one thing or another of several happens in each turn, for each branch of an `if` has one of them.

use super::Report;
use crate::facts::orm::flow::{Flow, NodeId};
use crate::link::orm::events::Event;
use crate::link::orm::types::Unit;
use crate::source::Span;

impl Report<'_> {
    /// Whether each turn of a loop comes to one of these places of its own code, whatever the tests say.
    pub(super) fn in_each_turn(&self, unit: Unit, head: Span, events: &[Event]) -> bool {
        let Unit::Function(id) = unit else { return false };
        let flow = &self.names.function(id).flow;
        let Some(turned) = flow.loops.iter().find(|it| it.head == head) else { return false };
        let node = |event: &Event| {
            let read = event.at == event.deep && !flow.conditional.iter().any(|span| span.contains(event.at));
            flow.nodes.iter().position(|node| node.span == event.at).filter(|_| read).map(|at| at as NodeId)
        };
        let places: Vec<NodeId> = events.iter().filter_map(node).filter(|at| *at > turned.iter).collect();
        comes_to(flow, turned.iter, places)
    }
}

/// Whether all ways from one node come to one of these places behind it.
fn comes_to(flow: &Flow, from: NodeId, mut places: Vec<NodeId>) -> bool {
    let has = |from: NodeId, to: NodeId, places: &[NodeId]| places.iter().any(|it| from <= *it && *it < to);
    // Inner branches come before those around them.
    for arm in &flow.arms {
        let mut branches = flow.arms.iter().filter(|it| it.of == arm.of);
        if flow.complete.contains(&arm.of) && branches.all(|it| has(it.from, it.to, &places)) {
            let first = flow.arms.iter().filter(|it| it.of == arm.of).map(|it| it.from).min();
            places.extend(first.and_then(|it| it.checked_sub(1)));
        }
    }
    let is_left_out = |place: NodeId| {
        let within = flow.arms.iter().filter(|arm| arm.of != 0 && arm.from > from);
        within.into_iter().any(|arm| arm.from <= place && place < arm.to || arm.ends && !arm.raises && arm.to <= place)
    };
    places.into_iter().any(|place| !is_left_out(place))
}
