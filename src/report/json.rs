//! For programs: one JSON object with a version. Its schema is `schemas/check.schema.json`.
//!
//! Within a version fields are added, never taken away or changed.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use crate::view::{
    Budget, Capacity, Comparison, FindingRow, PlanView, ProblemRow, RuleRow, SizingRow, SkippedRow, StorageView,
    Summary, UndecidedRow, View, WhatIfRow,
};

/// The version of the format.
pub const VERSION: u32 = 1;

/// What `plimsoll check --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
struct Check<'a> {
    /// The version of this format: 1.
    version: u32,
    /// The plimsoll that wrote it.
    plimsoll: &'static str,
    /// What is wrong, the worst first.
    findings: &'a [FindingRow],
    /// What is wrong and meant to be so.
    suppressed: Vec<Suppressed<'a>>,
    /// What could not be decided.
    undecided: &'a [UndecidedRow],
    /// What could not be understood in files that were read.
    problems: &'a [ProblemRow],
    /// Files that could not be read.
    skipped: &'a [SkippedRow],
    /// What came of each rule that ran.
    rules: &'a [RuleRow],
    /// The counts.
    summary: &'a Summary,
}

/// A finding that a comment suppresses.
#[derive(Debug, Serialize, JsonSchema)]
struct Suppressed<'a> {
    /// The finding.
    finding: &'a FindingRow,
    /// The comment's reason; empty when it gives none.
    reason: &'a str,
}

/// Prints the object, indented. Paths are relative to the audited folder.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    let suppressed = view.suppressed.iter().map(|(finding, reason)| Suppressed { finding, reason }).collect();
    let check = Check {
        version: VERSION,
        plimsoll: env!("CARGO_PKG_VERSION"),
        findings: &view.findings,
        suppressed,
        undecided: &view.undecided,
        problems: &view.problems,
        skipped: &view.skipped,
        rules: &view.rules,
        summary: &view.summary,
    };
    write_json(&check, out)
}

/// What `plimsoll audit --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
struct Audit<'a> {
    /// The version of this format: 1.
    version: u32,
    /// The plimsoll that wrote it.
    plimsoll: &'static str,
    /// The audited folder's own name.
    name: &'a str,
    /// How much load each application takes.
    capacity: &'a [Capacity],
    /// What each change buys, in the order in which to make them.
    plan: &'a PlanView,
    /// What would become of each application if a number were another (`--set`).
    what_if: &'a [WhatIfRow],
    /// What goals ask of each application (`--target-users`, `--target-rps`).
    sizing: &'a [SizingRow],
    /// What tables take of the disk (`--assume rows.Order=5M`).
    #[serde(skip_serializing_if = "Option::is_none")]
    storage: Option<&'a StorageView>,
    /// What has changed since an earlier audit (`--compare`).
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a Comparison>,
    /// The connections of each database.
    budgets: &'a [Budget],
    /// What is wrong, the worst first.
    findings: &'a [FindingRow],
    /// What could not be decided.
    undecided: &'a [UndecidedRow],
    /// What could not be understood in files that were read.
    problems: &'a [ProblemRow],
    /// Files that could not be read.
    skipped: &'a [SkippedRow],
    /// The counts.
    summary: &'a Summary,
}

/// Prints the object of an audit, indented. Paths are relative to the audited folder.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render_audit(view: &View, out: &mut impl Write) -> io::Result<()> {
    let audit = Audit {
        version: VERSION,
        plimsoll: env!("CARGO_PKG_VERSION"),
        name: &view.name,
        capacity: &view.capacity,
        plan: &view.plan,
        what_if: &view.what_if,
        sizing: &view.sizing,
        storage: view.storage.as_ref(),
        comparison: view.comparison.as_ref(),
        budgets: &view.budgets,
        findings: &view.findings,
        undecided: &view.undecided,
        problems: &view.problems,
        skipped: &view.skipped,
        summary: &view.summary,
    };
    write_json(&audit, out)
}

/// The schema of an audit.
pub fn audit_schema() -> Schema {
    schema_for!(Audit<'static>)
}

/// The format's schema.
pub fn schema() -> Schema {
    schema_for!(Check<'static>)
}

/// Prints a value as indented JSON with a line's end behind it.
pub(super) fn write_json(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
