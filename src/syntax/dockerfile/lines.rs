//! Physical lines to logical ones: directives, continuations, comments and empty lines between them, heredocs.

use super::{Dockerfile, Mapped, SyntaxError};
use crate::source::{SourceFile, Span};
use crate::syntax::Piece;

/// A logical line: its text without continuations and comments, and where each byte of it stands.
pub(super) type Line = Mapped;

/// The physical lines of a file, taken one after the other.
pub(super) struct Lines<'a> {
    file: &'a SourceFile,
    /// Where the next physical line starts.
    next: usize,
    /// Where the last one that was taken ends, its line end not counted.
    end: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self { file, next: file.bom(), end: file.bom() }
    }

    /// Where the last line that was taken ends.
    pub(super) fn end(&self) -> u32 {
        self.end as u32
    }

    /// The next physical line without its end, and where it starts.
    fn physical(&mut self) -> Option<(&'a str, usize)> {
        let start = self.next;
        let rest = self.file.text().get(start..).filter(|rest| !rest.is_empty())?;
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        self.next += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        self.end = start + line.len();
        Some((line, start))
    }

    /// Reads the directives at the head of the file, which must be its first lines.
    pub(super) fn directives(&mut self, into: &mut Dockerfile, errors: &mut Vec<SyntaxError>) {
        loop {
            let before = (self.next, self.end);
            let Some((line, start)) = self.physical() else { return };
            let Some((key, value)) = directive(line) else {
                (self.next, self.end) = before;
                return;
            };
            let span = Span::new(self.file.id, start + (line.len() - line.trim_start().len()), start + line.len());
            into.comments.push(span);
            if key.eq_ignore_ascii_case("escape") {
                match value {
                    "\\" | "`" => into.escape = value.chars().next(),
                    _ => errors.push(SyntaxError {
                        span,
                        message: format!("expected a backslash or a backquote as escape, found `{value}`").into(),
                    }),
                }
            }
        }
    }

    /// The next logical line that is not empty; comments on the way are noted.
    pub(super) fn logical(&mut self, escape: char, comments: &mut Vec<Span>) -> Option<Line> {
        let mut text = String::new();
        let mut pieces = Vec::new();
        let mut open = false;
        while let Some((line, start)) = self.physical() {
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            if trimmed.starts_with('#') {
                comments.push(Span::new(self.file.id, start + indent, start + line.len()));
                continue;
            }
            if trimmed.is_empty() {
                continue;
            }
            // The first line loses its indentation; those that continue it keep theirs.
            let from = if open { 0 } else { indent };
            let (kept, continues) = continued(line.get(from..).unwrap_or(""), escape);
            push(&mut text, &mut pieces, kept, Span::new(self.file.id, start + from, start + from + kept.len()));
            open = continues;
            if !open && !text.trim().is_empty() {
                return Some(Line { text: text.into(), pieces });
            }
        }
        (!text.trim().is_empty()).then(|| Line { text: text.into(), pieces })
    }

    /// Takes the lines of a heredoc up to the one that ends it: their bytes, or those up to the end of the file.
    pub(super) fn heredoc(&mut self, name: &str, chomp: bool) -> Result<Span, Span> {
        let from = self.next;
        while let Some((line, start)) = self.physical() {
            if (if chomp { line.trim_start_matches('\t') } else { line }) == name {
                return Ok(Span::new(self.file.id, from, start));
            }
        }
        Err(Span::new(self.file.id, from, self.next.max(from)))
    }
}

/// The text of `span`, which may go over several physical lines, as the instruction sees it.
pub fn joined(file: &SourceFile, span: Span, escape: char) -> Mapped {
    let mut text = String::new();
    let mut pieces = Vec::new();
    let mut at = span.start as usize;
    for (nth, line) in file.slice(span).split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if nth > 0 && matches!(line.trim_start().chars().next(), None | Some('#')) {
            continue;
        }
        // The last line ends where the span does, and may well end with an escape that is no continuation.
        let kept = if at < span.end as usize || line.len() < at - start { continued(line, escape).0 } else { line };
        push(&mut text, &mut pieces, kept, Span::new(file.id, start, start + kept.len()));
    }
    if pieces.is_empty() {
        pieces.push(Piece { start: 0, span: Span { end: span.start, ..span } });
    }
    Mapped { text: text.into(), pieces }
}

fn push(text: &mut String, pieces: &mut Vec<Piece>, kept: &str, span: Span) {
    if !kept.is_empty() || pieces.is_empty() {
        pieces.push(Piece { start: text.len() as u32, span });
        text.push_str(kept);
    }
}

/// The line without an escape at its end, and whether there was one. Two escapes there are none.
fn continued(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(kept) if !kept.ends_with(escape) => (kept, true),
        _ => (line, false),
    }
}

/// `# name=value`, for the names that are directives.
fn directive(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().strip_prefix('#')?.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let known = ["syntax", "escape", "check"].iter().any(|name| key.eq_ignore_ascii_case(name));
    (known && !value.is_empty()).then_some((key, value))
}
