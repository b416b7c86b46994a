//! What a function waits for without `await`: by itself, and by the plain functions of the repository that it calls.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::code::{Called, Code, known as known_args};
use super::known::{self, Wait};
use super::roles::is_plain;
use super::value::Value;
use crate::facts::orm::flow::{Flow, Guard, Node, NodeId, NodeKind};
use crate::link::orm::events::spelled;
use crate::link::orm::names::FunctionId;
use crate::source::Span;
use crate::stack::vocabulary::WaitKind;

/// Calls are followed so deep.
const MOST_HOPS: usize = 3;
/// So many of what one function waits for are told.
const MOST_FOUND: usize = 40;

/// Something that a function waits for.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// What it waits for.
    pub(super) wait: Wait,
    /// The way to what is called.
    pub(super) path: Rc<str>,
    /// The call, in short.
    pub(super) call: String,
    /// The call, where it is made.
    pub(super) deep: Span,
    /// The function that makes it.
    pub(super) of: FunctionId,
    /// The node of the function itself that comes to it.
    pub(super) node: NodeId,
    /// The functions on the way, outermost first, each with the place where it is called.
    pub(super) through: Vec<(FunctionId, Span)>,
    /// Whether the call sets an end to its waiting, when it has a way to.
    pub(super) has_timeout: Option<bool>,
}

/// A function, what it is called with, and how many calls deep it is followed.
type Key = (FunctionId, Rc<[Value]>, usize);

/// What a call outside the repository waits for, by the way to it.
type Judge<'w> = dyn Fn(&str) -> Option<Wait> + 'w;

