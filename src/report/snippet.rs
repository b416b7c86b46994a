//! The lines that a finding points at, drawn by miette: labels of several files under one title.
//!
//! The lines to show are laid end to end, each file's runs of lines as pieces, and the labels are placed on them. A
//! span that would cross pieces is refused, so that miette draws each piece in a frame of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::text::Style;
use crate::view::{FindingRow, View};

/// Longer lines are cut around their first label.
const LONGEST: usize = 160;

/// Draws the places of a finding.
pub(super) fn draw(view: &View, finding: &FindingRow, style: Style) -> String {
    let mut snippets = Snippets::lay_out(view, finding);
    if snippets.labels.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(theme(finding, &mut snippets, style))
        .with_width(style.width)
        .with_context_lines(1)
        .without_cause_chain()
        .without_syntax_highlighting();
    // Writing to a string does not fail.
    let _ = handler.render_report(&mut out, &snippets);
    // The first line would be the title, which is written elsewhere.
    out.split_once('\n').map_or(String::new(), |(_, frames)| frames.to_owned())
}

/// The main label in the finding's own colour, the others alike.
fn theme(finding: &FindingRow, snippets: &mut Snippets, style: Style) -> GraphicalTheme {
    let mut styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let own = match finding.severity.word() {
        "error" | "high" => styles.error,
        "medium" => styles.warning,
        _ => styles.advice,
    };
    // Miette goes through the labels in the order of their places.
    snippets.labels.sort_by_key(LabeledSpan::offset);
    styles.highlights = snippets.labels.iter().map(|label| if label.primary() { own } else { styles.help }).collect();
    GraphicalTheme { characters: ThemeCharacters::unicode(), styles }
}

/// Lines of one file that follow each other.
#[derive(Debug)]
struct Piece {
    path: String,
    /// The first line's number, from 0.
    first: usize,
    /// Where they lie in the text.
    range: Range<usize>,
}

#[derive(Debug)]
struct Snippets {
    text: String,
    pieces: Vec<Piece>,
    labels: Vec<LabeledSpan>,
}

/// A line to show, with the labels that start on it.
#[derive(Default)]
struct Row<'a> {
    text: &'a str,
    labels: Vec<(Range<usize>, &'a str, bool)>,
}

impl Snippets {
    fn lay_out(view: &View, finding: &FindingRow) -> Self {
        let mut files: Vec<(&str, BTreeMap<usize, Row<'_>>)> = Vec::new();
        for (at, label) in finding.labels.iter().enumerate() {
            let path = label.place.path.as_str();
            let index = files.iter().position(|(own, _)| *own == path).unwrap_or_else(|| {
                files.push((path, BTreeMap::new()));
                files.len() - 1
            });
            let rows = &mut files[index].1;
            let snippet = &label.snippet;
            for (offset, text) in snippet.lines.iter().enumerate() {
                // The main place is shown with its neighbours, the others alone.
                if at == 0 || offset == snippet.line {
                    rows.entry(snippet.first + offset - 1).or_default().text = text;
                }
            }
            let labels = &mut rows.entry(snippet.first + snippet.line - 1).or_default().labels;
            match labels.iter_mut().find(|(range, text, _)| *range == snippet.at && *text == label.text) {
                Some(_) => {}
                None => labels.push((snippet.at.clone(), &label.text, at == 0)),
            }
        }
        let mut out = Self { text: String::new(), pieces: Vec::new(), labels: Vec::new() };
        for (path, mut rows) in files {
            bridge(&mut rows, finding, path);
            out.put(&view.shown(path), &rows);
        }
        out
    }

    /// Puts one file's lines behind what is there.
    fn put(&mut self, path: &str, rows: &BTreeMap<usize, Row<'_>>) {
        let mut next = None;
        for (&number, row) in rows {
            if next != Some(number) {
                let start = self.text.len();
                self.pieces.push(Piece { path: path.to_owned(), first: number, range: start..start });
            }
            next = Some(number + 1);
            let first = row.labels.iter().map(|(range, ..)| range.start).min();
            let (line, cut) = shorten(row.text, first.unwrap_or(0));
            let base = self.text.len();
            for (range, text, primary) in &row.labels {
                let place = |at: usize| base + cut.place(at, line.len());
                let (start, end) = (place(range.start), place(range.end));
                let span = SourceSpan::from((start, end.saturating_sub(start)));
                let text = Some((*text).to_owned()).filter(|text| !text.is_empty());
                self.labels.push(if *primary {
                    LabeledSpan::new_primary_with_span(text, span)
                } else {
                    LabeledSpan::new_with_span(text, span)
                });
            }
            self.text.push_str(&line);
            self.text.push('\n');
            if let Some(piece) = self.pieces.last_mut() {
                piece.range.end = self.text.len();
            }
        }
    }
}

/// Fills gaps of a line or two between lines that are shown, where the labels' own neighbours have them.
fn bridge<'a>(rows: &mut BTreeMap<usize, Row<'a>>, finding: &'a FindingRow, path: &str) {
    let shown: Vec<usize> = rows.keys().copied().collect();
    for pair in shown.windows(2) {
        let &[left, right] = pair else { continue };
        if right - left > 3 {
            continue;
        }
        let known = |number: usize| {
            finding.labels.iter().filter(|label| label.place.path == path).find_map(|label| {
                let at = (number + 1).checked_sub(label.snippet.first)?;
                label.snippet.lines.get(at).map(String::as_str)
            })
        };
        let gap: Vec<(usize, &str)> = (left + 1..right).filter_map(|at| known(at).map(|text| (at, text))).collect();
        if gap.len() == right - left - 1 {
            for (at, text) in gap {
                rows.entry(at).or_default().text = text;
            }
        }
    }
}

