//! Functions of the repository that are called: each is entered with what it is given, unless what it does then is known.

use std::rc::Rc;

use super::super::names::FunctionId;
use super::super::types::{Loads, Set, Turn, Type, Unit};
use super::given::Given;
use super::runs::Once;
use super::{Args, Eval, Known};
use crate::facts::orm::flow::{NodeId, NodeKind};

/// Calls are followed so deep.
const MOST_DEPTH: usize = 5;

impl Eval<'_> {
    /// Calls a method on what it is bound to.
    pub(in crate::link::orm) fn enter(
        &mut self,
        function: FunctionId,
        this: Rc<Type>,
        args: &Args<'_>,
        id: NodeId,
    ) -> Type {
        if !self.follows(function) {
            return Type::Unknown;
        }
        let bound = if self.decorated(function, &["staticmethod"]) { None } else { Some(&this) };
        let given = self.given(bound, function, args);
        self.follow(function, given, id)
    }

    /// Whether a call of a function is followed: not into what is under way, and so deep. What is not is noted.
    pub(super) fn follows(&mut self, function: FunctionId) -> bool {
        let unit = Unit::Function(function);
        // A body says the same whoever asks for it first.
        if self.frames.len().saturating_sub(self.base) > MOST_DEPTH {
            self.too_deep += 1;
            return false;
        }
        let mut frames = self.frames.iter().enumerate().skip(self.base);
        let under_way = frames.find(|(_, it)| it.unit == unit).map(|(at, _)| at);
        self.came_back_to = self.came_back_to.min(under_way.unwrap_or(usize::MAX));
        under_way.is_none()
    }

    /// Follows a call into a function of the repository.
    pub(in crate::link::orm) fn follow(
        &mut self,
        function: FunctionId,
        given: Vec<(Type, Option<Turn>)>,
        id: NodeId,
    ) -> Type {
        let unit = Unit::Function(function);
        let called = self.names.function(function);
        if !self.follows(function) {
            return Type::Unknown;
        }
        let node = self.frame().flow.node(id);
        let (span, scope) = (node.span, node.scope);
        // A call that gets no rows of a queryset, and does not run for each of them, says the same each time. One that has
        // nothing to do with a mapper says nothing, in a loop too.
        let key = given.iter().all(|(kind, _)| is_same(kind) || !kind.is_of_mapper()).then(|| {
            let given: Box<[Given]> = given.iter().map(|(kind, _)| Given::of(kind)).collect();
            (function, given, self.listing)
        });
        let same =
            given.iter().all(|(kind, vary)| vary.is_none() && is_same(kind)) && self.row_loop(span, scope).is_none();
        if let Some(key) = &key {
            match self.memo.get(key) {
                Some(known) if if known.idle { self.frames.len() >= known.from } else { same } => {
                    self.met += usize::from(!known.idle);
                    self.too_deep += usize::from(known.from > 0);
                    let returned = known.returned.clone();
                    return self.at_site(returned, id);
                }
                _ if same => _ = self.memo.insert(key.clone(), Known::default()),
                _ => {}
            }
        }
        let (met, depth) = (self.met, self.frames.len());
        let outside = std::mem::replace(&mut self.came_back_to, usize::MAX);
        let keeps = self.keeps_answers(function, &given);
        self.once.extend(keeps.then_some(Once::of(Turn { depth: self.frames.len(), scope: 0 })));
        let before = self.too_deep;
        let (returned, left) = self.run(unit, &called.flow, given, (span, scope));
        if keeps {
            self.once.pop();
        }
        self.behind = left;
        // What calls a function that is under way may do more where it is called by itself.
        let alone = self.came_back_to >= depth && !self.is_over();
        self.came_back_to = self.came_back_to.min(outside);
        let idle = alone && self.met == met;
        // What lay too deep from here does so from further down, too.
        let from = if self.too_deep > before { depth } else { 0 };
        if let Some(key) = key {
            // What is not known because calls lay too deep here may be known elsewhere.
            let too_deep = self.too_deep > before && matches!(returned, Type::Unknown);
            if idle || same && !self.is_over() && !too_deep {
                self.memo.insert(key, Known { returned: returned.clone(), idle, from });
            } else if same {
                self.memo.remove(&key);
            }
        }
        self.at_site(returned, id)
    }

    /// Whether a function keeps what it answers to the same arguments: `@lru_cache`. Each row is another argument.
    fn keeps_answers(&self, function: FunctionId, given: &[(Type, Option<Turn>)]) -> bool {
        const KEEP: &[&str] = &["lru_cache", "cache", "cached", "memoize", "memoized"];
        let of_rows = given.iter().any(|(kind, _)| matches!(kind, Type::Row(row) if row.turn.is_some()));
        !of_rows && self.decorated(function, KEEP)
    }

    /// What a method has put on the row that it was called on, the row has from here on.
    pub(super) fn left_on(&mut self, id: NodeId) {
        let Some(Type::Row(after)) = std::mem::take(&mut self.behind).into_iter().next() else { return };
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return };
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return };
        let Type::Row(row) = self.type_of(of) else { return };
        if row.model != after.model || !self.surely_follows(of, id) {
            return;
        }
        let put = after.assigned.iter().filter(|name| !row.assigned.contains(name));
        let more: Vec<Box<str>> = put.filter(|name| self.models.relation(row.model, name).is_none()).cloned().collect();
        if !more.is_empty() {
            let mut row = (*row).clone();
            row.assigned.extend(more);
            self.replace(of, Type::Row(Rc::new(row)));
        }
    }

    /// What a queryset of a class of its own loads whenever it is filtered: by its `_filter_or_exclude`, that of Django's
    /// `filter` and `exclude`, or by the `_chain` of all its methods.
    pub(in crate::link::orm) fn loaded_by_itself(&mut self, set: &Set, name: &str, id: NodeId) -> Option<Loads> {
        let own: &[&str] =
            if matches!(name, "filter" | "exclude") { &["_filter_or_exclude", "_chain"] } else { &["_chain"] };
        let found = |own: &&str| set.classes.iter().find_map(|class| self.names.method(*class, own, None));
        let method = own.iter().find_map(found)?;
        self.quiet += 1;
        let returned = self.enter(method, Rc::new(Type::Set(Rc::new(set.clone()))), &Args::NONE, id);
        self.quiet -= 1;
        match returned {
            Type::Set(given) if given.rows => Some(given.loads.clone()),
            _ => None,
        }
    }
}

/// Whether a value says no more than its class does: nothing of the queryset it came from.
fn is_same(of: &Type) -> bool {
    match of {
        Type::Row(row) => {
            row.root.is_none() && row.turn.is_none() && row.path.is_empty() && row.held.is_none() && !row.guessed
        }
        Type::Set(_) | Type::Manager(_) => false,
        Type::List(of, _) | Type::Dict(of, _) => is_plain(of),
        Type::Tuple(all) | Type::Each(all) => all.iter().all(is_plain),
        Type::Record(all) | Type::Made(_, all) => all.iter().all(|(_, of, turn)| turn.is_none() && is_plain(of)),
        _ => true,
    }
}

/// Whether a value within another is the same in each turn of a loop: of what is of a mapper, a row at most.
fn is_plain(of: &Type) -> bool {
    (matches!(of, Type::Row(_) | Type::Made(..)) || !of.is_of_mapper()) && is_same(of)
}
