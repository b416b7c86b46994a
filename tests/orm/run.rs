//! Runs the cases of a repository, as it is and as plimsoll mends it.

use std::path::Path;
use std::process::Command;

use plimsoll::rule::Finding;
use plimsoll::source::{Applicability, Fix};
use plimsoll::view::Report;
use plimsoll::{Options, audit_and_settle};
use serde::Deserialize;

use crate::interpreter::{interpreter, run};
use crate::rules::RULES;

/// The folders of cases, each a repository of its own.
pub(crate) const REPOSITORIES: [&str; 2] = ["django", "sqlalchemy"];

/// What a case did.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    /// The file's name, which is what kind of code it is.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Its file, and the lines that are its own.
    pub(crate) path: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Statements with 1, 2 and 20 rows.
    pub(crate) counts: Vec<usize>,
    /// What it gave and wrote, for each number of rows.
    pub(crate) outputs: Vec<String>,
    /// Why it did not run through.
    pub(crate) error: Option<String>,
}

/// A repository, as it is and mended.
pub(crate) struct Ran {
    pub(crate) before: Vec<Case>,
    pub(crate) after: Vec<Case>,
    pub(crate) report: Report,
}

/// Whether a fix is one that is made on request.
pub(crate) fn is_made(fix: &Fix) -> bool {
    fix.applicability != Applicability::Display
}

pub(crate) fn ran(repository: &str) -> Result<Ran, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/orm").join(repository);
    let before = cases(repository, &folder)?;
    let wanted = |_: &_, finding: &Finding, fix: &Fix| RULES.contains(&&*finding.rule) && is_made(fix);
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
    Ok(Ran { before, after, report })
}

fn cases(repository: &str, folder: &Path) -> Result<Vec<Case>, String> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/orm/driver/run_{repository}.py"));
    let said = run(Command::new(interpreter("orm")?).arg("-B").arg(driver).current_dir(folder))?;
    serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))
}

pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
