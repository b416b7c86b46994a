//! The counts of a run.

use schemars::JsonSchema;
use serde::Serialize;

use super::View;
use crate::config::{Confidence, Severity};
use crate::source::{Applicability, Sources};

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// The files that were read, by kind, the most first.
    pub files: Vec<FileKind>,
    /// Files that were not read though they may matter.
    pub skipped: usize,
    /// Findings shown.
    pub findings: usize,
    /// Findings shown, by severity, the worst first.
    pub by_severity: Vec<(String, usize)>,
    /// Findings that the filters leave out.
    pub hidden: usize,
    /// Findings among them that are bad enough and only not sure enough, by confidence, the surest first.
    pub unsure: Vec<(String, usize)>,
    /// Findings that comments suppress.
    pub suppressed: usize,
    /// Findings with a fix that `--fix` applies.
    pub safe_fixes: usize,
    /// Findings with a fix that `--unsafe-fixes` applies.
    pub unsafe_fixes: usize,
    /// Findings whose fix is only shown.
    pub display_fixes: usize,
    /// Questions left open.
    pub undecided: usize,
    /// Rules that held wherever they could be decided, and were decided somewhere.
    pub rules_passed: usize,
    /// Rules that found something.
    pub rules_failed: usize,
    /// Rules that could not be decided anywhere.
    pub rules_undecided: usize,
    /// Rules that speak of nothing that is here.
    pub rules_not_applicable: usize,
}

/// Files of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileKind {
    /// What they are: `Python`.
    pub kind: String,
    /// How many.
    pub count: usize,
}

impl Summary {
    /// How many files were read.
    pub fn read(&self) -> usize {
        self.files.iter().map(|it| it.count).sum()
    }
}

pub(super) fn summarise(view: &View, sources: &Sources, hidden: usize, unsure: &[Confidence]) -> Summary {
    let best = |wanted| {
        let best = |row: &&super::FindingRow| row.fixes.iter().map(|fix| fix.applicability).max() == Some(wanted);
        view.findings.iter().filter(best).count()
    };
    let by_severity = Severity::ALL.iter().rev().filter_map(|severity| {
        let count = view.findings.iter().filter(|it| it.severity == *severity).count();
        (count > 0).then(|| (severity.to_string(), count))
    });
    let unsure = Confidence::ALL.iter().rev().filter_map(|confidence| {
        let count = unsure.iter().filter(|it| *it == confidence).count();
        (count > 0).then(|| (confidence.to_string(), count))
    });
    let rules = |is: fn(&super::RuleRow) -> bool| view.rules.iter().filter(|row| is(row)).count();
    Summary {
        files: kinds(sources),
        skipped: view.skipped.len(),
        findings: view.findings.len(),
        by_severity: by_severity.collect(),
        hidden,
        unsure: unsure.collect(),
        suppressed: view.suppressed.len(),
        safe_fixes: best(Applicability::Safe),
        unsafe_fixes: best(Applicability::Unsafe),
        display_fixes: best(Applicability::Display),
        undecided: view.undecided.len(),
        rules_passed: rules(|it| it.failed == 0 && it.passed > 0),
        rules_failed: rules(|it| it.failed > 0),
        rules_undecided: rules(|it| it.failed == 0 && it.passed == 0 && it.undecided > 0),
        rules_not_applicable: rules(|it| it.failed + it.passed + it.undecided == 0),
    }
}

fn kinds(sources: &Sources) -> Vec<FileKind> {
    let mut out: Vec<FileKind> = Vec::new();
    for file in sources.iter() {
        let kind = kind(file.name());
        match out.iter_mut().find(|it| it.kind == kind) {
            Some(row) => row.count += 1,
            None => out.push(FileKind { kind: kind.to_owned(), count: 1 }),
        }
    }
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.kind.cmp(&b.kind)));
    out
}

/// What a file is, by its name, in the words of a summary.
fn kind(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        _ if lower.contains("dockerfile") || lower.contains("containerfile") => "Dockerfile",
        _ if lower.starts_with(".env") || ending == "env" => "env",
        _ if lower.starts_with("readme") => "README",
        "py" => "Python",
        "yml" | "yaml" => "YAML",
        "conf" | "nginx" | "vhost" => "configuration",
        "sh" | "bash" => "shell",
        "toml" => "TOML",
        "lock" | "txt" | "in" => "requirements",
        _ => "other",
    }
}
