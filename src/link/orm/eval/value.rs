//! Values: what each kind of node is, and what a loop takes from it.

use std::rc::Rc;

use super::super::names::Def;
use super::super::spelled::Spelled;
use super::super::templates;
use super::super::types::{Entry, Extent, Loads, Row, Set, Size, Turn, Type, entry, field, merged};
use super::super::{django, forms, in_python, schemas};
use super::{Args, Eval};
use crate::facts::orm::flow::{Arm, NodeId, NodeKind, Scope};
use crate::stack::vocabulary::Orm;

/// A dict of functions, by whatever keys.
fn functions_of(values: impl Iterator<Item = Type>) -> Type {
    match Type::each(&values.collect::<Vec<_>>()) {
        all @ (Type::Each(_) | Type::Def(Def::Function(_))) => Type::Dict(Rc::new(all), None),
        _ => Type::Unknown,
    }
}

/// One of the functions that a dict holds, by a key that is not known, or another where it has none.
pub(super) fn any_function(entries: &[Entry], otherwise: Option<Type>) -> Type {
    let is_function = |it: &Type| matches!(it, Type::Def(Def::Function(_)) | Type::Method(..));
    let all: Vec<Type> = entries.iter().map(|(_, value, _)| value.clone()).collect();
    if all.is_empty() || !all.iter().all(is_function) {
        return Type::Unknown;
    }
    Type::Each(all.into_iter().chain(otherwise.filter(is_function)).collect())
}

