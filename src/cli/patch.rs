//! Fixes, printed as a patch or written.

use std::path::Path;

use plimsoll::Options;
use plimsoll::source::{Applicability, replace_file};
use plimsoll::view::{Applied, Filter, Patch, Report};

use super::Error;
use super::output::Out;

/// What comes of the best fix of each finding that is shown, as far as they do not touch.
pub(super) fn of(report: &Report, _options: &Options, filter: &Filter, least: Applicability) -> Patch {
    let mut taken: Vec<&plimsoll::source::Fix> = Vec::new();
    let mut round = Vec::new();
    for finding in report.findings.iter().filter(|finding| filter.keeps(&report.sources, finding)) {
        let fix = finding.fixes.iter().find(|fix| fix.applicability >= least);
        if let Some(fix) = fix.filter(|fix| !taken.iter().any(|other| other.meets(fix))) {
            taken.push(fix);
            round.push(Applied { rule: finding.rule.clone(), edits: fix.edits().to_vec() });
        }
    }
    Patch::new(&report.sources, &[round]).unwrap_or_default()
}

/// Prints the patch, and says what it leaves out.
pub(super) fn print(out: &Out, patch: &Patch, prefix: &str, file: Option<&Path>) -> Result<(), Error> {
    let (text, left_out) = patch.unified(prefix);
    out.print(file, |to, _| {
        to.extend_from_slice(text.as_bytes());
        Ok(())
    })?;
    for path in left_out {
        out.say(&format!(
            "{prefix}{path}: left out of the patch, for it would show a secret; `--fix` changes the file"
        ));
    }
    Ok(())
}

/// Writes the files.
pub(super) fn write(out: &Out, report: &Report, patch: &Patch) -> Result<(), Error> {
    for change in &patch.changes {
        let file = report.sources.file(change.file);
        replace_file(&report.root, &file.disk, &change.old, &change.new)?;
        out.say(&format!("changed {}", change.path));
    }
    Ok(())
}
