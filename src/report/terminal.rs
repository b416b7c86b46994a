//! For people at a terminal: each finding with its lines, what to do, and a summary.

use std::io::{self, Write};

use super::snippet;
use super::text::{Paint, Style, count, wrap};
use crate::source::Applicability;
use crate::view::diff::{Hunk, Sign};
use crate::view::{FindingRow, FixRow, Summary, View};

/// Prints the findings, what could not be read, and the summary.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    for finding in &view.findings {
        write_finding(view, finding, style, out)?;
        writeln!(out)?;
    }
    if style.detail == 0 {
        return Ok(());
    }
    write_unread(view, style, out)?;
    if style.detail > 1 {
        write_more(view, style, out)?;
    }
    write_summary(view, style, out)
}

/// The colour of a severity.
fn paint(severity: &str) -> Paint {
    match severity {
        "error" | "high" => Paint::Red,
        "medium" => Paint::Yellow,
        _ => Paint::Cyan,
    }
}

fn write_finding(view: &View, finding: &FindingRow, style: Style, out: &mut impl Write) -> io::Result<()> {
    let head = format!("{}[{}]", finding.severity, finding.rule);
    let lines = wrap(&format!("{head}: {}", finding.message), style.width);
    for (at, line) in lines.iter().enumerate() {
        match line.strip_prefix(&head).filter(|_| at == 0) {
            Some(rest) => {
                let head = style.paint(paint(finding.severity.word()), &head);
                writeln!(out, "{head}{}", style.paint(Paint::Bold, rest))?;
            }
            None => writeln!(out, "  {}", style.paint(Paint::Bold, line))?,
        }
    }
    out.write_all(snippet::draw(view, finding, style).as_bytes())?;
    for note in &finding.notes {
        write_item("note", Paint::Blue, note, style, out)?;
    }
    if finding.confidence.word() != "high" {
        write_item("confidence", Paint::Blue, finding.confidence.word(), style, out)?;
    }
    for (at, fix) in finding.fixes.iter().enumerate() {
        // Another way is named; the best is shown whole.
        write_fix(view, fix, at == 0 || style.detail > 1, style, out)?;
    }
    if style.detail > 1 && !finding.verify.is_empty() {
        write_item("verify", Paint::Green, &finding.verify, style, out)?;
    }
    if finding.fixes.is_empty() {
        write_item("help", Paint::Green, &format!("plimsoll explain {}", finding.rule), style, out)?;
    }
    Ok(())
}