impl Eval<'_> {
    /// The type of a node, and what happens when it is evaluated.
    pub(super) fn value(&mut self, id: NodeId) -> Type {
        let flow = self.frame().flow;
        let node = flow.node(id);
        match &node.kind {
            NodeKind::Param(at) => {
                match self.frame().args.get(*at as usize).map(|(kind, _)| kind.clone()).unwrap_or_default() {
                    Type::Unknown => self.checked(*at).unwrap_or_else(|| self.row_by_reads(*at, id)),
                    known => known,
                }
            }
            NodeKind::Name(name) => self.name(name),
            NodeKind::Attr { of, name, .. } => {
                let of = self.type_of(*of);
                self.attribute(&of, name, id)
            }
            NodeKind::Call { func, args, keywords, open } => {
                let func = self.type_of(*func);
                self.call(&func, &Args { positional: args, keywords, open: *open }, id)
            }
            NodeKind::Row(iter) => {
                let is_async = flow.scope(node.scope).is_some_and(|it| it.is_async);
                if let Some(rows) = self.rows_by_reads(*iter, id) {
                    self.replace(*iter, rows);
                }
                let mut over = self.type_of(*iter);
                // What a class of the repository goes through by a way of its own.
                if let Type::Instance(class) | Type::Made(class, _) = &over
                    && let Some(method) = self.names.method(*class, "__iter__", None)
                {
                    over = self.enter(method, Rc::new(over.clone()), &Args::NONE, id);
                }
                let around = flow.scope(node.scope).map_or(0, |it| it.parent);
                self.consume(&over, *iter, around);
                let turn = Turn { depth: self.depth(), scope: node.scope };
                match over {
                    // A coroutine that asks SQLAlchemy for more fails: nothing is loaded lazily there.
                    Type::Set(set) | Type::Result(set, _) if is_async && set.orm == Orm::Sqlalchemy => Type::Unknown,
                    over => self.element(&over, Some(turn)),
                }
            }
            NodeKind::Item { of, key } => {
                let of = self.type_of(*of);
                let key = flow.node(*key);
                match (&of, &key.kind) {
                    (Type::Tuple(parts), NodeKind::Number(at)) => {
                        usize::try_from(*at).ok().and_then(|at| parts.get(at)).cloned().unwrap_or_default()
                    }
                    (Type::Dict(element, _), _) if matches!(**element, Type::Each(_)) && self.vary(id).is_none() => {
                        Type::Unknown
                    }
                    (Type::List(element, _) | Type::Dict(element, _), _) => retarget(element, self.picked(id)),
                    (Type::Set(set), NodeKind::Number(_)) => {
                        // `first, second = rows` goes through them.
                        if flow.node(id).span != key.span {
                            django::indexed(self, set, id);
                        }
                        self.single(set)
                    }
                    // `rows[at]`
                    (Type::Set(set), NodeKind::Row(_) | NodeKind::Mix(_)) if set.fetched => {
                        retarget(&self.element(&of, None), self.picked(id))
                    }
                    // `Page[BookOut]`
                    (Type::Def(Def::Class(class)), _) if schemas::is_schema(self, *class) => of,
                    (Type::Data, _) => Type::Data,
                    (Type::File, NodeKind::Text(_)) => Type::File,
                    (Type::Checked(_), _) => Type::Checked(true),
                    (Type::Record(_), NodeKind::Text(name)) => match entry(&of, name) {
                        Some((_, value, _)) => value.clone(),
                        None => self.in_every_context(name, id),
                    },
                    (Type::Unknown, NodeKind::Text(name)) => self.in_every_context(name, id),
                    // `HANDLERS[row.kind]`: one for one turn, another for another.
                    (Type::Record(entries), _) if self.vary(id).is_some() => any_function(entries, None),
                    _ => Type::Unknown,
                }
            }
            NodeKind::Slice { of, most, rest } => match self.type_of(*of) {
                Type::Set(set) => {
                    let mut set = (*set).clone();
                    set.cut = true;
                    // `[n:]` takes all rows but the first: whatever sorts them, all are read.
                    if *rest {
                        Rc::make_mut(&mut set.asked).order = None;
                    }
                    // What was prefetched is there to be cut.
                    let is_there = set.related.as_ref().is_some_and(|(row, relation)| {
                        row.root.as_ref().is_some_and(|root| self.is_loaded(root, &row.path_to(&relation.name)))
                    });
                    if !is_there {
                        set.extent = Extent::Part;
                    }
                    set.size = short(*most, set.size);
                    Type::Set(Rc::new(set))
                }
                Type::List(element, size) => Type::List(element, size.map(|size| short(*most, size))),
                Type::Strange | Type::File | Type::Checked(_) if short(*most, Size::Open) == Size::Short => {
                    Type::Unknown
                }
                other => other,
            },
            NodeKind::Text(text) => Type::Text(self.word(text)),
            NodeKind::Nothing => Type::Nothing,
            NodeKind::List(items) if items.is_empty() => Type::Nothing,
            NodeKind::List(items) => Type::Tuple(items.iter().take(32).map(|item| self.type_of(*item)).collect()),
            NodeKind::Dict(pairs) if pairs.is_empty() => Type::Nothing,
            NodeKind::Dict(pairs) => {
                match self.written_out(pairs) {
                    Some(record) => record,
                    // `{Kind.BOOK: by_author, Kind.SHELF: by_place}`
                    None => functions_of(pairs.iter().map(|(_, value)| self.type_of(*value))),
                }
            }
            NodeKind::Auto(of) => match self.type_of(*of) {
                func @ (Type::Op(..) | Type::Method(..) | Type::Def(Def::Function(_))) => {
                    self.call(&func, &Args::NONE, id)
                }
                other => other,
            },
            NodeKind::Include { template, with, only } => {
                let around = if *only { Type::Unknown } else { self.type_of(0) };
                let before = match &around {
                    Type::Record(entries) => entries.to_vec(),
                    _ => Vec::new(),
                };
                let given = with.iter().map(|(name, it)| ((**name).into(), self.type_of(*it), self.vary(*it)));
                let given = given.collect();
                templates::run(self, template, merged(&before, given), id)
            }
            NodeKind::Either(all) => {
                let comes: Vec<NodeId> = all.iter().copied().filter(|id| !self.frame().never.contains(id)).collect();
                match Type::either(comes.iter().map(|id| self.type_of(*id)).collect()) {
                    // `repository or Repository()`: what stands there when nothing is given.
                    Type::Unknown => self.by_default(&comes),
                    known => known,
                }
            }
            NodeKind::Collect { element, dict, .. } => {
                // `found[key].append(row)`: there are as many keys, at most, as turns that put something under one.
                let innermost = match flow.node(*element).kind {
                    NodeKind::Collect { element, .. } if *dict => element,
                    _ => *element,
                };
                let size = self.size_between(flow.node(innermost).scope, node.scope);
                let element = Rc::new(self.type_of(*element));
                if *dict { Type::Dict(element, size) } else { Type::List(element, size) }
            }
            NodeKind::Await(of) => match self.type_of(*of) {
                Type::Set(set) => Type::Set(Rc::new(Set { awaited: true, ..(*set).clone() })),
                Type::Result(set, scalars) => Type::Result(Rc::new(Set { awaited: true, ..(*set).clone() }), scalars),
                other => other,
            },
            NodeKind::Test(of) => {
                in_python::tested(self, *of);
                if let Type::Set(set) = self.type_of(*of)
                    && set.orm == Orm::Django
                {
                    self.consume(&Type::Set(set), *of, node.scope);
                }
                Type::Unknown
            }
            NodeKind::Store { of, name, value } => {
                self.assign(*of, name, *value, id);
                Type::Unknown
            }
            NodeKind::Format(of) => {
                let of = self.type_of(*of);
                self.text_of(&of, id);
                Type::Unknown
            }
            NodeKind::Through(of) => {
                if let rows @ (Type::Set(_) | Type::Strange) = self.type_of(*of) {
                    self.consume(&rows, *of, node.scope);
                }
                // `chain(*[row.tags.all() for row in rows])`: who gets them goes through each.
                if let NodeKind::Collect { element, dict: false, .. } = flow.node(*of).kind
                    && let rows @ Type::Set(_) = self.type_of(element)
                {
                    self.consume(&rows, element, flow.node(element).scope);
                }
                Type::Unknown
            }
            NodeKind::Same(one, other) => {
                in_python::compared(self, *one, *other);
                Type::Unknown
            }
            NodeKind::Mix(parts) => match parts.as_slice() {
                // `first | second`, `known - seen`
                [first, second] => match (self.type_of(*first), self.type_of(*second)) {
                    (a, b) if a.is_many() && b.is_many() => Type::either(vec![a, b]),
                    // `context | {"books": books}`
                    (Type::Record(before), Type::Record(over)) => merged(&before, over.to_vec()),
                    _ => Type::Unknown,
                },
                _ => Type::Unknown,
            },
            NodeKind::Said(of) => match self.type_of(*of) {
                Type::Def(Def::Class(class)) if self.models.get(class).is_none() => Type::Instance(class),
                _ => Type::Unknown,
            },
            NodeKind::Number(_) | NodeKind::Flag(_) | NodeKind::Constant => Type::Unknown,
        }
    }

    /// What a template finds under a name that no view puts there: the request, its user, what processors give each page.
    fn in_every_context(&mut self, name: &str, id: NodeId) -> Type {
        let flow = self.frame().flow;
        let NodeKind::Item { of, .. } = flow.node(id).kind else { return Type::Unknown };
        if flow.node(of).kind != NodeKind::Param(0) || !self.in_template() {
            return Type::Unknown;
        }
        match (field(&self.processed, name), name) {
            (Some((_, value, _)), _) => value.clone(),
            (None, "request") => Type::Request,
            (None, "user") => self.attribute(&Type::Request, name, id),
            _ => Type::Unknown,
        }
    }

    /// A dict that is written out with texts for keys: `{**others, "books": books}`.
    fn written_out(&self, pairs: &[(NodeId, NodeId)]) -> Option<Type> {
        let flow = self.frame().flow;
        let mut all = Type::Nothing;
        for (key, value) in pairs {
            let more = match flow.text(*key) {
                Some(name) if key != value => vec![(name.into(), self.type_of(*value), self.vary(*value))],
                // What other dicts bring stands under the key of itself.
                _ if key == value => match self.type_of(*value) {
                    Type::Record(entries) => entries.to_vec(),
                    Type::Nothing | Type::Void(_) => continue,
                    // It may hold anything, also what stands before it.
                    _ => {
                        all = Type::Record(Rc::from([]));
                        continue;
                    }
                },
                _ => return None,
            };
            all = match &all {
                Type::Record(before) => merged(before, more),
                _ => merged(&[], more),
            };
        }
        Some(all)
    }

    /// What a value is where an argument that is not known is not given.
    fn by_default(&self, branches: &[NodeId]) -> Type {
        let [given, otherwise] = branches else { return Type::Unknown };
        let is_param = matches!(self.frame().flow.node(*given).kind, NodeKind::Param(_));
        match self.type_of(*otherwise) {
            made @ (Type::Instance(_) | Type::Made(..)) if is_param && self.type_of(*given).is_unread() => made,
            _ => Type::Unknown,
        }
    }

    /// The loop in each turn of which another is taken from a list or a dict, by a key that differs.
    pub(super) fn picked(&self, id: NodeId) -> Option<Turn> {
        self.vary(id).filter(|turn| self.size_of(*turn).is_some())
    }

    /// `row.relation = …`: from here on the row has it. Another attribute it has where that is certain.
    fn assign(&mut self, of: NodeId, name: &str, value: NodeId, store: NodeId) {
        if let Some(entries) = self.entries_of(of) {
            let stored = vec![(name.into(), self.type_of(value), self.vary(value))];
            return self.replace(of, merged(&entries, stored));
        }
        let Type::Row(row) = self.type_of(of) else { return forms::queryset_set(self, of, name, value) };
        if name == "_prefetched_objects_cache" {
            return self.put_onto_all(&row, self.keys_of(value));
        }
        let relation = self.models.relation(row.model, name);
        if relation.is_some_and(|it| !it.to_many) {
            self.put_onto_all(&row, vec![name.into()]);
        }
        if relation.is_some_and(|it| it.to_many) || relation.is_none() && !self.surely_puts(of, value, store) {
            return;
        }
        let mut row = (*row).clone();
        row.assigned.push(name.into());
        self.replace(of, Type::Row(Rc::new(row)));
    }

    /// What a dict holds so far, where its keys are known: one that was made empty is filled from here on.
    pub(super) fn entries_of(&self, of: NodeId) -> Option<Rc<[Entry]>> {
        let flow = self.frame().flow;
        match (self.type_of(of), &flow.node(of).kind) {
            (Type::Record(entries), _) => Some(entries),
            (Type::Nothing, NodeKind::Dict(_)) => Some(Rc::from([])),
            (Type::Nothing, NodeKind::Call { func, .. }) if flow.last_called(*func) == Some("dict") => {
                Some(Rc::from([]))
            }
            _ => None,
        }
    }

    /// What each turn of a loop puts onto its row, all rows of the queryset have for the loops behind it.
    fn put_onto_all(&mut self, row: &Row, names: Vec<String>) {
        let Some(root) = row.root.as_ref().filter(|_| row.turn.is_some()) else { return };
        let paths = names.iter().map(|name| row.path_to(name)).collect();
        let loads = Loads { paths, ..Loads::default() };
        if let Some(frame) = self.frames.last_mut() {
            frame.loaded.push((root.span, loads));
        }
    }

    /// The keys of a dict that is written out: `{"flags": flags}`.
    fn keys_of(&self, value: NodeId) -> Vec<String> {
        let flow = self.frame().flow;
        match &flow.node(value).kind {
            NodeKind::Dict(pairs) => pairs.iter().filter_map(|(key, _)| flow.text(*key)).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether each turn comes to a node of the present frame that puts something into a value, and not `None`.
    fn surely_puts(&self, of: NodeId, value: NodeId, store: NodeId) -> bool {
        let nothing = match self.type_of(value) {
            Type::Nothing | Type::Void(_) | Type::Flag(false) => true,
            _ => self.frame().flow.flag(value) == Some(false),
        };
        !nothing && self.surely_follows(of, store)
    }

    /// Whether each turn that comes to one node of the present frame comes to another behind it.
    pub(super) fn surely_follows(&self, first: NodeId, then: NodeId) -> bool {
        let flow = self.frame().flow;
        let has = |arm: &Arm, node: NodeId| arm.from <= node && node < arm.to;
        let (first_node, then_node) = (flow.node(first), flow.node(then));
        first_node.scope == then_node.scope
            && first_node.guard == then_node.guard
            && !flow.arms.iter().any(|arm| has(arm, then) && !has(arm, first))
    }

    /// From here on a value is another.
    pub(super) fn replace(&mut self, id: NodeId, by: Type) {
        if let Some(place) = self.frames.last_mut().and_then(|frame| frame.types.get_mut(id as usize)) {
            *place = by;
        }
    }

    /// The longest of the loops that a comprehension opens.
    pub(super) fn size_between(&self, inner: Scope, outer: Scope) -> Option<Size> {
        let flow = self.frame().flow;
        let mut size = None;
        let mut at = inner;
        while at > outer {
            let here = flow.scope(at)?;
            size = match (size, self.type_of(here.iter).size()) {
                (Some(a), Some(b)) => Some(Size::longer(a, b)),
                (a, b) => a.or(b),
            };
            at = here.parent;
        }
        size
    }

    /// What a loop takes from a value in each turn; with no turn, any one of it.
    pub(in crate::link::orm) fn element(&self, of: &Type, turn: Option<Turn>) -> Type {
        match of {
            Type::Set(set) if set.rows => self.row_of(set, turn),
            Type::Result(set, true) if set.rows => self.row_of(set, turn),
            Type::Set(set) | Type::Result(set, _) if !set.beside.is_empty() => self.several_of(set, turn),
            Type::Result(set, false) if set.rows => Type::Tuple(Rc::from([self.row_of(set, turn)])),
            Type::List(element, _) => retarget(element, turn),
            Type::Tuple(parts) => retarget(&Type::each(parts), turn),
            // A page of Flask-SQLAlchemy's (`Pagination.__iter__`, 3.1).
            Type::Paginator(set) if set.orm == Orm::Sqlalchemy => self.row_of(set, turn),
            Type::Paginator(set) => Type::Set(Rc::new(Set { cut: true, ..(**set).clone() })),
            Type::Data => Type::Data,
            Type::Checked(true) => Type::Checked(false),
            _ => Type::Unknown,
        }
    }

    /// `book, author` of `select(Book, Author)`.
    fn several_of(&self, set: &Rc<Set>, turn: Option<Turn>) -> Type {
        let first = Rc::new(Set { rows: true, beside: Rc::from([]), ..(**set).clone() });
        let others = set.beside.iter().map(|other| match other {
            Some(other) => {
                let (loads, size, cut, awaited) = (set.loads.clone(), set.size, set.cut, set.awaited);
                self.row_of(&Rc::new(Set { loads, size, cut, awaited, ..(**other).clone() }), turn)
            }
            None => Type::Unknown,
        });
        Type::Tuple(std::iter::once(self.row_of(&first, turn)).chain(others).collect())
    }

    /// The row that a queryset is asked for alone.
    pub(in crate::link::orm) fn single(&self, set: &Rc<Set>) -> Type {
        match self.row_of(set, None) {
            Type::Row(row) if set.rows => {
                // How it was come by is told by now; kept, it would chain one row to the next without end.
                let root = row.root.as_ref().map(|root| Rc::new(Set { related: None, ..(**root).clone() }));
                Type::Row(Rc::new(Row { root, alone: true, ..(*row).clone() }))
            }
            _ => Type::Unknown,
        }
    }

    /// The rows that a single row leads to, with what was loaded below it.
    pub(super) fn with_loads(&self, set: &Rc<Set>) -> Rc<Set> {
        let Some((row, relation)) = set.related.as_ref().filter(|_| set.is_plain()) else { return set.clone() };
        let mut loads = match &row.root {
            Some(root) => root.loads.below(&row.path_to(&relation.name)),
            // Of a row whose model is guessed, the list may be one of anything.
            None if row.guessed => Loads { open: true, ..Loads::default() },
            // Whoever passed the row may have loaded what is spelled somewhere.
            None => self.spelled.get_or_init(|| Spelled::read(self.names)).below(set.orm, &relation.name),
        };
        loads.join(&set.loads);
        Rc::new(Set { loads, ..(**set).clone() })
    }

    pub(super) fn row_of(&self, set: &Rc<Set>, turn: Option<Turn>) -> Type {
        let row = match &set.related {
            // What all rows of an outer loop lead to is loaded by the outer queryset.
            Some((outer, relation)) if set.is_plain() && outer.turn.is_some() && outer.root.is_some() => {
                let mut path = outer.path.clone();
                path.push(relation.clone());
                Row {
                    root: outer.root.clone(),
                    path,
                    turn,
                    held: self.held_by(relation, outer),
                    alone: false,
                    guessed: outer.guessed,
                    ..Row::of(set.model)
                }
            }
            related => {
                let held = related.as_ref().and_then(|(outer, relation)| self.held_by(relation, outer));
                let root = Some(self.with_loads(set));
                let guessed = related.as_ref().is_some_and(|(outer, _)| outer.guessed);
                Row { root, turn, held, alone: set.single, guessed, ..Row::of(set.model) }
            }
        };
        Type::Row(Rc::new(row))
    }
}

pub(in crate::link::orm) fn short(most: Option<u64>, size: Size) -> Size {
    /// Loops of so few turns cost little.
    const FEW: u64 = 10;
    match most {
        Some(most) if most <= FEW => Size::Short,
        _ => size,
    }
}

fn retargeted(entries: &[Entry], turn: Option<Turn>) -> Rc<[Entry]> {
    let each = entries.iter().map(|(name, it, vary)| {
        let is_row = matches!(it, Type::Row(row) if !row.alone);
        (name.clone(), retarget(it, turn), if is_row || vary.is_some() { turn } else { *vary })
    });
    each.collect()
}

/// The same value, differing in each turn of another loop.
pub(super) fn retarget(of: &Type, turn: Option<Turn>) -> Type {
    match of {
        Type::Row(row) => Type::Row(Rc::new(Row { turn, ..(**row).clone() })),
        Type::Tuple(parts) => Type::Tuple(parts.iter().map(|part| retarget(part, turn)).collect()),
        Type::Record(entries) => Type::Record(retargeted(entries, turn)),
        Type::Made(class, entries) => Type::Made(*class, retargeted(entries, turn)),
        other => other.clone(),
    }
}
