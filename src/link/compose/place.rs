//! Places in a YAML file where an entry could be put, with the indentation and line ends that the file has.

use crate::source::{SourceFile, Span};
use crate::stack::Slot;
use crate::syntax::yaml::Value;

use super::layers::{Layer, Layers};

/// Where another entry of a map, or item of a list, could be put.
pub(super) struct Place {
    pub(super) at: Span,
    /// What comes before it.
    pub(super) before: String,
    /// The indentation of what it holds: a line end and blanks; [`None`] within brackets.
    pub(super) inner: Option<String>,
    /// Whom it reaches, when that is more than one service.
    pub(super) reaches: Vec<Box<str>>,
}

/// The place behind the last entry of a collection that stands where it is used.
pub(super) fn behind(layer: Layer<'_>) -> Option<Place> {
    let (node, file) = (layer.node, layer.file());
    let flow = match &node.value {
        Value::Map { flow, .. } | Value::List { flow, .. } => *flow,
        Value::Scalar { .. } => return None,
    };
    if !node.by.is_empty() || node.span.is_empty() {
        return None;
    }
    let reaches = layer.users.of_content(node);
    if flow {
        let own = |span: &Span| node.span.contains(*span);
        let places = node.items().iter().chain(node.entries().map(|(_, node)| node));
        let places = places.map(|node| node.by.last().copied().unwrap_or(node.span));
        let last = places.chain(node.entries().map(|(key, _)| key.span)).filter(own).map(|span| span.end).max();
        let (at, before) = last.map_or((node.span.start + 1, ""), |end| (end, ", "));
        return Some(Place { at: Span::at(file.id, at as usize), before: before.into(), inner: None, reaches });
    }
    let before = line(file, node.span.start as usize, 0)?;
    let inner = format!("{before}{}", " ".repeat(step(layer)));
    let at = Span::at(file.id, line_end(file, node.span.end as usize));
    Some(Place { at, before, inner: Some(inner), reaches })
}

/// Where a key that a service does not have could be written, as a slot: `path` is one key, or two.
pub(super) fn slot(service: &Layers<'_>, path: &[&str], unit: &str) -> Option<Slot> {
    let own = service.0.iter().rev().find(|layer| layer.node.by.is_empty() && layer.node.entries().next().is_some())?;
    let (first, rest) = path.split_first()?;
    let (place, keys) = match own.node.entries().find(|(key, _)| &*key.value == *first) {
        // What is inherited cannot be added to here: the key would replace all of it.
        Some((key, node)) if !rest.is_empty() && own.node.span.contains(key.span) => (behind(own.at(node))?, rest),
        Some(_) => return None,
        None => (behind(*own)?, path),
    };
    let (last, parents) = keys.split_last()?;
    let mut before = place.before;
    let mut after = unit.to_string();
    for parent in parents {
        match &place.inner {
            Some(inner) => before.push_str(&format!("{parent}:{inner}")),
            None => {
                before.push_str(&format!("{parent}: {{"));
                after.push('}');
            }
        }
    }
    before.push_str(&format!("{last}: "));
    Some(Slot { reaches: place.reaches, ..Slot::insert(place.at, before, after) })
}

/// A line end, and the indentation of what starts at byte `at`, with `more` blanks.
pub(super) fn line(file: &SourceFile, at: usize, more: usize) -> Option<String> {
    let start = file.line_range(file.line_of(at)).start.max(file.bom().min(at));
    let before = file.text().get(start..at)?;
    let column = before.chars().count();
    Some(format!("{}{}", file.newline(), " ".repeat(column + more)))
}

/// How far the file indents.
fn step(layer: Layer<'_>) -> usize {
    let file = layer.file();
    let column = |at: usize| at - file.line_range(file.line_of(at)).start;
    let own = column(layer.node.span.start as usize);
    let inner = layer.node.entries().find_map(|(key, node)| match node.value {
        Value::Map { flow: false, .. } if node.by.is_empty() && node.span.start > key.span.end => {
            column(node.span.start as usize).checked_sub(own)
        }
        _ => None,
    });
    inner.filter(|step| (1..=8).contains(step)).unwrap_or(2)
}

/// The end of the line that holds byte `at`, before its line end.
pub(super) fn line_end(file: &SourceFile, at: usize) -> usize {
    let rest = file.text().get(at..).unwrap_or("");
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    at + line.trim_end_matches('\r').len()
}
