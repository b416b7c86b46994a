//! Who looks for the rows that refer to one parent: comparisons of the column, joins from the parent, deletes of the parent.
//! Without any, an index of the column serves nobody.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::events::{params_of, spelled};
use super::models::Models;
use super::names::{ClassId, Def, Names};
use super::reach::Reaching;
use super::types::Unit;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::source::Span;
use crate::stack::vocabulary::Reach;

/// Rows that are deleted: of which model, by which code, where.
pub(super) type Deleted = BTreeSet<(ClassId, Unit, Span)>;

/// A column that refers to a parent.
pub(super) struct Key<'k> {
    pub(super) model: ClassId,
    pub(super) column: &'k str,
    pub(super) parent: Option<ClassId>,
    /// The relationships that lead to the parent by it.
    pub(super) relations: Vec<&'k str>,
}

/// What asks by a key, as it is spelled, and where.
pub(super) type Asks = (String, Span);

/// Expressions nest so deep at most, and statements are so long.
const MOST_STEPS: usize = 64;
/// What names an entity of a statement.
const ENTITIES: &[&str] = &["query", "select", "select_from", "join", "outerjoin", "delete", "update"];

/// Who asks by each of the keys: the first that is found, of the code that serves or works a queue. Whether an index starts
/// with another column, `leads` tells: a statement that asks by it, too, is served by that.
pub(super) fn asked(
    names: &Names<'_>,
    models: &Models,
    keys: &[Key<'_>],
    deleted: &Deleted,
    reached: &Reaching<'_>,
    leads: &dyn Fn(ClassId, &str) -> bool,
) -> Vec<Option<Asks>> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::default();
    for (at, key) in keys.iter().enumerate() {
        for name in std::iter::once(key.column).chain(key.relations.iter().copied()) {
            by_name.entry(name).or_default().push(at);
        }
    }
    let mut out: Vec<Option<Asks>> = vec![None; keys.len()];
    let mut put = |unit: Unit, at: usize, asks: &dyn Fn() -> Asks| {
        if out[at].is_none() && reached.of(unit) != Reach::Commands {
            out[at] = Some(asks());
        }
    };
    for (model, unit, span) in deleted {
        for (at, _) in keys.iter().enumerate().filter(|(_, key)| key.parent == Some(*model)) {
            let name = models.name(names, *model);
            put(*unit, at, &|| (format!("a delete of a `{name}`"), *span));
        }
    }
    for (unit, flow) in flows(names) {
        let scan = Scan { names, unit, flow, keys, by_name: &by_name };
        scan.run(&mut |at, node| {
            if scan.asks_besides(node, &keys[at], leads) {
                return;
            }
            let said = || (format!("`{}`", spelled(flow, params_of(names, unit), node)), flow.node(node).span);
            put(unit, at, &said);
        });
    }
    out
}

/// All code that may ask.
fn flows<'n>(names: &'n Names<'_>) -> impl Iterator<Item = (Unit, &'n Flow)> {
    use super::names::FunctionId;
    names.drafts.iter().enumerate().flat_map(|(draft, it)| {
        let draft = draft as u32;
        let classes = it.classes.iter().enumerate();
        let classes = classes.map(move |(at, it)| (Unit::Class(ClassId { draft, at: at as u32 }), &it.body));
        let functions = it.functions.iter().enumerate();
        let functions = functions.map(move |(at, it)| (Unit::Function(FunctionId { draft, at: at as u32 }), &it.flow));
        std::iter::once((Unit::Top(draft), &it.top)).chain(classes).chain(functions)
    })
}

/// A body of code that is looked through.
struct Scan<'s, 'n> {
    names: &'s Names<'n>,
    unit: Unit,
    flow: &'s Flow,
    keys: &'s [Key<'s>],
    by_name: &'s HashMap<&'s str, Vec<usize>>,
}