/// What was cut from a line's front.
struct Cut {
    from: usize,
    mark: usize,
}

impl Cut {
    /// Where a byte of the whole line stands in the cut one.
    fn place(&self, at: usize, len: usize) -> usize {
        (at.saturating_sub(self.from) + self.mark).min(len)
    }
}

/// A line that is too long, cut to what stands around byte `at`.
fn shorten(line: &str, at: usize) -> (String, Cut) {
    if line.len() <= LONGEST {
        return (line.to_owned(), Cut { from: 0, mark: 0 });
    }
    let boundary = |mut byte: usize| {
        byte = byte.min(line.len());
        while !line.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let from = if at < LONGEST / 2 { 0 } else { boundary(at - LONGEST / 4) };
    let to = boundary(from + LONGEST);
    let mark = if from > 0 { "…" } else { "" };
    let end = if to < line.len() { "…" } else { "" };
    let text = format!("{mark}{}{end}", line.get(from..to).unwrap_or(""));
    (text, Cut { from, mark: mark.len() })
}

impl SourceCode for Snippets {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let inside = |piece: &&Piece| piece.range.start <= start && start < piece.range.end && end <= piece.range.end;
        let piece = self.pieces.iter().find(inside).ok_or(MietteError::OutOfBounds)?;
        let text = &self.text[piece.range.clone()];
        let base = piece.range.start;
        let starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .filter(|at| *at < text.len())
            .collect();
        let line_of = |at: usize| starts.partition_point(|&line| line <= at).saturating_sub(1);
        let (own, last) = (line_of(start - base), line_of((end - base).max(start - base + 1) - 1));
        let first = own.saturating_sub(before);
        let from = starts.get(first).copied().unwrap_or(0);
        let to = starts.get(last + after + 1).copied().unwrap_or(text.len());
        // A span without context starts at its own column.
        let (from, column) = if before == 0 && after == 0 {
            (start - base, text.get(from..start - base).map_or(0, |it| it.chars().count()))
        } else {
            (from, 0)
        };
        let bytes = text.get(from..to).unwrap_or("").as_bytes();
        let lines = last + after + 1 - first;
        Ok(Box::new(MietteSpanContents::new_named(
            piece.path.clone(),
            bytes,
            SourceSpan::from((base + from, bytes.len())),
            piece.first + first,
            column,
            lines,
        )))
    }
}

impl fmt::Display for Snippets {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippets {}

impl Diagnostic for Snippets {
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }
}
