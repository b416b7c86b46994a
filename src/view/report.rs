//! What a run found, as the audit hands it over.

use std::path::PathBuf;

use super::RuleInfo;
use crate::config::{Confidence, Severity};
use crate::link::Aside;
use crate::rule::{Finding, RuleName, Tally, Undecided};
use crate::source::{Skipped, Sources, Span};
use crate::stack::Stack;

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// The audited folder.
    pub root: PathBuf,
    /// The files that were read.
    pub sources: Sources,
    /// What they say, one for each deployment.
    pub stacks: Vec<Stack>,
    /// What code that no file starts would be when it is run; no rule judges it. Empty unless it is asked for.
    pub unstarted: Vec<Stack>,
    /// Deployments that are not judged.
    pub aside: Vec<Aside>,
    /// What each file was read as, by its id.
    pub read_as: Vec<Vec<&'static str>>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What would be, had the files not said that it is meant to be so.
    pub suppressed: Vec<Suppressed>,
    /// How often each rule passed, failed, and so on.
    pub tallies: Vec<(RuleName, Tally)>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// Files that could not be read.
    pub skipped: Vec<Skipped>,
    /// What the rules that found something say of themselves.
    pub rules: Vec<RuleInfo>,
}

/// A finding that a comment says is meant to be so.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The comment's reason; empty when it gives none.
    pub reason: Box<str>,
}

/// Something in a file that could not be understood, or a comment that suppresses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Span,
    /// What was expected and found.
    pub message: Box<str>,
}

/// Which findings to show. What it leaves out was found all the same.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Those as bad as this, or worse.
    pub severity: Severity,
    /// Those as sure as this, or surer.
    pub confidence: Confidence,
    /// Only those with a place in one of these files or folders (paths below the root), when there are any: what a hook
    /// is told has changed.
    pub files: Option<Vec<String>>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { severity: Severity::Info, confidence: Confidence::Low, files: None }
    }
}

impl Filter {
    /// Whether a finding is shown, and its fixes applied.
    pub fn keeps(&self, sources: &Sources, finding: &Finding) -> bool {
        finding.severity >= self.severity
            && finding.confidence >= self.confidence
            && (self.files.is_none() || finding.labels.iter().any(|it| self.names(&sources.file(it.span.file).path)))
    }

    /// Whether the file at this path is spoken of: itself or its folder is named, or nothing is.
    pub fn names(&self, path: &str) -> bool {
        let lies =
            |named: &String| path.strip_prefix(named.as_str()).is_some_and(|it| it.is_empty() || it.starts_with('/'));
        self.files.as_ref().is_none_or(|files| files.iter().any(lies))
    }
}
