//! Events as the evaluation meets them, with what is known of their loops there.

use std::rc::Rc;

use super::super::eval::{Eval, Frame};
use super::super::models::Relation;
use super::super::narrow::Parent;
use super::super::rarely::rarely;
use super::super::types::{Set, Size, Turn, Type, Unit};
use super::super::{few, keys};
use super::turns::is_some_turns_only;
use super::{Edits, Event, EventKind, Writing, params, spelled};
use crate::facts::orm::flow::{Guard, Node, NodeId, NodeKind};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

impl Event {
    pub(in crate::link::orm) fn lazy(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        deep: Span,
        root: Rc<Set>,
        path: Vec<Rc<Relation>>,
        key: Option<Edits>,
    ) -> Event {
        let size = root.size;
        Event::new(eval, turn, at, deep, size, EventKind::Lazy { root, path, key })
    }

    pub(in crate::link::orm) fn query(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        orm: Orm,
        size: Size,
        id: NodeId,
        remedy: &str,
    ) -> Event {
        let flow = eval.frame().flow;
        let kind = EventKind::Query {
            orm,
            call: spelled(flow, params(eval, eval.frame().unit), id),
            remedy: remedy.to_owned(),
            cause: None,
        };
        Event {
            locks: keys::locks(flow, id),
            ranks: keys::ranks(eval, id),
            repeats: keys::may_repeat(eval, id),
            asks_by: eval.asks_by(turn, id),
            ..Event::new(eval, turn, at, flow.node(id).span, size, kind)
        }
    }

    pub(in crate::link::orm) fn write(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        orm: Orm,
        size: Size,
        id: NodeId,
        how: Writing,
    ) -> Event {
        let flow = eval.frame().flow;
        let kind = EventKind::Write { orm, call: spelled(flow, params(eval, eval.frame().unit), id), how };
        let apart = if eval.is_transaction_of_turn(turn, id) {
            Some("each turn is a transaction of its own")
        } else {
            eval.goes_on(turn, id).then_some("the loop goes on when a turn fails")
        };
        Event { apart, ..Event::new(eval, turn, at, flow.node(id).span, size, kind) }
    }

    fn new(eval: &Eval<'_>, turn: Turn, at: Span, deep: Span, size: Size, kind: EventKind) -> Event {
        let size = eval.size_with_around(turn, size);
        let frame = eval.frames.get(turn.depth);
        // What code of a package does happens, to who reads the repository, where that is called.
        let deep = match deep.file.is_outside() {
            true => eval.frames.iter().rev().map(Frame::called_at).find(|it| !it.file.is_outside()).unwrap_or(at),
            false => deep,
        };
        let unit = frame.map_or(Unit::Top(0), |it| it.unit);
        let turned = frame.and_then(|it| it.flow.scope(turn.scope));
        let head = turned.map_or(at, |it| it.head);
        let over = frame
            .zip(turned)
            .map(|(frame, it)| spelled(frame.flow, params(eval, frame.unit), it.iter))
            .unwrap_or_default();
        let below = eval.frames.get(turn.depth..).unwrap_or_default();
        let holds = |span: &Span| span.contains(at) || span.contains(deep);
        let spare = below.iter().any(|frame| frame.flow.spares.iter().any(holds));
        let iter = frame.zip(turned).and_then(|(frame, it)| frame.types.get(it.iter as usize));
        let guess = eval.guess(size, iter);
        let through = frame.filter(|_| at != deep).and_then(|frame| {
            let stands =
                |node: &Node| node.span == at && matches!(node.kind, NodeKind::Call { .. } | NodeKind::Attr { .. });
            let id = frame.flow.nodes.iter().position(stands)?;
            Some(spelled(frame.flow, params(eval, frame.unit), id as NodeId))
        });
        let asked_of = match &kind {
            EventKind::Query { .. } => asked_of(eval, deep),
            _ => None,
        };
        let (seldom, conditional) = is_some_turns_only(eval, turn, at, deep);
        Event {
            conditional,
            behind: false,
            // A loop in code of a package is none that a reader could look up.
            around: eval.loop_around(turn).filter(|(_, head)| !head.file.is_outside()),
            of_one: eval.of_one(turn),
            of_user: eval.gone_through(turn).is_some_and(|it| it.parent == Some(Parent::User) && it.related.is_none()),
            rows: few::rows(eval, turn),
            asked_of,
            counts: None,
            list: Vec::new(),
            served_by: None,
            of_all: eval.is_of_all(turn),
            of_time: eval.all_rows_of(turn).and_then(|set| few::time(eval.names, &set)),
            sent: eval.is_sent(turn),
            rarely: rarely(eval),
            same: false,
            leaves: turned.is_some_and(|it| it.leaves),
            unit,
            view: eval.view,
            head,
            over,
            at,
            deep,
            made: None,
            by: Vec::new(),
            size,
            spare,
            seldom,
            refreshed: false,
            raises: false,
            kept: kept(eval),
            model: None,
            stale: false,
            repeats: false,
            of_table: eval.gone_through(turn).is_some_and(|set| set.related.is_none()),
            apart: None,
            locks: false,
            ranks: false,
            asks_by: Vec::new(),
            through,
            guess,
            serializer: None,
            also: Vec::new(),
            shown: None,
            kind,
        }
    }
}

/// For how many seconds a template keeps what is evaluated now.
fn kept(eval: &Eval<'_>) -> Option<Box<str>> {
    eval.frames.iter().find_map(|frame| {
        let guard = frame.flow.nodes.get(frame.types.len())?.guard;
        frame.flow.guards(guard).find_map(|it| match it {
            Guard::Fragment(seconds) => Some(seconds.clone()),
            _ => None,
        })
    })
}

/// The variable that a call of the present frame is a method of: several calls are of one where they have its value.
fn asked_of(eval: &Eval<'_>, call: Span) -> Option<(Unit, NodeId)> {
    let frame = eval.frame();
    let is_call = |node: &&Node| node.span == call && matches!(node.kind, NodeKind::Call { .. });
    let NodeKind::Call { func, .. } = frame.flow.nodes.iter().find(is_call)?.kind else { return None };
    match &frame.flow.node(func).kind {
        NodeKind::Attr { of, variable: Some(_), .. } if matches!(eval.type_of(*of), Type::Set(_)) => {
            Some((frame.unit, *of))
        }
        _ => None,
    }
}
