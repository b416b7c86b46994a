//! A line for each finding, for editors and for reading at a glance.

use std::io::{self, Write};

use crate::view::View;

/// Prints `path:line:column: severity[area/rule] message` for each finding, and a line for what could not be read.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    for it in &view.findings {
        if let Some(place) = it.place() {
            write!(out, "{}:{}:{}: ", view.shown(&place.path), place.line, place.column)?;
        }
        writeln!(out, "{}[{}] {}", it.severity, it.rule, it.message)?;
    }
    for it in &view.skipped {
        writeln!(out, "{}: skipped: {}", view.shown(&it.path), it.reason)?;
    }
    for it in &view.problems {
        let place = &it.place;
        writeln!(out, "{}:{}:{}: warning: {}", view.shown(&place.path), place.line, place.column, it.message)?;
    }
    Ok(())
}
