//! Python, as our own tree with byte spans. The parser behind it is error-tolerant; nothing outside this folder names
//! its types.

mod ast;
mod expr;
mod lower;
mod nesting;
mod stmt;
mod walk;

pub use ast::*;

use ruff_python_ast::PySourceType;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::parse_unchecked_source;

use super::{Parsed, SyntaxError};
use crate::source::SourceFile;
use lower::Lower;

/// More errors than this are not told: those behind the first are most often its echoes.
const MOST_ERRORS: usize = 20;

/// Reads a Python file: all that stands before and behind what cannot be read, and an error for that.
///
/// What nests deeper than any hand writes is left out of the tree as [`ExprKind::Other`], with an error too.
pub fn parse(file: &SourceFile) -> Parsed<Module> {
    if nesting::too_deep(file.text()) {
        let message = format!("expected code, found more than {} levels of nesting", nesting::MOST);
        return Parsed {
            tree: Module::default(),
            errors: vec![SyntaxError { span: file.span(0..0), message: message.into() }],
        };
    }
    let parsed = parse_unchecked_source(file.text(), PySourceType::Python);
    let mut lower = Lower::new(file);
    let body = lower.body(parsed.suite());
    let comments =
        parsed.tokens().iter().filter(|it| it.kind() == TokenKind::Comment).map(|it| lower.span(it)).collect();

    let mut errors = std::mem::take(&mut lower.errors);
    errors.extend(
        parsed.errors().iter().map(|it| SyntaxError { span: lower.span(it), message: sentence(&it.error.to_string()) }),
    );
    errors.sort_by_key(|error| error.span);
    errors.truncate(MOST_ERRORS);
    if lower.cut {
        // The parser grows its stack as it needs; freeing its tree does not. One too deep to be walked is too deep to
        // be freed, so it stays until the process ends.
        std::mem::forget(parsed);
    }
    Parsed { tree: Module { body, comments }, errors }
}

/// The parser's message in the house's style: no capital at the front.
fn sentence(message: &str) -> Box<str> {
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect::<String>().into(),
        None => "".into(),
    }
}

#[cfg(test)]
mod tests;
