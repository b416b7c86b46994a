//! Findings against counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use plimsoll::config::Config;
use plimsoll::rule::Finding;
use plimsoll::view::Report;

use crate::rules::RULES;
use crate::run::{Case, REPOSITORIES, Ran, is_made, ran};

/// Statements that 20 rows need more than 2, when each row has one. A slice of ten has fewer.
const GROWS: usize = 15;

/// A repository's cases, with what was said of each.
pub(crate) struct Judged {
    cases: Vec<Told>,
    /// Findings at no case.
    strays: Vec<String>,
}

/// A case with what was said of it.
struct Told {
    before: Case,
    after: Case,
    findings: Vec<String>,
    /// Whether something is said of it that is a guess.
    guessed: bool,
    /// Whether every finding has a fix that is made on request.
    fixed: bool,
}

impl Told {
    fn grows(&self) -> bool {
        grows(&self.before)
    }

    fn is_flagged(&self) -> bool {
        !self.findings.is_empty()
    }

    fn name(&self) -> String {
        format!("{}::{}", self.before.kind, self.before.name)
    }
}

fn grows(case: &Case) -> bool {
    matches!(case.counts.as_slice(), [_, two, twenty] if *twenty >= two + GROWS)
}

/// The judgement of a repository, made once.
pub(crate) fn judged(repository: &str) -> Result<&'static Judged, String> {
    static ALL: [OnceLock<Result<Judged, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let at = REPOSITORIES.iter().position(|it| *it == repository).ok_or("no such repository")?;
    ALL[at].get_or_init(|| Ok(judge(ran(repository)?))).as_ref().map_err(Clone::clone)
}

fn judge(ran: Ran) -> Judged {
    let Ran { before, after, report } = ran;
    let shown = Config::default();
    let mut strays = Vec::new();
    let mut told: Vec<(Vec<String>, bool, bool)> = vec![(Vec::new(), true, false); before.len()];
    for finding in report.findings.iter().filter(|it| RULES.contains(&&*it.rule)) {
        if !shown.shows(finding.severity, finding.confidence) {
            let of = (0..before.len()).filter_map(|at| Some((is_at(&report, finding, &before[at])?, at))).max();
            if let Some((_, at)) = of {
                told[at].2 = true;
            }
            continue;
        }
        let said = spelled(&report, finding);
        match (0..before.len()).filter_map(|at| Some((is_at(&report, finding, &before[at])?, at))).max() {
            None => strays.push(said),
            Some((_, at)) => {
                told[at].0.push(said);
                told[at].1 &= finding.fixes.iter().any(is_made);
            }
        }
    }
    let cases = before.into_iter().zip(after).zip(told);
    let cases =
        cases.map(|((before, after), (findings, fixed, guessed))| Told { before, after, findings, fixed, guessed });
    Judged { cases: cases.collect(), strays }
}

/// The last line of a finding's places that is in a case, when one is: in its lines, or in a template that has its name.
/// What a case uses of the cases before it is not told of them.
fn is_at(report: &Report, finding: &Finding, case: &Case) -> Option<usize> {
    let lines = finding.labels.iter().filter_map(|label| {
        let file = report.sources.file(label.span.file);
        let line = file.position(label.span.start as usize).line;
        let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("");
        let template = !file.path.ends_with(".py") && stem.split("__").next() == Some(&*case.name);
        let own = *file.path == *case.path && (case.start..=case.end).contains(&line);
        (own || template).then_some(if template { usize::MAX } else { line })
    });
    lines.max()
}

fn spelled(report: &Report, finding: &Finding) -> String {
    let place = finding.labels.first().map(|label| {
        let file = report.sources.file(label.span.file);
        format!("{}:{}", file.path, file.position(label.span.start as usize).line)
    });
    format!("{}: {}: {}", place.unwrap_or_default(), finding.rule, finding.message)
}

fn none_or(wrong: Vec<String>) -> Result<(), String> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

pub(crate) fn all_run(judged: &Judged) -> Result<(), String> {
    let mut names = BTreeSet::new();
    let wrong = judged.cases.iter().filter_map(|told| match &told.before.error {
        Some(error) => Some(format!("{}: {error}", told.name())),
        None if !names.insert(told.name()) => Some(format!("{} is there twice", told.name())),
        None => None,
    });
    none_or(wrong.collect())
}

pub(crate) fn none_is_false(judged: &Judged) -> Result<(), String> {
    let wrong = judged.cases.iter().filter(|told| told.is_flagged() && !told.grows());
    let wrong = wrong.map(|told| format!("{} {:?}: {}", told.name(), told.before.counts, told.findings.join("; ")));
    none_or(wrong.chain(judged.strays.iter().cloned()).collect())
}