/// Memory of what functions wait for.
pub(super) struct Walk<'w> {
    wait: Box<Judge<'w>>,
    /// Whether what is awaited counts, which holds nothing else up.
    awaits: bool,
    known: RefCell<HashMap<Key, Rc<Vec<Found>>>>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(wait: impl Fn(&str) -> Option<Wait> + 'w) -> Self {
        Self { wait: Box::new(wait), awaits: false, known: RefCell::default() }
    }

    /// The same, which counts what is awaited, too.
    pub(super) fn awaiting(self) -> Self {
        Self { awaits: true, ..self }
    }

    /// What a function waits for that is entered by itself.
    pub(super) fn alone(&self, code: &Code<'_>, id: FunctionId) -> Rc<Vec<Found>> {
        self.of(code, id, code.alone(id), MOST_HOPS)
    }

    fn of(&self, code: &Code<'_>, id: FunctionId, args: Rc<[Value]>, hops: usize) -> Rc<Vec<Found>> {
        let key = (id, args.clone(), hops);
        if let Some(found) = self.known.borrow().get(&key) {
            return found.clone();
        }
        let found = Rc::new(self.scan(code, id, &args, hops));
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn scan(&self, code: &Code<'_>, id: FunctionId, args: &Rc<[Value]>, hops: usize) -> Vec<Found> {
        let function = code.names.function(id);
        let flow = &function.flow;
        let values = code.function(id, known_args(args));
        let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
        let awaited = if self.awaits { HashSet::default() } else { awaited(flow) };
        let mut found = Vec::new();
        let push = |found: &mut Vec<Found>, node: NodeId, wait: Wait, path: &str, has_timeout| {
            let span = flow.node(node).span;
            found.push(Found {
                wait,
                path: path.into(),
                call: spelled(flow, &function.params, node),
                deep: span,
                of: id,
                node,
                through: Vec::new(),
                has_timeout,
            });
        };
        for at in function.body as usize..flow.nodes.len() {
            let at = at as NodeId;
            let node = flow.node(at);
            let NodeKind::Call { func, args: given, keywords, open } = &node.kind else { continue };
            if found.len() >= MOST_FOUND || awaited.contains(&at) || is_seldom(flow, node, args) {
                continue;
            }
            let called = Called { values: &values, args: given, keywords, open: *open };
            match value(*func) {
                Value::Outside(path) => {
                    let all = given.first().map(|it| value(*it)).unwrap_or_default();
                    let lists = known::is(&path, "list len set tuple sorted dict bool");
                    if let Some(wait) = (self.wait)(&path) {
                        push(&mut found, at, wait, &path, timeout(&called, wait.kind));
                    } else if lists && let Some(set) = all.path().filter(|it| known::is_queryset(it)) {
                        push(&mut found, at, QUERYSET, set, None);
                    }
                }
                Value::Function(next) => {
                    let given = code.given(next, None, &called);
                    self.follow(code, at, next, given, hops, flow, &mut found);
                }
                Value::Method(next, class, exact) => {
                    let given = code.given(next, Some(code.this(next, class, exact)), &called);
                    self.follow(code, at, next, given, hops, flow, &mut found);
                }
                Value::Class(class) => {
                    if let Some(next) = code.names.method(class, "__init__", None) {
                        let given = code.given(next, Some(Value::Instance(class, true)), &called);
                        self.follow(code, at, next, given, hops, flow, &mut found);
                    }
                }
                _ => {}
            }
        }
        for it in flow.loops.iter().filter(|it| !it.is_async && it.iter >= function.body) {
            if let Some(path) = value(it.iter).path().filter(|it| known::is_queryset(it)) {
                push(&mut found, it.iter, QUERYSET, path, None);
            }
        }
        found.sort_by_key(|it| it.node);
        found
    }

    /// Follows a call into a plain function.
    #[allow(clippy::too_many_arguments, reason = "a call has many parts")]
    fn follow(
        &self,
        code: &Code<'_>,
        at: NodeId,
        next: FunctionId,
        given: Vec<Value>,
        hops: usize,
        flow: &Flow,
        found: &mut Vec<Found>,
    ) {
        let function = code.names.function(next);
        if hops == 0 || function.is_async && !self.awaits || !is_plain(function) {
            return;
        }
        // What yields runs when it is asked for the next value: by a loop, or by `with` where it is made for that.
        let opens = function.decorators.iter().any(|it| it.ends_with("contextmanager"));
        let runs = match (function.flow.yields.is_empty(), opens) {
            (true, _) => true,
            (false, true) => flow.withs.iter().any(|it| it.item == at && !it.is_async),
            (false, false) => flow.loops.iter().any(|it| it.iter == at),
        };
        if !runs {
            return;
        }
        let span = flow.node(at).span;
        // A flag, or that there is nothing, says which branch is taken.
        let told = known_args(&given);
        let says = |it: &Value| matches!(it, Value::Flag(_) | Value::Nothing);
        let end = given.iter().rposition(says).map_or(0, |at| at + 1).max(told.len());
        let args = (0..end).map(|at| match (told.get(at), given.get(at)) {
            (_, Some(says @ (Value::Flag(_) | Value::Nothing))) => says.clone(),
            (Some(told), _) => told.clone(),
            _ => Value::Unknown,
        });
        let within = self.of(code, next, args.collect(), hops - 1);
        for it in within.iter() {
            if it.through.len() >= hops || found.len() >= MOST_FOUND {
                continue;
            }
            let mut through = vec![(next, span)];
            through.extend(it.through.iter().copied());
            found.push(Found { node: at, through, ..it.clone() });
        }
    }
}

/// A queryset that is read whole.
const QUERYSET: Wait = Wait { kind: WaitKind::DjangoOrm, remedy: "`async for`" };

/// What is awaited.
pub(super) fn awaited(flow: &Flow) -> HashSet<NodeId> {
    let of = |node: &Node| match node.kind {
        NodeKind::Await(of) => Some(of),
        _ => None,
    };
    flow.nodes.iter().filter_map(of).collect()
}

/// Whether a node runs seldom, or not at all with what the function is given.
fn is_seldom(flow: &Flow, node: &Node, args: &[Value]) -> bool {
    flow.guards(node.guard).any(|it| match it {
        Guard::Seldom | Guard::Debug => true,
        Guard::Flag(at, holds) => match args.get(*at as usize) {
            Some(Value::Flag(given)) => given != holds,
            Some(Value::Nothing) => *holds,
            _ => false,
        },
        Guard::Given(at, holds) => match args.get(*at as usize) {
            Some(Value::Flag(_)) => !holds,
            Some(Value::Nothing) => *holds,
            _ => false,
        },
        _ => false,
    })
}

/// Whether a call sets an end to its waiting.
fn timeout(called: &Called<'_>, kind: WaitKind) -> Option<bool> {
    if kind != WaitKind::Http || called.open {
        return None;
    }
    Some(called.keyword("timeout").is_some_and(|it| called.value(it) != Value::Nothing))
}
