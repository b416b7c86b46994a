//! The rules themselves: a list of them, and the page of one.

use std::io::{self, Write};

use serde::Serialize;

use super::json::write_json;
use super::text::{Paint, Style, wrap};
use crate::view::{RuleInfo, Seen};

/// Prints a line for each rule, by area.
///
/// # Errors
/// When `out` cannot be written to.
pub fn list(rules: &[RuleInfo], style: Style, out: &mut impl Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut area = "";
    for rule in rules {
        if !area.is_empty() && area != rule.area() {
            writeln!(out)?;
        }
        area = rule.area();
        let severity = format!("{:6}", rule.severity);
        writeln!(out, "{:width$}  {}  {}", rule.name, style.paint(Paint::Dim, &severity), rule.title)?;
    }
    Ok(())
}

/// Prints the rules as JSON, with a version.
///
/// # Errors
/// When `out` cannot be written to.
pub fn list_json(rules: &[RuleInfo], out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Rules<'a> {
        version: u32,
        rules: &'a [RuleInfo],
    }
    write_json(&Rules { version: super::json::VERSION, rules }, out)
}

/// Prints a rule's page: what it is, why, when it is fine, the examples.
///
/// # Errors
/// When `out` cannot be written to.
pub fn explain(rule: &RuleInfo, style: Style, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}: {}", style.paint(Paint::Bold, &rule.name), rule.title)?;
    writeln!(out)?;
    let facts = [
        ("severity", Some(rule.severity.to_string())),
        ("effort", rule.effort.clone()),
        ("risk", rule.risk.clone()),
        ("takes effect by", rule.takes_effect.clone()),
        ("rollback", rule.rollback.clone()),
        ("seen as", (!rule.symptoms.is_empty()).then(|| rule.symptoms.join("; "))),
    ];
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        for (at, line) in wrap(value, style.width.saturating_sub(width + 4)).iter().enumerate() {
            let name = if at == 0 { format!("{name:width$}") } else { " ".repeat(width) };
            writeln!(out, "  {}  {line}", style.paint(Paint::Blue, &name))?;
        }
    }
    writeln!(out)?;
    markdown(body(&rule.page), style, out)?;
    if !rule.sources.is_empty() {
        writeln!(out, "\n{}", style.paint(Paint::Bold, "Sources"))?;
        for source in &rule.sources {
            writeln!(out, "  {source}")?;
        }
    }
    Ok(())
}

/// Prints the rules that a symptom may come from, each with what its page says is seen.
///
/// # Errors
/// When `out` cannot be written to.
pub fn seen(rules: &[Seen], style: Style, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{} rules name this; `plimsoll explain RULE` shows the page of one, `plimsoll check` which of them holds here.",
        rules.len()
    )?;
    for Seen { rule, symptom } in rules {
        writeln!(out, "\n{}: {} ({})", style.paint(Paint::Bold, &rule.name), rule.title, rule.severity)?;
        writeln!(out, "  {} {symptom}", style.paint(Paint::Blue, "seen as"))?;
    }
    Ok(())
}

/// What stands behind the front matter.
fn body(page: &str) -> &str {
    let behind = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    behind.map_or(page, |(_, body)| body).trim()
}

/// Lays Markdown out for a terminal: headings bold, blocks of code indented, paragraphs wrapped.
fn markdown(text: &str, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mut paragraph = String::new();
    let mut fence: Option<usize> = None;
    let flush = |paragraph: &mut String, out: &mut dyn Write| -> io::Result<()> {
        for line in wrap(paragraph, style.width).iter().filter(|line| !line.is_empty()) {
            writeln!(out, "{line}")?;
        }
        paragraph.clear();
        Ok(())
    };
    for line in text.lines() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            Some(open) if ticks >= open && line.trim_end().len() == ticks => fence = None,
            Some(_) if line.is_empty() => writeln!(out)?,
            Some(_) => writeln!(out, "    {}", code(line, style))?,
            None if ticks >= 3 => {
                flush(&mut paragraph, out)?;
                fence = Some(ticks);
                // A file's path, or what the block is.
                let caption = match line.trim_matches(['`', ' ']) {
                    "report" => "reported:",
                    "diff" => "the fix:",
                    other => other.split_once(' ').map_or("", |(_, path)| path),
                };
                if !caption.is_empty() {
                    writeln!(out, "  {}", style.paint(Paint::Dim, caption))?;
                }
            }
            None if line.starts_with('#') => {
                flush(&mut paragraph, out)?;
                writeln!(out, "{}", style.paint(Paint::Bold, line.trim_start_matches(['#', ' '])))?;
            }
            None if line.trim().is_empty() => {
                flush(&mut paragraph, out)?;
                writeln!(out)?;
            }
            // Items and rows of tables keep their lines.
            None if line.starts_with(['-', '|', ' ']) || line.starts_with("* ") => {
                flush(&mut paragraph, out)?;
                for (at, part) in wrap(line, style.width.saturating_sub(2)).iter().enumerate() {
                    writeln!(out, "{}{part}", if at > 0 { "  " } else { "" })?;
                }
            }
            None => {
                paragraph.push_str(line);
                paragraph.push(' ');
            }
        }
    }
    flush(&mut paragraph, out)
}

/// A line of code; those of a diff in their colours.
fn code(line: &str, style: Style) -> String {
    match line.as_bytes().first() {
        Some(b'+') => style.paint(Paint::Green, line),
        Some(b'-') => style.paint(Paint::Red, line),
        _ => line.to_owned(),
    }
}
