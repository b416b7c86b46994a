//! A report for whoever inherits the code, as Markdown: what there is, what is wrong and in which order to settle it,
//! the changes, how to verify them, what could not be known, and what is in order.

use std::io::{self, Write};

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

mod capacity;
mod plan;
mod sizing;

pub(super) use plan::{number_of, percent};

use super::text::{count, thousands};
use crate::source::Applicability;
use crate::view::{Budget, Factor, FileDiff, FindingRow, Phase, Place, RuleInfo, Summary, View};

/// Prints the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    let text = fill(view).map_err(io::Error::other)?;
    // Blocks that are empty leave blank lines behind; one is enough, save within code.
    let (mut blank, mut fenced) = (true, false);
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let empty = line.trim().is_empty();
        if !(empty && blank) || fenced {
            writeln!(out, "{}", if fenced { line } else { line.trim_end() })?;
        }
        blank = empty;
    }
    Ok(())
}

fn fill(view: &View) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_filter("cell", |text: String| cell(&text));
    environment.add_filter("text", |text: String| text_of(&text));
    environment.add_filter("code", |text: String| code(&text));
    environment.add_template("audit", include_str!("markdown.md.j2"))?;
    let phases = view.phases();
    let numbers = numbers(view, &phases);
    let summary = &view.summary;
    let passed: Vec<_> = view.rules.iter().filter(|row| row.passed > 0 && row.failed == 0).collect();
    environment.get_template("audit")?.render(context! {
        name => text_of(&view.name),
        opening => opening(view),
        capacity => Serde(capacity::rows(view)),
        what_if => Serde(capacity::what_if(view)),
        sizing => Serde(sizing::rows(view)),
        plan => Serde(plan::rows(view, &numbers)),
        phases => Serde(phases.iter().map(|phase| phase_rows(view, phase, &numbers)).collect::<Vec<_>>()),
        stacks => Serde(view.overviews()),
        many_stacks => view.stacks.len() > 1,
        budgets => Serde(view.budgets.iter().map(|it| budget(view, it)).collect::<Vec<_>>()),
        files => Serde(files(view, &numbers)),
        assumed => Serde(view.assumed()),
        undecided => Serde(view.open().iter().map(open).collect::<Vec<_>>()),
        unread => Serde(unread(view)),
        suppressed => Serde(suppressed(view)),
        rests => "What is said here is read from the files, or is the documented default of the program at the version \
                  that the files name, unless this chapter says otherwise. Nothing was started and nothing was measured: \
                  the verification of each finding says what to measure.",
        passed_line => passed_line(summary),
        passed => Serde(&passed),
    })
}

/// What was read and what was found, in two sentences.
pub(super) fn opening(view: &View) -> String {
    let summary = &view.summary;
    let kinds: Vec<String> = summary.files.iter().map(|it| format!("{} {}", it.count, it.kind)).collect();
    let read = format!("plimsoll {} read {}", env!("CARGO_PKG_VERSION"), count(summary.read(), "file"));
    let read = if kinds.is_empty() { read } else { format!("{read} ({})", kinds.join(", ")) };
    let found = match summary.findings {
        0 => "found nothing that caps the load".to_owned(),
        number => {
            let parts: Vec<String> =
                summary.by_severity.iter().map(|(name, count)| format!("{count} {name}")).collect();
            format!("found {}: {}", count(number, "fault"), parts.join(", "))
        }
    };
    let fixes = summary.safe_fixes + summary.unsafe_fixes;
    let fixes = match fixes {
        0 => String::new(),
        number => format!(
            " {} of them {} a change that plimsoll can make itself (`plimsoll check --fix`, {} of them only with \
             `--unsafe-fixes`, for they alter how the system behaves under load).",
            number,
            if number == 1 { "has" } else { "have" },
            summary.unsafe_fixes
        ),
    };
    format!("{read} and {found}.{fixes}")
}

pub(super) fn passed_line(summary: &Summary) -> String {
    let passed = match summary.rules_passed {
        0 => "No rule passed.".to_owned(),
        1 => "1 rule holds wherever it applies.".to_owned(),
        number => format!("{} rules hold wherever they apply.", thousands(number)),
    };
    match summary.rules_not_applicable {
        0 => passed,
        1 => format!("{passed} 1 more speaks of nothing that is deployed here."),
        number => format!("{passed} {} more speak of nothing that is deployed here.", thousands(number)),
    }
}

