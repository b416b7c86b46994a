//! Text to trees with byte spans: the only place that names a parser's types.
//!
//! A module here knows one language and nothing of what its words mean to a server. Every parser takes any text, never
//! panics, keeps what it could read and says what it could not.

pub mod dockerfile;
pub mod env;
pub mod hcl;
pub mod image;
pub mod lines;
pub mod nginx;
pub mod python;
pub mod shell;
pub mod template;
pub mod toml;
pub mod version;
pub mod yaml;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// What a parser could not read: the place, and what was expected and found there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What was expected, what was found: `expected ";" or "{" after "listen 80", found the end of the file`.
    pub message: Box<str>,
}

/// A tree, and what could not be read of the text.
#[derive(Clone, Debug, Default)]
pub struct Parsed<T> {
    /// What could be read.
    pub tree: T,
    /// What could not, in order.
    pub errors: Vec<SyntaxError>,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A text that stands in a file, though not byte for byte: an outer language has taken quotes off it, joined its lines,
/// put a variable's value in. It knows the place in the file of each of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mapped {
    /// The text, as the inner language sees it.
    pub text: Box<str>,
    /// Where each piece of it stands, in order; together they cover the text.
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Mapped`] text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// Its first byte in the text.
    pub start: u32,
    /// Where it stands. As long as the piece when it stands there byte for byte; otherwise the whole span means it.
    pub span: Span,
}

impl Mapped {
    /// A text that stands in the file byte for byte.
    pub fn verbatim(text: impl Into<Box<str>>, span: Span) -> Self {
        Self { text: text.into(), pieces: vec![Piece { start: 0, span }] }
    }

    /// The place in the file of a range of the text: from the place of its first byte to that of its last.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        let (first, start) = self.place(range.start, false);
        let (last, end) = self.place(range.end, range.end > range.start);
        if first.file == last.file && start <= end { Span { file: first.file, start, end } } else { first }
    }

    /// Whether a range of the text stands in the file byte for byte, so that it can be replaced there.
    pub fn is_verbatim(&self, range: std::ops::Range<usize>) -> bool {
        let span = self.span(range.clone());
        span.len() == range.len()
            && self.pieces.iter().enumerate().all(|(at, piece)| {
                let end = self.pieces.get(at + 1).map_or(self.text.len(), |next| next.start as usize);
                (end <= range.start || piece.start as usize >= range.end)
                    || piece.span.len() == end - piece.start as usize
            })
    }

    /// Whether a range of the text can be replaced in the file: each piece of it is byte for byte, or wholly in the range.
    pub fn is_replaceable(&self, range: std::ops::Range<usize>) -> bool {
        self.pieces.iter().enumerate().all(|(at, piece)| {
            let end = self.pieces.get(at + 1).map_or(self.text.len(), |next| next.start as usize);
            let start = piece.start as usize;
            (end <= range.start || start >= range.end)
                || (range.start <= start && end <= range.end)
                || piece.span.len() == end - start
        })
    }

    /// A part of the text, with its places.
    #[must_use]
    pub fn slice(&self, range: std::ops::Range<usize>) -> Mapped {
        let mut out = Mapped::verbatim("", self.span(range.start..range.start));
        out.pieces.clear();
        out.extend(self, range);
        if out.pieces.is_empty() {
            out.pieces.push(Piece { start: 0, span: self.span(0..0) });
        }
        out
    }

    /// Puts a part of another text behind this one.
    pub fn extend(&mut self, other: &Mapped, range: std::ops::Range<usize>) {
        let Some(text) = other.text.get(range.clone()).filter(|text| !text.is_empty()) else { return };
        if self.text.is_empty() {
            self.pieces.clear();
        }
        for (at, piece) in other.pieces.iter().enumerate() {
            let end = other.pieces.get(at + 1).map_or(other.text.len(), |next| next.start as usize);
            let (from, to) = (range.start.max(piece.start as usize), range.end.min(end));
            if from < to {
                let start = (self.text.len() + from - range.start) as u32;
                self.pieces.push(Piece { start, span: other.span(from..to) });
            }
        }
        self.text = [&self.text, text].concat().into();
    }

    /// The piece that holds byte `at` (with `before`, the byte before it), and its place.
    fn place(&self, at: usize, before: bool) -> (Span, u32) {
        let probe = if before { at.saturating_sub(1) } else { at };
        let index = self.pieces.partition_point(|piece| piece.start as usize <= probe).saturating_sub(1);
        let piece = self.pieces[index];
        let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.start as usize);
        let exact = piece.span.len() == end - piece.start as usize;
        let place = match (exact, before) {
            (true, _) => piece.span.start + (at as u32 - piece.start),
            (false, false) => piece.span.start,
            (false, true) => piece.span.end,
        };
        (piece.span, place)
    }
}
