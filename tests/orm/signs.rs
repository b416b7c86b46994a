//! Uses of querysets, against what running them shows: what the database plans for a statement (`EXPLAIN`), querysets that
//! are made and not taken, exceptions.
//!
//! A case is a function with `@case` below `tests/orm/uses/` or `tests/orm/uses_sqlalchemy/`. Its signs are measured, and
//! each rule names the sign that its findings need.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use plimsoll::rule::Finding;
use plimsoll::source::Fix;
use plimsoll::view::Report;
use plimsoll::{Options, audit_and_settle};
use serde::Deserialize;

use crate::interpreter::{interpreter, run};
use crate::run::{copy, is_made};

/// The folders of cases, each a repository of its own.
pub(crate) const REPOSITORIES: [&str; 2] = ["uses", "uses_sqlalchemy"];

/// Kinds of cases (their file's name), the rules that speak of them, and the signs that what they speak of shows.
const KINDS: &[(&str, &[&str], &[&str])] = &[
    ("thrown", &["orm/result-thrown-away"], &["thrown"]),
    ("iterators", &["orm/iterator-conflicts"], &["raises"]),
    ("clauses", &["orm/select-related-wildcard", "orm/order-by-random"], &["joined", "random"]),
    ("indexes", &["orm/missing-index", "orm/unindexable-lookup"], &["scans", "sorts"]),
    ("in_python", &["orm/queryset-truthiness", "orm/aggregate-in-python"], &["unread", "only_tested", "one_column"]),
    ("keys", &["orm/fk-object-for-id"], &["for_its_key"]),
    ("searched", &["orm/search-across-tables", "orm/unindexable-lookup"], &["scans"]),
    ("choices", &["orm/admin-fk-select"], &["offers"]),
    ("models", &["sqlalchemy/fk-without-index"], &["scans"]),
    ("joined", &["sqlalchemy/joinedload-collections"], &["product"]),
];
/// Each rule with the signs that a finding of it needs.
const RULES: &[(&str, &[&str])] = &[
    ("orm/result-thrown-away", &["thrown"]),
    ("orm/iterator-conflicts", &["raises"]),
    ("orm/select-related-wildcard", &["joined"]),
    ("orm/order-by-random", &["random"]),
    ("orm/missing-index", &["scans", "sorts"]),
    ("orm/unindexable-lookup", &["scans"]),
    ("orm/queryset-truthiness", &["unread", "only_tested"]),
    ("orm/aggregate-in-python", &["one_column"]),
    ("orm/fk-object-for-id", &["for_its_key"]),
    ("orm/admin-fk-select", &["offers"]),
    ("orm/search-across-tables", &["scans"]),
    ("sqlalchemy/fk-without-index", &["scans"]),
    ("sqlalchemy/joinedload-collections", &["product"]),
];
/// Rules whose fix takes their sign away.
const MENDED: &[&str] =
    &["orm/iterator-conflicts", "orm/fk-object-for-id", "orm/admin-fk-select", "sqlalchemy/fk-without-index"];

/// A case, and what running it has shown.
#[derive(Clone, Debug, Deserialize)]
struct Case {
    kind: String,
    name: String,
    path: String,
    start: usize,
    end: usize,
    signs: Vec<String>,
    output: String,
    error: Option<String>,
}

/// A case with what was said of it: rules, and those whose findings have a fix that is made.
struct Told {
    case: Case,
    after: Case,
    rules: Vec<String>,
    fixed: Vec<String>,
    said: Vec<String>,
}

impl Told {
    fn name(&self) -> String {
        format!("{}::{}", self.case.kind, self.case.name)
    }

    fn shows(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.case.signs.iter().any(|it| it == sign))
    }
}

fn judged(repository: &str) -> Result<&'static Vec<Told>, String> {
    static ALL: [OnceLock<Result<Vec<Told>, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let at = REPOSITORIES.iter().position(|it| *it == repository).ok_or("no such repository")?;
    ALL[at].get_or_init(|| judge(repository)).as_ref().map_err(Clone::clone)
}

