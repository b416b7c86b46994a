//! A run: files read, joined, judged, and the fixes of what was found proven.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::facts::{Draft, Drafts, Reading, read};
use crate::fix::{self, Audited, Used};
use crate::link;
use crate::rule::{Failed, Finding, RuleName, Rules, Tally, Undecided, check, suppress};
use crate::source::{self, EditError, FileId, Fix, Skipped, SourceFile, Sources, WalkError, WalkOptions};
use crate::stack::Stack;
use crate::view::{Applied, Patch, Problem, Report, RuleInfo, Suppressed};

/// What a run is told.
pub struct Options {
    /// What the user says: which rules, what to leave out, what to assume.
    pub config: Config,
    /// The rules.
    pub rules: Rules,
    /// Whether fixes are made and proven.
    pub fixes: bool,
    /// Whether comments in the files take findings out.
    pub comments: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { config: Config::default(), rules: Rules::builtin(), fixes: true, comments: true }
    }
}

impl Options {
    /// Which files are read.
    pub fn walk(&self) -> WalkOptions {
        WalkOptions { exclude: self.config.exclude.clone(), ..WalkOptions::default() }
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
    let walked = source::walk(root, &options.walk())?;
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
    let run = Run::read(&sources);
    let mut judged = run.judge(&sources, options);
    if options.fixes && judged.failed.iter().any(|it| !it.finding.fixes.is_empty()) {
        let mut audited = judged.audited(&sources);
        fix::prove(&mut sources.clone(), &mut audited, &run.again(options));
        for (failed, proven) in judged.failed.iter_mut().zip(audited.findings) {
            failed.finding.fixes = proven.fixes;
        }
    }
    let comments = std::mem::take(&mut judged.suppressed.all);
    let suppression = |(finding, at): (Finding, usize)| Suppressed {
        finding,
        reason: comments.get(at).map_or_else(Box::default, |it| it.reason.clone()),
    };
    let suppressed: Vec<Suppressed> = judged.suppressed.findings.drain(..).map(suppression).collect();
    let found: BTreeSet<&str> = judged
        .failed
        .iter()
        .map(|it| &it.finding)
        .chain(suppressed.iter().map(|it| &it.finding))
        .map(|it| &*it.rule)
        .collect();
    let rules =
        options.rules.pages().iter().filter(|page| found.contains(&*page.name)).filter_map(RuleInfo::of).collect();
    Report {
        root,
        stacks: judged.stacks,
        aside: judged.aside,
        read_as: run.readings.iter().map(|reading| reading.drafts.iter().map(Draft::kind).collect()).collect(),
        findings: judged.failed.into_iter().map(|it| it.finding).collect(),
        suppressed,
        tallies: judged.tallies,
        undecided: judged.undecided,
        problems: judged.problems,
        skipped,
        rules,
        sources,
    }
}

/// The patch that settles a report: its fixes that are `wanted`, of each finding the first, made in rounds until nothing
/// changes. Nothing is written.
///
/// # Errors
/// When the report is not of its sources.
pub fn settle(report: &Report, options: &Options, wanted: &dyn Fn(&Finding, &Fix) -> bool) -> Result<Patch, EditError> {
    let run = Run::read(&report.sources);
    let audited = Audited {
        findings: report.findings.clone(),
        undecided: report.undecided.iter().map(|it| (it.rule.clone(), it.anchor.clone())).collect(),
        problems: problems(&report.sources, &report.problems),
    };
    let converged = fix::converge(&mut report.sources.clone(), &audited, wanted, &run.again(options));
    let applied = |used: Used| Applied { rule: used.rule, edits: used.fix.edits().to_vec() };
    let rounds: Vec<Vec<Applied>> =
        converged.rounds.into_iter().map(|round| round.into_iter().map(applied).collect()).collect();
    Patch::new(&report.sources, &rounds)
}

/// What the files say, each for itself.
struct Run {
    readings: Vec<Arc<Reading>>,
}

/// What is said of them together.
struct Judged {
    stacks: Vec<Stack>,
    aside: Vec<link::Aside>,
    failed: Vec<Failed>,
    suppressed: suppress::Suppressed,
    undecided: Vec<Undecided>,
    tallies: Vec<(RuleName, Tally)>,
    problems: Vec<Problem>,
}

impl Run {
    /// Reads every file, side by side.
    fn read(sources: &Sources) -> Self {
        let files: Vec<&SourceFile> = sources.iter().collect();
        Self { readings: files.par_iter().map(|file| Arc::new(read(file))).collect() }
    }

    /// Audits the files again when some of them hold another text.
    fn again<'a>(&'a self, options: &'a Options) -> impl Fn(&Sources, &[FileId]) -> Audited + 'a {
        |sources, edited| {
            let mut readings = self.readings.clone();
            for file in edited {
                if let Some(reading) = readings.get_mut(file.0 as usize) {
                    *reading = Arc::new(read(sources.file(*file)));
                }
            }
            Run { readings }.judge(sources, options).audited(sources)
        }
    }

    /// Joins what they say and judges it; the fixes are proposed, not proven.
    fn judge(&self, sources: &Sources, options: &Options) -> Judged {
        let linked = link::link(sources, &Drafts(&self.readings), &options.config.assume);
        let runs = |name: &str| options.config.runs(name);
        let mut checked = check(&options.rules, runs, &linked.stacks);
        let mut suppressed = if options.comments {
            suppress::suppress(sources, &options.rules, runs, &mut checked.failed)
        } else {
            suppress::Suppressed::default()
        };
        checked.failed.retain_mut(|it| remap(options, &mut it.finding));
        suppressed.findings.retain_mut(|(finding, _)| remap(options, finding));
        if options.fixes {
            fix::propose(&options.rules, &linked.stacks, &mut checked.failed);
        }
        let read = self.readings.iter().flat_map(|reading| &reading.errors).chain(&linked.problems);
        let read = read.map(|it| Problem { at: it.span, message: it.message.clone() });
        let faults =
            suppressed.faults.iter().map(|(at, message)| Problem { at: *at, message: message.as_str().into() });
        let unused = suppressed
            .unused
            .iter()
            .filter_map(|at| suppressed.all.get(*at))
            .map(|it| Problem { at: it.span, message: "this comment suppresses nothing; take it out".into() });
        let problems = read.chain(faults).chain(unused).collect();
        Judged {
            stacks: linked.stacks,
            aside: linked.aside,
            failed: checked.failed,
            undecided: checked.undecided,
            tallies: checked.tallies,
            suppressed,
            problems,
        }
    }
}

impl Judged {
    /// What a proof must know of it.
    fn audited(&self, sources: &Sources) -> Audited {
        Audited {
            findings: self.failed.iter().map(|it| it.finding.clone()).collect(),
            undecided: self.undecided.iter().map(|it| (it.rule.clone(), it.anchor.clone())).collect(),
            problems: problems(sources, &self.problems),
        }
    }
}

fn problems(sources: &Sources, problems: &[Problem]) -> Vec<(Box<str>, Box<str>)> {
    problems.iter().map(|it| (sources.file(it.at.file).path.clone(), it.message.clone())).collect()
}

/// Gives a finding the severity that the user wants; false when it is not wanted at all.
fn remap(options: &Options, finding: &mut Finding) -> bool {
    match options.config.severity_of(&finding.rule, &finding.anchor.file, finding.severity) {
        Some(severity) => {
            finding.severity = severity;
            true
        }
        None => false,
    }
}
