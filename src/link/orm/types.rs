//! What a value is, as far as a mapper is concerned: a queryset and what it loads, a row and where it came from.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::asked::Asked;
use super::models::Relation;
use super::names::{ClassId, Def, FunctionId};
use super::narrow::Parent;
use crate::facts::orm::flow::Scope;
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// What a value is.
#[derive(Clone, Debug, Default)]
pub(super) enum Type {
    /// Not known.
    #[default]
    Unknown,
    /// `None`, or an empty list: nothing comes of it.
    Nothing,
    /// What a function is surely given or, with no argument, left with: `None`, or what is empty.
    Void(Void),
    /// What a name means: a class, a function, something outside the repository.
    Def(Def),
    /// An instance of a class that is no model.
    Instance(ClassId),
    /// The same, where it is known what it was made with: its attributes.
    Made(ClassId, Rc<[Entry]>),
    /// Each of several functions, in one turn after the other.
    Each(Rc<[Type]>),
    /// `super()` in a method of this class, on that value.
    Super(Rc<Type>, ClassId),
    /// A method of the repository, bound.
    Method(FunctionId, Rc<Type>),
    /// A method of the mapper, or of the framework, bound.
    Op(Rc<Type>, Rc<str>),
    /// Django's manager.
    Manager(Rc<ManagerType>),
    /// A queryset, a statement, a query.
    Set(Rc<Set>),
    /// What a session gives for a statement: rows of one column each, unless `scalars` was called.
    Result(Rc<Set>, bool),
    /// One row of a model.
    Row(Rc<Row>),
    /// A list of values of one type, with the size of the loop that made it.
    List(Rc<Type>, Option<Size>),
    /// A dict, by its values.
    Dict(Rc<Type>, Option<Size>),
    /// Values of fixed places.
    Tuple(Rc<[Type]>),
    /// Django's request.
    Request,
    /// What a client sent: as long as the client likes.
    Data,
    /// What a serializer has checked of what a client sent: all of it, by the names of fields, or the value of one of them.
    Checked(bool),
    /// The lines of a file, the rows of a table in one.
    File,
    /// A queryset, or the manager, of a model that is not in the repository.
    Strange,
    /// Pages of a queryset.
    Paginator(Rc<Set>),
    /// A queryset, narrowed by what a client asks: a filter set of django-filter's.
    Filtered(Rc<Set>),
    /// `Model.attribute` of SQLAlchemy.
    Mapped(Rc<str>),
    /// A loader option of SQLAlchemy: the paths it loads, the last one being where it goes on.
    Loader(Rc<[String]>),
    /// Django's `Prefetch`: the path, or [`None`] when it goes to an attribute of its own; what its queryset loads.
    Prefetch(Option<Rc<str>>, Rc<Loads>),
    /// A literal text.
    Text(Rc<str>),
    /// `True` or `False`, where a function is given it.
    Flag(bool),
    /// Values by their names: a dict with texts for keys, the context of a template.
    Record(Rc<[Entry]>),
    /// A statement of SQLAlchemy's that gives no rows of a model.
    Statement(Statement),
    /// A template, by its name.
    Template(Rc<str>),
}

/// What is as good as not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Void {
    /// `None`
    None,
    /// `{}`, `[]`, `""`
    Empty,
}

/// A value by its name, with the loop that it differs in each turn of.
pub(super) type Entry = (Rc<str>, Type, Option<Turn>);

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    Read,
    /// Reads what is counted or summed up.
    Sum,
    Write,
}

/// How long a loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Size {
    /// A slice of a few.
    Short,
    /// As many as there are.
    Open,
    /// Nobody knows of what, and how many: guessed to be as many as there are.
    Guessed,
}

/// Django's manager: of a model, or of the rows that a relation leads to.
#[derive(Clone, Debug)]
pub(super) struct ManagerType {
    pub(super) model: ClassId,
    /// Where its methods may be.
    pub(super) classes: Rc<[ClassId]>,
    /// The row and the relation it is the manager of.
    pub(super) related: Option<(Rc<Row>, Rc<Relation>)>,
    /// Whether nobody knows whose it is, nor what was loaded with its rows.
    pub(super) unread: bool,
    /// Where an eager clause could be put.
    pub(super) site: Option<Site>,
    pub(super) span: Span,
}

