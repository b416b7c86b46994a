//! The tree of a Python file: what plimsoll needs of it, owned, with byte spans.

use serde::{Deserialize, Serialize};

use crate::source::Span;
use crate::syntax::Spanned;

/// A module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Its comments, each from `#` to the line's end.
    pub comments: Vec<Span>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// The whole, decorators included.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StmtKind {
    /// An expression alone.
    Expr(Expr),
    /// `a = b = value`
    Assign {
        /// What is assigned to, in order.
        targets: Vec<Expr>,
        /// The value.
        value: Expr,
    },
    /// `a: T = value`
    AnnAssign {
        /// What is assigned to.
        target: Expr,
        /// Its annotation.
        annotation: Expr,
        /// The value, if any.
        value: Option<Expr>,
    },
    /// `a += value`
    AugAssign {
        /// What is changed.
        target: Expr,
        /// The operator, as written without `=`: `+`.
        op: BinOp,
        /// The value.
        value: Expr,
    },
    /// `def` and `async def`.
    Function(Box<Function>),
    /// `class`.
    Class(Box<Class>),
    /// `return`.
    Return(Option<Expr>),
    /// `for` and `async for`.
    For {
        /// Whether asynchronous.
        is_async: bool,
        /// The loop variable.
        target: Expr,
        /// What is iterated.
        iter: Expr,
        /// The body.
        body: Vec<Stmt>,
        /// The `else`.
        orelse: Vec<Stmt>,
    },
    /// `while`.
    While {
        /// The condition.
        test: Expr,
        /// The body.
        body: Vec<Stmt>,
        /// The `else`.
        orelse: Vec<Stmt>,
    },
    /// `if`, `elif`, `else`: each branch with its condition; none for `else`.
    If(Vec<(Option<Expr>, Vec<Stmt>)>),
    /// `with` and `async with`.
    With {
        /// Whether asynchronous.
        is_async: bool,
        /// Each context manager, and what it is bound to.
        items: Vec<(Expr, Option<Expr>)>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `match`: its subject, and each case's guard and body (patterns are not kept).
    Match {
        /// The subject.
        subject: Expr,
        /// The cases.
        cases: Vec<(Option<Expr>, Vec<Stmt>)>,
    },
    /// `try`.
    Try {
        /// The body.
        body: Vec<Stmt>,
        /// Its handlers.
        handlers: Vec<Handler>,
        /// The `else`.
        orelse: Vec<Stmt>,
        /// The `finally`.
        finally: Vec<Stmt>,
    },
    /// `raise`.
    Raise(Option<Expr>),
    /// `assert`.
    Assert(Expr),
    /// `del`.
    Delete(Vec<Expr>),
    /// `import a.b as c`: each dotted name and its alias.
    Import(Vec<Alias>),
    /// `from ..a import b as c`.
    ImportFrom {
        /// The dotted module; empty for `from . import b`.
        module: Box<str>,
        /// How many dots stand before it.
        level: u32,
        /// What is imported; `*` for all.
        names: Vec<Alias>,
    },
    /// `pass`, `break`, `continue`, `global`, `nonlocal`, and what could not be read.
    Other,
}

/// An `except`: the exceptions it catches, the name it binds, its body.
pub type Handler = (Option<Expr>, Option<Box<str>>, Vec<Stmt>);

