//! Fixes, printed as a patch or written.

use std::path::Path;

use plimsoll::fix::Used;
use plimsoll::rule::Finding;
use plimsoll::source::{Applicability, Fix, replace_file};
use plimsoll::view::{Applied, Filter, Patch, Report};
use plimsoll::{Options, mend};

use super::Error;
use super::output::Out;

/// What comes of the fixes that are shown and trusted enough, made in rounds until nothing changes.
pub(super) fn of(report: &Report, options: &Options, filter: &Filter, least: Applicability) -> Patch {
    let wanted = |finding: &Finding, fix: &Fix| fix.applicability >= least && filter.keeps(&report.sources, finding);
    let converged = mend(report, options, &wanted);
    let applied = |used: Used| Applied { rule: used.rule, edits: used.fix.edits().to_vec() };
    let rounds: Vec<Vec<Applied>> =
        converged.rounds.into_iter().map(|round| round.into_iter().map(applied).collect()).collect();
    Patch::new(&report.sources, &rounds).unwrap_or_default()
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

/// Writes the files, and says which.
pub(super) fn write(out: &Out, report: &Report, patch: &Patch, prefix: &str) -> Result<(), Error> {
    for change in &patch.changes {
        let file = report.sources.file(change.file);
        replace_file(&report.root, &file.disk, &change.old, &change.new)?;
        out.say(&format!("changed {prefix}{}: {}", change.path, change.rules().join(", ")));
    }
    if patch.changes.is_empty() {
        out.say("nothing to change");
    }
    Ok(())
}