/// A queryset (Django), a query or a statement (SQLAlchemy).
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) orm: Orm,
    pub(super) model: ClassId,
    pub(super) classes: Rc<[ClassId]>,
    pub(super) loads: Loads,
    /// Whether its rows are instances of the model.
    pub(super) rows: bool,
    /// What each of its rows has beside one of the model, when there are several: `select(Book, Author)`.
    pub(super) beside: Rc<[Option<Rc<Set>>]>,
    pub(super) size: Size,
    /// Whether it is cut: by a slice, a limit, a page.
    pub(super) cut: bool,
    /// Whether its rows come by `await`, where nothing can be loaded lazily.
    pub(super) awaited: bool,
    /// Whether it has been gone through, and holds its rows: Django's keep them.
    pub(super) fetched: bool,
    /// Whether another branch gives something else.
    pub(super) partly: bool,
    /// Whether that is no queryset, or what a row has been given, which may be a list.
    pub(super) listed: bool,
    /// Whether no clause can stand behind a call that gives it: it is gone through by `iterator()`, or may be `None`.
    pub(super) sealed: bool,
    /// The row and the relation it comes by.
    pub(super) related: Option<(Rc<Row>, Rc<Relation>)>,
    /// How much it is of what the relation leads to.
    pub(super) extent: Extent,
    /// Whether there is at most one row, by a key that is given.
    pub(super) single: bool,
    /// Whether it has conditions: `filter(...)`.
    pub(super) filtered: bool,
    /// Whether it is of one parent, or one user, that is given: `filter(thread=self.thread)`.
    pub(super) narrowed: bool,
    /// Which one, where that is known.
    pub(super) parent: Option<Parent>,
    /// Relations that are one and the same for all rows, or none: `filter(author=None)`, `filter_by(room_id=…)`.
    pub(super) pinned: Vec<Box<str>>,
    /// Fields that its rows come without.
    pub(super) without: Without,
    /// What it is asked, and told.
    pub(super) asked: Rc<Asked>,
    /// Where eager clauses could be put: in each branch that makes it.
    pub(super) sites: Vec<Site>,
    /// What it is told to load first, in each eager clause that it has.
    pub(super) clauses: Vec<Span>,
    /// What first made it.
    pub(super) span: Span,
}

/// How much a queryset is of what a relation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// All, which a prefetch gives as well.
    Whole,
    /// All, told what else to load with it.
    Told,
    /// Some of it, or it comes of no relation.
    Part,
}

/// Fields that are left out of rows, and asked for when they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Without {
    #[default]
    None,
    /// `defer("text")`
    These(Vec<Rc<str>>),
    /// `only("title")`
    AllBut(Vec<Rc<str>>),
}

/// What a queryset loads besides its rows: paths of relations, parted by `__`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Loads {
    pub(super) paths: BTreeSet<String>,
    /// Those of them that `select_related()` joins unasked, until it is told what to join.
    pub(super) unasked: BTreeSet<String>,
    /// Attributes that it puts on its rows: annotations, and what a `Prefetch` puts aside; by their paths.
    pub(super) brought: BTreeSet<String>,
    /// Paths below which it may load anything: by a `Prefetch` whose queryset cannot be read.
    pub(super) beyond: BTreeSet<String>,
    /// Whether it may load anything: what it is told cannot be read.
    pub(super) open: bool,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) model: ClassId,
    /// The queryset it came from, if any; a new instance comes from none.
    pub(super) root: Option<Rc<Set>>,
    /// The relations from the queryset's row to this one.
    pub(super) path: Vec<Rc<Relation>>,
    /// The loop that it differs in each turn of.
    pub(super) turn: Option<Turn>,
    /// The relation that leads back to the row it was reached from, and that row, which it holds already.
    pub(super) held: Option<(Box<str>, Rc<Row>)>,
    /// Whether it was asked for alone: `get`, `first`.
    pub(super) alone: bool,
    /// Whether it is a new instance, which no row of the table stands behind yet.
    pub(super) fresh: bool,
    /// Whether its model is guessed.
    pub(super) guessed: bool,
    /// Relations that code has set on it, so that reading them asks for nothing.
    pub(super) assigned: Vec<Box<str>>,
}

/// A loop of a frame of the evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) depth: usize,
    pub(super) scope: Scope,
}

/// A body of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Unit {
    Top(u32),
    Class(ClassId),
    Function(FunctionId),
}

impl Unit {
    /// The draft it is of.
    pub(super) fn draft(self) -> u32 {
        match self {
            Unit::Top(draft) => draft,
            Unit::Class(class) => class.draft,
            Unit::Function(function) => function.draft,
        }
    }
}

