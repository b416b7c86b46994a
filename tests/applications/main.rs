//! What plimsoll says of whole applications, each written by somebody who had not seen it: 32 to 45 places in each where
//! queries grow with the rows, and 30 to 48 that only look so, by the author's word (`places.tsv`: name, `grow` or `silent`,
//! kind, path, first and last line, depth, `one` file or `many`, why). Nothing here is run; `tests/orm` runs its cases.
//!
//! What an application has shown is no measure of code that nobody has tuned on, but must not be lost again. `table.txt`
//! holds how many places of each kind are found, and names those that are not and those that are told though they do not
//! grow; `SNAPSHOTS=overwrite cargo test --test applications` writes it anew.

#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "a test sets its files up itself, and fails loudly")]

#[path = "../orm/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use plimsoll::Options;
use plimsoll::rule::{Confidence, Finding};
use plimsoll::view::Report;

use rules::RULES;

/// One row of `places.tsv`.
struct Place {
    name: String,
    grows: bool,
    kind: String,
    path: String,
    first: usize,
    last: usize,
    why: String,
}

impl Place {
    fn read(row: &str) -> Option<Self> {
        let mut cells = row.split('\t').map(str::to_owned);
        let mut next = || cells.next();
        let (name, grows, kind, path) = (next()?, next()? == "grow", next()?, next()?);
        let (first, last) = (next()?.parse().ok()?, next()?.parse().ok()?);
        Some(Self { name, grows, kind, path, first, last, why: next().and(next()).and(next())? })
    }

    /// Whether a finding's labels, or only the first of them, are there.
    fn has(&self, report: &Report, finding: &Finding, labels: usize) -> bool {
        finding.labels.iter().take(labels).any(|label| {
            let file = report.sources.file(label.span.file);
            let line = |at: u32| file.line_of(at as usize) + 1;
            *file.path == *self.path && line(label.span.start) <= self.last && line(label.span.end) >= self.first
        })
    }
}

/// What is said of one application.
struct Told {
    /// Of each kind: how many places there are, how many are found, and how many are guessed.
    kinds: BTreeMap<String, [usize; 3]>,
    missed: Vec<String>,
    flagged: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/applications")
}

fn applications() -> Vec<String> {
    let folders = std::fs::read_dir(root()).expect("the folder is there").flatten();
    let folders = folders.filter(|it| it.path().is_dir()).map(|it| it.file_name().to_string_lossy().into_owned());
    let mut all: Vec<String> = folders.collect();
    all.sort();
    all
}

fn told(application: &str) -> Told {
    let folder = root().join(application);
    let report = plimsoll::audit(&folder, &Options::default()).expect("the folder can be read");
    let findings: Vec<&Finding> = report.findings.iter().filter(|it| RULES.contains(&&*it.rule)).collect();
    let places = std::fs::read_to_string(folder.join("places.tsv")).expect("the places are there");
    let mut told = Told { kinds: BTreeMap::new(), missed: Vec::new(), flagged: Vec::new() };
    for row in places.lines() {
        let place =
            Place::read(row).unwrap_or_else(|| unreachable!("{application}/places.tsv: a row lacks a cell: {row}"));
        let said = |least: Confidence, labels: usize| {
            findings.iter().find(|it| it.confidence >= least && place.has(&report, it, labels))
        };
        if !place.grows {
            if let Some(finding) = said(Confidence::Medium, 1) {
                told.flagged.push(format!("{} ({}), but {}", place.name, finding.message, place.why));
            }
            continue;
        }
        let (found, guessed) = (said(Confidence::Medium, usize::MAX), said(Confidence::Low, usize::MAX));
        let counts = told.kinds.entry(place.kind.clone()).or_default();
        counts[0] += 1;
        counts[1] += usize::from(found.is_some());
        counts[2] += usize::from(found.is_none() && guessed.is_some());
        if found.is_none() {
            let guess = if guessed.is_some() { " (guessed)" } else { "" };
            told.missed.push(format!("{application}::{} {}{guess}: {}", place.name, place.kind, place.why));
        }
    }
    told
}

#[test]
fn the_table_is_as_it_was() {
    let mut table = format!("{:<28} {:>6} {:>6} {:>8}\n", "application/kind", "grow", "found", "guessed");
    let (mut all, mut missed, mut flagged) = ([0; 3], Vec::new(), Vec::new());
    for application in applications() {
        let told = told(&application);
        for (kind, counts) in &told.kinds {
            let [grow, found, guessed] = counts;
            _ = writeln!(table, "{:<28} {grow:>6} {found:>6} {guessed:>8}", format!("{application}/{kind}"));
            all.iter_mut().zip(counts).for_each(|(sum, it)| *sum += it);
        }
        missed.extend(told.missed);
        flagged.extend(told.flagged.into_iter().map(|it| format!("{application}::{it}")));
    }
    _ = writeln!(table, "{:<28} {:>6} {:>6} {:>8}\n\nnot found:", "all", all[0], all[1], all[2]);
    missed.iter().for_each(|it| _ = writeln!(table, "{it}"));
    table.push_str("\nwrongly told:\n");
    flagged.iter().for_each(|it| _ = writeln!(table, "{it}"));
    let path = root().join("table.txt");
    if std::env::var_os("SNAPSHOTS").is_some_and(|it| it == "overwrite") {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), table);
}
