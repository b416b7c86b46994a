//! An `AsyncSession` that several tasks use at once: it is for one task, as its documentation says.

use std::collections::HashMap;
use std::rc::Rc;

use super::LoopFacts;
use super::gather::{Started, started};
use super::told::{Told, at, is};
use super::value::Value;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::events::spelled;
use crate::link::orm::names::FunctionId;
use crate::source::Span;
use crate::stack::vocabulary::SharedSession;

/// A session that tasks use.
struct Used {
    /// How many tasks do, at least.
    tasks: usize,
    /// The calls that make their coroutines.
    coroutines: Vec<NodeId>,
    /// The call that starts the first.
    by: NodeId,
}

pub(super) fn facts(told: &mut Told<'_, '_>, out: &mut LoopFacts) {
    for id in told.coroutines() {
        let function = told.draft(id);
        let flow = &function.flow;
        let values = told.code.function(id, told.code.alone(id));
        // By what starts tasks and by session.
        let mut used: HashMap<(Box<str>, Box<str>), Used> = HashMap::new();
        for Started { by, group, coroutine, many } in started(flow, &values) {
            let Some((session, node)) = session_of(told, id, flow, &values, coroutine) else { continue };
            // One that is made in each turn is of that turn's task alone.
            let own = flow.node(coroutine).scope;
            let many = many && (own == 0 || !flow.within(flow.node(node).scope, own));
            let entry = used.entry((group, session)).or_insert(Used { tasks: 0, coroutines: Vec::new(), by });
            entry.tasks += if many { 2 } else { 1 };
            entry.coroutines.push(coroutine);
        }
        let mut found: Vec<_> = used.into_values().filter(|it| it.tasks > 1).collect();
        found.sort_by_key(|it| it.by);
        for Used { coroutines, by, .. } in found {
            let Some(first) = coroutines.first() else { continue };
            let uses = spelled(flow, &function.params, *first);
            let places: Vec<Span> = coroutines.iter().map(|it| flow.node(*it).span).collect();
            let call = spelled(flow, &function.params, by);
            let about = told.about(id, &call, flow.node(by).span, Vec::new());
            out.shared_sessions.push(SharedSession {
                about,
                handler: told.handler(id),
                call: at(call.into(), vec![flow.node(by).span]),
                uses: at(uses.into(), places),
                reach: is(told.roles.reach(id)),
            });
        }
    }
}

/// The session that a coroutine uses, by what its task would know it by, and the node of it.
fn session_of(
    told: &Told<'_, '_>,
    id: FunctionId,
    flow: &Flow,
    values: &Rc<Vec<Value>>,
    coroutine: NodeId,
) -> Option<(Box<str>, NodeId)> {
    let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
    let NodeKind::Call { func, args, keywords, .. } = &flow.node(coroutine).kind else { return None };
    // `session.execute(...)`
    if let NodeKind::Attr { of, name, .. } = &flow.node(*func).kind
        && value(*of).is_async_session()
    {
        let asks =
            matches!(&**name, "execute" | "scalar" | "scalars" | "get" | "exec" | "flush" | "commit" | "refresh");
        return asks.then(|| Some((identity(flow, *of)?, *of))).flatten();
    }
    let (next, bound) = match value(*func) {
        Value::Function(next) => (next, 0),
        Value::Method(next, ..) => (next, 1),
        _ => return None,
    };
    let given = args.iter().copied().enumerate().map(|(place, node)| (place + bound, node));
    let params = &told.draft(next).params;
    let named =
        keywords.iter().filter_map(|(name, node)| Some((params.iter().position(|it| it.name == *name)?, *node)));
    let (place, node) = given.chain(named).find(|(_, node)| value(*node).is_async_session())?;
    let uses = told.draft(next).is_async && next != id && uses_param(told, next, place);
    if uses { Some((identity(flow, node)?, node)) } else { None }
}

/// What tells one session from another within a function.
fn identity(flow: &Flow, node: NodeId) -> Option<Box<str>> {
    match &flow.node(node).kind {
        NodeKind::Attr { of, name, .. } => Some(format!("{}.{name}", identity(flow, *of)?).into()),
        NodeKind::Name(name) => Some(name.clone()),
        _ => Some(format!("#{node}").into()),
    }
}

/// Whether a function awaits calls on what it is given at this place, and no lock lets one task at a time do so.
fn uses_param(told: &Told<'_, '_>, id: FunctionId, place: usize) -> bool {
    let flow = &told.draft(id).flow;
    let values = told.code.function(id, told.code.alone(id));
    let locked = flow.withs.iter().any(|it| {
        it.is_async
            && values
                .get(it.item as usize)
                .is_none_or(|it| !matches!(it.path(), Some(path) if !path.starts_with("asyncio.")))
    });
    let is_param = |node: NodeId| matches!(flow.node(node).kind, NodeKind::Param(at) if at as usize == place);
    !locked
        && flow.nodes.iter().any(|node| match &node.kind {
            NodeKind::Await(of) => match &flow.node(*of).kind {
                NodeKind::Call { func, args, keywords, .. } => {
                    let on = matches!(&flow.node(*func).kind, NodeKind::Attr { of, .. } if is_param(*of));
                    on || args.iter().chain(keywords.iter().map(|it| &it.1)).any(|it| is_param(*it))
                }
                _ => false,
            },
            _ => false,
        })
}
