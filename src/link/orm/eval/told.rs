//! What runs in each turn of a loop, and is told.

use std::rc::Rc;

use super::super::events::{Cause, Event, EventKind, Guess, UNNAMED, Writing};
use super::super::models::{Loading, Relation, is_never_null};
use super::super::names::{ClassId, Def};
use super::super::narrow::Parent;
use super::super::types::{Extent, Row, Set, Size, Turn, Type, Unit};
use super::super::uses::{self, Use, Wanted};
use super::super::{default_manager, django, keys, sqlalchemy, strangers};
use super::Eval;
use super::need::Need;
use crate::facts::orm::flow::{Guard, GuardId, Node, NodeId, NodeKind, Scope};
use crate::facts::orm::{FunctionDraft, Place};
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
        // Whether a function that serves several kinds of rows reads it for those of this loop can only be guessed.
        // What a generic key leads to is of a kind: that is asked of it, and not of the row.
        let generic = relation.target.is_none() && !relation.joinable && !relation.to_many;
        let of_a_kind = node.sorted && self.depth() > turn.depth && !generic;
        // Nor whether the rows of this loop are those that have another key, or those that lack it.
        if self.depth() > turn.depth && self.is_unset(node.guard) {
            return;
        }
        let held = row.path.is_empty() && !relation.to_many && root.pinned.contains(&relation.name);
        if relation.loading != Loading::Lazy || row.alone || held || root.awaited {
            return;
        }
        if self.is_loaded(root, &row.path_to(&relation.name)) {
            return;
        }
        if row.path.is_empty() && self.is_read_when_made(row.model, relation) {
            return;
        }
        let brought = match root.orm {
            Orm::Django => default_manager::brings(self, row, relation),
            Orm::Sqlalchemy => sqlalchemy::is_held(self, relation),
        };
        if brought {
            return;
        }
        let Some(at) = self.turn_at(turn, span, scope) else { return };
        if root.orm == Orm::Sqlalchemy && self.commits_within(turn) {
            return;
        }
        if !self.tells() {
            self.met += 1;
            return;
        }
        let key = match self.need(row, relation, id) {
            // A key that is none asks for nothing, and which rows have one the code does not say.
            Need::Presence(_)
                if (node.sorted || self.depth() > turn.depth)
                    && !is_never_null(self.names, row.model, &relation.name) =>
            {
                return;
            }
            Need::Presence(edits) | Need::Key(edits) => Some(edits),
            Need::Row => None,
        };
        let mut path = row.path.clone();
        path.push(relation.clone());
        let mut event = Event::lazy(self, turn, at, span, root.clone(), path, key);
        event.refreshed = self.refreshed.contains(&(turn, root.span));
        event.raises = root.orm == Orm::Django && self.runs_in_event_loop(span);
        if row.guessed {
            event.guess.get_or_insert(Guess::Row);
        }
        if of_a_kind {
            event.guess.get_or_insert(Guess::Kind);
        }
        self.tell(event);
    }

    /// Whether code runs in an event loop, where Django lets nothing be asked: in an `async def`, and not handed to a thread.
    fn runs_in_event_loop(&self, at: Span) -> bool {
        const THREADS: &[&str] =
            &["sync_to_async", "database_sync_to_async", "to_thread", "run_in_executor", "run_sync"];
        let frame = self.frame();
        let Unit::Function(id) = frame.unit else { return false };
        let hands_on = |node: &Node| match &node.kind {
            NodeKind::Call { func, .. } => {
                node.span.contains(at) && frame.flow.last_called(*func).is_some_and(|name| THREADS.contains(&name))
            }
            _ => false,
        };
        self.names.function(id).is_async && !frame.flow.nodes.iter().any(hands_on)
    }

    /// Whether each turn runs a function whose decorator commits behind it: what was loaded with the rows expires with that, and
    /// is asked for again.
    fn commits_within(&self, turn: Turn) -> bool {
        self.frames.iter().skip(turn.depth + 1).any(|frame| match frame.unit {
            Unit::Function(id) => self.names.function(id).decorators.iter().any(|it| self.commits(id.draft, it)),
            _ => false,
        })
    }

    /// Whether a decorator of the repository's own commits.
    fn commits(&self, draft: u32, decorator: &str) -> bool {
        let Some(Def::Function(id)) = self.names.resolve_dotted(draft, decorator) else { return false };
        let name = &self.names.function(id).name;
        let own = |it: &&FunctionDraft| it.within.as_deref() == Some(&**name) || it.name == *name;
        let commits = |node: &Node| matches!(&node.kind, NodeKind::Attr { name, .. } if &**name == "commit");
        self.names.draft(id.draft).functions.iter().filter(own).any(|it| it.flow.nodes.iter().any(commits))
    }

    /// Whether a model reads a relation of each row as soon as it is made, before any queryset could load it.
    fn is_read_when_made(&self, model: ClassId, relation: &Relation) -> bool {
        let Some(method) = self.names.method(model, "__init__", None) else { return false };
        let flow = &self.names.function(method).flow;
        flow.nodes.iter().any(|node| match &node.kind {
            NodeKind::Attr { of, name, .. } => *name == relation.name && flow.node(*of).kind == NodeKind::Param(0),
            _ => false,
        })
    }

    /// Whether code stands behind a test that finds a key of a row to be none.
    fn is_unset(&self, guard: GuardId) -> bool {
        self.frame().flow.guards(guard).any(|it| match it {
            Guard::Unset(of, name) => match self.type_of(*of) {
                Type::Row(row) => self.models.relation(row.model, name).is_some_and(|it| !it.to_many),
                _ => false,
            },
            _ => false,
        })
    }

    pub(in crate::link::orm) fn is_loaded(&self, root: &Rc<Set>, path: &str) -> bool {
        root.loads.has(path)
            || self
                .frames
                .iter()
                .any(|frame| frame.loaded.iter().any(|(at, loads)| *at == root.span && loads.has(path)))
            // What was loaded onto the row that it is a list of.
            || root.related.as_ref().is_some_and(|(row, relation)| {
                let path = format!("{}__{path}", row.path_to(&relation.name));
                row.root.as_ref().is_some_and(|outer| self.is_loaded(outer, &path))
            })
    }

    /// The place in the frame of a loop where the present evaluation runs, when it does so in each turn.
    pub(in crate::link::orm) fn turn_at(&self, turn: Turn, span: Span, scope: Scope) -> Option<Span> {
        if self.is_passed_by(turn) {
            return None;
        }
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
                    let turn = Turn { depth, scope: at };
                    return (!self.is_passed_by(turn)).then_some((turn, size, span));
                }
                at = here.parent;
            }
            (span, scope) = frame.call;
        }
        None
    }

    /// The innermost loop within one over rows, over what nobody knows, that runs the present evaluation and for which a test
    /// holds, with the place there. One over a few that are written out is none.
    fn innermost(&self, around: Turn, span: Span, scope: Scope, holds: impl Fn(Turn) -> bool) -> Option<(Turn, Span)> {
        let (mut span, mut scope) = (span, scope);
        for (depth, frame) in self.frames.iter().enumerate().rev().take_while(|(depth, _)| *depth >= around.depth) {
            let least = if depth == around.depth { around.scope } else { 0 };
            let mut at = scope;
            while at > least {
                let here = frame.flow.scope(at)?;
                let turn = Turn { depth, scope: at };
                let few = matches!(frame.types.get(here.iter as usize), Some(Type::Tuple(_)));
                let long = depth == around.depth || self.may_have_many_turns(turn);
                if !few && long && holds(turn) && !self.is_passed_by(turn) {
                    return Some((turn, span));
                }
                at = here.parent;
            }
            (span, scope) = frame.call;
        }
        None
    }

    /// Whether a loop is over rows, or over what nobody knows to be short.
    fn may_have_many_turns(&self, turn: Turn) -> bool {
        let Some(frame) = self.frames.get(turn.depth) else { return false };
        let Some(here) = frame.flow.scope(turn.scope) else { return false };
        match frame.types.get(here.iter as usize).and_then(Type::size) {
            Some(size) => size != Size::Short,
            None => self.may_be_long(frame, here.iter, 0),
        }
    }

    /// The code and the head of the next loop of many turns around one.
    pub(in crate::link::orm) fn loop_around(&self, turn: Turn) -> Option<(Unit, Span)> {
        let mut at = self.frames.get(turn.depth)?.flow.scope(turn.scope)?.parent;
        for (depth, frame) in self.frames.iter().enumerate().take(turn.depth + 1).rev() {
            while let Some(here) = frame.flow.scope(at) {
                let around = Turn { depth, scope: at };
                if self.may_have_many_turns(around) && !self.is_passed_by(around) {
                    return Some((frame.unit, here.head));
                }
                at = here.parent;
            }
            at = frame.call.1;
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
        self.met += 1;
        if self.quiet == 0 && !self.is_outside(event.unit) {
            self.events.push(event);
        }
    }

    /// Whether code is of a package that the repository builds upon.
    fn is_outside(&self, unit: Unit) -> bool {
        self.names.draft(unit.draft()).place == Place::Package
    }

    /// Tells what a queryset is asked.
    pub(in crate::link::orm) fn tell_use(&mut self, it: Use) {
        self.met += 1;
        if self.quiet == 0 && !self.is_outside(it.unit) {
            self.uses.push(it);
        }
    }

    /// Whether what is evaluated is told at all.
    pub(in crate::link::orm) fn tells(&self) -> bool {
        self.quiet == 0
    }

    /// A value (of a node) is gone through: a queryset runs.
    pub(in crate::link::orm) fn consume(&mut self, of: &Type, id: NodeId, scope: Scope) {
        if matches!(of, Type::Strange) {
            return strangers::consume(self, id, scope);
        }
        let Type::Set(set) = of else { return };
        if set.orm == Orm::Sqlalchemy {
            if let Some((row, _)) = set.related.as_ref().filter(|_| !set.is_plain()) {
                self.query_per_row(row, Orm::Sqlalchemy, id, scope, sqlalchemy::BY_KEYS);
            }
            return;
        }
        if set.fetched {
            return;
        }
        self.holds_its_rows(id, set);
        match &set.related {
            Some((row, relation)) if set.is_plain() => {
                // A clause here would ask anew for what a prefetch loads there, or will when that is told to.
                let path = row.path_to(&relation.name);
                let asked = |root: &Rc<Set>| row.turn.is_some() && !row.guessed && can_be_told(root);
                if row.root.as_ref().is_some_and(|root| self.is_loaded(root, &path) || asked(root)) {
                    self.served.extend(set.sites.iter().map(|site| site.after));
                }
                self.lazy(row, relation, id, scope);
            }
            // Of one row, the plain list is not told of either: what gives the row is.
            Some((row, _)) if set.extent == Extent::Told && row.turn.is_none() => self.met += 1,
            Some((row, relation)) => {
                let remedy = match &relation.back {
                    // Nothing can be put on the one row whose relation each turn asks.
                    _ if row.turn.is_none() && !django::varies(self, id) => keys::batch(self, Some(set.model), id),
                    _ if !set.asked.streamed || Cause::prefetched(row, relation).is_some() => {
                        django::prefetch(self, set, row, relation)
                    }
                    // What is streamed is too much to be kept for all rows.
                    Some(back) if relation.to_many => format!("filter({back}__in=...).iterator()"),
                    _ => return,
                };
                let before = self.events.len();
                self.query_per_row(row, Orm::Django, id, scope, &remedy);
                self.mark_stale(before, set.model, Some(relation.span));
                Cause::put(Cause::prefetched(row, relation), self.events.get_mut(before..).unwrap_or_default());
                if set.extent == Extent::Told {
                    let mut path = row.path.clone();
                    path.push(relation.clone());
                    for event in self.events.iter_mut().skip(before) {
                        event.list.clone_from(&path);
                    }
                }
                // What a method gives to who serializes it is said by where it comes from.
                let said = format!("{}.{}", self.models.name(self.names, row.model).to_lowercase(), relation.name);
                for event in self.events.iter_mut().skip(before) {
                    match &mut event.kind {
                        EventKind::Query { call, .. } if call == UNNAMED => call.clone_from(&said),
                        _ => {}
                    }
                }
            }
            // What is taken for rows of a model may be a list of them.
            None if set.size == Size::Guessed => {}
            None => {
                uses::run(self, set, Wanted::Rows);
                // The first of each group are not the first of all.
                let remedy = match keys::batch(self, Some(set.model), id) {
                    by if set.cut && !by.is_empty() => "Window(RowNumber(), partition_by=...)".to_owned(),
                    by => by,
                };
                let before = self.events.len();
                self.query(Orm::Django, id, scope, &remedy);
                self.mark_stale(before, set.model, None);
                let given = !matches!(self.type_of(id), Type::Set(_))
                    || matches!(self.frame().flow.node(id).kind, NodeKind::Param(_));
                if let Some((said, made)) = given.then(|| uses::asked_by(self, set)).flatten() {
                    for event in self.events.iter_mut().skip(before) {
                        if let EventKind::Query { call, .. } = &mut event.kind {
                            call.clone_from(&said);
                            event.made = made.filter(|it| *it != event.deep && *it != event.at);
                        }
                    }
                }
            }
        }
    }

    /// A queryset that was gone through is asked no more: from here on the value has its rows.
    fn holds_its_rows(&mut self, id: NodeId, set: &Rc<Set>) {
        let same = matches!(self.type_of(id), Type::Set(it) if it.span == set.span);
        let streamed = set.sites.iter().any(|it| it.ended);
        if same && !streamed && self.unasked == 0 {
            self.replace(id, Type::Set(Rc::new(Set { fetched: true, ..(**set).clone() })));
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
        if !self.tells() {
            self.met += 1;
            return;
        }
        let size = self.size_of(turn).or(row.root.as_ref().map(|root| root.size)).unwrap_or(Size::Open);
        self.tell(Event::query(self, turn, at, orm, size, id, remedy));
    }

    /// A query runs: told when it does so for each row of a loop, and asks for something else each time.
    pub(in crate::link::orm) fn query(&mut self, orm: Orm, id: NodeId, scope: Scope, remedy: &str) {
        self.met += 1;
        if !self.tells() {
            return;
        }
        let span = self.frame().flow.node(id).span;
        if let Some((turn, size, at)) = self.turns(span, scope, self.vary(id)) {
            let vary = self.vary(id);
            let differs = |turn: Turn| vary.is_some_and(|it| it.depth == turn.depth && turn.scope <= it.scope);
            let event = match self.innermost(turn, span, scope, differs) {
                Some((inner, place)) => Event::query(self, inner, place, orm, size, id, remedy).within(self, turn, at),
                None => Event::query(self, turn, at, orm, size, id, remedy),
            };
            self.tell(event);
        } else if let Some((turn, size, at)) = self.asks_again(orm, id, span, scope) {
            let event = Event::query(self, turn, at, orm, size, id, "");
            self.tell(Event { same: true, ..event });
        }
    }

    /// A write runs: told when it does so for each row of a loop.
    pub(in crate::link::orm) fn write(&mut self, orm: Orm, id: NodeId, how: Writing) {
        self.met += 1;
        if !self.tells() {
            return;
        }
        let node = self.frame().flow.node(id);
        let found = self.row_loop(node.span, node.scope);
        let found = found.or_else(|| self.guessed_loop(node.span, node.scope, |_| true));
        let Some((turn, size, at)) = found else { return };
        let within = self.innermost(turn, node.span, node.scope, |_| true);
        let (inner, place) = within.unwrap_or((turn, at));
        let fills = how.own == Some(true) && how.model.is_some_and(|model| self.only_fills_in(model));
        let how = Writing { fills, ..how };
        if !self.is_kept_apart(inner, id) {
            let event = Event::write(self, inner, place, orm, size, id, how);
            self.tell(if within.is_some() { event.within(self, turn, at) } else { event });
        }
    }

    /// Whether what is written in each turn is written by itself on purpose: in a transaction of its own, and when it fails
    /// the loop goes on with the next.
    fn is_kept_apart(&self, turn: Turn, id: NodeId) -> bool {
        self.frames.iter().enumerate().skip(turn.depth).any(|(depth, frame)| {
            let above = self.frames.get(depth + 1);
            let at = if above.is_some() { frame.types.len() } else { id as usize };
            let Some(node) = frame.flow.nodes.get(at) else { return false };
            let opens = above.is_some_and(|above| match above.unit {
                Unit::Function(called) => self.decorated(called, &["atomic"]),
                _ => false,
            });
            frame.flow.guards(node.guard).any(|guard| match guard {
                Guard::Caught(scope, atomic) => {
                    (*atomic || opens) && (depth > turn.depth || frame.flow.within(*scope, turn.scope))
                }
                _ => false,
            })
        })
    }

    /// Whether code of a model's own runs with its `save` or `delete`: none when a base of it is not in the repository.
    pub(in crate::link::orm) fn own_code(&self, model: ClassId, method: &str) -> Option<bool> {
        if self.names.method(model, method, None).is_some() {
            return Some(true);
        }
        self.names.lineage(model).external.iter().all(|base| base.starts_with("django.")).then_some(false)
    }

    /// What gives a loop its turns, where that is what one object has and no other loop is around it: one `Basket` has `lines`.
    pub(in crate::link::orm) fn of_one(&self, turn: Turn) -> Option<String> {
        let set = self.gone_through(turn)?;
        // One condition says whose rows they are; of an object of any model, two.
        let own = match set.parent {
            _ if set.related.is_some() => 0,
            Some(Parent::Any) => 2,
            _ => 1,
        };
        let kept = match set.asked.conditions.len() > own {
            // Of what is the same in several there is one.
            _ if set.asked.distinct.is_some() && set.asked.column.is_some() => " that differ",
            true => " that its filter keeps",
            false => "",
        };
        let named = |model| self.models.name(self.names, model);
        let found = match (&set.related, set.parent) {
            // Whose it is, nobody knows.
            (Some((row, relation)), _) if relation.to_many && row.guessed && set.size == Size::Open => {
                format!("one object has `{}`", relation.name)
            }
            // No loop is around: what one that is over has left is one row.
            (Some((row, relation)), _)
                if relation.to_many
                    && !row.guessed
                    && (self.is_alone(row)
                        || row.turn.is_some()
                            && matches!(self.iterated(turn), Some(Type::Set(_) | Type::Result(..)))) =>
            {
                format!("one `{}` has `{}`", named(row.model), relation.name)
            }
            (None, Some(Parent::User)) => format!("one user has rows of `{}`", named(set.model)),
            (None, Some(Parent::Any)) => format!("one object has rows of `{}`", named(set.model)),
            (None, Some(Parent::Row(model))) => format!("one `{}` has rows of `{}`", named(model), named(set.model)),
            _ => return None,
        };
        Some(format!("{found}{kept}"))
    }

    /// The rows that a loop goes through, where no other loop is around it.
    pub(in crate::link::orm) fn gone_through(&self, turn: Turn) -> Option<Rc<Set>> {
        let frame = self.frames.get(turn.depth)?;
        let here = frame.flow.scope(turn.scope)?;
        let of = frame.types.get(here.iter as usize)?;
        let set = match of {
            Type::Set(set) | Type::Result(set, _) => set.clone(),
            Type::List(..) => of.as_many_as()?,
            _ => return None,
        };
        (!self.is_looped(turn)).then_some(set)
    }

    /// The rows that a loop goes through, whatever is around it.
    pub(in crate::link::orm) fn all_rows_of(&self, turn: Turn) -> Option<Rc<Set>> {
        self.iterated(turn).and_then(Type::as_many_as)
    }

    /// What a loop goes through.
    fn iterated(&self, turn: Turn) -> Option<&Type> {
        let frame = self.frames.get(turn.depth)?;
        frame.types.get(frame.flow.scope(turn.scope)?.iter as usize)
    }

    /// Whether a loop is over rows of a table, whoever has them.
    pub(in crate::link::orm) fn is_of_all(&self, turn: Turn) -> bool {
        self.all_rows_of(turn)
            .is_some_and(|set| set.related.is_none() && !set.narrowed && !set.cut && set.size == Size::Open)
    }

    /// Whether a loop is over what a client sent.
    pub(in crate::link::orm) fn is_sent(&self, turn: Turn) -> bool {
        match self.iterated(turn) {
            Some(Type::Data | Type::Checked(_)) => true,
            Some(Type::List(of, _) | Type::Dict(of, _)) => matches!(**of, Type::Data | Type::Checked(_)),
            _ => false,
        }
    }

    /// Whether a row is one of no loop.
    fn is_alone(&self, row: &Row) -> bool {
        row.turn.is_none() && row.root.as_ref().is_none_or(|_| row.alone || row.path.iter().all(|hop| !hop.to_many))
    }

    /// Whether another loop runs the one of a turn again and again, other than one over a few that are written out.
    fn is_looped(&self, turn: Turn) -> bool {
        let frames = self.frames.get(..=turn.depth).unwrap_or_default();
        let mut inner = frames.get(turn.depth).and_then(|it| it.flow.scope(turn.scope)).map_or(0, |it| it.parent);
        frames.iter().rev().any(|frame| {
            let mut at = inner;
            inner = frame.call.1;
            while let Some(here) = frame.flow.scope(at) {
                if !matches!(frame.types.get(here.iter as usize), Some(Type::Tuple(_))) {
                    return true;
                }
                at = here.parent;
            }
            false
        })
    }

    /// The size of a loop, or of one around it that makes many turns of its few.
    pub(in crate::link::orm) fn size_with_around(&self, turn: Turn, size: Size) -> Size {
        if size != Size::Short {
            return size;
        }
        let Some(frame) = self.frames.get(turn.depth) else { return size };
        let (mut at, mut depth) = (frame.flow.scope(turn.scope).map_or(0, |it| it.parent), turn.depth);
        loop {
            let Some(frame) = self.frames.get(depth) else { return size };
            while let Some(here) = frame.flow.scope(at) {
                let around = frame.types.get(here.iter as usize).and_then(Type::size);
                if around == Some(Size::Open) && !self.is_passed_by(Turn { depth, scope: at }) {
                    return Size::Open;
                }
                at = here.parent;
            }
            let Some(below) = depth.checked_sub(1) else { return size };
            (at, depth) = (frame.call.1, below);
        }
    }

    /// Whether a loop is over a few things that are written out.
    pub(in crate::link::orm) fn is_of_few(&self, turn: Turn) -> bool {
        matches!(self.iterated(turn), Some(Type::Tuple(_))) || self.size_of(turn) == Some(Size::Short)
    }

    pub(super) fn size_of(&self, turn: Turn) -> Option<Size> {
        self.iterated(turn)?.size()
    }
}

/// Whether a queryset of Django has a place for one more clause.
fn can_be_told(set: &Rc<Set>) -> bool {
    set.orm == Orm::Django && !set.sites.is_empty() && set.sites.iter().all(|site| !site.shared)
}