/// A place where an eager clause could be put.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Site {
    pub(super) unit: Unit,
    /// Just behind the manager, or the first call on it.
    pub(super) after: Span,
    /// What opens the line of the first call, when it has a line of its own.
    pub(super) line: Option<Box<str>>,
    /// Whether `after` is behind a call already.
    pub(super) called: bool,
    /// Just behind the last argument of an eager clause that is there, for one object and for lists.
    pub(super) one: Option<Span>,
    pub(super) many: Option<Span>,
    /// Whether such a clause cannot be put there.
    pub(super) bars_one: bool,
    pub(super) bars_many: bool,
    /// Whether what comes of it is gone through, and takes clauses no more: `iterator()`.
    pub(super) ended: bool,
    /// Whether rows of other models come by, so that no clause fits them all.
    pub(super) shared: bool,
    /// What opens a line of a class of the admin, whose attribute says what is joined.
    pub(super) attribute: Option<Box<str>>,
    /// Paths that are joined unasked, and read, until a clause says what is joined: it has to name them, too.
    pub(super) kept: Vec<String>,
    /// SQLAlchemy: the model as this file spells it.
    pub(super) entity: Option<Box<str>>,
}

impl Site {
    /// Just behind a place in a body of code.
    pub(super) fn behind(unit: Unit, place: Span, called: bool) -> Self {
        Self {
            unit,
            after: Span::at(place.file, place.end as usize),
            line: None,
            called,
            one: None,
            many: None,
            bars_one: false,
            bars_many: false,
            ended: false,
            shared: false,
            attribute: None,
            kept: Vec::new(),
            entity: None,
        }
    }
}

impl Loads {
    /// Whether a path is loaded. A path loads all that lead to it.
    pub(super) fn has(&self, path: &str) -> bool {
        self.open
            || self.is_beyond(path)
            || self.paths.contains(path)
            || self
                .paths
                .range(path.to_owned()..)
                .take_while(|it| it.starts_with(path))
                .any(|it| it.get(path.len()..).is_some_and(|rest| rest.starts_with("__")))
    }

    /// Whether a path lies below one that nobody knows what is loaded below.
    fn is_beyond(&self, path: &str) -> bool {
        path.match_indices("__").any(|(at, _)| self.beyond.contains(&path[..at]))
    }

    /// What is loaded below a path, as seen from there.
    pub(super) fn below(&self, path: &str) -> Loads {
        let rest = |it: &String| it.strip_prefix(path)?.strip_prefix("__").map(str::to_owned);
        Loads {
            paths: self.paths.iter().filter_map(rest).collect(),
            unasked: BTreeSet::new(),
            brought: self.brought.iter().filter_map(rest).collect(),
            beyond: self.beyond.iter().filter_map(rest).collect(),
            open: self.open || self.beyond.contains(path) || self.is_beyond(path),
        }
    }

    /// What both load, where either may have been taken.
    pub(super) fn join(&mut self, other: &Loads) {
        self.open |= other.open;
        self.unasked.retain(|path| other.unasked.contains(path) || !other.paths.contains(path));
        let more = other.unasked.iter().filter(|path| !self.paths.contains(*path));
        self.unasked.extend(more.cloned().collect::<Vec<_>>());
        self.paths.extend(other.paths.iter().cloned());
        self.brought.extend(other.brought.iter().cloned());
        self.beyond.extend(other.beyond.iter().cloned());
    }
}

impl Size {
    pub(super) fn longer(self, other: Size) -> Size {
        let either = |size| self == size || other == size;
        [Size::Open, Size::Guessed].into_iter().find(|size| either(*size)).unwrap_or(Size::Short)
    }
}

impl Row {
    /// A row of which only the model is known: a new instance, a parameter.
    pub(super) fn of(model: ClassId) -> Row {
        Row {
            model,
            root: None,
            path: Vec::new(),
            turn: None,
            held: None,
            alone: true,
            fresh: false,
            guessed: false,
            assigned: Vec::new(),
        }
    }

    /// The path to one of its relations from the row of the innermost loop: that of what a list on the way leads to.
    pub(super) fn near(&self, name: &str) -> String {
        let from = self.path.iter().rposition(|hop| hop.to_many).map_or(0, |at| at + 1);
        let hops = self.path.iter().skip(from).map(|hop| &*hop.name);
        hops.chain([name]).collect::<Vec<_>>().join("__")
    }

