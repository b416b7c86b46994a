//! Words: quotes, escapes and variables, by our own lexer, so that each byte keeps its place.

use std::ops::Range;

use super::{Command, Fallback, Mapped, Part, Word};

/// How deep variables may stand in each other's fallbacks; deeper ones stay opaque.
const DEEPEST: usize = 16;

/// Words that open a statement of more than one command.
const RESERVED: &[&str] = &[
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "function",
    "select", "time", "coproc", "!", "{", "}", "[[", "]]",
];

/// Parts a text into words as compose does with a `command:` that is one string: quotes and backslashes are the
/// shell's, and nothing else is.
pub fn split(text: &Mapped) -> Vec<Word> {
    let mut lexer = Lexer { text, rules: Rules::Split, depth: 0 };
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(start) = lexer.skip_blanks(at) {
        let (word, next) = lexer.word(start, text.text.len());
        words.push(word);
        at = next.max(start + 1);
    }
    words
}

/// The whole of a text as one word, blanks and all: a variable's value, say.
pub fn only_word(text: &Mapped) -> Word {
    whole(text, 0..text.text.len())
}

/// A range of the text as one word, whatever stands in it.
pub(super) fn whole(text: &Mapped, range: Range<usize>) -> Word {
    Lexer { text, rules: Rules::Whole, depth: 0 }.word(range.start, range.end).0
}

/// The words of a range that holds no statement of its own: a `[ … ]`.
pub(super) fn words(text: &Mapped, range: Range<usize>) -> Vec<Word> {
    let mut lexer = Lexer { text, rules: Rules::Blanks, depth: 0 };
    let mut words = Vec::new();
    let mut at = range.start;
    while let Some(start) = lexer.skip_blanks(at).filter(|&start| start < range.end) {
        let (word, next) = lexer.word(start, range.end);
        words.push(word);
        at = next.max(start + 1);
    }
    words
}

/// The text as one simple command, when it is no more than that.
pub(super) fn simple(text: &Mapped) -> Option<Command> {
    let mut lexer = Lexer { text, rules: Rules::Blanks, depth: 0 };
    let mut command =
        Command { assignments: Vec::new(), words: Vec::new(), background: false, span: text.span(0..text.text.len()) };
    let (mut at, mut first) = (0, None);
    while let Some(start) = lexer.skip_blanks(at) {
        // A line end that is not escaped ends the command: fine at its end, more than one command otherwise.
        if text.text[at..start].replace("\\\n", "").contains('\n') && first.is_some() {
            return None;
        }
        let end = lexer.plain_end(start)?;
        let word = lexer.word(start, end).0;
        first.get_or_insert(start);
        let source = &text.text[start..end];
        match assignment(source).filter(|_| command.words.is_empty()) {
            Some(name) => command.assignments.push((name.into(), whole(text, start + name.len() + 1..end))),
            None if command.words.is_empty() && RESERVED.contains(&source) => return None,
            None => command.words.push(word),
        }
        at = end.max(start + 1);
    }
    let first = first.unwrap_or(text.text.len());
    command.span = text.span(first..at.max(first).min(text.text.len()));
    Some(command)
}

/// The name that a word `NAME=value` assigns to.
fn assignment(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[derive(Clone, Copy, PartialEq)]
enum Rules {
    /// Blanks end a word; `$` and backquotes mean nothing.
    Split,
    /// Blanks end a word.
    Blanks,
    /// Nothing does.
    Whole,
    /// Nothing does, and double quotes stand around it.
    Quoted,
}

struct Lexer<'a> {
    text: &'a Mapped,
    rules: Rules,
    depth: usize,
}

/// The parts of a word as they come.
struct Parts<'a> {
    text: &'a Mapped,
    parts: Vec<Part>,
}

impl Parts<'_> {
    fn push_text(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.extend(self.text, range),
            _ => self.parts.push(Part::Text(self.text.slice(range))),
        }
    }
}

