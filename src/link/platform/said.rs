//! What stands at a place of a platform's file, as facts, commands and slots.

use crate::link::compose::place;
use crate::link::plan::{CommandLine, EnvironmentSlot, ListStyle, Variable};
use crate::source::{SourceFile, Span};
use crate::stack::{Condition, Fact, Origin, Slot, Sourced, Why};
use crate::syntax::shell;
use crate::syntax::yaml::{Node, Value};
use crate::syntax::{Mapped, Piece, Spanned};

/// A scalar as a fact; absent when it is none. What a pipeline fills in is unknown.
pub(super) fn fact(node: &Node) -> Fact<Box<str>> {
    let Some(text) = node.text().filter(|_| !node.is_null()) else { return Fact::Absent };
    let span = node.content_span();
    let marked = |open: char, close: char| text.starts_with(open) && text.ends_with(close) && text.len() > 2;
    if text.contains("{{") || text.contains("${") || marked('<', '>') || marked('%', '%') {
        return Fact::Unknown(Why::at("filled in before it is deployed", span));
    }
    // An escape or a fold makes the place another text than the value.
    let slots = if span.len() == text.len() { vec![Slot::replace(span)] } else { Vec::new() };
    let origin = Origin::Written(std::iter::once(span).chain(node.by.iter().copied()).collect());
    Fact::Known(Sourced { value: text.into(), origin, slots })
}

/// A scalar by what `read` makes of it.
pub(super) fn parsed<T: Clone>(node: &Node, read: impl Fn(&str) -> Option<T>) -> Fact<T> {
    crate::link::stores::parsed(fact(node), read)
}

/// A count.
pub(super) fn count(node: &Node) -> Fact<u64> {
    parsed(node, |text| text.trim().parse().ok())
}

/// A text with its place.
pub(super) fn spanned(node: &Node) -> Option<Spanned<Box<str>>> {
    Some(Spanned::new(node.text()?.into(), node.content_span()))
}

/// A command: a list that no shell sees, or a text, which a shell runs or which is only split into words.
pub(super) fn command(node: &Node, file: &SourceFile, by_shell: bool) -> Option<CommandLine> {
    match &node.value {
        Value::List { items, flow } => {
            let style = match flow {
                true => ListStyle::Brackets,
                false => ListStyle::Dashes { line: place::line(file, node.span.start as usize, 0)?.into() },
            };
            let words = items.iter().filter_map(|item| {
                let span = item.content_span();
                // A text that only happens to be as long as its place does not stand there byte for byte.
                let alike = span.len() == item.text()?.len() && item.text() != Some(file.slice(span));
                let span = if alike { Span::at(span.file, span.start as usize) } else { span };
                Some(Spanned::new(item.text()?.into(), span))
            });
            Some(CommandLine::Exec { words: words.collect(), style, span: node.span })
        }
        Value::Scalar { text, .. } if !text.trim().is_empty() => {
            let text = node.mapped(file)?;
            let script = shell::parse(&text).tree;
            Some(CommandLine::Text { text, script, shell: by_shell, span: node.content_span() })
        }
        _ => None,
    }
}

/// A command that no file writes: the platform's own, for what stands at `span`.
pub(super) fn own_command(text: &str, span: Span) -> CommandLine {
    let span = Span::at(span.file, span.start as usize);
    let text = Mapped { text: text.into(), pieces: vec![Piece { start: 0, span }] };
    let script = shell::parse(&text).tree;
    CommandLine::Text { text, script, shell: true, span }
}

/// The variables of a map of names and values.
pub(super) fn map(node: Option<&Node>) -> Vec<Variable> {
    let entries = node.into_iter().flat_map(Node::entries);
    entries
        .filter(|(_, value)| value.text().is_some())
        .map(|(name, value)| {
            let known = fact(value);
            let known = if known.is_absent() { Fact::derived("".into(), vec![value.span]) } else { known };
            Variable { name: name.value.clone(), value: known, span: name.span.cover(value.span) }
        })
        .collect()
}

/// Sorted by name, the last of each.
pub(super) fn sorted(variables: impl IntoIterator<Item = Variable>) -> Vec<Variable> {
    let found: std::collections::BTreeMap<_, _> =
        variables.into_iter().map(|variable| (variable.name.clone(), variable)).collect();
    found.into_values().collect()
}

