//! The shape of what one file says.

use serde::{Deserialize, Serialize};

use super::flow::{Flow, NodeId};
use crate::source::{FileId, Span};

/// What one file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrmDraft {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// The dotted name of the module, from the root: `backend.chat.views`.
    pub module: Box<str>,
    /// Whether it is a package's `__init__.py`.
    pub is_package: bool,
    /// What its path says of who runs its code.
    pub place: Place,
    /// The quote that its texts mostly have.
    pub quote: char,
    /// Whether its lines end by `\r\n`.
    pub crlf: bool,
    /// What it imports, wherever it does.
    pub imports: Vec<Import>,
    /// What runs when it is imported.
    pub top: Flow,
    /// The names bound at the top, with their last values.
    pub globals: Vec<(Box<str>, NodeId)>,
    /// Its classes, outer ones before those within.
    pub classes: Vec<ClassDraft>,
    /// Its functions and methods.
    pub functions: Vec<FunctionDraft>,
    /// Where `selectinload` is or can be imported.
    pub loader: LoaderImport,
    /// Behind the last import at the top, where another could stand.
    pub last_import: Option<Span>,
    /// Whether the top of the module imports `asyncio`.
    pub imports_asyncio: bool,
}

impl OrmDraft {
    /// The line ending of the file.
    pub fn newline(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }
}

/// What the path of a file says of who runs its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A command or a script: a person, or a clock.
    Command,
    /// Django's admin: the people who run the site.
    Admin,
    /// Nothing: it is a template, which views fill.
    Template,
    /// Nothing: it is of a package that the repository builds upon, and declares what its models are related to.
    Package,
    /// Nothing.
    Any,
}

impl Place {
    /// Whether the file holds code of the repository's own.
    pub fn is_code(self) -> bool {
        !matches!(self, Place::Template | Place::Package)
    }
}

/// A name that an import binds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The name in this file; `*` for all names.
    pub name: Box<str>,
    /// The module, absolute.
    pub module: Box<str>,
    /// What of it; [`None`] for the module itself.
    pub item: Option<Box<str>>,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassDraft {
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub span: Span,
    /// The class it lies in.
    pub within: Option<u32>,
    /// Its bases, those that are dotted names (subscripts taken off).
    pub bases: Vec<Box<str>>,
    /// The class that it is an instance of, as a dotted name.
    pub metaclass: Option<Box<str>>,
    /// Its body.
    pub body: Flow,
    /// What the body binds, in order.
    pub attributes: Vec<Attribute>,
}

/// A name that a class's body binds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The name.
    pub name: Box<str>,
    /// The whole statement.
    pub span: Span,
    /// The line ending and blanks that another statement beside it would start with.
    pub line: Option<Box<str>>,
    /// Its annotation.
    pub annotation: Option<NodeId>,
    /// Its value.
    pub value: Option<NodeId>,
}

/// A function or method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionDraft {
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub span: Span,
    /// The class it is a method of.
    pub owner: Option<u32>,
    /// The function it lies in, as a path: `outer` or `Outer.method`.
    pub within: Option<Box<str>>,
    /// Whether `async def`.
    pub is_async: bool,
    /// Its decorators, as dotted names, without arguments.
    pub decorators: Vec<Box<str>>,
    /// Its parameters.
    pub params: Vec<Parameter>,
    /// What its decorators ask FastAPI to run before it: `dependencies=[Depends(only_staff)]`.
    pub depends: Vec<Box<str>>,
    /// `async` and the blanks behind it.
    pub async_word: Option<Span>,
    /// The first node of its body: those before are of its parameters.
    pub body: NodeId,
    /// What a decorator, or the function itself, says that it answers with: `response_model=list[Book]`.
    pub answer: Option<NodeId>,
    /// The variables that functions within it may read, with their last values.
    pub locals: Vec<(Box<str>, NodeId)>,
    /// What it does.
    pub flow: Flow,
}

/// A parameter. Its node is the one of the same place in the flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, with its stars.
    pub name: Box<str>,
    /// What it is said to be.
    pub annotation: Option<NodeId>,
    /// What it is when not given.
    pub default: Option<NodeId>,
}

/// Where SQLAlchemy's `selectinload` is or can be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoaderImport {
    /// It is.
    Present,
    /// `from sqlalchemy.orm import …` ends here.
    Extend(Span),
    /// A line would go here.
    Insert(Span),
    /// There is no good place.
    #[default]
    Nowhere,
}