    /// The same as queries call it.
    pub(super) fn near_asked(&self, relation: &Relation) -> String {
        let from = self.path.iter().rposition(|hop| hop.to_many).map_or(0, |at| at + 1);
        let hops = self.path.iter().skip(from).map(|hop| hop.asked.as_ref().unwrap_or(&hop.name));
        let last = relation.asked.as_ref().unwrap_or(&relation.name);
        hops.chain([last]).map(|name| &**name).collect::<Vec<_>>().join("__")
    }

    /// The path to one of its relations, from the queryset's row.
    pub(super) fn path_to(&self, name: &str) -> String {
        let mut path = String::new();
        for hop in &self.path {
            path.push_str(&hop.name);
            path.push_str("__");
        }
        path.push_str(name);
        path
    }
}

impl Type {
    /// Whether it is of a mapper, or holds what is: a row, a queryset, what can be asked of them.
    pub(super) fn is_of_mapper(&self) -> bool {
        match self {
            Type::Unknown
            | Type::Nothing
            | Type::Void(_)
            | Type::Def(_)
            | Type::Instance(_)
            | Type::Request
            | Type::Data
            | Type::Checked(_)
            | Type::File
            | Type::Text(_)
            | Type::Flag(_)
            | Type::Template(_) => false,
            Type::Super(of, _) | Type::Method(_, of) | Type::Op(of, _) | Type::List(of, _) | Type::Dict(of, _) => {
                of.is_of_mapper()
            }
            Type::Tuple(all) => all.iter().any(Type::is_of_mapper),
            Type::Record(entries) | Type::Made(_, entries) => entries.iter().any(|(_, value, _)| value.is_of_mapper()),
            Type::Each(all) => all.iter().any(Type::is_of_mapper),
            Type::Strange
            | Type::Manager(_)
            | Type::Set(_)
            | Type::Result(..)
            | Type::Row(_)
            | Type::Paginator(_)
            | Type::Filtered(_)
            | Type::Mapped(_)
            | Type::Loader(_)
            | Type::Prefetch(..)
            | Type::Statement(_) => true,
        }
    }

