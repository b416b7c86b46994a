//! What a value is, as far as a mapper is concerned: a queryset and what it loads, a row and where it came from.

mod either;
mod loads;
mod record;
mod row;
mod set;
mod site;

use std::rc::Rc;

use super::names::{ClassId, Def, FunctionId};
use crate::facts::orm::flow::Scope;

pub(super) use loads::Loads;
pub(super) use record::{Entries, Entry, entry, field, merged, put};
pub(super) use row::Row;
pub(super) use set::{Extent, ManagerType, Set, Without};
pub(super) use site::Site;

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq)]
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

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    Read,
    /// Reads no more than so many.
    Part,
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

impl Size {
    pub(super) fn longer(self, other: Size) -> Size {
        let either = |size| self == size || other == size;
        [Size::Open, Size::Guessed].into_iter().find(|size| either(*size)).unwrap_or(Size::Short)
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

    /// Whether it is a queryset or a list.
    pub(super) fn is_many(&self) -> bool {
        matches!(self, Type::Set(_) | Type::List(..) | Type::Strange | Type::File)
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

    /// The queryset that it has as many of as that has rows: all of them, or what each leads to by foreign keys.
    pub(super) fn as_many_as(&self) -> Option<Rc<Set>> {
        let of_each = || match self {
            Type::List(element, _) => match &**element {
                Type::Row(row) if !row.alone && row.path.iter().all(|it| !it.to_many) => row.root.clone(),
                _ => None,
            },
            _ => None,
        };
        self.all_rows().or_else(of_each).filter(|set| set.rows)
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
