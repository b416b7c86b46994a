//! Annotations of a pull request, as GitHub's runner reads them from a step's output.

use std::io::{self, Write};

use crate::view::View;

/// Prints a workflow command for each finding, the worst first (GitHub shows the first ten of a step), and one for
/// each file that could not be read.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    for it in &view.findings {
        let level = match it.severity.word() {
            "error" | "high" => "error",
            "medium" => "warning",
            _ => "notice",
        };
        let mut text = it.message.clone();
        for label in it.labels.iter().skip(1) {
            text.push_str(&format!("\n{}:{}: {}", view.shown(&label.place.path), label.place.line, label.text));
        }
        for note in &it.notes {
            text.push_str(&format!("\nnote: {note}"));
        }
        if let Some(fix) = it.fixes.first() {
            text.push_str(&format!("\nhelp: {}", fix.title));
        }
        let title = property(&format!("{}[{}]", it.severity, it.rule));
        match it.place() {
            Some(place) => {
                let file = property(&view.shown(&place.path));
                write!(out, "::{level} file={file},line={},endLine={}", place.line, place.end_line)?;
                // A column counts only within one line.
                if place.line == place.end_line {
                    write!(out, ",col={},endColumn={}", place.column, place.end_column)?;
                }
                writeln!(out, ",title={title}::{}", data(&text))?;
            }
            None => writeln!(out, "::{level} title={title}::{}", data(&text))?,
        }
    }
    for it in &view.skipped {
        writeln!(out, "::warning file={}::{}", property(&view.shown(&it.path)), data(&it.reason))?;
    }
    for it in &view.problems {
        let file = property(&view.shown(&it.place.path));
        writeln!(out, "::warning file={file},line={},col={}::{}", it.place.line, it.place.column, data(&it.message))?;
    }
    Ok(())
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
