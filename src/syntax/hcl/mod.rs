//! HCL, as Terraform writes it: blocks and attributes with byte spans. Values are literals, lists, maps, references and
//! calls; of anything else (operators, conditions, `for`) only the place is kept.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Parsed, Spanned, SyntaxError};
use crate::source::{FileId, SourceFile, Span};

/// Deeper nesting is passed over: a tree is walked by recursion.
const MOST_DEPTH: usize = 60;
/// A longer text is refused unread.
const MOST_BYTES: usize = 4 << 20;

/// What stands between the braces of a block, or in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// `name = value`, in order.
    pub attributes: Vec<(Spanned<Box<str>>, Expr)>,
    /// `kind "label" { … }`, in order.
    pub blocks: Vec<Block>,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// `resource`, `parameter`.
    pub kind: Spanned<Box<str>>,
    /// What stands between the kind and the brace, quotes not included.
    pub labels: Vec<Spanned<Box<str>>>,
    /// What it holds.
    pub body: Body,
    /// From its kind to its closing brace.
    pub span: Span,
}

/// A value with its place, quotes included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A text, escapes taken off; its place is what stands between the quotes.
    Text(Spanned<Box<str>>),
    /// A text with values put in.
    Template(Vec<Piece>),
    /// A number, `true`, `false`, `null`, as it is written.
    Plain(Box<str>),
    /// `a.b.c`; an index of a number is left out of it.
    Reference(Box<str>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ a = b }`
    Map(Vec<(Spanned<Box<str>>, Expr)>),
    /// `name(a, b)`
    Call(Box<str>, Vec<Expr>),
    /// Anything else.
    Other,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// Text as it is.
    Text(Box<str>),
    /// `${a.b.c}`
    Reference(Box<str>),
    /// Anything else that is put in.
    Other,
}

impl Body {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Expr> {
        self.attributes.iter().find(|(own, _)| &*own.value == name).map(|(_, value)| value)
    }

    /// The blocks of a kind.
    pub fn all<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind.value == kind)
    }
}

/// Reads HCL. What cannot be read is passed over to the end of its line, with an error.
pub fn parse(file: &SourceFile) -> Parsed<Body> {
    let text = file.text();
    if text.len() > MOST_BYTES {
        let error = SyntaxError { span: Span::at(file.id, 0), message: "too long a file of HCL".into() };
        return Parsed { tree: Body::default(), errors: vec![error] };
    }
    let mut parser = Parser { text, file: file.id, at: file.bom(), errors: Vec::new() };
    let tree = parser.body(0, true);
    Parsed { tree, errors: parser.errors }
}

struct Parser<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
    errors: Vec<SyntaxError>,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

impl<'a> Parser<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start, self.at)
    }

    fn error(&mut self, message: &str) {
        self.errors
            .push(SyntaxError { span: Span::at(self.file, self.at.min(self.text.len())), message: message.into() });
    }

    /// Passes over blanks and comments, and over line ends where they mean nothing.
    fn blanks(&mut self, lines: bool) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if lines => self.at += 1,
                Some(b'#') => self.line(),
                Some(b'/') if self.rest().starts_with("//") => self.line(),
                Some(b'/') if self.rest().starts_with("/*") => {
                    self.at += self.rest().find("*/").map_or(self.rest().len(), |end| end + 2);
                }
                _ => return,
            }
        }
    }

    /// Moves to the end of the line.
    fn line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn name(&mut self) -> Option<Spanned<Box<str>>> {
        let start = self.at;
        while self.byte().is_some_and(is_name) {
            self.at += 1;
        }
        let name = self.text.get(start..self.at).filter(|name| !name.is_empty())?;
        Some(Spanned::new(name.into(), self.span(start)))
    }

    fn body(&mut self, depth: usize, whole: bool) -> Body {
        let mut body = Body::default();
        loop {
            self.blanks(true);
            match self.byte() {
                None => {
                    if !whole {
                        self.error("expected `}`, found the end of the file");
                    }
                    return body;
                }
                Some(b'}') if !whole => {
                    self.at += 1;
                    return body;
                }
                _ => {}
            }
            let start = self.at;
            let Some(name) = self.name() else {
                self.error("expected a name");
                self.at += 1;
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                self.line();
                continue;
            };
            self.blanks(false);
            if self.byte() == Some(b'=') {
                self.at += 1;
                self.blanks(false);
                let value = self.expr(depth + 1, false);
                body.attributes.push((name, value));
                continue;
            }
            let mut labels = Vec::new();
            loop {
                self.blanks(false);
                match self.byte() {
                    Some(b'"') => match self.text_value() {
                        Some(Value::Text(label)) => labels.push(label),
                        _ => break,
                    },
                    Some(byte) if is_name(byte) => labels.extend(self.name()),
                    _ => break,
                }
            }
            if self.byte() != Some(b'{') || depth > MOST_DEPTH {
                self.error("expected `=` or `{`");
                self.line();
                continue;
            }
            self.at += 1;
            let inner = self.body(depth + 1, false);
            body.blocks.push(Block { kind: name, labels, body: inner, span: self.span(start) });
        }
    }

    /// A value; `within` brackets a line end means nothing.
    fn expr(&mut self, depth: usize, within: bool) -> Expr {
        let start = self.at;
        let value = if depth > MOST_DEPTH { None } else { self.primary(depth) };
        let end = self.at;
        self.blanks(within);
        let ends = match self.byte() {
            None | Some(b'\n' | b',' | b']' | b'}' | b')' | b':') => true,
            Some(b'=') => !self.rest().starts_with("=="),
            _ => false,
        };
        match value.filter(|_| ends) {
            Some(value) => Expr { value, span: Span::new(self.file, start, end) },
            None => {
                self.at = start;
                self.pass();
                Expr { value: Value::Other, span: Span::new(self.file, start, self.at.max(start)) }
            }
        }
    }

    /// Passes over the rest of a value, brackets and texts in it as wholes.
    fn pass(&mut self) {
        let mut open = 0_usize;
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        loop {
            match self.byte() {
                None => return,
                Some(b'\n' | b',') if open == 0 => return,
                Some(b']' | b'}' | b')') => {
                    if open == 0 {
                        return;
                    }
                    open -= 1;
                    self.at += 1;
                }
                Some(b'[' | b'{' | b'(') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b'"') => drop(self.text_value()),
                Some(b'<') if self.rest().starts_with("<<") => drop(self.heredoc()),
                Some(b'#') => self.line(),
                Some(_) => {
                    self.at += 1;
                    while !self.text.is_char_boundary(self.at) {
                        self.at += 1;
                    }
                }
            }
        }
    }

    fn primary(&mut self, depth: usize) -> Option<Value> {
        match self.byte()? {
            b'"' => self.text_value(),
            b'<' if self.rest().starts_with("<<") => self.heredoc(),
            b'[' => {
                self.at += 1;
                self.blanks(true);
                if self.rest().starts_with("for ") {
                    return None;
                }
                let items = self.items(depth, b']')?;
                Some(Value::List(items))
            }
            b'{' => self.map(depth),
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                self.at += 1;
                while self.byte().is_some_and(|it| it.is_ascii_alphanumeric() || it == b'.') {
                    self.at += 1;
                }
                let text = self.text.get(start..self.at)?;
                text.parse::<f64>().ok().map(|_| Value::Plain(text.into()))
            }
            byte if is_name(byte) => self.named(depth),
            _ => None,
        }
    }

    /// The items up to a closing bracket.
    fn items(&mut self, depth: usize, close: u8) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        loop {
            self.blanks(true);
            match self.byte()? {
                byte if byte == close => {
                    self.at += 1;
                    return Some(items);
                }
                b',' => self.at += 1,
                _ => {
                    let before = self.at;
                    items.push(self.expr(depth + 1, true));
                    // `for` and spreads end where no item does.
                    if self.at == before || matches!(self.byte(), Some(b':' | b'=')) {
                        return None;
                    }
                }
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.blanks(true);
            match self.byte()? {
                b'}' => {
                    self.at += 1;
                    return Some(Value::Map(entries));
                }
                b',' => self.at += 1,
                _ => {
                    let key = match self.byte()? {
                        b'"' => match self.text_value()? {
                            Value::Text(text) => text,
                            _ => return None,
                        },
                        _ => self.name()?,
                    };
                    self.blanks(true);
                    if !matches!(self.byte()?, b'=' | b':') {
                        return None;
                    }
                    self.at += 1;
                    self.blanks(true);
                    entries.push((key, self.expr(depth + 1, false)));
                }
            }
        }
    }

    /// A word: a reference, a call, or `true` and its like.
    fn named(&mut self, depth: usize) -> Option<Value> {
        let first = self.name()?.value;
        if self.byte() == Some(b'(') {
            self.at += 1;
            let arguments = self.items(depth, b')')?;
            return Some(Value::Call(first, arguments));
        }
        if matches!(&*first, "true" | "false" | "null") {
            return Some(Value::Plain(first));
        }
        let mut path = first.to_string();
        loop {
            match self.byte() {
                Some(b'.') => {
                    self.at += 1;
                    let next = self.name()?.value;
                    path.push('.');
                    path.push_str(&next);
                }
                Some(b'[') => {
                    let end = self.rest().find(']')?;
                    self.rest().get(1..end)?.parse::<u32>().ok()?;
                    self.at += end + 1;
                }
                _ => return Some(Value::Reference(path.into())),
            }
        }
    }

    fn text_value(&mut self) -> Option<Value> {
        self.at += 1;
        let start = self.at;
        let mut pieces = Vec::new();
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let c = rest.chars().next()?;
            match c {
                '"' => break,
                '\n' => return None,
                '\\' => {
                    let next = rest[1..].chars().next()?;
                    text.push(match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                    self.at += 1 + next.len_utf8();
                }
                '$' | '%' if rest[1..].starts_with([c]) && rest[2..].starts_with('{') => {
                    text.push(c);
                    text.push('{');
                    self.at += 3;
                }
                '$' | '%' if rest[1..].starts_with('{') => {
                    pieces.push(Piece::Text(std::mem::take(&mut text).into()));
                    self.at += 2;
                    let inner = self.at;
                    self.inner()?;
                    let inside = self.text.get(inner..self.at - 1)?.trim();
                    let plain = c == '$' && inside.bytes().all(|it| is_name(it) || it == b'.') && !inside.is_empty();
                    pieces.push(if plain { Piece::Reference(inside.into()) } else { Piece::Other });
                }
                _ => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        let span = self.span(start);
        self.at += 1;
        if pieces.is_empty() {
            return Some(Value::Text(Spanned::new(text.into(), span)));
        }
        pieces.push(Piece::Text(text.into()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        Some(Value::Template(pieces))
    }

    /// Passes over what is put into a text, up to its closing brace.
    fn inner(&mut self) -> Option<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.byte()? {
                b'{' => open += 1,
                b'}' => open -= 1,
                b'"' => {
                    // A text within a text; its own values are passed over with it.
                    self.at += 1;
                    while self.byte()? != b'"' {
                        self.at += if self.byte() == Some(b'\\') { 2 } else { 1 };
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.text.is_char_boundary(self.at).then_some(())
    }

    fn heredoc(&mut self) -> Option<Value> {
        self.at += 2;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        let mark = self.name()?.value;
        self.line();
        self.at = (self.at + 1).min(self.text.len());
        let start = self.at;
        loop {
            let line = self.rest().split('\n').next()?;
            if line.trim() == &*mark {
                let text = self.text.get(start..self.at)?;
                let span = self.span(start);
                self.at += line.trim_end().len();
                let has_values = text.contains("${") || text.contains("%{");
                return Some(if has_values { Value::Other } else { Value::Text(Spanned::new(text.into(), span)) });
            }
            self.at += line.len() + 1;
            if self.at >= self.text.len() {
                self.at = self.text.len();
                return None;
            }
        }
    }
}
