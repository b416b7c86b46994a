//! Coroutines that have an event loop to themselves: nothing but `asyncio.run(f(...))` or its like enters them, and they
//! start nothing beside themselves. What waits in one holds nobody else up.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::code::Code;
use super::roles::{Roles, is_plain};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::names::{ClassId, FunctionId};
use crate::link::orm::types::Unit;
use crate::stack::vocabulary::Reach;

/// What runs a coroutine in a loop of its own, by its last name; of `run` only that of these.
const RUNNERS: &[&str] = &["run", "run_until_complete", "async_to_sync"];
const RUNS: &[&str] = &["asyncio.run", "anyio.run", "trio.run", "uvloop.run"];
/// What starts others beside a coroutine, or a server that does.
const STARTERS: &str = "gather create_task ensure_future as_completed TaskGroup start_soon create_task_group open_nursery wait \
                        run_in_executor start_server create_server start_unix_server serve serve_forever run_forever \
                        start_polling run_polling run_app add_done_callback call_soon call_later add_signal_handler Process";

/// A place that names a function.
#[derive(Clone, Copy)]
struct Mention {
    by: Unit,
    /// What runs it there in a loop of its own.
    runner: bool,
}

/// The coroutines that have a loop to themselves.
pub(super) fn alone(code: &Code<'_>, roles: &Roles<'_, '_>) -> HashSet<FunctionId> {
    let runs = runners(code);
    if runs.is_empty() {
        return HashSet::default();
    }
    let free = |id: &FunctionId| {
        let function = code.names.function(*id);
        function.is_async && is_plain(function) && !function.name.starts_with("__") && !roles.is_given(*id)
    };
    let coroutines: Vec<FunctionId> = code.names.all_functions().filter(free).collect();
    if coroutines.is_empty() {
        return HashSet::default();
    }
    let mut mentions: HashMap<&str, Vec<Mention>> =
        coroutines.iter().map(|id| (&*code.names.function(*id).name, Vec::new())).collect();
    let starters: HashSet<&str> = STARTERS.split(' ').collect();
    let mut busy: HashSet<Unit> = HashSet::default();
    each_flow(code, &mut |unit, flow| {
        for (at, node) in flow.nodes.iter().enumerate() {
            let (NodeKind::Name(name) | NodeKind::Attr { name, .. }) = &node.kind else { continue };
            if starters.contains(&**name) {
                busy.insert(unit);
            }
            if let Some(all) = mentions.get_mut(&**name) {
                let runner = runs.get(&(unit, at as NodeId)).is_some_and(|by| is_run(roles, unit, by));
                all.push(Mention { by: unit, runner });
            }
        }
    });
    each_flow(code, &mut |_, flow| {
        for (name, _) in &flow.passed_on {
            mentions.remove(&**name);
        }
    });
    mentions.retain(|name, all| !all.is_empty() && !roles.is_named_elsewhere(name));
    // First those that runners alone name, then those that they alone name.
    let mut own: HashSet<FunctionId> = HashSet::default();
    loop {
        let before = own.len();
        for id in &coroutines {
            let Some(all) = mentions.get(&*code.names.function(*id).name) else { continue };
            let within = |unit: Unit| matches!(unit, Unit::Function(by) if by == *id || own.contains(&by));
            if all.iter().all(|it| it.runner || within(it.by)) && all.iter().any(|it| it.by != Unit::Function(*id)) {
                own.insert(*id);
            }
        }
        if own.len() == before {
            break;
        }
    }
    // Who shares a loop with what starts others is not alone.
    loop {
        let before = busy.len();
        for id in &own {
            let unit = Unit::Function(*id);
            for it in mentions.get(&*code.names.function(*id).name).into_iter().flatten().filter(|it| !it.runner) {
                if busy.contains(&unit) || busy.contains(&it.by) {
                    busy.extend([unit, it.by]);
                }
            }
        }
        if busy.len() == before {
            break;
        }
    }
    own.retain(|id| !busy.contains(&Unit::Function(*id)));
    own
}

/// Whether a runner makes a loop for what it is given. `async_to_sync` takes the loop of the server where a request of an
/// ASGI server comes to it (asgiref 3.8: `main_event_loop`).
fn is_run(roles: &Roles<'_, '_>, unit: Unit, runner: &str) -> bool {
    match unit {
        _ if runner != "async_to_sync" => true,
        Unit::Function(id) => matches!(roles.reach(id), Reach::Tasks | Reach::Commands),
        Unit::Top(_) | Unit::Class(_) => false,
    }
}

/// The places that name what is run in a loop of its own, each with what runs it: `f` of `asyncio.run(f(...))`.
fn runners<'n>(code: &Code<'n>) -> HashMap<(Unit, NodeId), &'n str> {
    let mut found = HashMap::default();
    each_flow(code, &mut |unit, flow| {
        for node in &flow.nodes {
            let NodeKind::Call { func, args, .. } = &node.kind else { continue };
            let (NodeKind::Name(name) | NodeKind::Attr { name, .. }) = &flow.node(*func).kind else { continue };
            let runs = match &**name {
                "run" => flow.dotted(*func).is_some_and(|it| RUNS.contains(&&*it)),
                name => RUNNERS.contains(&name),
            };
            let Some(first) = args.first().filter(|_| runs) else { continue };
            let named = match &flow.node(*first).kind {
                NodeKind::Call { func, .. } => *func,
                _ => *first,
            };
            found.insert((unit, named), &**name);
        }
    });
    found
}

fn each_flow<'n>(code: &Code<'n>, tell: &mut impl FnMut(Unit, &'n Flow)) {
    for (at, draft) in code.names.drafts.iter().copied().enumerate() {
        let of = at as u32;
        tell(Unit::Top(of), &draft.top);
        for (at, class) in draft.classes.iter().enumerate() {
            tell(Unit::Class(ClassId { draft: of, at: at as u32 }), &class.body);
        }
        for (at, function) in draft.functions.iter().enumerate() {
            tell(Unit::Function(FunctionId { draft: of, at: at as u32 }), &function.flow);
        }
    }
}