impl Scan<'_, '_> {
    /// Tells each key that is asked by, with the node that says so.
    fn run(&self, tell: &mut dyn FnMut(usize, NodeId)) {
        for (at, node) in self.flow.nodes.iter().enumerate() {
            let at = at as NodeId;
            match &node.kind {
                NodeKind::Same(one, other) => {
                    for (side, with) in [(*one, *other), (*other, *one)] {
                        for key in self.column(side) {
                            if self.finds(key, at, with) {
                                tell(key, side);
                            }
                        }
                    }
                }
                NodeKind::Attr { of, name, .. } if &**name == "in_" => {
                    self.column(*of).into_iter().for_each(|key| tell(key, *of));
                }
                NodeKind::Call { func, args, keywords, .. } => match self.flow.last_called(*func) {
                    Some("filter_by") => {
                        for (name, value) in keywords {
                            if !matches!(self.flow.node(*value).kind, NodeKind::Nothing) {
                                self.named(name, at).into_iter().for_each(|key| tell(key, at));
                            }
                        }
                    }
                    // `select(Thread).join(Message)`
                    Some("join" | "outerjoin") if args.len() == 1 => {
                        let Some(joined) = self.entity(args[0]) else { continue };
                        let from = self.entities(*func);
                        let leads =
                            |key: &Key<'_>| key.model == joined && key.parent.is_some_and(|it| from.contains(&it));
                        (0..self.keys.len()).filter(|key| leads(&self.keys[*key])).for_each(|key| tell(key, at));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// The keys that `Model.column` may be.
    fn column(&self, node: NodeId) -> Vec<usize> {
        let NodeKind::Attr { of, name, .. } = &self.flow.node(node).kind else { return Vec::new() };
        let Some(all) = self.by_name.get(&**name) else { return Vec::new() };
        let Some(class) = self.entity(*of) else { return Vec::new() };
        all.iter().copied().filter(|key| self.is_of(*key, class)).collect()
    }

    /// The keys that `filter_by(column=…)` means: of an entity of the statement, or the only one of that name where none is
    /// seen.
    fn named(&self, name: &str, call: NodeId) -> Vec<usize> {
        let Some(all) = self.by_name.get(name) else { return Vec::new() };
        let of = self.entities(call);
        let is = |key: &usize| of.is_empty() && all.len() == 1 || of.iter().any(|class| self.is_of(*key, *class));
        all.iter().copied().filter(is).collect()
    }

    fn is_of(&self, key: usize, class: ClassId) -> bool {
        let model = self.keys[key].model;
        model == class || self.names.derives(model, class) || self.names.derives(class, model)
    }

    /// Whether a comparison finds rows by a key: with a value, or with a parent's column in a statement that does not start
    /// from the rows themselves.
    fn finds(&self, key: usize, same: NodeId, with: NodeId) -> bool {
        let other = match &self.flow.node(with).kind {
            NodeKind::Nothing => return false,
            NodeKind::Attr { of, .. } => self.entity(*of),
            _ => None,
        };
        let Some(other) = other else { return true };
        let calls = self.flow.nodes.iter().enumerate().filter(|(_, node)| match &node.kind {
            NodeKind::Call { args, .. } => args.contains(&same),
            _ => false,
        });
        let starts: Vec<ClassId> = calls.filter_map(|(at, _)| self.entities(at as NodeId).pop()).collect();
        !self.is_of(key, other) && (starts.is_empty() || starts.iter().any(|class| !self.is_of(key, *class)))
    }

    /// Whether the statement that compares a column here asks by equality for another one of the model that an index leads with.
    fn asks_besides(&self, node: NodeId, key: &Key<'_>, leads: &dyn Fn(ClassId, &str) -> bool) -> bool {
        let model = key.model;
        let is_led = |name: &str| name != key.column && leads(model, name);
        let compares = |arg: NodeId| {
            let column = |side: NodeId| match &self.flow.node(side).kind {
                NodeKind::Attr { of, name, .. } if self.entity(*of) == Some(model) => Some(&**name),
                _ => None,
            };
            match &self.flow.node(arg).kind {
                NodeKind::Same(one, other) => {
                    let sides = [(*one, *other), (*other, *one)];
                    sides.into_iter().any(|(side, with)| {
                        !matches!(self.flow.node(with).kind, NodeKind::Nothing) && column(side).is_some_and(is_led)
                    })
                }
                NodeKind::Call { func, .. } => match &self.flow.node(*func).kind {
                    NodeKind::Attr { of, name, .. } if &**name == "in_" => column(*of).is_some_and(is_led),
                    _ => false,
                },
                _ => false,
            }
        };
        self.statement(node).into_iter().any(|call| match &self.flow.node(call).kind {
            NodeKind::Call { func, args, keywords, .. } => match self.flow.last_called(*func) {
                Some("filter" | "where") => args.iter().any(|arg| compares(*arg)),
                Some("filter_by") => keywords
                    .iter()
                    .any(|(name, value)| !matches!(self.flow.node(*value).kind, NodeKind::Nothing) && is_led(name)),
                _ => false,
            },
            _ => false,
        })
    }

    /// The calls of the statement in which an expression stands: each with what stands before and behind it in the chain.
    fn statement(&self, node: NodeId) -> Vec<NodeId> {
        let span = self.flow.node(node).span;
        let mut found = Vec::new();
        for call in 0..self.flow.nodes.len() as NodeId {
            let chain = self.chain(call);
            if chain.iter().any(|it| self.flow.node(*it).span.contains(span)) {
                found.extend(chain);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The calls of a chain, the last one first, with those of each branch that a name may have come by.
    fn chain(&self, last: NodeId) -> Vec<NodeId> {
        let (mut todo, mut found) = (vec![last], Vec::new());
        for _ in 0..MOST_STEPS {
            let Some(at) = todo.pop() else { break };
            match &self.flow.node(at).kind {
                NodeKind::Call { func, .. } => {
                    found.push(at);
                    todo.push(*func);
                }
                NodeKind::Attr { of, .. } => todo.push(*of),
                NodeKind::Either(all) => todo.extend(all),
                _ => {}
            }
        }
        found
    }

    /// The model that an expression is: by its name, aliased, or its table.
    fn entity(&self, node: NodeId) -> Option<ClassId> {
        match &self.flow.node(node).kind {
            NodeKind::Attr { of, name, .. } if matches!(&**name, "c" | "columns" | "__table__") => self.entity(*of),
            NodeKind::Call { func, args, .. } if matches!(self.flow.last_called(*func), Some("aliased" | "alias")) => {
                self.entity(*args.first()?)
            }
            _ => match self.names.of_node(self.unit.draft(), self.flow, node)? {
                Def::Class(class) => Some(class),
                _ => None,
            },
        }
    }

    /// The model that an argument of a statement is, or has a column of: `Service`, `Service.name`, `Service.name.label("name")`.
    fn of_column(&self, node: NodeId) -> Option<ClassId> {
        let mut at = node;
        for _ in 0..4 {
            if let Some(class) = self.entity(at) {
                return Some(class);
            }
            at = match &self.flow.node(at).kind {
                NodeKind::Attr { of, .. } => *of,
                NodeKind::Call { func, .. } => *func,
                _ => return None,
            };
        }
        None
    }

    /// The models that a statement names on its way to a call, the one that it starts with last.
    fn entities(&self, node: NodeId) -> Vec<ClassId> {
        let mut found = Vec::new();
        let mut todo = vec![node];
        for _ in 0..MOST_STEPS {
            let Some(node) = todo.pop() else { break };
            match &self.flow.node(node).kind {
                NodeKind::Call { func, args, .. } => {
                    if self.flow.last_called(*func).is_some_and(|name| ENTITIES.contains(&name)) {
                        found.extend(args.iter().rev().filter_map(|node| self.of_column(*node)));
                    }
                    todo.push(*func);
                }
                NodeKind::Attr { of, name, .. } => {
                    found.extend(self.entity(*of).filter(|_| &**name == "query"));
                    todo.push(*of);
                }
                NodeKind::Either(all) => todo.extend(all),
                NodeKind::Await(of) => todo.push(*of),
                _ => {}
            }
        }
        found
    }
}
