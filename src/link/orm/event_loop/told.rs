//! How facts of functions are told: their names, their anchors, and the changes that are surely right.

use rustc_hash::FxHashSet as HashSet;

use super::code::Code;
use super::own;
use super::roles::Roles;
use super::value::Value;
use crate::facts::orm::FunctionDraft;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::anchors::Anchors;
use crate::link::orm::names::{Def, FunctionId};
use crate::link::orm::types::Unit;
use crate::source::Span;
use crate::stack::vocabulary::{About, Role};
use crate::stack::{Fact, Writer};

/// Edits of a change.
pub(super) type Edits = Vec<(Span, Box<str>)>;

/// Names what is told.
pub(super) struct Told<'a, 'n> {
    pub(super) code: &'a Code<'n>,
    pub(super) roles: &'a Roles<'a, 'n>,
    /// Coroutines that have a loop to themselves.
    alone: HashSet<FunctionId>,
    anchors: Anchors,
}

impl<'a, 'n> Told<'a, 'n> {
    pub(super) fn new(code: &'a Code<'n>, roles: &'a Roles<'a, 'n>) -> Self {
        Self { code, roles, alone: own::alone(code, roles), anchors: Anchors::default() }
    }

    pub(super) fn draft(&self, id: FunctionId) -> &'n FunctionDraft {
        self.code.names.function(id)
    }

    /// Functions of Python, which a template's are not.
    pub(super) fn functions(&self) -> Vec<FunctionId> {
        let names = self.code.names;
        let is_code = |id: &FunctionId| names.draft(id.draft).place.is_code();
        names.all_functions().filter(is_code).collect()
    }

    /// Those that run in a loop, again and again.
    pub(super) fn coroutines(&self) -> Vec<FunctionId> {
        let all = self.functions().into_iter();
        all.filter(|id| self.draft(*id).is_async && !self.roles.only_starts(*id)).collect()
    }

    /// Those of them in whose loop others wait.
    pub(super) fn shared(&self) -> Vec<FunctionId> {
        self.coroutines().into_iter().filter(|id| !self.alone.contains(id)).collect()
    }

    /// The name of a function within its file: `ThreadListView.get`.
    pub(super) fn entity(&self, id: FunctionId) -> String {
        self.code.names.path_of(id)
    }

    pub(super) fn about(&mut self, id: FunctionId, what: &str, span: Span, writers: Vec<Writer>) -> About {
        self.anchors.about(self.code.names, Unit::Function(id), what, span, writers)
    }

    /// A function, as a fact that stands at its name.
    pub(super) fn handler(&self, id: FunctionId) -> Fact<Box<str>> {
        Fact::derived(self.entity(id).into(), vec![self.draft(id).span])
    }

    /// The functions on the way to a call, each with the place where it is called.
    pub(super) fn through(&self, all: &[(FunctionId, Span)]) -> Fact<Box<str>> {
        if all.is_empty() {
            return Fact::Absent;
        }
        let each: Vec<String> = all.iter().map(|it| self.entity(it.0)).collect();
        Fact::derived(each.join("` → `").into(), all.iter().map(|it| it.1).collect())
    }

    /// The change from `async def` to `def`, where it changes nothing but the thread: a handler of FastAPI's that awaits
    /// nothing, starts no task, and is called by nobody else.
    pub(super) fn to_def(&self, id: FunctionId) -> Option<Writer> {
        let function = self.draft(id);
        let word = function.async_word?;
        let is_route = |name: &str| {
            let path = self.code.dotted(id.draft, name);
            path.path().is_some_and(|path| {
                ["fastapi.FastAPI().", "fastapi.APIRouter()."].iter().any(|of| {
                    path.strip_prefix(of).is_some_and(|it| {
                        matches!(it, "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "api_route")
                    })
                })
            })
        };
        let routed = self.roles.of(id) == Role::Route && function.decorators.iter().all(|it| is_route(it));
        if !routed || awaits(function) || self.needs_loop(id) || self.is_named(id) {
            return None;
        }
        Some(Writer { name: "def".into(), edits: vec![(word, "".into())], display_only: None })
    }

    /// Whether a function does what only a thread with an event loop can.
    fn needs_loop(&self, id: FunctionId) -> bool {
        let flow = &self.draft(id).flow;
        let values = self.code.function(id, self.code.alone(id));
        let of = |node: &NodeId| values.get(*node as usize).cloned().unwrap_or_default();
        flow.nodes.iter().any(|node| match &node.kind {
            NodeKind::Call { func, .. } => match of(func) {
                Value::Outside(path) => path.starts_with("asyncio.") || path.starts_with("anyio."),
                Value::Function(called) | Value::Method(called, ..) => self.draft(called).is_async,
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether code names a function, and not its routes alone.
    fn is_named(&self, id: FunctionId) -> bool {
        let name = &*self.draft(id).name;
        let spells = |flow: &Flow| {
            flow.nodes.iter().any(|node| match &node.kind {
                NodeKind::Name(it) => **it == *name,
                NodeKind::Attr { name: it, .. } => **it == *name,
                _ => false,
            })
        };
        let names = self.code.names;
        let by_function = self.functions().into_iter().any(|other| {
            spells(&self.draft(other).flow) && {
                let values = self.code.function(other, self.code.alone(other));
                values.contains(&Value::Function(id))
            }
        });
        let by_module = names.drafts.iter().enumerate().any(|(at, draft)| {
            let draft_at = at as u32;
            spells(&draft.top)
                && draft.top.nodes.iter().enumerate().any(|(node, _)| {
                    let def = names.of_node(draft_at, &draft.top, node as NodeId);
                    def == Some(Def::Function(id))
                })
        });
        by_function || by_module
    }
}

/// Whether a function awaits, loops or opens asynchronously, or yields.
pub(super) fn awaits(function: &FunctionDraft) -> bool {
    let flow = &function.flow;
    flow.nodes.iter().any(|it| matches!(it.kind, NodeKind::Await(_)))
        || flow.loops.iter().any(|it| it.is_async)
        || flow.withs.iter().any(|it| it.is_async)
        || !flow.yields.is_empty()
}

/// A fact that follows from code at these places.
pub(super) fn at<T>(value: T, places: Vec<Span>) -> Fact<T> {
    Fact::derived(value, places)
}

/// A fact of the code as a whole.
pub(super) fn is<T>(value: T) -> Fact<T> {
    Fact::derived(value, Vec::new())
}
