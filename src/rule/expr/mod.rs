//! The language of `when`, `let`, `to` and `{…}`: small, typed, and three-valued over sets.
//!
//! An expression is compiled once against the vocabulary ([`compile`]), so a misspelt field is an error when the page is
//! loaded. It is evaluated over one entity of one stack ([`Scope`]) and yields the set its value lies in, together with
//! every fact that decided it.

mod compile;
mod eval;
mod lex;
mod parse;
pub mod print;
mod sets;
pub mod template;

use std::ops::Range;

use crate::stack::{Kind, Set, Value};
use parse::{Fold, Op};

pub use compile::{Names, compile, field_unit};
pub use eval::{Absent, Reading, Scope, Seen};
pub use template::Template;

/// What is wrong with an expression, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// The bytes of the expression it is about.
    pub at: Range<usize>,
    /// What was expected, what was found, what there is.
    pub message: String,
}

impl ExprError {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// What a number measures. It decides how the number is printed, and keeps seconds from standing beside bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A count or a ratio.
    Plain,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Nothing: it is a name, such as a port.
    Name,
}

/// What an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// A number.
    Number(Unit),
    /// A truth.
    Bool,
    /// A text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A version.
    Version,
    /// An entity; it can be named in a message, and passed through by a path.
    One(Kind),
    /// A list of entities, for a fold.
    Many(Kind),
}

impl std::fmt::Display for Ty {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ty::Number(Unit::Bytes) => out.write_str("a number of bytes"),
            Ty::Number(Unit::Seconds) => out.write_str("a number of seconds"),
            Ty::Number(Unit::Plain | Unit::Name) => out.write_str("a number"),
            Ty::Bool => out.write_str("true or false"),
            Ty::Text => out.write_str("a text"),
            Ty::Word(words) => write!(out, "one of the words {}", words.join(", ")),
            Ty::Version => out.write_str("a version"),
            Ty::One(kind) => write!(out, "a `{}`", kind.info().name),
            Ty::Many(kind) => write!(out, "a list of `{}`", kind.info().name),
        }
    }
}

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expr {
    node: Node,
    ty: Ty,
}

impl Expr {
    /// What it is.
    pub fn ty(&self) -> Ty {
        self.ty
    }

    /// Whether it is a field and nothing else, which a fix can set.
    pub fn is_field(&self) -> bool {
        matches!(self.node, Node::Fact(_))
    }
}

/// The compiled form: names are resolved to places in the vocabulary's tables.
#[derive(Clone, Debug)]
enum Node {
    Fixed(Set),
    Fact(Path),
    Entity(Path),
    Let(usize),
    Not(Box<Node>),
    Negate(Box<Node>),
    Logic(Op, Box<Node>, Box<Node>),
    Compare(Op, Box<Node>, Box<Node>),
    Arithmetic(Op, Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Value>),
    OrElse(Box<Node>, Box<Node>),
    Math(Math, Vec<Node>),
    If(Box<[Node; 3]>),
    Test(Test, Path),
    Fold(Fold, Path, Box<Node>),
}

/// A path: an entity, the relations passed through, and the field at its end.
#[derive(Clone, Debug)]
struct Path {
    /// [`None`] for `it`, else the fold's variable, counted from the outermost.
    variable: Option<usize>,
    /// The kind it starts from.
    kind: Kind,
    /// The relations, as places in the tables of their kinds.
    steps: Vec<usize>,
    /// The field at the end; [`None`] when the path names the entity itself.
    field: Option<usize>,
}

/// A function of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Math {
    Ceil,
    Floor,
    Min,
    Max,
}

/// A question about what is known of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// Whether the field means anything here.
    Exists,
    /// Whether its value is known.
    Known,
    /// Whether a file says it, and not the program's default.
    Written,
    /// Whether it has no limit.
    Unbounded,
}