impl Lexer<'_> {
    fn bytes(&self) -> &[u8] {
        self.text.text.as_bytes()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    /// The next byte that belongs to a word.
    fn skip_blanks(&mut self, mut at: usize) -> Option<usize> {
        loop {
            match self.byte(at)? {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'\\' if self.byte(at + 1) == Some(b'\n') => at += 2,
                b'\\' if self.bytes().get(at + 1..at + 3) == Some(b"\r\n") => at += 3,
                _ => return Some(at),
            }
        }
    }

    /// Where the plain word at `at` ends; none when an operator, a comment or a substitution of processes is met.
    fn plain_end(&self, at: usize) -> Option<usize> {
        if self.byte(at) == Some(b'#') {
            return None;
        }
        let mut at = at;
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b' ' | b'\t' | b'\n' | b'\r' => break,
                b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => return None,
                b'\\' => at + 1 + self.char_len(at + 1),
                b'\'' | b'"' | b'`' => self.skip_quoted(at),
                b'$' if matches!(self.byte(at + 1), Some(b'(' | b'{')) => self.skip_bracket(at + 1),
                _ => at + 1,
            };
        }
        Some(at.min(self.bytes().len()))
    }

    fn char_len(&self, at: usize) -> usize {
        self.text.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    /// Past the quote at `at` and all up to the one that closes it.
    fn skip_quoted(&self, at: usize) -> usize {
        let Some(quote) = self.byte(at) else { return at };
        let mut at = at + 1;
        while let Some(byte) = self.byte(at) {
            at = match byte {
                byte if byte == quote => return at + 1,
                b'\\' if quote != b'\'' => at + 2,
                b'$' if quote == b'"' && matches!(self.byte(at + 1), Some(b'(' | b'{')) => self.skip_bracket(at + 1),
                _ => at + 1,
            };
        }
        self.bytes().len()
    }

    /// Past the bracket at `at` and all up to the one that closes it. Brackets of the same kind are counted and not
    /// recursed into, so that depth costs nothing.
    fn skip_bracket(&self, at: usize) -> usize {
        let (open, close) = if self.byte(at) == Some(b'{') { (b'{', b'}') } else { (b'(', b')') };
        let (mut at, mut depth, mut double) = (at, 0usize, false);
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\\' => at += 1,
                b'"' => double = !double,
                b'\'' if !double => {
                    at += memchr::memchr(b'\'', self.bytes().get(at + 1..).unwrap_or_default())
                        .map_or(self.bytes().len(), |quote| quote + 1);
                }
                byte if byte == open => depth += 1,
                byte if byte == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.bytes().len()
    }

    /// The word that starts at `start` and ends at `end` at the latest, and where it does end.
    fn word(&mut self, start: usize, end: usize) -> (Word, usize) {
        let mut parts = Parts { text: self.text, parts: Vec::new() };
        let (mut quoted, mut at, mut run) = (false, start, start);
        while let Some(byte) = self.byte(at).filter(|_| at < end) {
            let literal = self.rules == Rules::Split;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' if !matches!(self.rules, Rules::Whole | Rules::Quoted) => break,
                b'\'' if self.rules != Rules::Quoted => {
                    parts.push_text(run..at);
                    let close = self.skip_quoted(at).min(end);
                    let inner = at + 1..close.saturating_sub(usize::from(self.closes(close, b'\'', at))).max(at + 1);
                    parts.push_text(inner.start.min(end)..inner.end.min(end));
                    (quoted, at, run) = (true, close, close);
                }
                b'"' => {
                    parts.push_text(run..at);
                    at = self.double(at + 1, end, &mut parts);
                    (quoted, run) = (true, at);
                }
                // Within double quotes it stands for itself before anything else.
                b'\\'
                    if self.rules == Rules::Quoted
                        && !matches!(self.byte(at + 1), Some(b'"' | b'\\' | b'$' | b'`' | b'}' | b'\n')) =>
                {
                    at += 1;
                }
                b'\\' => {
                    parts.push_text(run..at);
                    let len = self.char_len(at + 1);
                    if self.byte(at + 1) != Some(b'\n') {
                        parts.push_text((at + 1).min(end)..(at + 1 + len).min(end));
                    }
                    at += 1 + len;
                    run = at;
                }
                b'$' | b'`' if !literal => match self.dollar(at, end, self.rules == Rules::Quoted) {
                    Some((part, next)) => {
                        parts.push_text(run..at);
                        parts.parts.push(part);
                        (at, run) = (next, next);
                    }
                    None => at += 1,
                },
                _ => at += 1,
            }
        }
        let at = at.min(end);
        parts.push_text(run.min(at)..at);
        (Word { parts: parts.parts, span: self.text.span(start..at), quoted }, at)
    }

    /// Whether the byte before `close` is the quote that closes the one at `open`.
    fn closes(&self, close: usize, quote: u8, open: usize) -> bool {
        close > open + 1 && self.byte(close - 1) == Some(quote)
    }

    /// What stands between double quotes, from `at` on; the place behind the closing one.
    fn double(&mut self, at: usize, end: usize, parts: &mut Parts<'_>) -> usize {
        let (mut at, mut run) = (at, at);
        while let Some(byte) = self.byte(at).filter(|_| at < end) {
            match byte {
                b'"' => {
                    parts.push_text(run..at);
                    return at + 1;
                }
                b'\\' if matches!(self.byte(at + 1), Some(b'"' | b'\\' | b'$' | b'`' | b'\n')) => {
                    parts.push_text(run..at);
                    run = if self.byte(at + 1) == Some(b'\n') { at + 2 } else { at + 1 };
                    at += 2;
                }
                b'$' | b'`' if self.rules != Rules::Split => match self.dollar(at, end, true) {
                    Some((part, next)) => {
                        parts.push_text(run..at);
                        parts.parts.push(part);
                        (at, run) = (next, next);
                    }
                    None => at += 1,
                },
                _ => at += 1,
            }
        }
        let at = at.min(end);
        parts.push_text(run.min(at)..at);
        at
    }

    /// What the `$` or backquote at `at` begins, and the place behind it; none when it is only itself. `quoted` tells
    /// whether double quotes stand around it, whose rules then hold for what stands in its braces, too.
    fn dollar(&mut self, at: usize, end: usize, quoted: bool) -> Option<(Part, usize)> {
        let opaque = |next: usize| {
            let text = self.text.text.get(at..next.min(end)).unwrap_or("");
            Some((Part::Opaque { text: text.into(), span: self.text.span(at..next.min(end)) }, next.min(end)))
        };
        let bytes = self.bytes();
        let variable = |name: Range<usize>, fallback, next: usize| {
            let name = self.text.text.get(name).unwrap_or("").into();
            Some((Part::Variable { name, fallback, span: self.text.span(at..next) }, next))
        };
        if bytes.get(at) == Some(&b'`') {
            return opaque(self.skip_quoted(at));
        }
        match *bytes.get(at + 1).filter(|_| at + 1 < end)? {
            b'(' => opaque(self.skip_bracket(at + 1)),
            b'\'' => opaque(self.skip_quoted(at + 1)),
            b'{' => {
                let next = self.skip_bracket(at + 1).min(end);
                let close = if self.closes(next, b'}', at + 1) { next - 1 } else { return opaque(next) };
                let name = at + 2..self.name_end(at + 2, close);
                if name.is_empty() || self.depth >= DEEPEST {
                    return opaque(next);
                }
                if name.end == close {
                    return variable(name, None, next);
                }
                let (fallback, from) = operator(&bytes[name.end..close])?;
                let mut inner = Lexer {
                    text: self.text,
                    rules: if quoted { Rules::Quoted } else { Rules::Whole },
                    depth: self.depth + 1,
                };
                let word = inner.word(name.end + from, close).0;
                variable(name, Some((fallback, word)), next)
            }
            byte if byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') =>
            {
                // One digit only: `$10` is `$1` and a nought.
                let next = if byte.is_ascii_digit() { at + 2 } else { self.name_end(at + 1, end) };
                variable(at + 1..next, None, next)
            }
            _ => None,
        }
    }

    /// Where the name of a variable ends: letters and digits, or one of the special characters.
    fn name_end(&self, start: usize, end: usize) -> usize {
        let bytes = self.bytes().get(start..end).unwrap_or_default();
        let len = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        match bytes.first() {
            Some(b'@' | b'*' | b'?' | b'$' | b'-') => start + 1,
            // `${#X}` is a length and `${!X}` an indirection; alone they are variables.
            Some(b'#' | b'!') if bytes.get(1).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_') => {
                start + 1
            }
            _ => start + len,
        }
    }
}

/// The operator behind a variable's name, and how many bytes it takes.
fn operator(rest: &[u8]) -> Option<(Fallback, usize)> {
    Some(match rest {
        [b':', b'-', ..] => (Fallback::Default, 2),
        [b'-', ..] => (Fallback::DefaultIfUnset, 1),
        [b':', b'=', ..] => (Fallback::Assign, 2),
        [b'=', ..] => (Fallback::Assign, 1),
        [b':', b'+', ..] => (Fallback::Alternative, 2),
        [b'+', ..] => (Fallback::Alternative, 1),
        [b':', b'?', ..] => (Fallback::Error, 2),
        [b'?', ..] => (Fallback::Error, 1),
        [_, ..] => (Fallback::Other, 0),
        [] => return None,
    })
}
