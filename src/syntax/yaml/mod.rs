//! YAML, as nodes with byte spans: anchors, aliases and merge keys expanded, each value with the place where it is
//! written and, when it came by an alias, the place that names it.

mod build;
mod mapped;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Mapped, Parsed, Spanned, SyntaxError};
use crate::source::{FileId, SourceFile, Span};

/// A longer text is refused unread: no YAML that a person wrote is this long, and its tree would fill the memory.
pub const MOST_BYTES: usize = 4 << 20;
/// Deeper nesting ends the document: a tree is walked by recursion.
pub const MOST_DEPTH: usize = 200;
/// How many nodes aliases may add to those that are written.
pub const MOST_EXPANDED: usize = 200_000;

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is written: a scalar with its quotes, a block scalar from its `|` or `>` to its last line, a collection
    /// from its first key, dash or bracket to its last value. Nothing is written of an empty value: its span is the place
    /// behind the colon or dash.
    pub span: Span,
    /// The alias or merge key it came by, the nearest first; empty when it stands where it is used.
    pub by: Vec<Span>,
    /// Its tag: `!reset`, and `str` for one of YAML's own, `!!str`.
    pub tag: Option<Box<str>>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A scalar.
    Scalar {
        /// Its text, quotes and escapes taken off.
        text: Box<str>,
        /// How it is written.
        style: Style,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<Node>,
        /// Whether in brackets.
        flow: bool,
    },
    /// A map; merge keys are expanded into it, its own entries first.
    Map {
        /// Its entries in order.
        entries: Vec<(Spanned<Box<str>>, Node)>,
        /// Whether in braces.
        flow: bool,
    },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    /// Bare.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|` or `>`
    Block,
}

/// A file: its documents, and its comments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Yaml {
    /// The documents' roots, in order.
    pub documents: Vec<Node>,
    /// Comments, each from its `#` to the line's end.
    pub comments: Vec<Span>,
}

impl Node {
    /// The node's entry of this key, when it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().find(|(name, _)| &*name.value == key).map(|(_, node)| node)
    }

    /// The entries, when it is a map; none otherwise.
    pub fn entries(&self) -> impl Iterator<Item = &(Spanned<Box<str>>, Node)> {
        match &self.value {
            Value::Map { entries, .. } => entries.as_slice(),
            _ => &[],
        }
        .iter()
    }

    /// The items, when it is a list; none otherwise.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The text, when it is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar with the place of each of its bytes; `file` must be the one that it stands in. Where
    /// the text cannot be followed byte for byte, the whole of the scalar stands for it.
    pub fn mapped(&self, file: &SourceFile) -> Option<Mapped> {
        match &self.value {
            Value::Scalar { text, style } if self.span.file == file.id => {
                Some(mapped::map(text, *style, self.span, file))
            }
            _ => None,
        }
    }

    /// Where the text of a scalar stands, quotes not included; the whole span of anything else.
    pub fn content_span(&self) -> Span {
        match self.value {
            Value::Scalar { style: Style::Single | Style::Double, .. } if self.span.len() >= 2 => {
                Span { start: self.span.start + 1, end: self.span.end - 1, ..self.span }
            }
            _ => self.span,
        }
    }

    /// Whether it says nothing: an empty plain scalar, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, style: Style::Plain } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// Reads YAML. A file over the limits of bytes, depth or expanded nodes is an error, never a hang. What was read before
/// an error is kept, and reading goes on at the next document. Of a repeated key the last value is kept, with an error at
/// the repetition.
pub fn parse(file: &SourceFile) -> Parsed<Yaml> {
    parse_text(file.text(), file.id, 0)
}

/// Reads the YAML that stands in a part of a file, as the front matter of a page does; its spans are the file's.
pub fn parse_range(file: &SourceFile, range: Range<usize>) -> Parsed<Yaml> {
    let text = file.text().get(range.clone()).unwrap_or("");
    parse_text(text, file.id, range.start)
}

/// Reads YAML whose first byte stands at `offset` of `file`.
pub fn parse_text(text: &str, file: FileId, offset: usize) -> Parsed<Yaml> {
    if text.len() > MOST_BYTES {
        let message = format!("expected at most {} MiB of YAML, found {} bytes", MOST_BYTES >> 20, text.len());
        let error = SyntaxError { span: Span::at(file, offset), message: message.into() };
        return Parsed { tree: Yaml::default(), errors: vec![error] };
    }
    build::build(text, file, offset)
}
