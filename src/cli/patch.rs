//! Fixes, printed as a patch or written.

use std::path::Path;

use plimsoll::rule::Finding;
use plimsoll::source::{Applicability, Fix, Sources, replace_file};
use plimsoll::view::{Filter, Patch, Report};
use plimsoll::{Options, audit_and_settle};

use super::Error;
use super::output::Out;

/// What was found, and what comes of the fixes that are shown and trusted enough, made in rounds until nothing changes.
pub(super) fn of(
    root: &Path,
    options: &Options,
    filter: &Filter,
    least: Applicability,
) -> Result<(Report, Patch), Error> {
    let wanted =
        |sources: &Sources, finding: &Finding, fix: &Fix| fix.applicability >= least && filter.keeps(sources, finding);
    Ok(audit_and_settle(root, options, &wanted)?)
}

/// Prints the patch, and says what it leaves out.
pub(super) fn print(out: &Out, patch: &Patch, prefix: &str, file: Option<&Path>) -> Result<(), Error> {
    let (text, left_out) = patch.unified(prefix);
    if patch.changes.is_empty() {
        out.say("nothing to change");
    }
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