    /// Of branches: what the value is whichever was taken; unknown where they differ.
    pub(super) fn either(types: Vec<Type>) -> Type {
        let mut out = Type::Nothing;
        let or_nothing = types.iter().any(|it| matches!(it, Type::Nothing | Type::Void(Void::None)));
        for next in types {
            out = match (out, next) {
                (Type::Nothing | Type::Void(_), next) => next,
                (out, Type::Nothing | Type::Void(_)) => out,
                (Type::Set(a), Type::Set(b)) if a.model == b.model && a.orm == b.orm => {
                    if Rc::ptr_eq(&a, &b) {
                        Type::Set(a)
                    } else {
                        Type::Set(Rc::new(a.join(&b)))
                    }
                }
                // `rows = self`, and in a branch `rows = rows.filter(...)`.
                (Type::Manager(of), Type::Set(set)) | (Type::Set(set), Type::Manager(of))
                    if of.model == set.model && set.orm == Orm::Django && set.rows =>
                {
                    Type::Set(Rc::new(set.join(&super::eval::set_of(&of))))
                }
                (Type::List(a, size), Type::List(b, other)) => {
                    let size = match (size, other) {
                        (Some(a), Some(b)) => Some(a.longer(b)),
                        (a, b) => a.or(b),
                    };
                    Type::List(Rc::new(Type::either(vec![(*a).clone(), (*b).clone()])), size)
                }
                (Type::Row(a), Type::Row(b)) if a.same(&b) => Type::Row(a),
                // Whichever query gave it, it is one row of that model.
                (Type::Row(a), Type::Row(b)) if a.model == b.model && a.is_asked_for() && b.is_asked_for() => {
                    Type::Row(Rc::new(Row::of(a.model)))
                }
                (Type::Def(a), Type::Def(b)) if a == b => Type::Def(a),
                (Type::Instance(a), Type::Instance(b)) if a == b => Type::Instance(a),
                (Type::Made(a, one), Type::Made(b, other)) if a == b => match super::templates::either(&one, &other) {
                    Type::Record(entries) => Type::Made(a, entries),
                    _ => Type::Instance(a),
                },
                (Type::Made(a, _), Type::Instance(b)) | (Type::Instance(a), Type::Made(b, _)) if a == b => {
                    Type::Instance(a)
                }
                (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
                    Type::Tuple(a.iter().zip(b.iter()).map(|(a, b)| Type::either(vec![a.clone(), b.clone()])).collect())
                }
                // Rows of one list or of another: what either loads may be there.
                (Type::Row(a), Type::Row(b)) if a.is_of_list() && b.is_of_list() && a.model == b.model => {
                    let root = a.root.as_ref().zip(b.root.as_ref()).map(|(a, b)| Rc::new(a.join(b)));
                    let turn = a.turn.filter(|_| a.turn == b.turn);
                    Type::Row(Rc::new(Row { root, turn, ..(*a).clone() }))
                }
                (Type::Data, Type::Data) => Type::Data,
                (Type::Checked(a), Type::Checked(b)) if a == b => Type::Checked(a),
                (Type::File, Type::File) => Type::File,
                (Type::Strange, Type::Strange) => Type::Strange,
                (Type::Record(a), Type::Record(b)) => super::templates::either(&a, &b),
                (Type::Dict(a, size), Type::Dict(b, other)) => {
                    let size = size.zip(other).map(|(a, b)| a.longer(b)).or(size).or(other);
                    Type::Dict(Rc::new(Type::either(vec![(*a).clone(), (*b).clone()])), size)
                }
                // Or of another object's, which may have loaded anything with it.
                (Type::Row(a), Type::Row(b)) if a.model == b.model && a.turn.is_none() && b.turn.is_none() => {
                    let (alone, guessed) = (a.alone && b.alone, a.guessed && b.guessed);
                    Type::Row(Rc::new(Row { alone, guessed, ..Row::of(a.model) }))
                }
                // The rows that one branch gives it gives, whatever is given by another that gives none, or cannot be read.
                (rows, other) | (other, rows) if rows.has_rows() && !other.has_rows() => match rows {
                    Type::Set(set) => {
                        let given = matches!(&other, Type::Op(of, _) if matches!(**of, Type::Row(_)));
                        let listed = set.listed || given || !other.is_unread();
                        Type::Set(Rc::new(Set { partly: true, listed, ..(*set).clone() }))
                    }
                    rows => rows,
                },
                _ => return Type::Unknown,
            };
        }
        match out {
            Type::Set(set) if or_nothing && !set.sealed => Type::Set(Rc::new(Set { sealed: true, ..(*set).clone() })),
            out => out,
        }
    }

    /// Whether it is a function, or a class, that can be called.
    fn is_called(&self) -> bool {
        match self {
            Type::Def(def) => matches!(def, Def::Function(_)),
            Type::Method(..) => true,
            _ => false,
        }
    }

    /// What a loop over values that are written out takes from them: one of a kind, or each function.
    pub(super) fn each(parts: &[Type]) -> Type {
        /// More are not called one by one.
        const MOST: usize = 24;
        let tuples: Option<Vec<&Rc<[Type]>>> = parts
            .iter()
            .map(|part| match part {
                Type::Tuple(inner) => Some(inner),
                _ => None,
            })
            .collect();
        match tuples {
            Some(tuples) if !tuples.is_empty() => {
                let long = tuples.iter().map(|it| it.len()).min().unwrap_or(0);
                let column = |at: usize| tuples.iter().filter_map(|it| it.get(at).cloned()).collect::<Vec<_>>();
                Type::Tuple((0..long).map(|at| Type::each(&column(at))).collect())
            }
            _ => match Type::either(parts.to_vec()) {
                Type::Unknown if parts.len() <= MOST && parts.iter().any(Type::is_called) => {
                    Type::Each(parts.iter().filter(|it| it.is_called()).cloned().collect())
                }
                one => one,
            },
        }
    }

    /// Whether it is a queryset or a list.
    pub(super) fn is_many(&self) -> bool {
        matches!(self, Type::Set(_) | Type::List(..) | Type::Strange | Type::File)
    }

    /// Whether it is rows, or has some.
    fn has_rows(&self) -> bool {
        match self {
            Type::Set(_) | Type::Manager(_) | Type::Row(_) => true,
            Type::List(of, _) | Type::Dict(of, _) => of.has_rows(),
            _ => false,
        }
    }

    /// Whether nothing is known of it.
    pub(super) fn is_unread(&self) -> bool {
        match self {
            Type::Unknown => true,
            Type::Op(of, _) => of.is_unread(),
            _ => false,
        }
    }

