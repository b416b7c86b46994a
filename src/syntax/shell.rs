//! The shell: entrypoint scripts, shell-form commands, and `command:` strings.

use serde::{Deserialize, Serialize};

use super::Parsed;
use crate::source::Span;

/// A script or command line: its statements in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// What runs, in order.
    pub items: Vec<Item>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// A simple command, possibly with assignments before it; alone, they set variables.
    Command(Command),
    /// `a && b`, `a || b`, `a | b`: the parts in order, with the operator between them.
    List {
        /// The parts.
        parts: Vec<Item>,
        /// The operators, one less than the parts.
        operators: Vec<Operator>,
        /// The whole.
        span: Span,
    },
    /// `if`/`case`: its branches, each with its condition's text; a branch without one is the `else`.
    Branches {
        /// Each branch: its condition in words, and what it runs.
        branches: Vec<(Option<Box<str>>, Script)>,
        /// The whole.
        span: Span,
    },
    /// `for`/`while`: what it runs, perhaps never, perhaps often.
    Loop {
        /// What it runs.
        body: Script,
        /// The whole.
        span: Span,
    },
    /// A function, by its name.
    Function {
        /// Its name.
        name: Box<str>,
        /// What it runs when called.
        body: Script,
        /// The whole.
        span: Span,
    },
    /// `( … )` or `{ …; }`.
    Group {
        /// What it runs.
        body: Script,
        /// Whether in a shell of its own.
        subshell: bool,
        /// The whole.
        span: Span,
    },
}

/// What stands between two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// `NAME=value` before it.
    pub assignments: Vec<(Box<str>, Word)>,
    /// Its words; none when it only assigns. `exec` is a word like any other here.
    pub words: Vec<Word>,
    /// Whether `&` follows.
    pub background: bool,
    /// From its first assignment or word to its last.
    pub span: Span,
}

/// A word, made of parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its parts in order; none for `""`.
    pub parts: Vec<Part>,
    /// The whole word, quotes included.
    pub span: Span,
    /// Whether it is quoted, wholly or in part: an unquoted word with variables may become several or none.
    pub quoted: bool,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// Text, with quotes and escapes taken off.
    Text(Box<str>),
    /// `$NAME`, `${NAME}`, `${NAME:-default}` …
    Variable {
        /// The name: `PORT`, `1`, `@`.
        name: Box<str>,
        /// The operator and what follows it.
        fallback: Option<(Fallback, Word)>,
        /// `${…}` with its braces.
        span: Span,
    },
    /// `$(…)`, backquotes, `$((…))`, a glob or anything else whose value only a run would tell: its text.
    Opaque {
        /// As it is written.
        text: Box<str>,
        /// Where.
        span: Span,
    },
}

/// What a variable's operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fallback {
    /// `:-`: when unset or empty.
    Default,
    /// `-`: when unset.
    DefaultIfUnset,
    /// `:=` and `=`: likewise, and assigns it.
    Assign,
    /// `:+` and `+`: the text instead, when it is set.
    Alternative,
    /// `:?` and `?`: fails when unset.
    Error,
    /// `#`, `%`, `/` …: changes the text.
    Other,
}

/// Reads shell text.
pub fn parse(_text: &super::Mapped) -> Parsed<Script> {
    Parsed::default()
}
