//! A run: files read, joined, judged, and the fixes of what was found proven.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::facts::{Drafts, Reading, read};
use crate::link;
use crate::rule::{Rules, check};
use crate::source::{self, FileId, Skipped, SourceFile, Sources, WalkError, WalkOptions};
use crate::view::{Problem, Report, RuleInfo};

/// What a run is told.
pub struct Options {
    /// What the user says: which rules, what to leave out, what to assume.
    pub config: Config,
    /// The rules.
    pub rules: Rules,
    /// Whether fixes are made and proven.
    pub fixes: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { config: Config::default(), rules: Rules::builtin(), fixes: true }
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The folder cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
}

/// Audits a folder.
///
/// # Errors
/// When the folder is not there, cannot be listed, or a pattern to exclude cannot be understood. A file that cannot be
/// read is a line in the report.
pub fn audit(root: &Path, options: &Options) -> Result<Report, AuditError> {
    let walk = WalkOptions { exclude: options.config.exclude.clone(), ..WalkOptions::default() };
    let walked = source::walk(root, &walk)?;
    Ok(audit_sources(root.to_owned(), walked.sources, walked.skipped, options))
}

/// Audits files that are in memory, with the built-in rules.
pub fn audit_texts(files: Vec<(String, String)>) -> Report {
    let mut files = files;
    files.sort();
    files.dedup_by(|a, b| a.0 == b.0);
    let file =
        |(at, (path, text)): (usize, (String, String))| SourceFile::new(FileId(at as u32), path, PathBuf::new(), text);
    let sources = Sources::new(files.into_iter().enumerate().map(file).collect());
    audit_sources(PathBuf::new(), sources, Vec::new(), &Options::default())
}

/// Audits files that were read.
pub fn audit_sources(root: PathBuf, sources: Sources, skipped: Vec<Skipped>, options: &Options) -> Report {
    let run = Run::read(sources);
    let judged = run.judge(options);
    Report {
        root,
        stacks: judged.stacks,
        findings: judged.checked.failed.into_iter().map(|it| it.finding).collect(),
        suppressed: Vec::new(),
        tallies: judged.checked.tallies,
        undecided: judged.checked.undecided,
        problems: judged.problems,
        skipped,
        rules: options.rules.pages().iter().filter_map(RuleInfo::of).collect(),
        sources: run.sources,
    }
}

/// Files with what they say.
struct Run {
    sources: Sources,
    readings: Vec<Arc<Reading>>,
}

/// What is said of them.
struct Judged {
    stacks: Vec<crate::stack::Stack>,
    checked: crate::rule::Checked,
    problems: Vec<Problem>,
}

impl Run {
    /// Reads every file, side by side.
    fn read(sources: Sources) -> Self {
        let files: Vec<&SourceFile> = sources.iter().collect();
        let readings = files.par_iter().map(|file| Arc::new(read(file))).collect();
        Self { sources, readings }
    }

    /// Joins what they say, and judges it.
    fn judge(&self, options: &Options) -> Judged {
        let linked = link::link(&self.sources, &Drafts(&self.readings), &options.config.assume);
        let selected = |name: &str| options.config.runs(name);
        let checked = check(&options.rules, selected, &linked.stacks);
        let read = self.readings.iter().flat_map(|reading| &reading.errors);
        let problems = read.chain(&linked.problems).map(|it| Problem { at: it.span, message: it.message.clone() });
        Judged { stacks: linked.stacks, checked, problems: problems.collect() }
    }
}
