//! What a Python file says of the paths that an application answers: routes, routers, the functions and classes behind
//! them.
//!
//! Nothing is known of other files here, so a name has no meaning yet: `link::routes` follows it. Expressions stay
//! expressions, for a prefix may be a setting.

mod read;
mod substitute;

use crate::source::{FileId, SourceFile, Span};
use crate::syntax::Spanned;
use crate::syntax::python::{Call, Expr};

pub use read::read;

/// What one file says.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteFile {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// What it imports, at whatever depth.
    pub imports: Vec<Import>,
    /// What its statements do that may matter, in order; a loop over a list that is written out is told turn by turn.
    pub steps: Vec<Step>,
    /// Its functions and methods, those within others too.
    pub functions: Vec<Function>,
    /// Its classes.
    pub classes: Vec<Class>,
}

/// A name that an import binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name in this file; `*` for all names.
    pub name: Box<str>,
    /// The module; a dot in front starts at the root of the tree.
    pub module: Box<str>,
    /// What of it; [`None`] for the module itself.
    pub item: Option<Box<str>>,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `name = value`
    Set(Box<str>, Expr),
    /// `name += value`, `name.append(value)`
    Grow(Box<str>, Expr),
    /// A call that stands alone: `app.include_router(router)`.
    Call(Box<Call>, Span),
}

/// A function or method.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// The class that it is a method of: its place among the file's.
    pub owner: Option<usize>,
    /// Its decorators, without `@`.
    pub decorators: Vec<Expr>,
    /// Its parameters, each with its annotation as it is written.
    pub params: Vec<(Box<str>, Box<str>)>,
    /// The names of what a framework calls for it first: what stands in `Depends(...)`, and its annotations.
    pub needs: Vec<Spanned<Box<str>>>,
    /// How it looks at the method of its request.
    pub asked: Asked,
    /// The name that it returns, when its last word is one: `return app`.
    pub returns: Option<Box<str>>,
}

/// How a function looks at the method of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The methods that it does something for: `if request.method == "POST"`.
    pub some: Vec<Box<str>>,
    /// The methods that alone it answers: `if request.method != "POST": return …`.
    pub only: Vec<Box<str>>,
    /// Whether it reads a body: `request.POST`, `request.body`.
    pub body: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its bases.
    pub bases: Vec<Expr>,
    /// Its decorators, without `@`.
    pub decorators: Vec<Expr>,
    /// What its body sets.
    pub values: Vec<(Box<str>, Expr)>,
}

/// Words without which a file says nothing of routes, nor of what they lead to.
const TOKENS: &[&str] = &[
    "urlpatterns",
    "Router",
    "FastAPI(",
    "Flask(",
    "Blueprint(",
    "Starlette(",
    "Route(",
    "Mount(",
    "add_url_rule",
    "add_resource",
    ".route(",
    "include_router",
    "register_blueprint",
    "View",
    "Mixin",
    "(request",
    "HTTPEndpoint",
    "Resource",
    "create_app",
    "make_app",
    "get_application",
];

/// Whether a file may say anything here, by its path and its words.
pub fn wants(file: &SourceFile) -> bool {
    let has = |token: &str| memchr::memmem::find(file.text().as_bytes(), token.as_bytes()).is_some();
    // A package hands on what its modules define.
    let hands_on = || file.name() == "__init__.py" && has("import ");
    file.path.ends_with(".py")
        && !super::python::is_beside(file)
        && (hands_on() || TOKENS.iter().any(|token| has(token)))
}
