//! Words and marks, cut as nginx's own `ngx_conf_read_token` cuts them.

use super::Word;
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;

/// What nginx's reader distinguishes.
#[derive(Debug)]
pub(super) enum Token {
    Word(Word),
    Semicolon(Span),
    Open(Span),
    Close(Span),
    Comment(Span),
}

/// nginx reads its configuration through a buffer of this size, and a word must fit into it.
const LONGEST_WORD: usize = 4096;

/// A reader of tokens. It always moves on, whatever the bytes.
pub(super) struct Lexer<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
    /// What is wrong so far.
    pub(super) errors: Vec<SyntaxError>,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, file: FileId, start: usize) -> Self {
        Self { text, file, at: start, errors: Vec::new() }
    }

    /// Where the reader stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Notes what is wrong at some bytes.
    pub(super) fn error(&mut self, start: usize, end: usize, message: impl Into<Box<str>>) {
        self.errors.push(SyntaxError { span: Span::new(self.file, start, end), message: message.into() });
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The next token; [`None`] at the end of the text.
    pub(super) fn next(&mut self) -> Option<Token> {
        while self.byte(self.at).is_some_and(is_blank) {
            self.at += 1;
        }
        let start = self.at;
        let mark = Span::new(self.file, start, (start + 1).min(self.text.len()));
        let token = match self.byte(start)? {
            b';' => Token::Semicolon(mark),
            b'{' => Token::Open(mark),
            b'}' => Token::Close(mark),
            b'#' => {
                let end = self.line_end(start);
                self.at = end;
                let end = start + self.text.get(start..end).unwrap_or("").trim_end_matches('\r').len();
                return Some(Token::Comment(Span::new(self.file, start, end)));
            }
            quote @ (b'"' | b'\'') => return Some(Token::Word(self.quoted(quote))),
            _ => return Some(Token::Word(self.bare())),
        };
        self.at += 1;
        Some(token)
    }

    /// After a closing quote nginx takes a blank, `;`, `{` or `)` only.
    fn may_follow_quoted(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| is_blank(byte) || matches!(byte, b';' | b'{' | b')'))
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or(&[]);
        memchr::memchr(b'\n', rest).map_or(self.text.len(), |found| from + found)
    }

    fn quoted(&mut self, quote: u8) -> Word {
        let start = self.at;
        let mut at = start + 1;
        let end = loop {
            match self.byte(at) {
                Some(b'\\') => at += 2,
                Some(byte) if byte == quote => break Some(at),
                Some(_) if at - start <= LONGEST_WORD => at += 1,
                _ => break None,
            }
        };
        let line_end = self.line_end(start);
        let (inner, end) = match end {
            Some(close) if self.may_follow_quoted(close + 1) => (start + 1..close, close + 1),
            Some(close) if close < line_end => {
                let found = self.text.get(close + 1..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
                let message =
                    format!("expected a blank, \";\", \"{{\" or \")\" after a quoted word, found \"{found}\"");
                self.error(close + 1, close + 1 + found.len_utf8(), message);
                (start + 1..close, close + 1)
            }
            // A quoted word over several lines that ends badly is most often one whose closing quote is missing.
            _ => {
                self.error(start, line_end, "expected a closing quote, found none");
                (start + 1..line_end, line_end)
            }
        };
        self.at = end;
        let text = unescape(self.text.get(inner).unwrap_or(""));
        Word { text, span: Span::new(self.file, start, end), quoted: true }
    }

    fn bare(&mut self) -> Word {
        let start = self.at;
        let mut at = start;
        let mut variable = false;
        while let Some(byte) = self.byte(at) {
            // The brace of `${name}` does not open a block.
            if byte == b'{' && variable {
                at += 1;
                continue;
            }
            variable = byte == b'$';
            match byte {
                b'\\' => at += 2,
                b';' | b'{' => break,
                _ if is_blank(byte) => break,
                _ => at += 1,
            }
        }
        // A backslash may have hidden the first byte of a character, or the end.
        let mut end = at.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.at = end;
        if end - start > LONGEST_WORD {
            self.error(start, end, format!("expected a word of at most {LONGEST_WORD} bytes, found {}", end - start));
        }
        let text = unescape(self.text.get(start..end).unwrap_or(""));
        Word { text, span: Span::new(self.file, start, end), quoted: false }
    }

    /// Skips Lua code up to the brace that closes its block: the place of that brace, or [`None`] at the end.
    pub(super) fn skip_lua(&mut self) -> Option<Span> {
        let mut depth = 0usize;
        while let Some(byte) = self.byte(self.at) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 0 => return Some(Span::new(self.file, start, self.at)),
                b'}' => depth -= 1,
                b'"' | b'\'' => self.skip_lua_string(byte),
                b'[' => self.skip_long_bracket(start),
                b'-' if self.byte(self.at) == Some(b'-') => {
                    self.at += 1;
                    let after = self.at;
                    self.skip_long_bracket(after);
                    if self.at == after {
                        self.at = self.line_end(after);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn skip_lua_string(&mut self, quote: u8) {
        while let Some(byte) = self.byte(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == quote || byte == b'\n' {
                break;
            }
        }
        // A backslash may be the last that there is.
        self.at = self.at.min(self.text.len());
    }

    /// Skips `[[ … ]]` or `[=[ … ]=]` that starts at `start`; stays where it is when none does.
    fn skip_long_bracket(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let level = bytes.get(start + 1..).unwrap_or(&[]).iter().take_while(|&&byte| byte == b'=').count();
        if self.byte(start) != Some(b'[') || self.byte(start + 1 + level) != Some(b'[') {
            return;
        }
        let close = format!("]{}]", "=".repeat(level));
        let from = start + level + 2;
        let rest = bytes.get(from..).unwrap_or(&[]);
        self.at = memchr::memmem::find(rest, close.as_bytes()).map_or(bytes.len(), |found| from + found + close.len());
    }
}

/// Takes the backslashes off that nginx takes off; it leaves all others.
fn unescape(raw: &str) -> Box<str> {
    if !raw.contains('\\') {
        return raw.into();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(char) = rest.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match rest.next() {
            Some(hidden @ ('"' | '\'' | '\\')) => out.push(hidden),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out.into()
}
