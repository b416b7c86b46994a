//! A connection of the database that is held while another server is awaited.

use super::LoopFacts;
use super::code::Code;
use super::known::{self, is};
use super::told::{Told, at, is as known_fact};
use super::value::{CONNECTION, SESSION, Value};
use super::walk::awaited;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::events::spelled;
use crate::link::orm::names::FunctionId;
use crate::stack::vocabulary::{HeldSession, WaitKind};

/// Calls on a session that take a connection.
const TAKES: &str = "execute scalar scalars get get_one exec flush refresh merge";
/// Calls that give it back.
const GIVES: &str = "commit rollback close aclose invalidate expunge_all reset remove";

/// A call on a session, or one that waits.
struct At {
    node: NodeId,
    session: NodeId,
}

pub(super) fn facts(told: &mut Told<'_, '_>, out: &mut LoopFacts) {
    for id in told.functions() {
        if !told.roles.is_served(id) {
            continue;
        }
        let function = told.draft(id);
        let flow = &function.flow;
        let values = told.code.function(id, told.code.alone(id));
        let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
        let (mut takes, mut gives): (Vec<At>, Vec<At>) = (Vec::new(), Vec::new());
        let mut waits: Vec<NodeId> = Vec::new();
        let awaited = awaited(flow);
        for node in function.body..flow.nodes.len() as NodeId {
            let NodeKind::Call { func, .. } = &flow.node(node).kind else { continue };
            let called = value(*func);
            if let NodeKind::Attr { of, name, .. } = &flow.node(*func).kind
                && (value(*of).is_async_session() || value(*of).is_sync_session())
            {
                let it = At { node, session: *of };
                if is(name, TAKES) {
                    takes.push(it);
                } else if is(name, GIVES) {
                    gives.push(it);
                }
                continue;
            }
            match &called {
                Value::Outside(path) if path.starts_with(SESSION) || path.starts_with(CONNECTION) => {
                    // `db.query(Book).first()`
                    if known::wait(path).is_some()
                        && let Some(session) = root(flow, *func).filter(|it| value(*it).is_sync_session())
                    {
                        takes.push(At { node, session });
                    }
                }
                Value::Outside(path) => {
                    let opened = flow.withs.iter().any(|it| it.item == node && it.is_async);
                    let asks = (awaited.contains(&node) || opened) && asks_another(path);
                    let blocks = known::wait(path).is_some_and(|it| it.kind == WaitKind::Http);
                    if asks || blocks {
                        waits.push(node);
                    }
                }
                Value::Function(next) | Value::Method(next, ..)
                    if awaited.contains(&node) && slow(told.code, *next, 2) == Some(WaitKind::Http) =>
                {
                    waits.push(node);
                }
                _ => {}
            }
        }
        let held = takes.iter().find_map(|take| {
            let wait = waits.iter().copied().find(|wait| {
                flow.may_follow(take.node, *wait)
                    && is_open(flow, take.session, take.node, *wait)
                    && !gives.iter().any(|it| take.node < it.node && it.node < *wait)
            })?;
            Some((take.node, wait))
        });
        let Some((take, wait)) = held else { continue };
        let query = spelled(flow, &function.params, take);
        let what = spelled(flow, &function.params, wait);
        let about = told.about(id, &what, flow.node(wait).span, Vec::new());
        out.held_sessions.push(HeldSession {
            about,
            query: at(query.into(), vec![flow.node(take).span]),
            wait: at(what.into(), vec![flow.node(wait).span]),
            kind: known_fact(WaitKind::Http),
            handler: told.handler(id),
            reach: known_fact(told.roles.reach(id)),
        });
    }
}

/// Whether a session that was used is still open later: the `with` that opened it is around both, or there is none.
fn is_open(flow: &Flow, session: NodeId, take: NodeId, wait: NodeId) -> bool {
    flow.withs.iter().filter(|it| it.item == session).all(|it| it.from <= take && wait < it.to)
        && !flow.withs.iter().any(|it| {
            // `async with session.begin():` commits at its end.
            let begins = match &flow.node(it.item).kind {
                NodeKind::Call { func, .. } => {
                    matches!(&flow.node(*func).kind, NodeKind::Attr { of, name, .. } if *of == session && &**name == "begin")
                }
                _ => false,
            };
            begins && it.from <= take && take < it.to && wait >= it.to
        })
}

/// What a chain of calls begins with.
fn root(flow: &Flow, node: NodeId) -> Option<NodeId> {
    let mut at = node;
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Attr { of, name, .. } if &**name == "query" => return Some(*of),
            NodeKind::Attr { of, .. } => *of,
            NodeKind::Call { func, .. } => *func,
            _ => return None,
        };
    }
}

/// Whether an awaited call of a well-known package asks another server.
fn asks_another(path: &str) -> bool {
    let Some((of, name)) = path.rsplit_once('.') else { return false };
    let verbs = "get post put patch delete head options request send stream ws_connect";
    match of {
        "httpx.AsyncClient()" | "aiohttp.ClientSession()" | "aiohttp.client.ClientSession()" => is(name, verbs),
        _ => {
            let of_a_model = ["openai.AsyncOpenAI()", "openai.AsyncAzureOpenAI()", "anthropic.AsyncAnthropic()"];
            of_a_model.iter().any(|it| of.starts_with(it)) && is(name, "create generate parse")
        }
    }
}

/// What an `async def` of the repository awaits that is slow: by itself, or by what it awaits.
pub(super) fn slow(code: &Code<'_>, id: FunctionId, hops: u32) -> Option<WaitKind> {
    let function = code.names.function(id);
    if !function.is_async {
        return None;
    }
    let flow = &function.flow;
    let values = code.function(id, code.alone(id));
    let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
    let awaited = awaited(flow);
    (function.body..flow.nodes.len() as NodeId).find_map(|node| {
        let NodeKind::Call { func, .. } = &flow.node(node).kind else { return None };
        let opened = || flow.withs.iter().any(|it| it.item == node && it.is_async);
        if !awaited.contains(&node) && !opened() {
            return None;
        }
        if flow.guards(flow.node(node).guard).next().is_some() {
            return None;
        }
        match value(*func) {
            Value::Outside(path) if asks_another(&path) => Some(WaitKind::Http),
            Value::Outside(path) => {
                let (of, name) = path.rsplit_once('.')?;
                let asks = Value::outside(of).is_async_session() && is(name, TAKES);
                asks.then_some(WaitKind::Database)
            }
            Value::Function(next) | Value::Method(next, ..) if hops > 0 && next != id => slow(code, next, hops - 1),
            _ => None,
        }
    })
}