    /// The same, or unknown where it nests deeper than anyone writes: types are walked, and dropped, level by level.
    pub(super) fn shallow(self) -> Type {
        /// Levels of lists, tuples and bound methods.
        const MOST: usize = 6;
        if self.levels() > MOST { Type::Unknown } else { self }
    }

    /// How deep it nests. What it is made of was shallow, so that this ends soon.
    fn levels(&self) -> usize {
        match self {
            Type::List(of, _) | Type::Dict(of, _) | Type::Op(of, _) | Type::Method(_, of) | Type::Super(of, _) => {
                1 + of.levels()
            }
            Type::Tuple(parts) => 1 + parts.iter().map(Type::levels).max().unwrap_or(0),
            Type::Record(entries) | Type::Made(_, entries) => {
                1 + entries.iter().map(|(_, it, _)| it.levels()).max().unwrap_or(0)
            }
            Type::Each(parts) => 1 + parts.iter().map(Type::levels).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// The queryset that it has all rows of.
    pub(super) fn all_rows(&self) -> Option<Rc<Set>> {
        let set = match self {
            Type::List(element, _) => match &**element {
                Type::Row(row) if row.path.is_empty() && !row.alone => row.root.clone()?,
                _ => return None,
            },
            Type::Set(set) | Type::Result(set, true) => set.clone(),
            _ => return None,
        };
        set.rows.then_some(set)
    }

    /// The size of a loop over it, when it is one over rows or over what a client sent.
    pub(super) fn size(&self) -> Option<Size> {
        match self {
            Type::Set(set) | Type::Result(set, _) => (!set.single).then_some(set.size),
            Type::List(_, size) | Type::Dict(_, size) => *size,
            // Rows of columns.
            Type::Data | Type::Statement(Statement::Read) => Some(Size::Open),
            Type::Checked(true) | Type::File | Type::Strange => Some(Size::Open),
            _ => None,
        }
    }
}

impl Row {
    /// Whether it was asked for alone, by code that wants one row.
    fn is_asked_for(&self) -> bool {
        self.alone && self.root.is_some() && self.path.is_empty() && self.turn.is_none() && !self.guessed && !self.fresh
    }

    /// Whether it is one of the rows that a queryset gives.
    fn is_of_list(&self) -> bool {
        self.root.is_some() && !self.alone && self.path.is_empty() && self.assigned.is_empty()
    }

    fn same(&self, other: &Row) -> bool {
        let root = |row: &Row| row.root.as_ref().map(|set| set.span);
        self.model == other.model
            && root(self) == root(other)
            && self.path == other.path
            && self.turn == other.turn
            && self.assigned == other.assigned
    }
}

impl Set {
    /// Whether it is all that a relation leads to, which a prefetch gives as well.
    pub(super) fn is_plain(&self) -> bool {
        self.extent == Extent::Whole
    }

    fn join(&self, other: &Set) -> Set {
        let mut out = self.clone();
        out.loads.join(&other.loads);
        out.rows &= other.rows;
        out.size = self.size.longer(other.size);
        out.cut &= other.cut;
        out.awaited |= other.awaited;
        out.fetched &= other.fetched;
        out.partly |= other.partly;
        out.listed |= other.listed;
        out.sealed |= other.sealed;
        out.extent = out.extent.max(other.extent);
        out.single &= other.single;
        out.filtered |= other.filtered;
        out.narrowed &= other.narrowed;
        out.parent = out.parent.filter(|it| other.parent == Some(*it));
        out.pinned.retain(|it| other.pinned.contains(it));
        out.asked = self.asked.join(&other.asked);
        if self.related.is_some() != other.related.is_some() {
            out.related = None;
        }
        out.clauses.extend(other.clauses.iter().filter(|it| !self.clauses.contains(it)));
        for site in &other.sites {
            if !out.sites.iter().any(|it| it.after == site.after) {
                out.sites.push(site.clone());
            }
        }
        // A clause that is in one branch only is no place to add to for both.
        for site in &mut out.sites {
            if let Some(twin) = other.sites.iter().find(|it| it.after == site.after) {
                site.one = site.one.filter(|at| twin.one == Some(*at));
                site.many = site.many.filter(|at| twin.many == Some(*at));
                site.bars_one |= twin.bars_one;
                site.bars_many |= twin.bars_many;
                site.ended |= twin.ended;
            }
        }
        out
    }
}
