//! What runs in each turn of a loop, and is told.

use std::rc::Rc;

use super::super::events::{Event, Guess, Writing};
use super::super::models::{Loading, Relation};
use super::super::names::ClassId;
use super::super::types::{Row, Set, Size, Turn, Type};
use super::super::{django, sqlalchemy};
use super::Eval;
use crate::facts::orm::flow::{Guard, NodeId, Scope};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

impl Eval<'_> {
    /// A relation is read of a row: a query, unless it is loaded, or the row is only one.
    pub(super) fn lazy(&mut self, row: &Rc<Row>, relation: &Rc<Relation>, id: NodeId, scope: Scope) {
        let (Some(turn), Some(root)) = (row.turn, &row.root) else { return };
        let node = self.frame().flow.node(id);
        let span = node.span;
        // Where rows come by that are known, a guess about those that nobody knows adds nothing.
        if root.size != Size::Guessed && !row.guessed {
            self.settled.insert(span);
        }
        // Whether a function that serves several kinds of rows reads it for those of this loop cannot be told.
        if node.sorted && self.depth() > turn.depth {
            return;
        }
        let held = row.path.is_empty() && !relation.to_many && root.pinned.contains(&relation.name);
        if relation.loading != Loading::Lazy || row.alone || held || root.awaited {
            return;
        }
        if self.is_loaded(root, &row.path_to(&relation.name)) {
            return;
        }
        let Some(at) = self.turn_at(turn, span, scope) else { return };
        let mut path = row.path.clone();
        path.push(relation.clone());
        let mut event = Event::lazy(self, turn, at, span, root.clone(), path);
        if row.guessed {
            event.guess.get_or_insert(Guess::Row);
        }
        self.tell(event);
    }

    pub(in crate::link::orm) fn is_loaded(&self, root: &Rc<Set>, path: &str) -> bool {
        root.loads.has(path)
            || self
                .frames
                .iter()
                .any(|frame| frame.loaded.iter().any(|(at, loads)| *at == root.span && loads.has(path)))
    }

    /// Whether what code looks for is there on a row that the present function was given, or it does not run, as far as
    /// each turn goes.
    pub(super) fn is_brought(&self, guard: &Guard, scope: Scope) -> bool {
        match guard {
            // Which of its kinds the rows of a loop are is not read.
            Guard::Kind(at) => {
                return matches!(self.frame().args.get(*at as usize), Some((Type::Row(row), _)) if row.turn.is_some());
            }
            Guard::Flag(at, wanted) => {
                return matches!(self.frame().args.get(*at as usize), Some((Type::Flag(given), _)) if given != wanted);
            }
            // In the loop's own body it may be what most turns do; of a function that a loop calls nobody can tell.
            Guard::Missing => return scope == 0,
            Guard::Seldom => return true,
            _ => {}
        }
        let rows = self.frame().args.iter().filter_map(|(given, _)| match given {
            Type::Row(row) => row.root.as_ref().map(|root| (row, root)),
            _ => None,
        });
        rows.clone().any(|(row, root)| match guard {
            Guard::Attribute(name) => root.loads.brought.contains(&row.path_to(name)),
            Guard::Prefetched(name) => self.is_loaded(root, &row.path_to(name)),
            Guard::Kind(_) | Guard::Flag(..) | Guard::Missing | Guard::Seldom | Guard::Action(_) => false,
        })
    }

    /// The place in the frame of a loop where the present evaluation runs, when it does so in each turn.
    pub(in crate::link::orm) fn turn_at(&self, turn: Turn, span: Span, scope: Scope) -> Option<Span> {
        let (span, scope) =
            if turn.depth >= self.depth() { (span, scope) } else { self.frames.get(turn.depth + 1)?.call };
        let frame = self.frames.get(turn.depth)?;
        (turn.scope != 0 && frame.flow.within(scope, turn.scope)).then_some(span)
    }

    /// The innermost loop over rows (or over what a client sent) that the present evaluation runs in, with its size and
    /// the place there.
    pub(in crate::link::orm) fn row_loop(&self, span: Span, scope: Scope) -> Option<(Turn, Size, Span)> {
        let (mut span, mut scope) = (span, scope);
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let mut at = scope;
            while let Some(here) = frame.flow.scope(at) {
                if let Some(size) = frame.types.get(here.iter as usize).and_then(Type::size) {
                    return Some((Turn { depth, scope: at }, size, span));
                }
                at = here.parent;
            }
            (span, scope) = frame.call;
        }
        None
    }

    /// Whether a value differs in each turn of a loop.
    pub(in crate::link::orm) fn keyed(&self, vary: Option<Turn>, turn: Turn) -> bool {
        vary.is_some_and(|vary| {
            vary.depth > turn.depth
                || (vary.depth == turn.depth
                    && self.frames.get(turn.depth).is_some_and(|frame| frame.flow.within(vary.scope, turn.scope)))
        })
    }

    pub(in crate::link::orm) fn tell(&mut self, event: Event) {
        if self.quiet == 0 {
            self.events.push(event);
        }
    }

    /// A value (of a node) is gone through: a queryset runs.
    pub(in crate::link::orm) fn consume(&mut self, of: &Type, id: NodeId, scope: Scope) {
        let Type::Set(set) = of else { return };
        if set.orm == Orm::Sqlalchemy {
            if let Some((row, _)) = set.related.as_ref().filter(|_| !set.plain) {
                self.query_per_row(row, Orm::Sqlalchemy, id, scope, sqlalchemy::BY_KEYS);
            }
            return;
        }
        match &set.related {
            Some((row, relation)) if set.plain => {
                self.lazy(row, relation, id, scope);
            }
            Some((row, relation)) => {
                let remedy = django::prefetch(row, relation);
                self.query_per_row(row, Orm::Django, id, scope, &remedy);
            }
            None => {
                let remedy = django::batch(self, id);
                self.query(Orm::Django, id, scope, &remedy);
            }
        }
    }

    /// A query that depends on a row runs: once for each turn of the row's loop.
    pub(in crate::link::orm) fn query_per_row(&mut self, row: &Row, orm: Orm, id: NodeId, scope: Scope, remedy: &str) {
        let Some(turn) = row.turn.filter(|_| row.root.is_some() && !row.alone) else {
            let before = self.events.len();
            self.query(orm, id, scope, remedy);
            for event in self.events.iter_mut().skip(before).filter(|_| row.guessed) {
                event.guess.get_or_insert(Guess::Row);
            }
            return;
        };
        let span = self.frame().flow.node(id).span;
        let Some(at) = self.turn_at(turn, span, scope) else { return };
        let size = self.size_of(turn).or(row.root.as_ref().map(|root| root.size)).unwrap_or(Size::Open);
        self.tell(Event::query(self, turn, at, orm, size, id, remedy));
    }

    /// A query runs: told when it does so for each row of a loop, and asks for something else each time.
    pub(in crate::link::orm) fn query(&mut self, orm: Orm, id: NodeId, scope: Scope, remedy: &str) {
        let span = self.frame().flow.node(id).span;
        if let Some((turn, size, at)) = self.turns(span, scope, self.vary(id)) {
            self.tell(Event::query(self, turn, at, orm, size, id, remedy));
        }
    }

    /// A write runs: told when it does so for each row of a loop.
    pub(in crate::link::orm) fn write(&mut self, orm: Orm, id: NodeId, how: Writing) {
        let node = self.frame().flow.node(id);
        let found = self.row_loop(node.span, node.scope);
        let found = found.or_else(|| self.guessed_loop(node.span, node.scope, |_| true));
        let Some((turn, size, at)) = found else { return };
        self.tell(Event::write(self, turn, at, orm, size, id, how));
    }

    /// Whether code of a model's own runs with its `save` or `delete`: none when a base of it is not in the repository.
    pub(in crate::link::orm) fn own_code(&self, model: ClassId, method: &str) -> Option<bool> {
        if self.names.method(model, method, None).is_some() {
            return Some(true);
        }
        self.names.lineage(model).external.iter().all(|base| base.starts_with("django.")).then_some(false)
    }

    pub(super) fn size_of(&self, turn: Turn) -> Option<Size> {
        let frame = self.frames.get(turn.depth)?;
        frame.types.get(frame.flow.scope(turn.scope)?.iter as usize)?.size()
    }
}
