//! Places as readers see them: a path, a line, a column, and the text around.

use schemars::JsonSchema;
use serde::Serialize;

use super::mask::{Shown, secret_lines};
use crate::source::{Sources, Span};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Place {
    /// The file's path below the audited root, parted by `/`.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line of its end, from 1.
    pub end_line: usize,
    /// The column just behind its end, from 1, in characters.
    pub end_column: usize,
    /// Its first byte, from 0.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

impl Place {
    /// The place of a span of these sources.
    pub fn of(sources: &Sources, span: Span) -> Self {
        let file = sources.file(span.file);
        let range = span.range();
        let (first, last) = (file.position(range.start), file.position(range.end));
        Self {
            path: file.path.to_string(),
            line: first.line,
            column: first.column,
            end_line: last.line,
            end_column: last.column,
            start: range.start,
            end: range.end,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.path, self.line)
    }
}

/// The line of a place with the one before and the one after it, as they may be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The number of the first line, from 1.
    pub first: usize,
    /// The lines, without their endings, secrets masked.
    pub lines: Vec<String>,
    /// Which of them the place is in.
    pub line: usize,
    /// The bytes of that line that the place covers; of a place over several lines only the first counts.
    pub at: std::ops::Range<usize>,
}

impl Snippet {
    /// The lines around a span.
    pub fn of(sources: &Sources, span: Span) -> Self {
        let file = sources.file(span.file);
        let range = span.range();
        let line = file.line_of(range.start.min(file.text().len()));
        let first = line.saturating_sub(1);
        let last = (line + 1).min(file.line_starts().len() - 1);
        let secret = secret_lines(file.text());
        let show = |at: usize| {
            let text = file.line(at).trim_start_matches('\u{feff}');
            if secret.contains(&at) { Shown::of_secret(text) } else { Shown::of(text) }
        };
        let shown: Vec<Shown> = (first..=last).map(show).collect();
        let mut lines: Vec<String> = shown.iter().map(|it| it.text.clone()).collect();
        // What follows the last line's ending is no line.
        if last > line && lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        let text = file.line(line);
        let bom = text.len() - text.trim_start_matches('\u{feff}').len();
        let base = file.line_range(line).start + bom;
        let length = text.len() - bom;
        let within = |byte: usize| byte.saturating_sub(base).min(length);
        let own = &shown[line - first];
        let mut at = own.at(within(range.start))..own.at(within(range.end));
        // A place that goes on is shown to its first line's end, blanks and comments' tails left as they are.
        if range.end > base + length {
            at.end = at.start + own.text.get(at.start..).map_or(0, |rest| rest.trim_end().len());
        }
        Self { first: first + 1, lines, line: line - first, at: at.start..at.end.max(at.start) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::{FileId, SourceFile};

    fn sources(text: &str) -> Sources {
        Sources::new(vec![SourceFile::new(FileId(0), "a.yml", PathBuf::new(), text)])
    }

    fn snippet(text: &str, start: usize, end: usize) -> Snippet {
        Snippet::of(&sources(text), Span::new(FileId(0), start, end))
    }

    #[test]
    fn a_place_counts_characters_and_a_snippet_bytes() {
        let text = "a: é1\nb: 2\n";
        let place = Place::of(&sources(text), Span::new(FileId(0), 5, 6));
        assert_eq!((place.line, place.column, place.end_column), (1, 5, 6));
        let snippet = snippet(text, 5, 6);
        assert_eq!((snippet.first, snippet.line, snippet.at), (1, 0, 5..6));
        assert_eq!(snippet.lines, ["a: é1", "b: 2"]);
    }

    #[test]
    fn a_long_place_is_cut_at_its_first_line() {
        let snippet = snippet("x:\r\n  a: 1\r\n  b: 2\r\n", 0, 20);
        assert_eq!((snippet.lines.as_slice(), snippet.at), (["x:".to_owned(), "  a: 1".to_owned()].as_slice(), 0..2));
    }

    #[test]
    fn ends_of_files_and_marks_at_their_front_are_no_trouble() {
        assert_eq!(snippet("", 0, 0).lines, [""]);
        assert_eq!(
            snippet("a\n", 2, 2),
            Snippet { first: 1, lines: vec!["a".into(), String::new()], line: 1, at: 0..0 }
        );
        assert_eq!(snippet("\u{feff}ab\n", 3, 5).at, 0..2);
        assert_eq!(snippet("\u{feff}ab\n", 0, 5).at, 0..2);
    }
}
