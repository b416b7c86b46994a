//! Rows of a block-style file: the line that an entry has for itself.

use crate::source::{Sources, Span};

/// The whole line of an entry, with its ending, when nothing stands on it but the entry, its dash or key before it, and
/// a comment behind it. `before` are the words that may stand before it: `-`, `container_name:`.
pub fn whole(sources: &Sources, entry: Span, before: &[&str]) -> Option<Span> {
    let file = sources.file(entry.file);
    let range = file.line_range(file.line_of(entry.start as usize));
    let head = file.text().get(range.start..entry.start as usize)?.trim().trim_end_matches(['"', '\'']);
    let tail = file.text().get(entry.end as usize..range.end)?.trim().trim_start_matches(['"', '\'']);
    let alone =
        (head.is_empty() || before.contains(&head.trim())) && (tail.is_empty() || tail.trim_start().starts_with('#'));
    alone.then(|| Span::new(file.id, range.start, range.end))
}

/// The line before the one that holds `place`, without its indentation and ending, and where that text stands.
pub fn above(sources: &Sources, place: Span) -> Option<(&str, Span)> {
    let file = sources.file(place.file);
    let line = file.line_of(place.start as usize).checked_sub(1)?;
    let text = file.line(line);
    let start = file.line_range(line).start + text.len() - text.trim_start().len();
    let text = text.trim();
    Some((text, Span::new(file.id, start, start + text.len())))
}
