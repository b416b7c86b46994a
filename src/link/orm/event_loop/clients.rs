//! Clients of HTTP that are made for each request, and requests that set no end to their waiting.

use super::LoopFacts;
use super::known::{self, is};
use super::told::{Told, at, is as known_fact};
use super::value::Value;
use crate::facts::orm::flow::{Flow, Guard, NodeId, NodeKind, last_of};
use crate::link::orm::events::spelled;
use crate::link::orm::names::{Def, FunctionId};
use crate::stack::Writer;
use crate::stack::vocabulary::{HttpCall, HttpClient, Role, WaitKind};

/// What makes a client that keeps connections.
const MAKERS: &[&str] = &[
    "httpx.AsyncClient",
    "httpx.Client",
    "aiohttp.ClientSession",
    "requests.Session",
    "requests.session",
    "openai.OpenAI",
    "openai.AsyncOpenAI",
    "openai.AzureOpenAI",
    "openai.AsyncAzureOpenAI",
    "anthropic.Anthropic",
    "anthropic.AsyncAnthropic",
    "boto3.client",
    "boto3.resource",
];
/// Decorators that keep what a function gives.
const KEEPS: &[&str] = &["lru_cache", "cache", "cached", "cached_property", "alru_cache"];

pub(super) fn facts(told: &mut Told<'_, '_>, out: &mut LoopFacts) {
    for id in told.functions() {
        let function = told.draft(id);
        let flow = &function.flow;
        if !may_ask(told, id) {
            continue;
        }
        let values = told.code.function(id, told.code.alone(id));
        let kept = function.decorators.iter().any(|it| KEEPS.contains(&last_of(it)));
        // What an object or the application makes once, it keeps.
        let once = || kept || &*function.name == "__init__" || told.roles.only_starts(id);
        let mut told_of = false;
        for node in function.body..flow.nodes.len() as NodeId {
            let NodeKind::Call { func, args, keywords, open } = &flow.node(node).kind else { continue };
            let Some(path) = values.get(*func as usize).and_then(Value::path) else { continue };
            let guards = || flow.guards(flow.node(node).guard);
            if guards().any(|it| *it == Guard::Debug) {
                continue;
            }
            if !told_of && MAKERS.contains(&path) {
                let seldom = guards().any(|it| matches!(it, Guard::Missing(..) | Guard::Seldom));
                // Whoever is given it, or what was made with it, may keep it.
                let handed_on =
                    told.roles.of(id) == Role::Function && flow.returns.iter().any(|it| holds(flow, *it, node, 3));
                if !handed_on && !seldom && !is_stored(flow, node) && !once() && told.roles.is_served(id) {
                    told_of = true;
                    client(told, id, node, out);
                }
            }
            // `urlopen(url, data, timeout)` takes it by its place, too.
            let third = args.get(2).copied().filter(|_| path == "urllib.request.urlopen");
            let timeout = keywords.iter().find(|it| &*it.0 == "timeout").map(|it| it.1).or(third);
            // A name from elsewhere may be told another value there.
            let never = timeout.is_some_and(|it| matches!(flow.node(it).kind, NodeKind::Nothing)) && third.is_none();
            let waits = match known::wait(path) {
                Some(it) if it.kind == WaitKind::Http => {
                    let of_session = path.contains("Session()") || path.contains("session()");
                    let for_ever = path.starts_with("requests.") || path == "urllib.request.urlopen";
                    never || (for_ever && timeout.is_none() && !open && !(of_session && mounts(told, id)))
                }
                _ => never && is(path, "httpx.AsyncClient httpx.Client"),
            };
            if waits {
                call(told, id, node, never, out);
            }
        }
    }
}

/// Whether a function has a word of what is looked for here, said of what may be it; most have not, and need not be
/// evaluated.
fn may_ask(told: &Told<'_, '_>, id: FunctionId) -> bool {
    const WORDS: &[&str] = &[
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "request",
        "send",
        "stream",
        "urlopen",
        "urlretrieve",
        "AsyncClient",
        "Client",
        "ClientSession",
        "Session",
        "session",
        "OpenAI",
        "AsyncOpenAI",
        "AzureOpenAI",
        "AsyncAzureOpenAI",
        "Anthropic",
        "AsyncAnthropic",
        "client",
        "resource",
    ];
    told.draft(id).flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Call { func, .. } => match &told.draft(id).flow.node(*func).kind {
            NodeKind::Attr { name, .. } => WORDS.contains(&&**name) && may_be_client(told, id, *func),
            // `from requests import post as ask`
            NodeKind::Name(name) => match told.code.names.resolve(id.draft, name) {
                Some(Def::External(path)) => WORDS.contains(&last_of(&path)),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    })
}