/// A name that is imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// The dotted name.
    pub name: Box<str>,
    /// `as`.
    pub alias: Option<Box<str>>,
    /// Where.
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Whether `async def`.
    pub is_async: bool,
    /// Its decorators, without `@`.
    pub decorators: Vec<Expr>,
    /// Its parameters, in order of all kinds.
    pub params: Vec<Param>,
    /// What it says it returns.
    pub returns: Option<Expr>,
    /// Its body.
    pub body: Vec<Stmt>,
    /// From `def` (or `async`) to the end of the body, without decorators.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name, with its stars: `*args`.
    pub name: Box<str>,
    /// Its annotation.
    pub annotation: Option<Expr>,
    /// Its default.
    pub default: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its decorators, without `@`.
    pub decorators: Vec<Expr>,
    /// Its bases.
    pub bases: Vec<Expr>,
    /// `metaclass=…` and the like.
    pub keywords: Vec<Keyword>,
    /// Its body.
    pub body: Vec<Stmt>,
    /// From `class` to the end of the body, without decorators.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where, without parentheses around it.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// `name`
    Name(Box<str>),
    /// `value.name`
    Attribute {
        /// The value.
        value: Box<Expr>,
        /// The name.
        name: Spanned<Box<str>>,
    },
    /// `value[index]`
    Subscript {
        /// The value.
        value: Box<Expr>,
        /// The index; a [`ExprKind::Slice`] for `a[1:2]`.
        index: Box<Expr>,
    },
    /// `low:high:step`
    Slice {
        /// The first.
        low: Option<Box<Expr>>,
        /// The end.
        high: Option<Box<Expr>>,
        /// The step.
        step: Option<Box<Expr>>,
    },
    /// `func(args, key=value)`
    Call(Box<Call>),
    /// Text, all its pieces joined.
    Str(Box<str>),
    /// An f-string: its pieces in order.
    FString(Vec<FPart>),
    /// A bytes literal.
    Bytes,
    /// An integer; [`None`] when it does not fit.
    Int(Option<i64>),
    /// A float.
    Float(f64),
    /// `True`, `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `...`
    Ellipsis,
    /// `[a, b]`
    List(Vec<Expr>),
    /// `a, b`
    Tuple(Vec<Expr>),
    /// `{a, b}`
    Set(Vec<Expr>),
    /// `{k: v, **d}`: the key is [`None`] for `**d`.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `a + b`
    Binary {
        /// The left side.
        left: Box<Expr>,
        /// The operator.
        op: BinOp,
        /// The right side.
        right: Box<Expr>,
    },
    /// `-a`, `not a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `a < b <= c`
    Compare {
        /// The first operand.
        left: Box<Expr>,
        /// Each operator (`==`, `in`, `is not` …) and what follows it.
        rest: Vec<(CompareOp, Expr)>,
    },
    /// `body if test else orelse`
    If {
        /// The condition.
        test: Box<Expr>,
        /// When true.
        body: Box<Expr>,
        /// When false.
        orelse: Box<Expr>,
    },
    /// `lambda params: body`
    Lambda {
        /// The parameters.
        params: Vec<Param>,
        /// The body.
        body: Box<Expr>,
    },
    /// `[x for y in z if w]` and its kin.
    Comprehension {
        /// Which.
        kind: ComprehensionKind,
        /// The element; for a dict comprehension a [`ExprKind::Tuple`] of key and value.
        element: Box<Expr>,
        /// The clauses in order.
        clauses: Vec<Clause>,
    },
    /// `await a`
    Await(Box<Expr>),
    /// `yield a`, `yield from a`
    Yield(Option<Box<Expr>>),
    /// `*a`
    Starred(Box<Expr>),
    /// `a := b`
    Named {
        /// The name.
        target: Box<Expr>,
        /// The value.
        value: Box<Expr>,
    },
    /// What could not be read, or has no place here.
    Other,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// What is called.
    pub func: Expr,
    /// Positional arguments; `*a` is a [`ExprKind::Starred`].
    pub args: Vec<Expr>,
    /// Keyword arguments.
    pub keywords: Vec<Keyword>,
    /// The parentheses with all between them.
    pub parens: Span,
}

/// `name=value`; the name is [`None`] for `**value`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keyword {
    /// The name.
    pub name: Option<Spanned<Box<str>>>,
    /// The value.
    pub value: Expr,
    /// The whole.
    pub span: Span,
}

/// A piece of an f-string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FPart {
    /// Text.
    Text(Box<str>),
    /// `{expr}`
    Expr(Expr),
}

/// Which comprehension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComprehensionKind {
    /// `[…]`
    List,
    /// `{…}`
    Set,
    /// `{k: v …}`
    Dict,
    /// `(…)`, and an argument that stands alone.
    Generator,
}

/// `for target in iter if condition …`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Whether `async for`.
    pub is_async: bool,
    /// The variable.
    pub target: Expr,
    /// What is iterated.
    pub iter: Expr,
    /// The conditions.
    pub conditions: Vec<Expr>,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the operator of Python by that name")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    MatMul,
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the operator of Python by that name")]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    Invert,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the operator of Python by that name")]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl Expr {
    /// The dotted name, when it is one: `a.b.c` for `a.b.c`, nothing for `a().b`.
    pub fn dotted(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.to_string()),
            ExprKind::Attribute { value, name } => Some(format!("{}.{}", value.dotted()?, name.value)),
            _ => None,
        }
    }

    /// The text, when it is a literal string.
    pub fn str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The call, when it is one (also behind `await`).
    pub fn call(&self) -> Option<&Call> {
        match &self.kind {
            ExprKind::Call(call) => Some(call),
            ExprKind::Await(inner) => inner.call(),
            _ => None,
        }
    }
}

impl Call {
    /// The value of a keyword.
    pub fn keyword(&self, name: &str) -> Option<&Expr> {
        self.keywords.iter().find(|it| it.name.as_ref().is_some_and(|n| &*n.value == name)).map(|it| &it.value)
    }
}
