//! All fixes that are applied together, as one patch: what `check --diff` prints and `--fix` writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::diff::{Hunk, hunks};
use crate::rule::RuleName;
use crate::source::{Edit, EditError, FileId, Sources, apply};

/// A fix that is applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The rule it settles a finding of.
    pub rule: RuleName,
    /// Its edits, sorted, over the text at the start of its round.
    pub edits: Vec<Edit>,
}

/// A file that is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// Its text as it was read.
    pub old: Box<str>,
    /// Its text when all rounds are made.
    pub new: String,
    /// The bytes of the new text that each rule wrote; empty where it only took something away.
    marks: Vec<(Range<usize>, RuleName)>,
}

/// The changes of a run, by the files' order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// Each file that differs in the end.
    pub changes: Vec<Change>,
}

impl Patch {
    /// What comes of rounds of fixes, each over the text that the round before left.
    ///
    /// # Errors
    /// When edits of one round overlap or do not lie on their text.
    pub fn new(sources: &Sources, rounds: &[Vec<Applied>]) -> Result<Self, EditError> {
        let mut changes: BTreeMap<FileId, Change> = BTreeMap::new();
        for round in rounds {
            let mut edits: BTreeMap<FileId, Vec<(&Edit, &RuleName)>> = BTreeMap::new();
            for fix in round {
                for edit in &fix.edits {
                    edits.entry(edit.span.file).or_default().push((edit, &fix.rule));
                }
            }
            for (id, mut edits) in edits {
                edits.sort_by(|a, b| a.0.cmp(b.0));
                // Two fixes may need the same change, which is made once.
                let rules = edits.clone();
                edits.dedup_by(|a, b| a.0 == b.0);
                changes.entry(id).or_insert_with(|| Change::none(sources, id)).make(&edits, &rules)?;
            }
        }
        let changes = changes.into_values().filter(|it| *it.old != *it.new).collect();
        Ok(Self { changes })
    }

    /// The patch as `git apply` takes it, with `prefix` before each path, and the paths of the files that it leaves
    /// out because a line that must be in it holds a secret.
    pub fn unified(&self, prefix: &str) -> (String, Vec<Box<str>>) {
        let (mut out, mut left_out) = (String::new(), Vec::new());
        for change in &self.changes {
            let hunks = change.hunks();
            if hunks.iter().any(Hunk::has_secret) {
                left_out.push(change.path.clone());
                continue;
            }
            // Without `diff --git` the paths are relative to the folder that git is run in.
            let path = format!("{prefix}{}", change.path);
            let _ = writeln!(out, "--- {}\n+++ {}", quoted("a", &path), quoted("b", &path));
            for hunk in hunks {
                let _ = write!(out, "{hunk}");
            }
        }
        (out, left_out)
    }
}

impl Change {
    fn none(sources: &Sources, file: FileId) -> Self {
        let source = sources.file(file);
        let (path, old) = (source.path.clone(), source.text());
        Self { file, path, old: old.into(), new: old.to_owned(), marks: Vec::new() }
    }

    /// Makes the edits of one round, and keeps the marks where they belong.
    fn make(&mut self, edits: &[(&Edit, &RuleName)], rules: &[(&Edit, &RuleName)]) -> Result<(), EditError> {
        let new = apply(&self.new, edits.iter().map(|(edit, _)| *edit))?;
        let moved = |at: usize, include: bool| {
            let mut place = at;
            for (edit, _) in edits {
                let span = edit.span.range();
                if span.end < at || (span.end == at && include) {
                    place = (place + edit.text.len()).saturating_sub(span.len());
                } else if span.start < at {
                    place -= at - span.start;
                }
            }
            place
        };
        for (range, _) in &mut self.marks {
            let start = moved(range.start, true).min(new.len());
            *range = start..moved(range.end, true).clamp(start, new.len());
        }
        let mut own = Vec::new();
        for (edit, rule) in rules {
            let start = moved(edit.span.range().start, false).min(new.len());
            own.push((start..(start + edit.text.len()).min(new.len()), (*rule).clone()));
        }
        self.marks.append(&mut own);
        self.new = new;
        Ok(())
    }

    /// The rules that it is for, each once.
    pub fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self.marks.iter().map(|(_, rule)| &**rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// Its hunks, each headed by the rules that it is for.
    pub fn hunks(&self) -> Vec<Hunk> {
        let ends: Vec<usize> = self.new.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |at: usize| ends.partition_point(|&end| end < at);
        hunks(&self.old, &self.new, |lines| {
            let mut rules: Vec<&str> = Vec::new();
            for (range, rule) in &self.marks {
                if line_of(range.start) <= lines.end && line_of(range.end) >= lines.start && !rules.contains(&&**rule) {
                    rules.push(rule);
                }
            }
            rules.sort_unstable();
            rules.join(", ")
        })
    }
}

/// A path as git writes it in a header: quoted when it must be, closed by a tab when it holds a blank.
fn quoted(side: &str, path: &str) -> String {
    let path = format!("{side}/{path}");
    if path.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        let mut out = String::from("\"");
        for c in path.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    let _ = write!(out, "\\{:03o}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        return out + "\"";
    }
    if path.contains(' ') { path + "\t" } else { path }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files of their own")]
#[path = "patch_tests.rs"]
mod tests;
