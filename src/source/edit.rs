//! Changes to files: edits, and the fixes made of them.

use serde::{Deserialize, Serialize};

use super::Span;

/// Replaces the bytes of `span` by `text`. An empty span inserts; an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What comes in its place.
    pub text: Box<str>,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: Span, text: impl Into<Box<str>>) -> Self {
        Self { span, text: text.into() }
    }
}

/// How sure a fix is. The order is that of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Only shown: it holds a placeholder, or a decision that is not ours.
    Display,
    /// Applied on request (`--unsafe-fixes`): it changes how the system behaves under load.
    Unsafe,
    /// Applied by `--fix`: the system does what it did, or strictly less harm.
    Safe,
}

/// One way to settle a finding. All its edits are made, or none; they may lie in several files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: `set CONN_MAX_AGE to 0`.
    pub title: String,
    /// How sure it is.
    pub applicability: Applicability,
    edits: Vec<Edit>,
}

impl Fix {
    /// A fix of these edits, which are kept sorted and without repetition. Two that overlap make [`apply`] fail.
    pub fn new(title: impl Into<String>, applicability: Applicability, mut edits: Vec<Edit>) -> Self {
        edits.sort();
        edits.dedup();
        Self { title: title.into(), applicability, edits }
    }

    /// Its edits, sorted by file and place.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether one of its edits meets one of `other`'s: the same bytes, or an insertion at the same place.
    pub fn meets(&self, other: &Fix) -> bool {
        self.any_pair(other, |a, b| a.start.max(b.start) <= a.end.min(b.end))
    }

    /// Whether one of its edits replaces bytes of one of `other`'s. Insertions at the same place can both be made, though
    /// not each to the reader's taste.
    pub fn overlaps(&self, other: &Fix) -> bool {
        self.any_pair(other, |a, b| a.start < b.end && b.start < a.end)
    }

    /// Whether this holds of the places of two different edits of one file.
    fn any_pair(&self, other: &Fix, holds: impl Fn(Span, Span) -> bool) -> bool {
        self.edits
            .iter()
            .any(|a| other.edits.iter().any(|b| a.span.file == b.span.file && holds(a.span, b.span) && a != b))
    }
}

/// Why edits cannot be applied.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EditError {
    /// Two of them replace the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(u32),
    /// One reaches past the end, or cuts a character in two.
    #[error("an edit at byte {0} does not lie on the file's characters")]
    OutOfBounds(u32),
}

/// The text with the edits made, which must all be of its file and sorted. Insertions at one place come in the order
/// given.
///
/// # Errors
/// When two edits overlap, or one does not lie on character boundaries within the text.
pub fn apply<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> Result<String, EditError> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < done {
            return Err(EditError::Overlap(edit.span.start));
        }
        let (Some(before), Some(_)) = (text.get(done..range.start), text.get(range.clone())) else {
            return Err(EditError::OutOfBounds(edit.span.start));
        };
        out.push_str(before);
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    /// A fix of one file that writes `x` over these bytes.
    fn over(start: usize, end: usize, text: &str) -> Fix {
        Fix::new("", Applicability::Safe, vec![Edit::replace(Span::new(FileId(0), start, end), text)])
    }

    #[test]
    fn insertions_at_one_place_meet_and_do_not_overlap() {
        let (first, second) = (over(4, 4, "a"), over(4, 4, "b"));
        assert!(first.meets(&second) && !first.overlaps(&second));
        let both = [first.edits(), second.edits()].concat();
        assert_eq!(apply("1234567", &both), Ok("1234ab567".into()));
    }

    #[test]
    fn what_replaces_the_same_bytes_overlaps() {
        assert!(over(2, 4, "a").overlaps(&over(3, 6, "b")));
        assert!(over(2, 4, "a").overlaps(&over(3, 3, "b")), "an insertion within");
        assert!(!over(2, 4, "a").overlaps(&over(4, 6, "b")));
        assert!(!over(2, 4, "a").overlaps(&over(2, 4, "a")), "the same change is made once");
    }
}