/// A count that a platform moves between two others.
pub(super) fn between(least: Fact<u64>, most: Fact<u64>, at: Span) -> Fact<u64> {
    match (least, most) {
        (Fact::Known(least), Fact::Known(most)) if least.value == most.value => Fact::Known(most),
        (Fact::Known(least), Fact::Known(most)) => {
            let when = |text: &str| Condition { text: text.into(), at: Some(at) };
            Fact::OneOf(vec![
                (when("the autoscaler is at its least"), least),
                (when("the autoscaler is at its most"), most),
            ])
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why),
        _ => Fact::Unknown(Why::at("set by an autoscaler", at)),
    }
}

/// A size by the unit behind it, `unit` bytes where none is: `512mb`, `1gb`, `2Gi`, `1024`.
pub(super) fn bytes(text: &str, unit: u64) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let factor = match rest.trim().to_ascii_lowercase().as_str() {
        "" => unit,
        "kb" | "ki" => 1 << 10,
        "mb" | "mi" | "mib" => 1 << 20,
        "gb" | "gi" | "gib" | "g" => 1 << 30,
        _ => return None,
    };
    (number > 0.0).then_some((number * factor as f64) as u64)
}

/// Seconds: `30`, `30s`, `2m`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('m') {
        Some(minutes) => minutes.parse::<f64>().ok().map(|minutes| minutes * 60.0),
        None => text.trim_end_matches('s').parse().ok(),
    }
}

/// Where a key that a map of YAML or JSON does not have could be written.
pub(super) fn slot(map: &Node, file: &SourceFile, key: &str) -> Option<Slot> {
    // In JSON a key has quotes.
    if !file.name().ends_with(".yaml") && !file.name().ends_with(".yml") {
        return None;
    }
    Some(place::slot_in(map, file, &[key], "")?.0)
}

/// Where another variable of a map could be written: `NAME: "value"`, or TOML's `NAME = "value"`.
pub(super) fn map_slot(map: Option<&Node>, file: &SourceFile) -> Option<EnvironmentSlot> {
    let map = map?;
    let slot = |at: Span, before: String, between: &str| EnvironmentSlot {
        at,
        before: before.into(),
        between: between.into(),
        after: "\"".into(),
        reaches: Vec::new(),
    };
    if file.name().ends_with(".toml") {
        let (key, value) = map.entries().last()?;
        let start = file.line_range(file.line_of(key.span.start as usize)).start;
        let indent = file.text().get(start..key.span.start as usize)?;
        // A table in braces is one line.
        if !indent.trim().is_empty() {
            return None;
        }
        let at = Span::at(file.id, place::line_end(file, value.span.end as usize));
        return Some(slot(at, format!("{}{indent}", file.newline()), " = \""));
    }
    if file.name().ends_with(".json") {
        return None;
    }
    let place = place::end_of(map, file)?;
    Some(slot(place.at, place.before, ": \""))
}

/// Where another item of a list of `key` and `value` could be written.
pub(super) fn list_slot(list: Option<&Node>, file: &SourceFile, key: &str) -> Option<EnvironmentSlot> {
    let list = list.filter(|_| !file.name().ends_with(".json"))?;
    let place = place::end_of(list, file)?;
    let slot = |before: String, between: String, after: &str| EnvironmentSlot {
        at: place.at,
        before: before.into(),
        between: between.into(),
        after: after.into(),
        reaches: Vec::new(),
    };
    Some(match &place.inner {
        None => slot(format!("{}{{{key}: ", place.before), ", value: \"".into(), "\"}"),
        Some(_) => slot(format!("{}- {key}: ", place.before), format!("{}  value: \"", place.before), "\""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(
            (bytes("512mb", 1), bytes("2Gi", 1), bytes("1", 1 << 20)),
            (Some(512 << 20), Some(2 << 30), Some(1 << 20))
        );
        assert_eq!((bytes("", 1), bytes("0", 1), bytes("much", 1)), (None, None, None));
        assert_eq!(
            (seconds("30s"), seconds("5"), seconds("2m"), seconds("x")),
            (Some(30.0), Some(5.0), Some(120.0), None)
        );
    }
}
