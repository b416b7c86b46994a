//! Findings as rows.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::Serialize;

use super::diff::{Hunk, hunks};
use super::mask::clean;
use super::{Place, RuleInfo, Snippet};
use crate::config::{Confidence, Severity};
use crate::rule::Finding;
use crate::source::{Applicability, Edit, FileId, Fix, Sources, apply};

/// A finding.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FindingRow {
    /// The rule.
    pub rule: String,
    /// How bad it is.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// How sure it is.
    #[schemars(with = "String")]
    pub confidence: Confidence,
    /// What is wrong.
    pub message: String,
    /// What it is keyed by, whatever its line: `compose.yaml#services.web`.
    pub anchor: String,
    /// The places that were read to know it; the first is the main one.
    pub labels: Vec<LabelRow>,
    /// What was read and is written nowhere.
    pub notes: Vec<String>,
    /// The ways to settle it, the best first.
    pub fixes: Vec<FixRow>,
    /// How to see on the running system that it is mended.
    pub verify: String,
    /// When to do it: 1 for what is done first.
    pub phase: Option<u8>,
    /// How long the change takes a person.
    pub effort: Option<String>,
    /// What the change risks.
    pub risk: Option<String>,
    /// What makes the change take effect.
    pub takes_effect: Option<String>,
    /// How to take it back.
    pub rollback: Option<String>,
}

/// A place that was read.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LabelRow {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What stands there, in a few words.
    pub text: String,
    /// The lines around, for printers that show them.
    #[serde(skip)]
    pub snippet: Snippet,
}

/// A way to settle a finding.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FixRow {
    /// What it does, as an order.
    pub title: String,
    /// How sure it is: `safe`, `unsafe`, `display`.
    #[schemars(with = "String")]
    pub applicability: Applicability,
    /// What is replaced, file by file. A text that holds a secret is masked.
    pub edits: Vec<EditRow>,
    /// What changes in each file, as lines.
    #[serde(skip)]
    pub files: Vec<FileDiff>,
}

/// A place that is replaced.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EditRow {
    /// Where; an empty place to insert.
    #[serde(flatten)]
    pub place: Place,
    /// What comes there.
    pub text: String,
}

/// What changes in one file, as lines that may be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct FileDiff {
    /// The file's path below the root.
    pub path: String,
    /// The changes.
    pub hunks: Vec<Hunk>,
}

/// Of labels that say the same of one line the first.
fn once_a_line(labels: Vec<LabelRow>) -> Vec<LabelRow> {
    let mut each: Vec<LabelRow> = Vec::new();
    for label in labels {
        let same = |it: &LabelRow| {
            it.text == label.text && it.place.path == label.place.path && it.place.line == label.place.line
        };
        if !each.iter().any(same) {
            each.push(label);
        }
    }
    each
}

impl FindingRow {
    pub(super) fn of<'a>(sources: &Sources, finding: &Finding, info: impl Fn(&str) -> Option<&'a RuleInfo>) -> Self {
        let info = info(&finding.rule);
        let label = |label: &crate::rule::Label| LabelRow {
            place: Place::of(sources, label.span),
            text: clean(&label.text).into_owned(),
            snippet: Snippet::of(sources, label.span),
        };
        Self {
            rule: finding.rule.to_string(),
            severity: finding.severity,
            confidence: finding.confidence,
            message: clean(&finding.message).into_owned(),
            anchor: clean(&finding.anchor.to_string()).into_owned(),
            labels: once_a_line(finding.labels.iter().map(label).collect()),
            notes: finding.notes.iter().map(|note| clean(note).into_owned()).collect(),
            fixes: finding.fixes.iter().map(|fix| FixRow::of(sources, fix)).collect(),
            verify: clean(&finding.verify).into_owned(),
            phase: info.and_then(|it| it.phase),
            effort: info.and_then(|it| it.effort.clone()),
            risk: info.and_then(|it| it.risk.clone()),
            takes_effect: info.and_then(|it| it.takes_effect.clone()),
            rollback: info.and_then(|it| it.rollback.clone()),
        }
    }

    /// The main place; none only for what no file names.
    pub fn place(&self) -> Option<&Place> {
        self.labels.first().map(|label| &label.place)
    }

    /// The worst first, then by place.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.place().cloned(), it.rule.clone(), it.message.clone());
        other.severity.cmp(&self.severity).then_with(|| key(self).cmp(&key(other)))
    }
}

impl FixRow {
    fn of(sources: &Sources, fix: &Fix) -> Self {
        let edit = |edit: &Edit| EditRow { place: Place::of(sources, edit.span), text: clean(&edit.text).into_owned() };
        let mut ids: Vec<FileId> = fix.edits().iter().map(|edit| edit.span.file).collect();
        ids.dedup();
        let diff = |id: FileId| {
            let file = sources.file(id);
            let edits = fix.edits().iter().filter(|edit| edit.span.file == id);
            // A fix that cannot be applied was not proven; its edits are listed all the same.
            let new = apply(file.text(), edits).unwrap_or_else(|_| file.text().to_owned());
            let hunks = hunks(file.text(), &new, |_| String::new());
            FileDiff { path: clean(&file.path).into_owned(), hunks: hunks.iter().map(Hunk::masked).collect() }
        };
        Self {
            title: clean(&fix.title).into_owned(),
            applicability: fix.applicability,
            edits: fix.edits().iter().map(edit).collect(),
            files: ids.into_iter().map(diff).collect(),
        }
    }
}