/// Whether a value, or what it is read of, may be a client: not an argument of which nothing is said, nor a model.
fn may_be_client(told: &Told<'_, '_>, id: FunctionId, node: NodeId) -> bool {
    let function = told.draft(id);
    match &function.flow.node(node).kind {
        NodeKind::Attr { of, .. } | NodeKind::Call { func: of, .. } | NodeKind::Await(of) => {
            may_be_client(told, id, *of)
        }
        NodeKind::Param(0) if function.owner.is_some() => true,
        NodeKind::Param(at) => {
            function.params.get(*at as usize).is_none_or(|it| it.annotation.is_some() || it.default.is_some())
        }
        NodeKind::Name(name) => match told.code.names.resolve(id.draft, name) {
            Some(Def::Class(class)) => told.code.models.get(class).is_none(),
            Some(_) => true,
            None => told.code.names.nested(id, name).is_some(),
        },
        NodeKind::Nothing | NodeKind::Text(_) | NodeKind::Flag(_) | NodeKind::List(_) | NodeKind::Row(_) => false,
        _ => true,
    }
}

/// Whether a session of requests is given an adapter somewhere in the file, which may set a timeout of its own.
fn mounts(told: &Told<'_, '_>, id: FunctionId) -> bool {
    let draft = told.code.names.draft(id.draft);
    let flows = draft.functions.iter().map(|it| &it.flow).chain([&draft.top]);
    flows.flat_map(|it| &it.nodes).any(|it| matches!(&it.kind, NodeKind::Attr { name, .. } if &**name == "mount"))
}

/// Whether a value is that of a node, on some branch.
fn may_be(flow: &Flow, value: NodeId, node: NodeId) -> bool {
    value == node
        || match &flow.node(value).kind {
            NodeKind::Either(all) => all.iter().any(|it| may_be(flow, *it, node)),
            _ => false,
        }
}

/// Whether a value is that of a node, or an object that is made with it: `return Shop(client=httpx.AsyncClient())`.
fn holds(flow: &Flow, value: NodeId, node: NodeId, depth: u32) -> bool {
    if may_be(flow, value, node) {
        return true;
    }
    let within = |it: &NodeId| depth > 0 && holds(flow, *it, node, depth - 1);
    match &flow.node(value).kind {
        NodeKind::Call { func, args, keywords, .. } => {
            let made = match &flow.node(*func).kind {
                NodeKind::Name(name) | NodeKind::Attr { name, .. } => name.starts_with(char::is_uppercase),
                _ => false,
            };
            made && args.iter().chain(keywords.iter().map(|it| &it.1)).any(within)
        }
        NodeKind::Either(all) | NodeKind::List(all) => all.iter().any(within),
        _ => false,
    }
}

/// Whether what a call gives is put where it stays.
fn is_stored(flow: &Flow, node: NodeId) -> bool {
    flow.nodes.iter().any(|it| matches!(&it.kind, NodeKind::Store { value, .. } if *value == node))
}

fn client(told: &mut Told<'_, '_>, id: FunctionId, node: NodeId, out: &mut LoopFacts) {
    let function = told.draft(id);
    let flow = &function.flow;
    let made = spelled(flow, &function.params, node);
    let span = flow.node(node).span;
    let about = told.about(id, &made, span, Vec::new());
    out.http_clients.push(HttpClient {
        about,
        call: at(made.into(), vec![span]),
        handler: told.handler(id),
        served: known_fact(told.roles.is_served(id)),
        in_loop: known_fact(flow.node(node).scope != 0),
        reach: known_fact(told.roles.reach(id)),
    });
}

fn call(told: &mut Told<'_, '_>, id: FunctionId, node: NodeId, never: bool, out: &mut LoopFacts) {
    let function = told.draft(id);
    let flow = &function.flow;
    let asked = spelled(flow, &function.params, node);
    let span = flow.node(node).span;
    let behind = flow.behind.iter().find(|it| it.0 == node).map(|it| it.1);
    let edit = behind.map(|at| (at, ", timeout={seconds}".into()));
    let writers = edit.map(|edit| Writer { name: "timeout".into(), edits: vec![edit], display_only: None });
    let about = told.about(id, &asked, span, writers.into_iter().collect());
    out.http_calls.push(HttpCall {
        about,
        call: at(asked.into(), vec![span]),
        handler: told.handler(id),
        served: known_fact(told.roles.is_served(id)),
        told: known_fact(never),
        reach: known_fact(told.roles.reach(id)),
    });
}
