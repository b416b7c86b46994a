//! A report for whoever inherits the code, as Markdown: what there is, what is wrong and in which order to settle it,
//! the changes, how to verify them, what could not be known, and what is in order.

use std::io::{self, Write};

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

mod capacity;
mod plan;

use super::graph::write_flowchart;
use super::words::{self, RESTS, capital, first_paragraph, numbers, opening, passed_line, phase_words};
use super::{changes, parts, sizing, storage};
use crate::view::{Budget, Factor, FileDiff, FindingRow, Graph, Phase, Place, RuleInfo, View};

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
    environment.add_filter("capital", |text: String| capital(&text));
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
        changes => Serde(changes::rows(view)),
        sizing => Serde(sizing::rows(view, |file| diff(view, file))),
        storage => Serde(storage::rows(view)),
        plan => Serde(plan::rows(view, &numbers)),
        parts => Serde(parts::rows(view)),
        phases => Serde(phases.iter().map(|phase| phase_rows(view, phase, &numbers)).collect::<Vec<_>>()),
        stacks => Serde(view.overviews()),
        drawing => flowchart(&view.graphs),
        drawing_then => flowchart(&view.graphs_then),
        many_stacks => view.stacks.len() > 1,
        budgets => Serde(view.budgets.iter().map(|it| budget(view, it)).collect::<Vec<_>>()),
        files => Serde(files(view, &numbers)),
        assumed => Serde(view.assumed()),
        undecided => Serde(view.open().iter().map(open).collect::<Vec<_>>()),
        unread => Serde(unread(view)),
        suppressed => Serde(suppressed(view)),
        rests => RESTS,
        passed_line => passed_line(summary),
        passed => Serde(&passed),
    })
}

/// Drawings as Mermaid; nothing where there are none.
fn flowchart(graphs: &[Graph]) -> String {
    let mut out = Vec::new();
    match graphs.is_empty() || write_flowchart(graphs, &mut out).is_err() {
        true => String::new(),
        false => String::from_utf8(out).unwrap_or_default(),
    }
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
        how: words::how(fix.applicability),
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
    code(&words::place(view, place))
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
    let term = |term: &crate::view::Term| TermRow {
        name: term.name.clone(),
        factors: term.factors.iter().map(|it| factor(view, it)).collect::<Vec<_>>().join(" × "),
        total: term.total.clone(),
    };
    BudgetRows {
        stack: it.stack.clone(),
        database: it.database.clone(),
        r#where: it.place.as_ref().map(|place| at(view, place)).unwrap_or_default(),
        sentence: words::budget(it, |figure| format!("**{figure}**")),
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
    words::unread(view).into_iter().map(|(at, why)| UnreadRow { r#where: code(&at), why }).collect()
}

#[derive(Serialize)]
struct SuppressedRow {
    r#where: String,
    rule: String,
    reason: String,
}

fn suppressed(view: &View) -> Vec<SuppressedRow> {
    let row = |(at, rule, reason): (String, String, String)| SuppressedRow { r#where: code(&at), rule, reason };
    words::suppressed(view).into_iter().map(row).collect()
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
