//! Queries that ask for the same in each turn of a loop, as far as the code shows all that they are asked with: they could be
//! asked before it.

use super::super::django;
use super::super::names::ClassId;
use super::super::types::{Size, Turn, Type, Unit};
use super::Eval;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Methods of SQLAlchemy's queries and sessions that ask each time they are called.
const ASK: &[&str] = &["one", "one_or_none", "all", "scalar", "scalars", "execute"];
/// Methods that write something, of a mapper, a list or a dict: what is asked behind them may be another thing.
const CHANGE: &[&str] = &[
    "save",
    "asave",
    "create",
    "acreate",
    "delete",
    "adelete",
    "update",
    "aupdate",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "add",
    "remove",
    "set",
    "clear",
    "commit",
    "flush",
    "refresh_from_db",
    "refresh",
];
/// Functions that give another thing each time.
const NEW: &[&str] =
    &["now", "today", "utcnow", "time", "next", "pop", "popleft", "read", "readline", "uuid4", "choice"];
/// Decorators that keep nothing.
const PLAIN: &[&str] = &["staticmethod", "classmethod", "property", "atomic", "sync_to_async", "extend_schema_field"];
/// Values are followed so far.
const MOST: u32 = 24;

impl Eval<'_> {
    /// The loop over rows in each turn of which a query asks for the same.
    pub(super) fn asks_again(&self, orm: Orm, id: NodeId, span: Span, scope: Scope) -> Option<(Turn, Size, Span)> {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return None };
        let name = flow.last_called(func).filter(|name| django::asks(name) || ASK.contains(name))?;
        // A session gives the object that it has; Django's `all` asks for nothing by itself.
        if name == if orm == Orm::Sqlalchemy { "get" } else { "all" } {
            return None;
        }
        let (turn, size, at) = self.row_loop(span, scope)?;
        let fixed = size == Size::Open && !self.changes_something(turn) && self.is_fixed(self.depth(), id, turn, 0);
        fixed.then_some((turn, size, at))
    }

    /// Whether the turn writes, as far as the code on the way to the present place shows, or a function on that way may keep what
    /// it gives.
    fn changes_something(&self, turn: Turn) -> bool {
        let changes = |flow: &Flow, within: Scope| {
            flow.nodes.iter().any(|node| match &node.kind {
                NodeKind::Call { func, .. } => {
                    flow.within(node.scope, within)
                        && flow.last_called(*func).is_some_and(|name| CHANGE.contains(&name) || is_of_tenant(name))
                }
                _ => false,
            })
        };
        self.frames.iter().enumerate().skip(turn.depth).any(|(depth, frame)| match depth == turn.depth {
            true => changes(frame.flow, turn.scope),
            false => {
                let keeps = match frame.unit {
                    Unit::Function(id) => self.names.function(id).decorators.iter().any(|it| !PLAIN.contains(&&**it)),
                    _ => false,
                };
                keeps || changes(frame.flow, 0)
            }
        })
    }

    /// Whether a value of a frame is the same in each turn of a loop.
    fn is_fixed(&self, depth: usize, id: NodeId, turn: Turn, hops: u32) -> bool {
        let Some(frame) = self.frames.get(depth).filter(|_| hops < MOST) else { return false };
        let flow = frame.flow;
        let node = flow.node(id);
        // What was there before the loop is there in each turn, unless a turn puts another thing in its place.
        if depth == turn.depth && !flow.within(node.scope, turn.scope) {
            return !flow.nodes.iter().any(|it| match &it.kind {
                NodeKind::Either(all) => {
                    all.contains(&id) && all.iter().any(|one| flow.within(flow.node(*one).scope, turn.scope))
                }
                NodeKind::Store { of, .. } => *of == id && flow.within(it.scope, turn.scope),
                _ => false,
            });
        }
        let fixed = |id: &NodeId| self.is_fixed(depth, *id, turn, hops + 1);
        match &node.kind {
            NodeKind::Text(_) | NodeKind::Number(_) | NodeKind::Flag(_) | NodeKind::Nothing | NodeKind::Constant => {
                true
            }
            // A name of the module, and none of a function around.
            NodeKind::Name(_) => match frame.unit {
                Unit::Function(id) => self.names.function(id).within.is_none(),
                _ => true,
            },
            NodeKind::Param(at) => self.is_fixed_argument(depth, *at, turn, hops),
            NodeKind::Attr { of, name, .. } => match frame.types.get(*of as usize) {
                Some(Type::Instance(class)) => fixed(of) && self.is_kept_as_made(*class, name),
                _ => fixed(of),
            },
            NodeKind::Call { func, args, keywords, .. } => {
                let new = flow.last_called(*func).is_some_and(|name| NEW.contains(&name) || name.contains("random"));
                !new && fixed(func) && args.iter().all(fixed) && keywords.iter().all(|(_, it)| fixed(it))
            }
            NodeKind::Item { of, key } => fixed(of) && fixed(key),
            NodeKind::Await(of) | NodeKind::Format(of) => fixed(of),
            NodeKind::List(all) | NodeKind::Mix(all) | NodeKind::Either(all) => all.iter().all(fixed),
            _ => false,
        }
    }

    /// The same of what a function on the way to a query was given.
    fn is_fixed_argument(&self, depth: usize, at: u32, turn: Turn, hops: u32) -> bool {
        let Some(frame) = self.frames.get(depth).filter(|_| depth > turn.depth) else { return false };
        match frame.args.get(at as usize) {
            Some((_, Some(_))) | None => return false,
            // The one that has the method.
            Some((Type::Instance(_) | Type::Def(_) | Type::Request, None)) => return true,
            Some((_, None)) => {}
        }
        self.argument_of(depth, at).is_some_and(|node| self.is_fixed(depth - 1, node, turn, hops + 1))
    }

    /// Whether nothing but what makes an instance puts something under a name of it.
    fn is_kept_as_made(&self, class: ClassId, name: &str) -> bool {
        const MAKE: &[&str] = &["__init__", "setup", "initial", "dispatch"];
        let lineage = &self.names.lineage(class).classes;
        let mut stores = lineage.iter().flat_map(|of| self.names.stores.of(*of, name));
        stores.all(|(method, _)| MAKE.contains(&&*self.names.function(*method).name))
    }
}

/// `connection.set_tenant(tenant)`, `with schema_context(name)`: what is asked then is asked of other tables.
fn is_of_tenant(name: &str) -> bool {
    name.contains("tenant") || name.contains("schema")
}
