//! What the turns of loops write, in order: what is asked for behind it cannot be asked before the loop.

use super::super::events::EventKind;
use super::super::names::ClassId;
use super::super::types::{Turn, Unit};
use super::Eval;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;

/// A write in a turn of a loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touched {
    /// The code that has the loop, its head, and the place in it.
    unit: Unit,
    head: Span,
    at: Span,
    /// The model whose rows are written, when it is known.
    model: Option<ClassId>,
    /// The relation, by its declaration, that gets rows or loses some.
    relation: Option<Span>,
}

impl Eval<'_> {
    /// Notes a write of the present frame for all loops that it runs in.
    pub(in crate::link::orm) fn touch(&mut self, model: Option<ClassId>, relation: Option<Span>, id: NodeId) {
        self.met += 1;
        let node = self.frame().flow.node(id);
        let (mut at, mut scope) = (node.span, node.scope);
        let mut found = Vec::new();
        for frame in self.frames.iter().rev() {
            while let Some(here) = frame.flow.scope(scope) {
                found.push(Touched { unit: frame.unit, head: here.head, at, model, relation });
                scope = here.parent;
            }
            (at, scope) = frame.call;
        }
        self.touched.append(&mut found);
    }

    /// Marks the queries that were told since as being behind a write, of the same turn, to what they ask for.
    pub(in crate::link::orm) fn mark_stale(&mut self, since: usize, model: ClassId, relation: Option<Span>) {
        for at in since..self.events.len() {
            let Some(event) = self.events.get(at) else { return };
            let stale = self.touched.iter().any(|it| {
                it.unit == event.unit
                    && it.head == event.head
                    && (it.model == Some(model) || it.relation.is_some() && it.relation == relation)
                    && self.stands_before(it.unit, it.at, event.at)
            });
            if let Some(event) = self.events.get_mut(at).filter(|it| matches!(it.kind, EventKind::Query { .. })) {
                event.model = Some(model);
                event.stale |= stale;
            }
        }
    }

    /// Whether one place of a frame's code may run before another, in one turn. What one call does has been noted in order.
    fn stands_before(&self, unit: Unit, first: Span, then: Span) -> bool {
        if first == then {
            return true;
        }
        let Some(flow) = self.frames.iter().find(|frame| frame.unit == unit).map(|frame| frame.flow) else {
            return false;
        };
        let node = |span: Span| flow.nodes.iter().position(|node| node.span == span);
        node(first).zip(node(then)).is_some_and(|(first, then)| flow.may_follow(first as NodeId, then as NodeId))
    }

    /// The revision that a node of the present frame is part of: `with reversion.create_revision():`. It has what is saved one
    /// by one, by the signal of each save (`VersionAdapter.signals`, `reversion/revisions.py`).
    pub(in crate::link::orm) fn revision(&self, id: NodeId) -> Option<Span> {
        let is = |name: &str| last_of(name) == "create_revision";
        let mut at = id;
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let within = frame.flow.withs.iter().filter(|it| it.from <= at && at < it.to).find_map(|it| {
                let item = frame.flow.call(it.item)?;
                frame.flow.called(item).filter(|name| is(name)).map(|_| frame.flow.node(it.item).span)
            });
            if within.is_some() {
                return within;
            }
            if let Unit::Function(function) = frame.unit {
                let function = self.names.function(function);
                if function.decorators.iter().any(|it| is(it)) {
                    return Some(function.span);
                }
            }
            let called = depth.checked_sub(1).and_then(|below| self.frames.get(below))?;
            at = called.flow.nodes.iter().position(|node| node.span == frame.call.0)? as NodeId;
        }
        None
    }

    /// Whether the present code may have given a row that it took from a loop, or asked for, another value before it saves it:
    /// by setting an attribute, or by handing the row, or what it has, to something else.
    pub(super) fn may_be_changed(&self, func: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of: row, .. } = flow.node(func).kind else { return true };
        if !matches!(flow.node(row).kind, NodeKind::Row(_)) {
            return true;
        }
        let of_row = |id: NodeId| is_of(flow, id, row);
        flow.nodes.iter().any(|node| match &node.kind {
            NodeKind::Store { of, .. } => of_row(*of),
            NodeKind::Call { func: called, args, keywords, .. } => {
                let method = match &flow.node(*called).kind {
                    NodeKind::Attr { of, name, .. } => of_row(*of) && !(*of == row && &**name == "save"),
                    _ => false,
                };
                let harmless = flow.dotted(*called).is_some_and(|name| {
                    matches!(&*name, "print" | "str" | "repr" | "len" | "isinstance") || name.starts_with("log")
                });
                let given = args.iter().chain(keywords.iter().map(|(_, node)| node));
                method || !harmless && given.into_iter().any(|it| of_row(*it))
            }
            // One of several values, put into another.
            NodeKind::Either(all) | NodeKind::List(all) => all.contains(&row),
            NodeKind::Collect { element, .. } => *element == row,
            NodeKind::Dict(pairs) => pairs.iter().any(|(key, value)| *key == row || *value == row),
            _ => false,
        })
    }

    /// What writes the rows of a loop at once where each turn gives its row the same values before it saves it, and does nothing
    /// else with it that could change it: `filter(pk__in=...).update(open=...)`.
    pub(super) fn given_alike(&self, save: NodeId, func: NodeId, turn: Turn) -> Option<String> {
        let flow = self.frame().flow;
        let saved = flow.node(save);
        let NodeKind::Attr { of: row, .. } = flow.node(func).kind else { return None };
        if turn.depth != self.depth() || !matches!(flow.node(row).kind, NodeKind::Row(_)) {
            return None;
        }
        let mut named: Vec<String> = Vec::new();
        for node in flow.nodes.iter() {
            match &node.kind {
                NodeKind::Store { of, name, value } if *of == row => {
                    let beside = (node.scope, node.guard) == (saved.scope, saved.guard);
                    let alike = is_plain(flow, *value) && !self.keyed(self.vary(*value), turn);
                    let field = format!("{name}=...");
                    if !beside || !alike || is_of(flow, *value, row) || named.contains(&field) {
                        return None;
                    }
                    named.push(field);
                }
                NodeKind::Call { func: called, args, keywords, .. } => {
                    let method = match &flow.node(*called).kind {
                        NodeKind::Attr { of, name, .. } => *of == row && &**name != "save",
                        _ => false,
                    };
                    if method || args.iter().chain(keywords.iter().map(|(_, node)| node)).any(|it| *it == row) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        (!named.is_empty()).then(|| format!("filter(pk__in=...).update({})", named.join(", ")))
    }
}

/// Whether an expression has one value for all turns that do not differ in what it is made of: a constant, a name, the time.
fn is_plain(flow: &Flow, value: NodeId) -> bool {
    match &flow.node(value).kind {
        NodeKind::Text(_) | NodeKind::Number(_) | NodeKind::Flag(_) | NodeKind::Nothing | NodeKind::Constant => true,
        NodeKind::Name(_) | NodeKind::Param(_) => true,
        NodeKind::Attr { of, .. } => is_plain(flow, *of),
        NodeKind::Call { func, .. } => matches!(flow.last_called(*func), Some("now" | "today" | "utcnow")),
        _ => false,
    }
}

/// Whether a value is another, or comes of it: an attribute, an item.
fn is_of(flow: &Flow, id: NodeId, of: NodeId) -> bool {
    let mut at = id;
    loop {
        if at == of {
            return true;
        }
        at = match flow.node(at).kind {
            NodeKind::Attr { of, .. } | NodeKind::Item { of, .. } | NodeKind::Slice { of, .. } => of,
            NodeKind::Call { func, .. } => func,
            _ => return false,
        };
    }
}