/// `name: text`, wrapped behind the name.
fn write_item(name: &str, paint: Paint, text: &str, style: Style, out: &mut impl Write) -> io::Result<()> {
    let indent = name.len() + 4;
    for (at, line) in wrap(text, style.width.saturating_sub(indent)).iter().enumerate() {
        if at == 0 {
            writeln!(out, "  {}{line}", style.paint(paint, &format!("{name}: ")))?;
        } else {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

fn write_fix(view: &View, fix: &FixRow, whole: bool, style: Style, out: &mut impl Write) -> io::Result<()> {
    let how = match fix.applicability {
        Applicability::Safe => "`--fix` does it",
        Applicability::Unsafe => "`--fix --unsafe-fixes` does it",
        Applicability::Display => "to be done by hand",
    };
    write_item("help", Paint::Green, &format!("{} ({how})", fix.title), style, out)?;
    if !whole {
        return Ok(());
    }
    for file in &fix.files {
        writeln!(out, "        {}", style.paint(Paint::Dim, &view.shown(&file.path)))?;
        for hunk in &file.hunks {
            write_hunk(hunk, style, out)?;
        }
    }
    Ok(())
}

/// A hunk with the lines' numbers, and one unchanged line around each change.
fn write_hunk(hunk: &Hunk, style: Style, out: &mut impl Write) -> io::Result<()> {
    let changed: Vec<usize> =
        hunk.lines.iter().enumerate().filter(|(_, line)| line.sign != Sign::Same).map(|(at, _)| at).collect();
    let (mut old, mut new) = (hunk.old.start, hunk.new.start);
    let width = hunk.old.end.max(hunk.new.end).to_string().len();
    let mut gap = false;
    for (at, line) in hunk.lines.iter().enumerate() {
        let near = changed.iter().any(|change| change.abs_diff(at) <= 1);
        let number = if line.sign == Sign::New { new } else { old } + 1;
        old += usize::from(line.sign != Sign::New);
        new += usize::from(line.sign != Sign::Old);
        if !near {
            gap = true;
            continue;
        }
        if gap && at > 0 && changed.first().is_some_and(|first| *first < at) {
            writeln!(out, "        {:width$} {}", "", style.paint(Paint::Dim, "⋮"))?;
        }
        gap = false;
        let body = line.shown();
        let text = format!("{number:width$} {} {body}", line.sign.char());
        let text = match line.sign {
            Sign::Same => style.paint(Paint::Dim, text.trim_end()),
            Sign::Old => style.paint(Paint::Red, text.trim_end()),
            Sign::New => style.paint(Paint::Green, text.trim_end()),
        };
        writeln!(out, "        {text}")?;
    }
    Ok(())
}

/// What could not be read or understood: a line each.
fn write_unread(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    for it in &view.skipped {
        let path = view.shown(&it.path);
        writeln!(out, "{}: {path} {}", style.paint(Paint::Yellow, "skipped"), it.reason)?;
    }
    for it in &view.problems {
        let place = format!("{}:{}:{}", view.shown(&it.place.path), it.place.line, it.place.column);
        writeln!(out, "{}: {place}: {}", style.paint(Paint::Yellow, "warning"), it.message)?;
    }
    if !view.skipped.is_empty() || !view.problems.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// What is left open, and what is meant to be so.
fn write_more(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    for it in &view.undecided {
        let text = format!("{}: {}: {}", view.shown(&it.anchor), it.rule, it.reasons.join("; "));
        writeln!(out, "{}: {text}", style.paint(Paint::Blue, "undecided"))?;
    }
    for (it, reason) in &view.suppressed {
        let place = it.place().map(|place| format!("{}:{}: ", view.shown(&place.path), place.line));
        let reason = if reason.is_empty() { "no reason given" } else { reason };
        let text = format!("{}{}: {reason}", place.unwrap_or_default(), it.rule);
        writeln!(out, "{}: {text}", style.paint(Paint::Blue, "suppressed"))?;
    }
    if !view.undecided.is_empty() || !view.suppressed.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn write_summary(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    if view.stacks.is_empty() && view.findings.is_empty() {
        writeln!(out, "Nothing to check: no file here says how a backend is run.")?;
    }
    for line in summary_lines(&view.summary) {
        for line in wrap(&line, style.width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The counts in words: what was found, what was read, what to do next.
fn summary_lines(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    let mut found = match summary.findings {
        0 => "No findings".to_owned(),
        number => {
            let parts: Vec<String> =
                summary.by_severity.iter().map(|(name, count)| format!("{count} {name}")).collect();
            format!("{}: {}", count(number, "finding"), parts.join(", "))
        }
    };
    let mut aside = Vec::new();
    if summary.suppressed > 0 {
        aside.push(format!("{} suppressed", summary.suppressed));
    }
    let unsure: usize = summary.unsure.iter().map(|(_, count)| count).sum();
    if summary.hidden > unsure {
        aside.push(format!("{} not shown", summary.hidden - unsure));
    }
    if summary.undecided > 0 {
        aside.push(format!("{} undecided", summary.undecided));
    }
    if !aside.is_empty() {
        found.push_str(&format!(" ({})", aside.join(", ")));
    }
    lines.push(found + ".");
    let kinds: Vec<String> = summary.files.iter().map(|it| format!("{} {}", it.count, it.kind)).collect();
    let mut read = format!("{} read", count(summary.read(), "file"));
    if !kinds.is_empty() {
        read.push_str(&format!(" ({})", kinds.join(", ")));
    }
    if summary.skipped > 0 {
        read.push_str(&format!(", {} skipped", summary.skipped));
    }
    lines.push(read + ".");
    if summary.findings > 0 {
        let fixes = [
            (summary.safe_fixes, "safe (`--fix`)"),
            (summary.unsafe_fixes, "unsafe (`--fix --unsafe-fixes`)"),
            (summary.display_fixes, "to be made by hand"),
        ];
        let parts: Vec<String> =
            fixes.iter().filter(|(number, _)| *number > 0).map(|(number, how)| format!("{number} {how}")).collect();
        if !parts.is_empty() {
            lines.push(format!("{}: {}.", count(fixes.iter().map(|it| it.0).sum(), "fix"), parts.join(", ")));
        }
    }
    if let Some((surest, number)) = summary.unsure.first() {
        let least = summary.unsure.last().map_or(surest, |(name, _)| name);
        let shows = match unsure - number {
            0 => format!("`--confidence {surest}` shows {}", if unsure == 1 { "it" } else { "them" }),
            _ => format!("`--confidence {surest}` shows {number}, `--confidence {least}` all"),
        };
        lines.push(format!("{unsure} more that {} less sure: {shows}.", if unsure == 1 { "is" } else { "are" }));
    }
    lines
}

/// Prints how each rule fared: entities it passed, failed, left open, did not speak of.
///
/// # Errors
/// When `out` cannot be written to.
pub fn statistics(view: &View, out: &mut impl Write) -> io::Result<()> {
    let width = view.rules.iter().map(|row| row.rule.len()).max().unwrap_or(0).max("total".len());
    writeln!(out, "\n{:width$}  passed  failed  undecided  not applicable", "rule")?;
    let mut sum = [0; 4];
    for row in &view.rules {
        let counts = [row.passed, row.failed, row.undecided, row.not_applicable];
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        let [passed, failed, undecided, apart] = counts;
        writeln!(out, "{:width$}  {passed:6}  {failed:6}  {undecided:9}  {apart:14}", row.rule)?;
    }
    let [passed, failed, undecided, apart] = sum;
    writeln!(out, "{:width$}  {passed:6}  {failed:6}  {undecided:9}  {apart:14}", "total")?;
    let it = &view.summary;
    writeln!(
        out,
        "\n{}: {} passed, {} failed, {} undecided, {} not applicable.",
        count(view.rules.len(), "rule"),
        it.rules_passed,
        it.rules_failed,
        it.rules_undecided,
        it.rules_not_applicable,
    )
}
