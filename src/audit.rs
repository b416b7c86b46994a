//! A run: files read, joined, judged, and the fixes of what was found proven.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::capacity::{self, Goal, Model, Plan, Settled, Storage};
use crate::config::{Config, Severity};
use crate::facts::orm::{Callers, OrmDraft};
use crate::facts::routes::{self, RouteFile};
use crate::facts::{Draft, Drafts, Reading, helpers, read};
use crate::fix::{self, Audited, Used};
use crate::link;
use crate::link::orm::{self, OrmFacts};
use crate::rule::{Failed, Finding, Page, RuleName, Rules, Tally, Undecided, check, suppress};
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
    /// Whether what the files do not start is told, too.
    pub unstarted: bool,
    /// Whether rules that only remark on something run, too: what an audit says, and a check only when it is asked to.
    pub remarks: bool,
    /// Whether the endpoints of applications are told, too.
    pub endpoints: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            config: Config::default(),
            rules: Rules::builtin(),
            fixes: true,
            comments: true,
            unstarted: false,
            remarks: true,
            endpoints: false,
        }
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
    /// A fix does not fit its file.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// Audits a folder.
///
/// # Errors
/// When the folder is not there, cannot be listed, or a pattern to exclude cannot be understood. A file that cannot be
/// read is a line in the report.
pub fn audit(root: &Path, options: &Options) -> Result<Report, AuditError> {
    audit_wanted(root, options, &|_, _, _| true)
}

/// Audits a folder, with those fixes only that are `wanted`: proving is most of the work, and what nobody sees need not
/// be proven.
///
/// # Errors
/// Those of [`audit`].
pub fn audit_wanted(root: &Path, options: &Options, wanted: &Wanted<'_>) -> Result<Report, AuditError> {
    let walked = source::walk(root, &options.walk())?;
    let run = Run::read(&walked.sources).with_routes(&walked.sources, options);
    Ok(run.report(root.to_owned(), walked.sources, walked.skipped, options, wanted))
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
    Run::read(&sources).with_routes(&sources, options).report(root, sources, skipped, options, &|_, _, _| true)
}

/// Audits a folder, with the patch that settles what is `wanted`. Other fixes are not proven, and not in the report.
///
/// # Errors
/// Those of [`audit`].
pub fn audit_and_settle(root: &Path, options: &Options, wanted: &Wanted<'_>) -> Result<(Report, Patch), AuditError> {
    let walked = source::walk(root, &options.walk())?;
    let run = Run::read(&walked.sources);
    let report = run.report(root.to_owned(), walked.sources, walked.skipped, options, wanted);
    let patch = run.settle(&report, options, &|finding, fix| wanted(&report.sources, finding, fix))?;
    Ok((report, patch))
}

/// Audits a folder, with the plan of what its fixes buy.
///
/// # Errors
/// Those of [`audit`].
pub fn audit_and_plan(root: &Path, options: &Options) -> Result<(Report, Plan), AuditError> {
    audit_and_size(root, options, &[]).map(|it| (it.report, it.plan))
}

/// An audit with all that is worked out from it.
#[derive(Debug)]
pub struct Sized {
    /// What was found.
    pub report: Report,
    /// What its fixes buy.
    pub plan: Plan,
    /// What goals ask of the files.
    pub settled: Vec<Settled>,
    /// What tables take of the disk, where the user states rows.
    pub storage: Storage,
}

/// The same, with what goals ask of the files, and what is stored.
///
/// # Errors
/// Those of [`audit`].
pub fn audit_and_size(root: &Path, options: &Options, goals: &[Goal]) -> Result<Sized, AuditError> {
    let walked = source::walk(root, &options.walk())?;
    let run = Run::read(&walked.sources);
    let report = run.report(root.to_owned(), walked.sources, walked.skipped, options, &|_, _, _| true);
    let plan = run.plan(&report, options);
    let again = |sources: &Sources, edited: &[FileId]| run.models(sources, edited, options);
    let assume = &options.config.assume;
    let mut settled = capacity::settle(&report.sources, &report.stacks, assume, goals, &again);
    settled.iter_mut().for_each(|it| it.brings = run.brings(&report, &it.texts, options));
    // Nobody else asks for tables.
    let storage = match assume.rows().next() {
        Some(_) => Storage::new(&orm::tables(run.readings.iter().flat_map(code)), assume),
        None => Storage::default(),
    };
    Ok(Sized { report, plan, settled, storage })
}

/// Which fixes of which findings are to be made.
pub type Wanted<'a> = dyn Fn(&Sources, &Finding, &Fix) -> bool + 'a;

/// The patch that settles a report: its fixes that are `wanted`, of each finding the first, made in rounds until nothing
/// changes. Nothing is written.
///
/// # Errors
/// When the report is not of its sources.
pub fn settle(report: &Report, options: &Options, wanted: &dyn Fn(&Finding, &Fix) -> bool) -> Result<Patch, EditError> {
    Run::read(&report.sources).settle(report, options, wanted)
}

