//! Python as configuration: what a file binds and imports, and the calls that make pools, clients and applications.
//! Expressions stay expressions; `link::values` evaluates them in the environment of a process.

mod calls;
mod imports;
mod insert;
mod kept;
mod prefix;
mod scope;

use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile, Span};
use crate::syntax::Spanned;
use crate::syntax::python::{self, BinOp, Call, Expr};

pub use insert::Insertion;

/// What one Python file says that matters to a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// The modules it imports at any place, by name; what `from .a import b` brings is `a` and `a.b`.
    pub imports: Vec<Box<str>>,
    /// What its statements do to its names, in order.
    pub events: Vec<Event>,
    /// Its functions, those of classes not among them.
    pub functions: Vec<Function>,
    /// Its classes.
    pub classes: Vec<Class>,
    /// The calls that matter, at any depth, in order.
    pub calls: Vec<CallSite>,
    /// Functions that the framework calls for each request, by dotted name: what stands in `Depends(...)`.
    pub dependencies: Vec<Box<str>>,
    /// The settings modules that it asks Django for: `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "x.y")`.
    pub settings_modules: Vec<Spanned<Box<str>>>,
    /// Where it reads a file of variables into its environment or settings: the file, where it names one.
    pub dotenv: Vec<Option<Expr>>,
    /// What it sets AnyIO's number of threads to: `limiter.total_tokens = 80`.
    pub thread_tokens: Vec<Spanned<Expr>>,
    /// Where an entry could be put into a dict or another argument into a call, by the span of the dict or call.
    pub insertions: Vec<(Span, Insertion)>,
    /// Strings that stand byte for byte: the span of the literal, that of what is between its quotes.
    pub contents: Vec<(Span, Span)>,
    /// The quote that most of its strings have.
    pub quote: char,
    /// Where `import os` could be put; [`None`] when the file has it.
    pub import_os: Option<Insertion>,
}

/// What a statement does to names of its scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// The conditions it stands under, the outermost first.
    pub guards: Vec<Guard>,
    /// The statement.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EventKind {
    /// `path = value`
    Set {
        /// What is set.
        path: Path,
        /// The value.
        value: Expr,
    },
    /// `path.update(value)`, `path |= value`
    Merge {
        /// The dict.
        path: Path,
        /// What is put into it; keywords are entries too.
        value: Expr,
    },
    /// `path op= value`; what `.append(x)` and `.extend(x)` do is `+=`.
    Change {
        /// What is changed.
        path: Path,
        /// How.
        op: BinOp,
        /// By what.
        value: Expr,
    },
    /// `import module as name`, `from module import item as name`
    Import {
        /// The name it binds.
        name: Box<str>,
        /// The module, absolute as far as the file's own path tells.
        module: Box<str>,
        /// The name taken from it, if one is.
        item: Option<Box<str>>,
    },
    /// `from module import *`
    Star {
        /// The module.
        module: Box<str>,
    },
    /// `def name`
    Function {
        /// Its name.
        name: Box<str>,
        /// Its place among the scope's functions.
        at: u32,
    },
    /// `class name`
    Class {
        /// Its name.
        name: Box<str>,
        /// Its place among the scope's classes.
        at: u32,
    },
    /// `return value`, in a function.
    Return(Expr),
    /// `for target in iter`
    Loop {
        /// What each turn binds.
        target: Expr,
        /// What is gone through.
        iter: Expr,
        /// What each turn does.
        body: Vec<Event>,
        /// Whether a turn may end early, or end the loop.
        jumps: bool,
    },
    /// `try`, where a handler binds something too.
    Try {
        /// What is tried.
        body: Vec<Event>,
        /// The exceptions that each handler catches, none for all, and what it does.
        handlers: Vec<(Vec<Box<str>>, Vec<Event>)>,
    },
    /// `globals().update(value)`: entries become names.
    Names(Expr),
    /// What may bind any name: `exec(...)`, `globals()[key] = value`.
    Opaque,
    /// `include("database.py")` of split_settings: the file's statements happen here.
    Include {
        /// The path as written, from the file's own folder; it may hold `*`.
        path: Box<str>,
    },
    /// `os.environ[name] = value`, `os.environ.setdefault(name, value)`
    Environ {
        /// The variable.
        name: Box<str>,
        /// Its value.
        value: Expr,
        /// Whether what is set already stays.
        weak: bool,
    },
}

/// A name with what is taken of it: `DATABASES["default"]["OPTIONS"]`, `app.conf.x`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// The name.
    pub root: Box<str>,
    /// Keys and attributes; `.setdefault("OPTIONS", {})` is the key `OPTIONS`.
    pub steps: Vec<Step>,
}

/// What is taken of a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// A key or an attribute that is written out.
    Key(Box<str>),
    /// A key that is worked out: `DATABASES[alias]`.
    Of(Box<Expr>),
}

/// A condition that a statement stands under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// The condition; [`None`] where it cannot be told, as for a loop.
    pub test: Option<Arc<Expr>>,
    /// Whether it must hold, or not hold.
    pub holds: bool,
    /// The condition as written.
    pub text: Box<str>,
    /// Where.
    pub span: Span,
}

/// A function, as far as it can be evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its parameters with their defaults, stars among the names.
    pub params: Vec<(Box<str>, Option<Expr>)>,
    /// The dotted names of its decorators.
    pub decorators: Vec<Box<str>>,
    /// The fields that it makes or checks, by pydantic's decorators: `@field_validator("url")`.
    pub validates: Vec<Box<str>>,
    /// What its statements do.
    pub events: Vec<Event>,
    /// Whether it does nothing but bind names and return.
    pub plain: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its bases, as written.
    pub bases: Vec<Expr>,
    /// What its body does to its names.
    pub events: Vec<Event>,
    /// Its fields with an annotation, also those with a value.
    pub fields: Vec<Field>,
    /// Its methods.
    pub methods: Vec<Function>,
    /// The classes within, as pydantic's `Config`.
    pub classes: Vec<Class>,
}

