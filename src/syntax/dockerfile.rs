//! Dockerfiles, read as BuildKit reads them: directives, physical lines, continuations with comments, heredocs, then
//! flags, words and JSON.

use serde::{Deserialize, Serialize};

use super::{Parsed, Spanned};
use crate::source::{SourceFile, Span};

/// A Dockerfile: its instructions in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dockerfile {
    /// The instructions.
    pub instructions: Vec<Instruction>,
    /// Comments, each without its line end.
    pub comments: Vec<Span>,
    /// The escape character: `\` or, by directive, a backquote.
    pub escape: Option<char>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruction {
    /// Its name in capitals: `CMD`. For `ONBUILD` it is the name of the inner instruction, and `onbuild` is set.
    pub name: Box<str>,
    /// The name as written.
    pub name_span: Span,
    /// Whether it runs only in images built from this one.
    pub onbuild: bool,
    /// `--from=builder`: name without dashes, and value.
    pub flags: Vec<(Box<str>, Option<Spanned<Box<str>>>)>,
    /// What follows, by its form.
    pub arguments: Arguments,
    /// Heredocs that belong to it, in order.
    pub heredocs: Vec<Heredoc>,
    /// The whole, from the name to the last byte before the line end (continuation lines included, heredocs too).
    pub span: Span,
}

/// The arguments of an instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arguments {
    /// `["a", "b"]`: each string unescaped, with its span (quotes included), and the whole array.
    Json {
        /// The strings.
        items: Vec<Spanned<Box<str>>>,
        /// From `[` to `]`.
        span: Span,
    },
    /// Words, for instructions that have them (`FROM`, `COPY`, `EXPOSE`, `USER` …), quotes kept as written.
    Words(Vec<Spanned<Box<str>>>),
    /// `NAME=value` pairs (`ENV`, `ARG`, `LABEL`), quotes taken off, variables not replaced; [`None`] for `ARG NAME`.
    Pairs(Vec<(Spanned<Box<str>>, Option<Spanned<Box<str>>>)>),
    /// Shell text (`RUN`, shell-form `CMD` and `ENTRYPOINT`), as it stands, continuation lines included.
    Shell(Span),
}

/// A heredoc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: Box<str>,
    /// Its content, without the last line.
    pub content: Span,
    /// Whether variables are replaced in it.
    pub expand: bool,
    /// Whether tabs before each line are dropped.
    pub chomp: bool,
    /// Its file descriptor: 0 unless given.
    pub descriptor: u32,
}

/// Reads a Dockerfile.
pub fn parse(_file: &SourceFile) -> Parsed<Dockerfile> {
    Parsed::default()
}