/// What the files say, each for itself, and their code together.
struct Run {
    readings: Vec<Arc<Reading>>,
    orm: Arc<OrmFacts>,
    /// What they say of routes; none where nobody asks for endpoints.
    routes: Vec<RouteFile>,
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
        let mut readings: Vec<_> = files.par_iter().map(|file| Arc::new(read(file))).collect();
        helpers::read_imported(sources, &mut readings);
        let orm = Arc::new(join(&readings));
        Self { readings, orm, routes: Vec::new() }
    }

    /// The same with what the files say of routes, when that is asked for.
    fn with_routes(mut self, sources: &Sources, options: &Options) -> Self {
        if options.endpoints {
            let files: Vec<&SourceFile> = sources.iter().collect();
            self.routes = files.par_iter().filter_map(|file| routes::read(file)).collect();
        }
        self
    }

    /// What is said of the files, with those fixes that are `wanted` and hold.
    fn report(
        &self,
        root: PathBuf,
        sources: Sources,
        skipped: Vec<Skipped>,
        options: &Options,
        wanted: &Wanted<'_>,
    ) -> Report {
        let mut judged = self.judge(&sources, options);
        for failed in &mut judged.failed {
            let fixes = std::mem::take(&mut failed.finding.fixes);
            let wanted = fixes.into_iter().filter(|fix| wanted(&sources, &failed.finding, fix));
            failed.finding.fixes = wanted.collect();
        }
        if judged.failed.iter().any(|it| !it.finding.fixes.is_empty()) {
            let mut audited = judged.audited(&sources);
            fix::prove(&sources, &mut audited, &self.again(options));
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
        let told = options.unstarted.then(|| {
            let assume = &options.config.assume;
            link::unstarted_stacks(&sources, &Drafts(&self.readings), assume, &judged.stacks, &self.routes)
        });
        Report {
            root,
            stacks: judged.stacks,
            unstarted: told.unwrap_or_default(),
            aside: judged.aside,
            read_as: self.readings.iter().map(|reading| reading.drafts.iter().map(Draft::kind).collect()).collect(),
            findings: judged.failed.into_iter().map(|it| it.finding).collect(),
            suppressed,
            tallies: judged.tallies,
            undecided: judged.undecided,
            problems: judged.problems.into_iter().chain(self.cut_short()).collect(),
            skipped,
            rules,
            sources,
        }
    }

    /// That code was not followed to its end, where there is such: one line for all.
    fn cut_short(&self) -> Option<Problem> {
        let (at, name) = self.orm.cut.first()?;
        let others = match self.orm.cut.len() - 1 {
            0 => String::new(),
            1 => " (nor is one other)".into(),
            more => format!(" (nor are {more} others)"),
        };
        let message =
            format!("`{name}` calls too much to be followed to its end{others}: its queries are told in part");
        Some(Problem { at: *at, message: message.into() })
    }

    /// The models of the files when some of them hold another text.
    fn models(&self, sources: &Sources, edited: &[FileId], options: &Options) -> (Vec<Stack>, Vec<Vec<Model>>) {
        let assume = &options.config.assume;
        let run = self.with(sources, edited);
        let linked = link::link(sources, &Drafts(&run.readings), &run.orm, assume);
        let models = capacity::from_stacks(&linked.stacks, assume);
        (linked.stacks, models)
    }

    /// What rules say that matters of files that hold these texts, and do not say of them as they are.
    fn brings(&self, report: &Report, texts: &[(FileId, String)], options: &Options) -> Vec<String> {
        let mut sources = report.sources.clone();
        texts.iter().for_each(|(id, text)| sources.replace(*id, text.clone()));
        let edited: Vec<FileId> = texts.iter().map(|it| it.0).collect();
        let judged = self.with(&sources, &edited).judge(&sources, options);
        let known = |it: &Finding| report.findings.iter().any(|old| old.rule == it.rule && old.anchor == it.anchor);
        let new = judged.failed.into_iter().map(|it| it.finding);
        let new = new.filter(|it| it.severity >= Severity::Medium && !known(it));
        new.map(|it| format!("{} (`{}`)", it.message, it.rule)).collect()
    }

    /// What the fixes of a report of these files buy.
    fn plan(&self, report: &Report, options: &Options) -> Plan {
        let assume = &options.config.assume;
        let again = |sources: &Sources, edited: &[FileId]| self.models(sources, edited, options);
        let minutes = |finding: &Finding| report.rules.iter().find(|it| *it.name == *finding.rule)?.minutes();
        let change = |(at, finding): (usize, &'_ Finding)| {
            let minutes = minutes(finding).unwrap_or(60.0);
            Some((at, minutes, finding.fixes.first()?.clone()))
        };
        let fixes: Vec<(usize, f64, Fix)> = report.findings.iter().enumerate().filter_map(change).collect();
        let changes: Vec<capacity::Change<'_>> = fixes
            .iter()
            .map(|(finding, minutes, fix)| capacity::Change { finding: *finding, fix, minutes: *minutes })
            .collect();
        let models = capacity::from_stacks(&report.stacks, assume);
        let mut plan = capacity::plan(&report.sources, &models, &changes, &again);
        let then = if plan.stacks.is_empty() { &report.stacks } else { &plan.stacks };
        plan.parts = capacity::parts(&report.stacks, then, assume);
        plan
    }

    /// The patch that settles a report of these files.
    fn settle(
        &self,
        report: &Report,
        options: &Options,
        wanted: &dyn Fn(&Finding, &Fix) -> bool,
    ) -> Result<Patch, EditError> {
        if !report.findings.iter().any(|it| it.fixes.iter().any(|fix| wanted(it, fix))) {
            return Patch::new(&report.sources, &[]);
        }
        let audited = Audited {
            findings: report.findings.clone(),
            undecided: report.undecided.iter().map(|it| (it.rule.clone(), it.anchor.clone())).collect(),
            problems: problems(&report.sources, &report.problems),
        };
        let converged = fix::converge(&report.sources, &audited, wanted, &self.again(options));
        let applied = |used: Used| Applied { rule: used.rule, edits: used.fix.edits().to_vec() };
        let rounds: Vec<Vec<Applied>> =
            converged.rounds.into_iter().map(|round| round.into_iter().map(applied).collect()).collect();
        Patch::new(&report.sources, &rounds)
    }

    /// Audits the files again when some of them hold another text.
    fn again<'a>(&'a self, options: &'a Options) -> impl Fn(&Sources, &[FileId]) -> Audited + Sync + 'a {
        |sources, edited| self.with(sources, edited).judge(sources, options).audited(sources)
    }

    /// What the files say when some of them hold another text. Only these are read, and the code is joined again only
    /// when it says something else: that is most of what an audit costs.
    fn with(&self, sources: &Sources, edited: &[FileId]) -> Self {
        let mut readings = self.readings.clone();
        let mut same_code = true;
        for file in edited {
            if let Some(reading) = readings.get_mut(file.0 as usize) {
                let mut new = read(sources.file(*file));
                if code(reading).next().is_some() {
                    helpers::read(sources.file(*file), &mut new);
                }
                let new = Arc::new(new);
                same_code &= code(reading).eq(code(&new)) && reading.callers == new.callers;
                *reading = new;
            }
        }
        let orm = if same_code { self.orm.clone() } else { Arc::new(join(&readings)) };
        Self { readings, orm, routes: Vec::new() }
    }

    /// Joins what they say and judges it; the fixes are proposed, not proven.
    fn judge(&self, sources: &Sources, options: &Options) -> Judged {
        let drafts = Drafts(&self.readings);
        let linked = link::link_with_routes(sources, &drafts, &self.orm, &options.config.assume, &self.routes);
        let is_wanted = |name: &str| options.remarks || !options.rules.page(name).is_some_and(Page::is_remark);
        let runs = |name: &str| options.config.runs(name) && is_wanted(name);
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

/// What a file says of its code.
fn code(reading: &Arc<Reading>) -> impl Iterator<Item = &OrmDraft> {
    Drafts(std::slice::from_ref(reading)).orm().map(|(_, draft)| draft)
}

/// What the code of all files says together.
fn join(readings: &[Arc<Reading>]) -> OrmFacts {
    let plain: Vec<&Callers> = readings.iter().filter_map(|it| it.callers.as_ref()).collect();
    orm::join(readings.iter().flat_map(code), &plain)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(path: &str, text: &str) -> (Run, Run) {
        let file = |at, path: &str, text: &str| SourceFile::new(FileId(at), path, PathBuf::new(), text);
        let loop_over = "from django.db import models\n\nfor it in Book.objects.all():\n    it.author.name\n";
        let mut sources =
            Sources::new(vec![file(0, "app/models.py", loop_over), file(1, "nginx.conf", "events {}\nhttp {}\n")]);
        let before = Run::read(&sources);
        let Some(id) = sources.by_path(path).map(|it| it.id) else { panic!("{path} is there") };
        sources.replace(id, text);
        let after = before.with(&sources, &[id]);
        (before, after)
    }

    #[test]
    fn only_what_is_edited_is_read_again() {
        let (before, after) = edited("nginx.conf", "events {}\nhttp { gzip on; }\n");
        assert!(Arc::ptr_eq(&before.readings[0], &after.readings[0]));
        assert!(!Arc::ptr_eq(&before.readings[1], &after.readings[1]));
        assert!(Arc::ptr_eq(&before.orm, &after.orm), "no code has changed");
    }

    #[test]
    fn code_that_says_something_else_is_joined_again() {
        let (before, after) = edited("app/models.py", "from django.db import models\n\nx = Book.objects.all()\n");
        assert!(!Arc::ptr_eq(&before.orm, &after.orm));
    }
}
