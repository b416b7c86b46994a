//! How deep a text nests, told before it is parsed: the parser takes stack for each level, so a few megabytes of
//! brackets would take gigabytes.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// More levels than this are not parsed. Python itself stops at 200 brackets.
pub(super) const MOST: usize = 2_000;

/// A level takes at least a byte, so a text without a statement this long is parsed unseen.
const LONG: usize = 64 * 1024;

/// Whether a text nests deeper than [`MOST`].
pub(super) fn too_deep(text: &str) -> bool {
    if longest_block(text.as_bytes()) < LONG {
        return false;
    }
    let mut lexer = lexer::lex(text, Mode::Module);
    // For each open bracket the levels that were open before it: operators that take what follows as their operand.
    let mut open: Vec<usize> = Vec::new();
    let (mut levels, mut sum) = (0, 0);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open.push(levels);
                sum += levels + 1;
                levels = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                // What a bracket closes may be called or indexed in its turn.
                levels = open.pop().unwrap_or(0);
                sum = sum.saturating_sub(levels + 1);
                levels += 1;
            }
            TokenKind::Newline => {
                open.clear();
                (levels, sum) = (0, 0);
            }
            TokenKind::Comma | TokenKind::Semi => levels = 0,
            kind if kind.is_operator() || is_prefix(kind) => levels += 1,
            _ => {}
        }
        if sum + levels > MOST {
            return true;
        }
    }
}

/// The longest run of bytes without a line that starts with a letter or a decorator.
fn longest_block(text: &[u8]) -> usize {
    let mut longest = 0;
    let mut start = 0;
    for newline in memchr::memchr_iter(b'\n', text) {
        if text.get(newline + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'@') {
            longest = longest.max(newline - start);
            start = newline;
        }
    }
    longest.max(text.len() - start)
}

/// Words, not operators, that take what follows as their operand.
fn is_prefix(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Lambda | TokenKind::Else | TokenKind::Await | TokenKind::Async | TokenKind::Yield)
}
