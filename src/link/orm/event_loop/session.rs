//! Sessions and connections of SQLAlchemy's that wait, used in an `async def`.

use super::LoopFacts;
use super::blocking::is_session;
use super::told::{Told, at, awaits, is};
use super::walk::Walk;
use crate::facts::orm::flow::NodeKind;
use crate::link::orm::names::FunctionId;
use crate::stack::vocabulary::SyncSession;

pub(super) fn facts(told: &mut Told<'_, '_>, walk: &Walk, out: &mut LoopFacts) {
    for id in told.coroutines() {
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
            awaits: is(awaits(function)),
            served: is(told.roles.is_served(id)),
            reach: is(told.roles.reach(id)),
        });
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
