//! Places in a YAML file where an entry could be put, with the indentation and line ends that the file has.

use crate::source::{SourceFile, Span};
use crate::stack::Slot;
use crate::syntax::yaml::{Node, Value};

use super::layers::{Layer, Layers};

/// Where another entry of a map, or item of a list, could be put.
pub(in crate::link) struct Place {
    pub(in crate::link) at: Span,
    /// What comes before it.
    pub(in crate::link) before: String,
    /// The indentation of what it holds: a line end and blanks; [`None`] within brackets.
    pub(in crate::link) inner: Option<String>,
    /// Whom it reaches, when that is more than one service.
    pub(in crate::link) reaches: Vec<Box<str>>,
}

/// The place behind the last entry of a collection that stands where it is used.
pub(super) fn behind(layer: Layer<'_>) -> Option<Place> {
    Some(Place { reaches: layer.users.of_content(layer.node), ..end_of(layer.node, layer.file())? })
}

/// The same for any collection of a file; whom it reaches is left open.
pub(in crate::link) fn end_of(node: &Node, file: &SourceFile) -> Option<Place> {
    let flow = match &node.value {
        Value::Map { flow, .. } | Value::List { flow, .. } => *flow,
        Value::Scalar { .. } => return None,
    };
    if !node.by.is_empty() || node.span.is_empty() {
        return None;
    }
    if flow {
        let own = |span: &Span| node.span.contains(*span);
        let places = node.items().iter().chain(node.entries().map(|(_, node)| node));
        let places = places.map(|node| node.by.last().copied().unwrap_or(node.span));
        let last = places.chain(node.entries().map(|(key, _)| key.span)).filter(own).map(|span| span.end).max();
        let (at, before) = last.map_or((node.span.start + 1, ""), |end| (end, ", "));
        let at = Span::at(file.id, at as usize);
        return Some(Place { at, before: before.into(), inner: None, reaches: Vec::new() });
    }
    let before = line(file, node.span.start as usize, 0)?;
    let inner = format!("{before}{}", " ".repeat(step(node, file)));
    let at = Span::at(file.id, line_end(file, node.span.end as usize));
    Some(Place { at, before, inner: Some(inner), reaches: Vec::new() })
}

/// Where a key that a service does not have could be written, as a slot: `path` is one key, or two.
pub(super) fn slot(service: &Layers<'_>, path: &[&str], unit: &str) -> Option<Slot> {
    let own = service.0.iter().rev().find(|layer| layer.node.by.is_empty() && layer.node.entries().next().is_some())?;
    let (slot, holder) = slot_in(own.node, own.file(), path, unit)?;
    Some(Slot { reaches: own.users.of_content(holder), ..slot })
}

/// Where a key that a map does not have could be written, and the map that would hold the first new key: `path` leads
/// to it through maps that may be there. `unit` stands behind the value.
pub(in crate::link) fn slot_in<'n>(
    own: &'n Node,
    file: &SourceFile,
    path: &[&str],
    unit: &str,
) -> Option<(Slot, &'n Node)> {
    let (mut holder, mut keys) = (own, path);
    while let Some((first, rest)) = keys.split_first() {
        let Some((key, node)) = holder.entries().find(|(key, _)| &*key.value == *first) else { break };
        // What is inherited cannot be added to here: the key would replace all of it.
        if rest.is_empty() || !holder.span.contains(key.span) {
            return None;
        }
        (holder, keys) = (node, rest);
    }
    let place = end_of(holder, file)?;
    let (last, parents) = keys.split_last()?;
    let mut before = place.before;
    let mut after = unit.to_string();
    let step = place.inner.as_ref().map_or(0, |inner| inner.len().saturating_sub(before.len()));
    for (depth, parent) in parents.iter().enumerate() {
        match &place.inner {
            Some(inner) => before.push_str(&format!("{parent}:{inner}{}", " ".repeat(step * depth))),
            None => {
                before.push_str(&format!("{parent}: {{"));
                after.push('}');
            }
        }
    }
    before.push_str(&format!("{last}: "));
    Some((Slot::insert(place.at, before, after), holder))
}

/// A line end, and the indentation of what starts at byte `at`, with `more` blanks.
pub(in crate::link) fn line(file: &SourceFile, at: usize, more: usize) -> Option<String> {
    let start = file.line_range(file.line_of(at)).start.max(file.bom().min(at));
    let before = file.text().get(start..at)?;
    let column = before.chars().count();
    Some(format!("{}{}", file.newline(), " ".repeat(column + more)))
}

/// How far the file indents.
fn step(node: &Node, file: &SourceFile) -> usize {
    let column = |at: usize| at - file.line_range(file.line_of(at)).start;
    let own = column(node.span.start as usize);
    let inner = node.entries().find_map(|(key, node)| match node.value {
        Value::Map { flow: false, .. } if node.by.is_empty() && node.span.start > key.span.end => {
            column(node.span.start as usize).checked_sub(own)
        }
        _ => None,
    });
    inner.filter(|step| (1..=8).contains(step)).unwrap_or(2)
}

/// The end of the line that holds byte `at`, before its line end.
pub(in crate::link) fn line_end(file: &SourceFile, at: usize) -> usize {
    let rest = file.text().get(at..).unwrap_or("");
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    at + line.trim_end_matches('\r').len()
}
