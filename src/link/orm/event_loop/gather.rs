//! Tasks that are started together, and those of which there is one for each of any number of things.

use std::rc::Rc;

use super::LoopFacts;
use super::held::slow;
use super::told::{Told, at, is};
use super::value::Value;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::events::spelled;
use crate::stack::vocabulary::UnboundedGather;

/// A coroutine that is started beside others.
pub(super) struct Started {
    /// The call that starts it.
    pub(super) by: NodeId,
    /// What the tasks that run beside it have in common.
    pub(super) group: Box<str>,
    /// The call that makes it.
    pub(super) coroutine: NodeId,
    /// Whether there may be any number of it.
    pub(super) many: bool,
}

/// The coroutines that a flow starts beside others.
pub(super) fn started(flow: &Flow, values: &Rc<Vec<Value>>) -> Vec<Started> {
    let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (id, node) in flow.nodes.iter().enumerate() {
        let by = id as NodeId;
        let NodeKind::Call { func, args, .. } = &node.kind else { continue };
        let called = value(*func);
        let Some(path) = called.path() else { continue };
        match path {
            "asyncio.gather" | "asyncio.wait" | "asyncio.as_completed" => {
                for arg in args {
                    each(flow, *arg, false, 0, &mut |coroutine, many| {
                        found.push(Started { by, group: format!("#{by}").into(), coroutine, many });
                    });
                }
            }
            "asyncio.TaskGroup().create_task" | "asyncio.create_task" | "asyncio.ensure_future" => {
                // One that is awaited where it is started runs beside nothing.
                let Some(coroutine) = args.first().filter(|_| !is_awaited_there(flow, by)) else { continue };
                if matches!(flow.node(*coroutine).kind, NodeKind::Call { .. }) {
                    found.push(Started { by, group: path.into(), coroutine: *coroutine, many: node.scope != 0 });
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a call is awaited where it stands: by the node behind it.
fn is_awaited_there(flow: &Flow, call: NodeId) -> bool {
    matches!(flow.nodes.get(call as usize + 1).map(|it| &it.kind), Some(NodeKind::Await(of)) if *of == call)
}

/// Each coroutine that an argument stands for: `f(x)`, `*[f(x) for x in xs]`.
fn each(flow: &Flow, node: NodeId, many: bool, depth: u32, tell: &mut impl FnMut(NodeId, bool)) {
    if depth > 4 {
        return;
    }
    match &flow.node(node).kind {
        NodeKind::Call { args, func, .. } => {
            // `asyncio.create_task(f(x))` in a list of tasks.
            let starts =
                flow.dotted(*func).is_some_and(|it| it.ends_with("create_task") || it.ends_with("ensure_future"));
            match args.first().filter(|_| starts) {
                Some(inner) => each(flow, *inner, many, depth + 1, tell),
                None => tell(node, many),
            }
        }
        NodeKind::Collect { element, dict: false, .. } => each(flow, *element, true, depth + 1, tell),
        NodeKind::Mix(all) | NodeKind::List(all) => all.iter().for_each(|it| each(flow, *it, many, depth + 1, tell)),
        // A list that grows by `append` has what it had, or this.
        NodeKind::Either(all) => all.iter().for_each(|it| each(flow, *it, many, depth + 1, tell)),
        _ => {}
    }
}

pub(super) fn facts(told: &mut Told<'_, '_>, out: &mut LoopFacts) {
    for id in told.coroutines() {
        let function = told.draft(id);
        let flow = &function.flow;
        let values = told.code.function(id, told.code.alone(id));
        for Started { by, coroutine, many, .. } in started(flow, &values) {
            let NodeKind::Call { func, .. } = &flow.node(coroutine).kind else { continue };
            let Some(turn) = flow.scope(flow.node(coroutine).scope).filter(|_| many) else { continue };
            if is_bounded(flow, turn.iter) {
                continue;
            }
            let next = match values.get(*func as usize) {
                Some(Value::Function(next) | Value::Method(next, ..)) => *next,
                _ => continue,
            };
            let Some(kind) = slow(told.code, next, 2).filter(|_| !waits_for_its_turn(told, next)) else { continue };
            let call = spelled(flow, &function.params, by);
            let about = told.about(id, &call, flow.node(by).span, Vec::new());
            out.unbounded_gathers.push(UnboundedGather {
                about,
                call: at(call.into(), vec![flow.node(by).span]),
                each: at(spelled(flow, &function.params, coroutine).into(), vec![flow.node(coroutine).span]),
                over: at(spelled(flow, &function.params, turn.iter).into(), vec![turn.head]),
                kind: is(kind),
                reach: is(told.roles.reach(id)),
            });
        }
    }
}

/// Whether what is looped over is known to be a few: it is written out, cut, or counted.
fn is_bounded(flow: &Flow, iter: NodeId) -> bool {
    match &flow.node(iter).kind {
        NodeKind::List(_) | NodeKind::Slice { .. } | NodeKind::Text(_) | NodeKind::Dict(_) => true,
        // A name of the module's own is a constant, for all that is known.
        NodeKind::Name(_) => true,
        NodeKind::Call { func, args, .. } => match flow.dotted(*func).as_deref() {
            Some("range") => args.iter().all(|it| matches!(flow.node(*it).kind, NodeKind::Number(_))),
            Some("enumerate" | "zip" | "sorted" | "list" | "set" | "reversed") => {
                args.iter().any(|it| is_bounded(flow, *it))
            }
            Some(name) if name.ends_with("batched") || name.ends_with("chunked") => true,
            _ => match &flow.node(*func).kind {
                NodeKind::Attr { of, name, .. } if matches!(&**name, "items" | "keys" | "values") => {
                    is_bounded(flow, *of)
                }
                _ => false,
            },
        },
        NodeKind::Either(all) => all.iter().any(|it| is_bounded(flow, *it)),
        _ => false,
    }
}

/// Whether a function lets so many at a time do its work: `async with semaphore`.
fn waits_for_its_turn(told: &Told<'_, '_>, id: crate::link::orm::names::FunctionId) -> bool {
    let flow = &told.draft(id).flow;
    let values = told.code.function(id, told.code.alone(id));
    flow.withs.iter().any(|it| {
        // What is not known may be one.
        it.is_async
            && values.get(it.item as usize).is_none_or(|it| match it {
                Value::Outside(path) => path.starts_with("asyncio.") || path.starts_with("anyio."),
                Value::Unknown => true,
                _ => false,
            })
    })
}