/// The number of each finding, in the order of the phases.
pub(super) fn numbers(view: &View, phases: &[Phase<'_>]) -> Vec<usize> {
    let mut out = vec![0; view.findings.len()];
    let order = phases.iter().flat_map(|phase| &phase.rules).flat_map(|(.., findings)| findings);
    for (number, at) in order.enumerate() {
        if let Some(slot) = out.get_mut(*at) {
            *slot = number + 1;
        }
    }
    out
}

#[derive(Serialize)]
struct PhaseRows {
    number: String,
    title: String,
    about: &'static str,
    rules: Vec<RuleRows>,
}

#[derive(Serialize)]
struct RuleRows {
    title: String,
    line: String,
    why: String,
    effort: String,
    risk: String,
    rollback: String,
    findings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    severity: String,
    confidence: String,
    message: String,
    r#where: String,
    labels: Vec<LabelRow>,
    notes: Vec<String>,
    fixes: Vec<FixRows>,
    verify: String,
}

#[derive(Serialize)]
struct LabelRow {
    r#where: String,
    text: String,
}

#[derive(Serialize)]
struct FixRows {
    title: String,
    how: &'static str,
    diffs: Vec<String>,
}

/// What a phase is called, and what is done in it.
pub(super) fn phase_words(number: Option<u8>) -> (&'static str, &'static str) {
    match number {
        Some(1) => ("Phase 1: configuration", "Changes of settings that one person can make and take back in a day."),
        Some(2) => ("Phase 2: changes that need review", "Changes of code or of how services work together."),
        Some(3) => ("Phase 3: architecture", "Changes that add or replace a part of the system."),
        _ => ("Without a phase", "The rules do not say when to do these."),
    }
}

fn phase_rows(view: &View, phase: &Phase<'_>, numbers: &[usize]) -> PhaseRows {
    let (title, about) = phase_words(phase.number);
    let rules = phase.rules.iter().map(|(name, info, findings)| {
        let rows =
            findings.iter().filter_map(|at| Some(row(view, view.findings.get(*at)?, numbers.get(*at).copied()?)));
        rule_rows(name, *info, rows.collect())
    });
    let number = phase.number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    PhaseRows { number, title: title.to_owned(), about, rules: rules.collect() }
}

fn rule_rows(name: &str, info: Option<&RuleInfo>, findings: Vec<Row>) -> RuleRows {
    let mut line = vec![format!("`{name}`")];
    let mut part = |before: &str, value: Option<&String>| {
        if let Some(value) = value {
            line.push(format!("{before} {value}"));
        }
    };
    part("effort", info.and_then(|it| it.effort.as_ref()));
    part("risk", info.and_then(|it| it.risk.as_ref()));
    part("takes effect by", info.and_then(|it| it.takes_effect.as_ref()));
    if let Some(symptoms) = info.map(|it| &it.symptoms).filter(|it| !it.is_empty()) {
        line.push(format!("seen in logs as {}", symptoms.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ")));
    }
    let or_dash = |value: Option<&String>| value.map_or_else(|| "-".to_owned(), Clone::clone);
    let title = info.map_or(name, |it| it.title.as_str());
    RuleRows {
        title: capital(title),
        line: line.join(" · "),
        why: info.map_or_else(String::new, |it| first_paragraph(&it.why)),
        effort: or_dash(info.and_then(|it| it.effort.as_ref())),
        risk: or_dash(info.and_then(|it| it.risk.as_ref())),
        rollback: info.and_then(|it| it.rollback.clone()).unwrap_or_default(),
        findings,
    }
}

fn row(view: &View, it: &FindingRow, number: usize) -> Row {
    let label = |label: &crate::view::LabelRow| LabelRow { r#where: at(view, &label.place), text: label.text.clone() };
    let fix = |fix: &crate::view::FixRow| FixRows {
        title: fix.title.clone(),
        how: match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "changes how it behaves under load",
            Applicability::Display => "to be made by hand",
        },
        diffs: fix.files.iter().map(|file| diff(view, file)).collect(),
    };
    Row {
        number,
        severity: it.severity.to_string(),
        confidence: it.confidence.to_string(),
        message: it.message.clone(),
        r#where: it.place().map_or_else(|| code(&it.anchor), |place| at(view, place)),
        labels: it.labels.iter().map(label).collect(),
        notes: it.notes.clone(),
        fixes: it.fixes.iter().map(fix).collect(),
        verify: it.verify.clone(),
    }
}

/// `compose.yaml:12`, as code.
fn at(view: &View, place: &Place) -> String {
    code(&format!("{}:{}", view.shown(&place.path), place.line))
}

/// A file's changes as a fenced block, its fence longer than any within.
fn diff(view: &View, file: &FileDiff) -> String {
    let path = view.shown(&file.path);
    let mut body = format!("--- a/{path}\n+++ b/{path}\n");
    for hunk in &file.hunks {
        body.push_str(&hunk.to_string().replace("\r\n", "\n"));
    }
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{body}{fence}")
}

#[derive(Serialize)]
struct BudgetRows {
    stack: String,
    database: String,
    r#where: String,
    sentence: String,
    terms: Vec<TermRow>,
    total: String,
    room: String,
    room_terms: String,
}

#[derive(Serialize)]
struct TermRow {
    name: String,
    factors: String,
    total: String,
}

fn budget(view: &View, it: &Budget) -> BudgetRows {
    let most = match it.total.as_str() {
        "unbounded" => "**No limit** holds for the connections that can be opened".to_owned(),
        "unknown" => "How many connections can be opened is not known".to_owned(),
        total => format!("**{}** connections can be opened", capital(total)),
    };
    let open = if it.exceeded == "unknown" { " Whether that suffices depends on what is not known." } else { "" };
    let sentence = format!("{most}; there is room for **{}**.{open}", it.room);
    let term = |term: &crate::view::Term| TermRow {
        name: term.name.clone(),
        factors: term.factors.iter().map(|it| factor(view, it)).collect::<Vec<_>>().join(" × "),
        total: term.total.clone(),
    };
    BudgetRows {
        stack: it.stack.clone(),
        database: it.database.clone(),
        r#where: it.place.as_ref().map(|place| at(view, place)).unwrap_or_default(),
        sentence,
        terms: it.terms.iter().map(term).collect(),
        total: it.total.clone(),
        room: it.room.clone(),
        room_terms: format!("{} − {}", bare(view, &it.accepts), bare(view, &it.reserved)),
    }
}

/// `4 worker processes (compose.yaml:8)`
fn factor(view: &View, it: &Factor) -> String {
    let mut from: Vec<String> = it.because.iter().map(|because| cell(because)).collect();
    from.extend(it.places.iter().map(|place| at(view, place)));
    let text = if it.value == "?" { "?".to_owned() } else { cell(&it.text) };
    if from.is_empty() { text } else { format!("{text} ({})", from.join(", ")) }
}

/// `100 (PostgreSQL's default of ...)`
fn bare(view: &View, it: &Factor) -> String {
    factor(view, &Factor { text: it.value.clone(), ..it.clone() })
}

#[derive(Serialize)]
struct FileRow {
    path: String,
    numbers: String,
}

/// The files that fixes change, each with the numbers of the findings.
fn files(view: &View, numbers: &[usize]) -> Vec<FileRow> {
    let mut files: Vec<(&str, Vec<usize>)> = Vec::new();
    for (finding, number) in view.findings.iter().zip(numbers) {
        for file in finding.fixes.iter().take(1).flat_map(|fix| &fix.files) {
            match files.iter_mut().find(|(path, _)| *path == file.path) {
                Some((_, all)) => all.push(*number),
                None => files.push((&file.path, vec![*number])),
            }
        }
    }
    files.sort();
    let row = |(path, mut numbers): (&str, Vec<usize>)| {
        numbers.sort_unstable();
        numbers.dedup();
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        FileRow { path: code(&view.shown(path)), numbers: numbers.join(", ") }
    };
    files.into_iter().map(row).collect()
}

#[derive(Serialize)]
struct OpenRows {
    reasons: String,
    rules: String,
}

/// What is not known, and the rules with the places that it leaves open.
fn open(it: &crate::view::OpenRow) -> OpenRows {
    let rule = |(rule, anchors): &(String, Vec<String>)| {
        let anchors: Vec<String> = anchors.iter().map(|it| code(it)).collect();
        format!("`{rule}` of {}", anchors.join(", "))
    };
    OpenRows { reasons: it.reasons.join("; "), rules: it.rules.iter().map(rule).collect::<Vec<_>>().join("; ") }
}

#[derive(Serialize)]
struct UnreadRow {
    r#where: String,
    why: String,
}

fn unread(view: &View) -> Vec<UnreadRow> {
    let skipped =
        view.skipped.iter().map(|it| UnreadRow { r#where: code(&view.shown(&it.path)), why: it.reason.clone() });
    let problems = view
        .problems
        .iter()
        .map(|it| UnreadRow { r#where: at(view, &it.place), why: format!("cannot be understood: {}", it.message) });
    skipped.chain(problems).collect()
}

#[derive(Serialize)]
struct SuppressedRow {
    r#where: String,
    rule: String,
    reason: String,
}

fn suppressed(view: &View) -> Vec<SuppressedRow> {
    let row = |(it, reason): &(FindingRow, String)| SuppressedRow {
        r#where: it.place().map_or_else(|| code(&it.anchor), |place| at(view, place)),
        rule: it.rule.clone(),
        reason: reason.clone(),
    };
    view.suppressed.iter().map(row).collect()
}

pub(super) fn first_paragraph(text: &str) -> String {
    text.trim().split("\n\n").next().unwrap_or("").replace('\n', " ")
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A text in a sentence: what stands outside backticks cannot become HTML.
fn text_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for char in text.chars() {
        match char {
            '`' => code = !code,
            '<' if !code => {
                out.push_str("&lt;");
                continue;
            }
            '\n' => {
                out.push(' ');
                continue;
            }
            _ => {}
        }
        out.push(char);
    }
    out
}

/// A text in a table.
fn cell(text: &str) -> String {
    text_of(text).replace('|', "\\|")
}

/// A text as code, its fence longer than any within.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}