fn judge(repository: &str) -> Result<Vec<Told>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/orm").join(repository);
    let before = cases(repository, &folder)?;
    let wanted = |_: &_, _: &Finding, fix: &Fix| is_made(fix);
    let (report, patch) = audit_and_settle(&folder, &Options::default(), &wanted).map_err(|error| error.to_string())?;
    let mended = root.join("target/orm").join(repository);
    if mended.exists() {
        std::fs::remove_dir_all(&mended).map_err(|error| error.to_string())?;
    }
    copy(&folder, &mended).map_err(|error| error.to_string())?;
    for change in patch.changes {
        std::fs::write(mended.join(&*change.path), change.new).map_err(|error| error.to_string())?;
    }
    let after = cases(repository, &mended)?;
    let mut told: Vec<Told> = before
        .into_iter()
        .zip(after)
        .map(|(case, after)| Told { case, after, rules: Vec::new(), fixed: Vec::new(), said: Vec::new() })
        .collect();
    for finding in report.findings.iter().filter(|it| RULES.iter().any(|(rule, _)| *rule == &*it.rule)) {
        // What a case uses of models and of their methods is told there; it is of the last case that asks.
        // An index that is missing is told once, with all who miss it.
        let of_model = matches!(&*finding.rule, "orm/missing-index" | "orm/unindexable-lookup");
        let most = if of_model { usize::MAX } else { 1 };
        for told in told.iter_mut().filter(|it| is_at(&report, finding, &it.case)).take(most) {
            told.rules.push(finding.rule.to_string());
            if finding.fixes.iter().any(is_made) {
                told.fixed.push(finding.rule.to_string());
            }
            told.said.push(format!("{}: {}", finding.rule, finding.message));
        }
    }
    Ok(told)
}

fn cases(repository: &str, folder: &Path) -> Result<Vec<Case>, String> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/orm/driver/run_{repository}.py"));
    let said = run(Command::new(interpreter("orm")?).arg("-B").arg(driver).current_dir(folder))?;
    serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))
}

fn is_at(report: &Report, finding: &Finding, case: &Case) -> bool {
    finding.labels.iter().any(|label| {
        let file = report.sources.file(label.span.file);
        let line = file.position(label.span.start as usize).line;
        *file.path == *case.path && (case.start..=case.end).contains(&line)
    })
}

/// Nothing is said of a case that does not show it.
pub(crate) fn none_is_false() -> Result<(), String> {
    let mut wrong = String::new();
    for repository in REPOSITORIES {
        for told in judged(repository)? {
            for (rule, said) in told.rules.iter().zip(&told.said) {
                let signs = RULES.iter().find(|(name, _)| name == rule).map_or(&[][..], |(_, signs)| *signs);
                if !told.shows(signs) {
                    let _ = writeln!(wrong, "{} {:?}: {said}", told.name(), told.case.signs);
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// What is mended runs, and gives what it gave.
pub(crate) fn fixes_hold() -> Result<(), String> {
    let mut wrong = String::new();
    for repository in REPOSITORIES {
        for told in judged(repository)? {
            let mended = told.fixed.iter().any(|rule| MENDED.contains(&&**rule));
            let signs = |rule: &String| RULES.iter().find(|(name, _)| name == rule).map_or(&[][..], |it| it.1);
            let still = |rule: &String| signs(rule).iter().any(|sign| told.after.signs.iter().any(|it| it == sign));
            let failed = told.after.error.is_some() || told.fixed.iter().any(still);
            let failed = mended && failed;
            let differs = told.case.error.is_none() && told.case.output != told.after.output;
            if failed || differs {
                let _ = writeln!(wrong, "{}: {:?}, {}", told.name(), told.after.error, told.after.output);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// How many cases of a kind show its signs, how many of them are found; the names of what is not.
pub(crate) fn table_holds() -> Result<(), String> {
    let mut table = "kind                      show it  found  cases that do not  flagged\n".to_owned();
    let mut missed = String::new();
    for repository in REPOSITORIES {
        let all = judged(repository)?;
        for (kind, rules, signs) in KINDS {
            let (mut shown, mut found, mut rest, mut flagged) = (0, 0, 0, 0);
            for told in all.iter().filter(|it| it.case.kind == *kind) {
                let is_told = told.rules.iter().any(|it| rules.contains(&&**it));
                if told.shows(signs) {
                    (shown, found) = (shown + 1, found + usize::from(is_told));
                    if !is_told {
                        let _ = writeln!(missed, "{repository}/{}", told.name());
                    }
                } else {
                    (rest, flagged) = (rest + 1, flagged + usize::from(is_told));
                }
            }
            if shown + rest > 0 {
                let name = format!("{repository}/{kind}");
                let _ = writeln!(table, "{name:<26}{shown:>7}{found:>7}{rest:>19}{flagged:>9}");
            }
        }
    }
    let _ = write!(table, "\nnot told:\n{missed}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orm/signs.txt");
    if std::env::var("SNAPSHOTS").is_ok_and(|it| it == "overwrite") {
        return std::fs::write(path, table).map_err(|error| error.to_string());
    }
    let before = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if before == table { Ok(()) } else { Err(format!("it was\n{before}\nand is\n{table}")) }
}
