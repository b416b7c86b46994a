//! TOML as the tree that YAML and JSON are read into.

use crate::source::{SourceFile, Span};
use crate::syntax::toml::Item;
use crate::syntax::yaml::{Node, Style, Value};

/// A TOML item as a node: a table's span reaches from its first key to its last value.
pub fn of_toml(item: &Item, file: &SourceFile) -> Node {
    match item {
        Item::Text(text) => {
            let written = file.slice(text.span);
            let (span, style) = match written.as_bytes() {
                // What stands between three quotes is followed as it is, or not at all.
                [b'"', b'"', b'"', ..] | [b'\'', b'\'', b'\'', ..] if text.span.len() >= 6 => {
                    (Span { start: text.span.start + 3, end: text.span.end - 3, ..text.span }, Style::Plain)
                }
                [b'\'', ..] => (text.span, Style::Single),
                _ => (text.span, Style::Double),
            };
            node(Value::Scalar { text: text.value.clone(), style }, span)
        }
        Item::Other(span) => node(Value::Scalar { text: file.slice(*span).into(), style: Style::Plain }, *span),
        Item::List(items) => {
            let items: Vec<Node> = items.iter().map(|item| of_toml(item, file)).collect();
            let span = cover(items.iter().map(|it| it.span), file);
            node(Value::List { items, flow: true }, span)
        }
        Item::Table(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, item)| (key.clone(), of_toml(item, file))).collect();
            let span = cover(entries.iter().map(|(key, node)| key.span.cover(node.span)), file);
            node(Value::Map { entries, flow: true }, span)
        }
    }
}

fn node(value: Value, span: Span) -> Node {
    Node { value, span, by: Vec::new(), tag: None }
}

fn cover(spans: impl Iterator<Item = Span>, file: &SourceFile) -> Span {
    spans.reduce(Span::cover).unwrap_or(Span::at(file.id, file.bom()))
}

/// What stands at the end of a path of keys.
pub fn at<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}