pub(crate) fn fixes_hold(judged: &Judged) -> Result<(), String> {
    let wrong = judged.cases.iter().filter_map(|told| {
        if !told.is_flagged() || !told.fixed {
            return None;
        }
        let counts = &told.after.counts;
        let constant = matches!(counts.as_slice(), [_, two, twenty] if two == twenty);
        (!constant).then(|| format!("{}: {counts:?} behind the fix, {:?} before", told.name(), told.before.counts))
    });
    none_or(wrong.collect())
}

pub(crate) fn outputs_hold(judged: &Judged) -> Result<(), String> {
    let wrong = judged.cases.iter().filter_map(|told| {
        let (before, after) = (&told.before, &told.after);
        let other = before.outputs.iter().zip(&after.outputs).find(|(before, after)| before != after);
        match (&after.error, other) {
            (Some(error), _) if before.error.is_none() => Some(format!("{}: {error}", told.name())),
            (_, Some((before, after))) => Some(format!("{}: {after}\nwhere there was {before}", told.name())),
            _ => None,
        }
    });
    none_or(wrong.collect())
}

/// A kind of code of which few cases are there says little.
pub(crate) fn are_enough() -> Result<(), String> {
    const EACH: usize = 8;
    const ALL: usize = 150;
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for repository in REPOSITORIES {
        for told in &judged(repository)?.cases {
            let (grow, rest) = kinds.entry(format!("{repository}/{}", told.before.kind)).or_default();
            if told.grows() { *grow += 1 } else { *rest += 1 }
        }
    }
    let sums = kinds.values().fold((0, 0), |sums, (grow, rest)| (sums.0 + grow, sums.1 + rest));
    let few = kinds.iter().filter(|(_, (grow, rest))| *grow.min(rest) < EACH);
    let mut wrong: Vec<String> = few.map(|(kind, counts)| format!("{kind}: {counts:?}")).collect();
    if sums.0 < ALL || sums.1 < ALL {
        wrong.push(format!("all: {sums:?}"));
    }
    none_or(wrong)
}

/// The counts of each kind, and the names of what is not found or wrongly so.
pub(crate) fn table_holds() -> Result<(), String> {
    #[derive(Default)]
    struct Row {
        grow: usize,
        found: usize,
        mended: usize,
        rest: usize,
        flagged: usize,
        guessed: usize,
        wrongly: usize,
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let (mut missed, mut wrong) = (String::new(), String::new());
    for repository in REPOSITORIES {
        for told in &judged(repository)?.cases {
            let row = rows.entry(format!("{repository}/{}", told.before.kind)).or_default();
            match (told.grows(), told.is_flagged()) {
                (true, true) => {
                    row.grow += 1;
                    row.found += 1;
                    row.mended += usize::from(told.fixed && !grows(&told.after));
                }
                (true, false) => {
                    row.grow += 1;
                    row.guessed += usize::from(told.guessed);
                    let how = if told.guessed { " (guessed)" } else { "" };
                    let _ = writeln!(missed, "{repository}/{}{how}", told.name());
                }
                (false, true) => {
                    row.rest += 1;
                    row.flagged += 1;
                    let _ = writeln!(wrong, "{repository}/{}", told.name());
                }
                (false, false) => {
                    row.rest += 1;
                    row.wrongly += usize::from(told.guessed);
                    if told.guessed {
                        let _ = writeln!(wrong, "{repository}/{} (guessed)", told.name());
                    }
                }
            }
        }
    }
    let mut all = Row::default();
    for row in rows.values() {
        all.grow += row.grow;
        all.found += row.found;
        all.mended += row.mended;
        all.rest += row.rest;
        all.flagged += row.flagged;
        all.guessed += row.guessed;
        all.wrongly += row.wrongly;
    }
    rows.insert("~ all".into(), all);
    let mut table =
        "kind                          grow  found  mended  guessed  do not grow  flagged  guessed\n".to_owned();
    for (kind, row) in &rows {
        let kind = kind.trim_start_matches("~ ");
        let Row { grow, found, mended, rest, flagged, guessed, wrongly } = row;
        let found = format!("{grow:>6}{found:>7}{mended:>8}{guessed:>9}");
        let _ = writeln!(table, "{kind:<28}{found}{rest:>13}{flagged:>9}{wrongly:>9}");
    }
    let _ = write!(table, "\nnot found:\n{missed}\nwrongly flagged:\n{wrong}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orm/table.txt");
    if std::env::var("SNAPSHOTS").is_ok_and(|it| it == "overwrite") {
        return std::fs::write(path, table).map_err(|error| error.to_string());
    }
    let before = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if before == table { Ok(()) } else { Err(format!("it was\n{before}\nand is\n{table}")) }
}
