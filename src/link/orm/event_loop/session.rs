//! Sessions and connections of SQLAlchemy's that wait, used in an `async def`.

use super::LoopFacts;
use super::blocking::is_session;
use super::told::{Told, at, awaits, is};
use super::value::Value;
use super::walk::{Found, Walk};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::link::orm::names::FunctionId;
use crate::stack::vocabulary::SyncSession;

pub(super) fn facts(told: &mut Told<'_, '_>, walk: &Walk<'_>, out: &mut LoopFacts) {
    for id in told.shared() {
        let all = walk.alone(told.code, id);
        let asks: Vec<_> = all.iter().filter(|it| is_session(it)).collect();
        let Some(first) = asks.iter().min_by_key(|it| (it.through.len(), it.node)) else { continue };
        let function = told.draft(id);
        let calls = asks.len() as u64;
        let writers = told.to_def(id).into_iter().collect();
        let place = first.through.first().map_or(first.deep, |it| it.1);
        let mut places = vec![place];
        if place != first.deep {
            places.push(first.deep);
        }
        let about = told.about(id, "session", place, writers);
        out.sync_sessions.push(SyncSession {
            about,
            handler: told.handler(id),
            role: is(told.roles.of(id)),
            call: at(first.call.as_str().into(), places),
            through: told.through(&first.through),
            calls: is(calls),
            held: is(awaits(function) || is_given(told, id)),
            kept: is(is_kept(told, id, first)),
            awaits: is(awaits(function)),
            served: is(told.roles.is_served(id)),
            reach: is(told.roles.reach(id)),
        });
    }
}

/// Whether the session of a call is an attribute that an object has: `self.db.commit()`, `grant(self.db, user)`.
fn is_kept(told: &Told<'_, '_>, id: FunctionId, found: &Found) -> bool {
    if !found.through.is_empty() {
        let flow = &told.draft(id).flow;
        let values = told.code.function(id, told.code.alone(id));
        let is_own = |node: NodeId| {
            let own =
                matches!(&flow.node(node).kind, NodeKind::Attr { of, .. } if flow.node(*of).kind == NodeKind::Param(0));
            own && values.get(node as usize).is_some_and(Value::is_sync_session)
        };
        let NodeKind::Call { args, keywords, .. } = &flow.node(found.node).kind else { return false };
        if args.iter().chain(keywords.iter().map(|it| &it.1)).any(|it| is_own(*it)) {
            return true;
        }
    }
    let function = told.draft(found.of);
    let values = told.code.function(found.of, told.code.alone(found.of));
    let is_session = |node: NodeId| values.get(node as usize).is_some_and(Value::is_sync_session);
    let flow = &function.flow;
    // What the call begins with.
    let call = flow.nodes.iter().position(|it| it.span == found.deep && matches!(it.kind, NodeKind::Call { .. }));
    let mut at = match call {
        Some(call) => call as NodeId,
        None => return false,
    };
    loop {
        match &flow.node(at).kind {
            NodeKind::Attr { of, .. } if is_session(at) => return matches!(flow.node(*of).kind, NodeKind::Param(0)),
            NodeKind::Attr { of, .. } => at = *of,
            NodeKind::Call { func, .. } => at = *func,
            _ => return false,
        }
    }
}

/// Whether the session is given to the function, so that another gives it back.
fn is_given(told: &Told<'_, '_>, id: FunctionId) -> bool {
    let values = told.code.function(id, told.code.alone(id));
    let flow = &told.draft(id).flow;
    flow.nodes
        .iter()
        .zip(values.iter())
        .any(|(node, value)| matches!(node.kind, NodeKind::Param(_)) && value.is_sync_session())
}