/// A field of a class with an annotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its annotation as written: `int | None`.
    pub annotation: Box<str>,
}

/// A call that matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallSite {
    /// What is called, imports followed: `sqlalchemy.create_engine`; as written where nothing says more.
    pub name: Box<str>,
    /// The call.
    pub call: Call,
    /// The whole of it.
    pub span: Span,
    /// What it is assigned to, dotted.
    pub bound: Option<Box<str>>,
    /// When it runs.
    pub when: When,
    /// The conditions it stands under, the outermost first; those of returns before it among them.
    pub guards: Vec<Guard>,
    /// Whether what it makes stays in the function that calls it: bound to a name there that is only asked, neither
    /// returned, kept nor handed on.
    pub passing: bool,
    /// The functions around it, the innermost last, classes among them: `Store.connect`.
    pub within: Box<str>,
}

/// When a call runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Once, when the module or class is loaded.
    Import,
    /// Once, when the application starts, or behind a cache or a global.
    Once,
    /// For each request or task.
    Request,
    /// When something calls the function around it, which this file does not tell.
    Called,
}

/// Whether a file may say anything here, by its path and its bytes: only such a file is worth parsing.
pub fn wants(file: &SourceFile) -> bool {
    is_python(&file.path) && !is_beside(file) && tokens().is_none_or(|it| it.is_match(file.text()))
}

fn is_python(path: &str) -> bool {
    path.ends_with(".py")
}

/// Whether a path is of tests, of database migrations or of a tool beside the application.
pub fn is_aside(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let aside = ["tests", "test", "migrations", "alembic", "versions", "docs", "examples", "benchmarks"];
    folders.split('/').any(|folder| aside.contains(&folder))
        || name == "conftest.py"
        || name == "tests.py"
        || name.starts_with("test_")
        || name.ends_with("_test.py")
}

/// Whether a file is such, by its path or its content: a `setup.py` that packs what lies beside it, and no module of an
/// application that has that name.
pub fn is_beside(file: &SourceFile) -> bool {
    let says = |word: &str| memchr::memmem::find(file.text().as_bytes(), word.as_bytes()).is_some();
    is_aside(&file.path) || file.name() == "setup.py" && (says("setuptools") || says("distutils"))
}

/// Words of which a file must hold one.
const TOKENS: &[&str] = &[
    "BaseSettings",
    "CACHES",
    "Celery(",
    "DATABASE",
    "DJANGO_SETTINGS_MODULE",
    "Depends(",
    "FastAPI(",
    "Flask(",
    "INSTALLED_APPS",
    "Limiter",
    "REDIS",
    "SQLALCHEMY",
    "SQLAlchemy(",
    "Starlette(",
    "WSGIServer",
    "WorkerSettings",
    "celery",
    "connection_pool",
    "configurations",
    "create_async_engine",
    "create_engine",
    "create_pool",
    "databases",
    "dynaconf",
    "engine_from_config",
    "environ",
    "from rq",
    "getenv",
    "grpc.server",
    "import *",
    "playhouse",
    "psycopg2.pool",
    "psycopg_pool",
    "redis",
    "safe_load",
    "settings",
    "shared_task",
    "tomli",
    "tomllib",
    "tortoise",
    "total_tokens",
    "uvicorn",
    "waitress",
];

/// Built once: building takes as long as reading a small file.
fn tokens() -> Option<&'static AhoCorasick> {
    static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    SEARCH.get_or_init(|| AhoCorasick::new(TOKENS).ok()).as_ref()
}

/// Reads a file from its tree. Errors of the syntax are the caller's.
pub fn read(file: &SourceFile, tree: &python::Module) -> Module {
    let mut module = Module::empty(file);
    let names = imports::Names::of(file, tree);
    let scope = scope::read(file, &names, &tree.body);
    module.events = scope.events;
    module.functions = scope.functions;
    module.classes = scope.classes;
    calls::read(file, &names, tree, &mut module);
    if names.modules.iter().any(|it| matches!(&**it, "decouple" | "decouple.config")) {
        module.dotenv.push(None);
    }
    module.imports = names.modules;
    insert::read(file, tree, &mut module);
    module
}

/// Reads what a file imports and nothing else, without parsing it: for files that [`wants`] lets pass by.
pub fn scan(file: &SourceFile) -> Module {
    let (imports, events) = imports::scan(file);
    Module { imports, events, ..Module::empty(file) }
}

impl Module {
    fn empty(file: &SourceFile) -> Self {
        Self {
            file: file.id,
            path: file.path.clone(),
            imports: Vec::new(),
            events: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            calls: Vec::new(),
            dependencies: Vec::new(),
            settings_modules: Vec::new(),
            dotenv: Vec::new(),
            thread_tokens: Vec::new(),
            insertions: Vec::new(),
            contents: Vec::new(),
            quote: '"',
            import_os: None,
        }
    }

    /// Where another entry or argument could be put into the dict or call at a span.
    pub fn insertion(&self, span: Span) -> Option<&Insertion> {
        let at = self.insertions.binary_search_by_key(&span, |it| it.0).ok()?;
        self.insertions.get(at).map(|it| &it.1)
    }

    /// What stands between the quotes of a string that stands byte for byte.
    pub fn content(&self, span: Span) -> Option<Span> {
        let at = self.contents.binary_search_by_key(&span, |it| it.0).ok()?;
        self.contents.get(at).map(|it| it.1)
    }
}

#[cfg(test)]
mod tests;
