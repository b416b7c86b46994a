//! What a value is, as far as an event loop is concerned: what of which package was called to make it.

use std::rc::Rc;

use crate::link::orm::names::{ClassId, FunctionId};

/// A value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Value {
    /// Not known.
    #[default]
    Unknown,
    /// `None`.
    Nothing,
    /// `True`, `False`.
    Flag(bool),
    /// Something of a package outside the repository, by the way to it: `requests.Session().get`.
    Outside(Rc<str>),
    /// A class of the repository.
    Class(ClassId),
    /// An instance of one, and whether it is of that very class and none that derives from it.
    Instance(ClassId, bool),
    /// A function of the repository.
    Function(FunctionId),
    /// A method, bound to an instance of that class, or to the class.
    Method(FunctionId, ClassId, bool),
    /// A module.
    Module(u32),
    /// `select(Model)`, and whether it says how relations are loaded.
    Select(ClassId, bool),
    /// A method of one of those below, bound.
    Bound(Rc<Value>, Rc<str>),
    /// What an `AsyncSession` gives for a `select`.
    Result(ClassId, bool),
    /// Many rows.
    Rows(ClassId, bool),
    /// A row that an `AsyncSession` loaded.
    Row(ClassId, bool),
}

/// Longer ways are nobody's.
const MOST: usize = 240;

/// A session of SQLAlchemy's that waits.
pub(super) const SESSION: &str = "sqlalchemy.orm.Session()";
/// One whose calls are awaited, and whose rows expire when it commits.
pub(super) const ASYNC_SESSION: &str = "sqlalchemy.ext.asyncio.AsyncSession()";
/// The same, of which it is known that its rows do not expire, or not known that they do.
pub(super) const KEPT_SESSION: &str = "sqlalchemy.ext.asyncio.AsyncSession:kept()";
/// A connection of SQLAlchemy's that waits.
pub(super) const CONNECTION: &str = "sqlalchemy.Connection()";
/// A manager of Django's, or a queryset that it begins.
pub(super) const MANAGER: &str = "django.Manager()";

impl Value {
    /// Something outside the repository, under the one name that is used here for it.
    pub(super) fn outside(path: &str) -> Value {
        if path.len() > MOST {
            return Value::Unknown;
        }
        Value::Outside(canonical(path).into())
    }

    /// The way to it, when it is outside the repository.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Value::Outside(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it is a session whose calls are awaited.
    pub(super) fn is_async_session(&self) -> bool {
        matches!(self.path(), Some(ASYNC_SESSION | KEPT_SESSION))
    }

    /// Whether it is a session or a connection whose calls wait.
    pub(super) fn is_sync_session(&self) -> bool {
        matches!(self.path(), Some(SESSION | CONNECTION))
    }

    /// What one of these is, where they do not differ. `None` beside something else stands for what is not there yet.
    pub(super) fn either(all: impl IntoIterator<Item = Value>) -> Value {
        let mut out = Value::Nothing;
        for next in all {
            out = match (out, next) {
                (Value::Nothing, next) => next,
                (out, Value::Nothing) => out,
                (a, b) if a == b => a,
                (Value::Instance(a, _), Value::Instance(b, _)) if a == b => Value::Instance(a, false),
                (a, b) if a.is_async_session() && b.is_async_session() => Value::outside(KEPT_SESSION),
                _ => return Value::Unknown,
            };
        }
        out
    }
}

/// The one name of what has several.
fn canonical(path: &str) -> &str {
    match path {
        "sqlmodel.Session()"
        | "sqlmodel.orm.session.Session()"
        | "sqlalchemy.orm.session.Session()"
        | "sqlalchemy.orm.sessionmaker()()"
        | "sqlalchemy.orm.sessionmaker().begin()"
        | "sqlalchemy.orm.session.sessionmaker()()"
        | "sqlalchemy.orm.scoped_session()"
        | "sqlalchemy.orm.Session()()"
        | "sqlalchemy.orm.scoping.scoped_session()" => SESSION,
        "sqlalchemy.engine.Connection()"
        | "sqlalchemy.engine.base.Connection()"
        | "sqlalchemy.create_engine().connect()"
        | "sqlalchemy.create_engine().begin()"
        | "sqlalchemy.engine.create_engine().connect()"
        | "sqlalchemy.Engine().connect()"
        | "sqlalchemy.Engine().begin()"
        | "sqlalchemy.engine.Engine().connect()"
        | "sqlalchemy.engine.Engine().begin()"
        | "sqlmodel.create_engine().connect()"
        | "sqlalchemy.orm.Session().connection()" => CONNECTION,
        "sqlalchemy.ext.asyncio.async_sessionmaker()()"
        | "sqlalchemy.ext.asyncio.async_sessionmaker().begin()"
        | "sqlalchemy.ext.asyncio.async_scoped_session()()"
        | "sqlalchemy.ext.asyncio.async_scoped_session()" => ASYNC_SESSION,
        "sqlalchemy.ext.asyncio.async_sessionmaker:kept()()"
        | "sqlalchemy.ext.asyncio.async_sessionmaker:kept().begin()" => KEPT_SESSION,
        _ => path,
    }
}
