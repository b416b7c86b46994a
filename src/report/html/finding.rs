//! Findings by phase and rule: the lines they rest on with what stands there marked, and what their fixes change.

use std::ops::Range;

use serde::Serialize;

use super::anchor;
use crate::report::words::{self, capital, first_paragraph, phase_words};
use crate::view::diff::{Line, Sign};
use crate::view::{FileDiff, FindingRow, Phase, Place, RuleInfo, Snippet, View};

#[derive(Serialize)]
pub(super) struct PhaseRows {
    id: String,
    title: &'static str,
    about: &'static str,
    rules: Vec<RuleRows>,
}

#[derive(Serialize)]
struct RuleRows {
    name: String,
    title: String,
    severity: String,
    why: String,
    effort: Option<String>,
    risk: Option<String>,
    takes_effect: Option<String>,
    rollback: Option<String>,
    symptoms: Vec<String>,
    findings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    severity: String,
    confidence: String,
    message: String,
    frames: Vec<Frame>,
    notes: Vec<String>,
    fixes: Vec<FixRow>,
    verify: String,
}

/// Lines of a file, with what stands there.
#[derive(Serialize)]
pub(super) struct Frame {
    r#where: String,
    anchor: String,
    texts: Vec<String>,
    lines: Vec<CodeLine>,
}

#[derive(Serialize)]
struct CodeLine {
    number: usize,
    parts: Vec<Part>,
}

/// A stretch of a line.
#[derive(Serialize)]
struct Part {
    is_marked: bool,
    text: String,
}

#[derive(Serialize)]
struct FixRow {
    title: String,
    how: &'static str,
    diffs: Vec<Diff>,
}

#[derive(Serialize)]
pub(super) struct Diff {
    path: String,
    lines: Vec<DiffLine>,
}

#[derive(Serialize)]
struct DiffLine {
    class: &'static str,
    sign: String,
    parts: Vec<Part>,
}

/// What is done in a phase, rule by rule.
pub(super) fn phase_rows(view: &View, phase: &Phase<'_>, numbers: &[usize]) -> PhaseRows {
    let (title, about) = phase_words(phase.number);
    let rule = |(name, info, findings): &(&str, Option<&RuleInfo>, Vec<usize>)| {
        let rows = findings.iter().filter_map(|at| Some(row(view, view.findings.get(*at)?, *numbers.get(*at)?)));
        let rows: Vec<Row> = rows.collect();
        RuleRows {
            name: (*name).to_owned(),
            title: capital(info.map_or(name, |it| it.title.as_str())),
            severity: rows.first().map(|it| it.severity.clone()).unwrap_or_default(),
            why: info.map_or_else(String::new, |it| first_paragraph(&it.why)),
            effort: info.and_then(|it| it.effort.clone()),
            risk: info.and_then(|it| it.risk.clone()),
            takes_effect: info.and_then(|it| it.takes_effect.clone()),
            rollback: info.and_then(|it| it.rollback.clone()),
            symptoms: info.map(|it| it.symptoms.clone()).unwrap_or_default(),
            findings: rows,
        }
    };
    let id = phase.number.map_or_else(|| "phase-none".to_owned(), |number| format!("phase-{number}"));
    PhaseRows { id, title, about, rules: phase.rules.iter().map(rule).collect() }
}

fn row(view: &View, it: &FindingRow, number: usize) -> Row {
    let fix = |fix: &crate::view::FixRow| FixRow {
        title: fix.title.clone(),
        how: words::how(fix.applicability),
        diffs: fix.files.iter().map(|file| diff(view, file)).collect(),
    };
    Row {
        number,
        severity: it.severity.to_string(),
        confidence: it.confidence.to_string(),
        message: it.message.clone(),
        frames: frames(view, it),
        notes: it.notes.clone(),
        fixes: it.fixes.iter().map(fix).collect(),
        verify: it.verify.clone(),
    }
}

/// The places of a finding; several of one line are one frame.
fn frames(view: &View, it: &FindingRow) -> Vec<Frame> {
    let mut lines: Vec<Vec<&crate::view::LabelRow>> = Vec::new();
    for label in &it.labels {
        let at = |it: &crate::view::LabelRow| (it.place.path.clone(), it.place.line);
        match lines.iter_mut().find(|line| line.first().is_some_and(|first| at(first) == at(label))) {
            Some(line) => line.push(label),
            None => lines.push(vec![label]),
        }
    }
    let frame = |(nth, labels): (usize, &Vec<&crate::view::LabelRow>)| {
        let first = labels.first()?;
        let mut texts: Vec<String> = Vec::new();
        for label in labels.iter().filter(|it| !it.text.is_empty()) {
            if !texts.contains(&label.text) {
                texts.push(label.text.clone());
            }
        }
        let marked = labels.iter().map(|it| it.snippet.at.clone()).collect();
        let lines = code(&first.snippet, marked, nth == 0);
        Some(Frame { r#where: words::place(view, &first.place), anchor: String::new(), texts, lines })
    };
    lines.iter().enumerate().filter_map(frame).collect()
}

/// The lines of a snippet, with those around its own or without.
fn code(snippet: &Snippet, marked: Vec<Range<usize>>, around: bool) -> Vec<CodeLine> {
    let lines = snippet.lines.iter().enumerate().filter(|(at, _)| around || *at == snippet.line);
    let line = |(at, text): (usize, &String)| {
        let marked = if at == snippet.line { marked.clone() } else { Vec::new() };
        CodeLine { number: snippet.first + at, parts: parts(text, marked) }
    };
    lines.map(line).collect()
}

/// A line with some of its bytes marked.
fn parts(text: &str, mut marked: Vec<Range<usize>>) -> Vec<Part> {
    marked.sort_by_key(|range| (range.start, range.end));
    let mut out = Vec::new();
    let mut at = 0;
    let mut put = |range: Range<usize>, is_marked| {
        let text = text.get(range).unwrap_or("");
        if !text.is_empty() {
            out.push(Part { is_marked, text: text.to_owned() });
        }
    };
    for range in marked {
        let (start, end) = (range.start.max(at), range.end.min(text.len()));
        if end > start {
            put(at..start, false);
            put(start..end, true);
            at = end;
        }
    }
    put(at..text.len(), false);
    out
}

/// A place with the lines around it, where links arrive.
pub(super) fn excerpt(view: &View, (place, snippet): &(Place, Snippet)) -> Frame {
    let lines = code(snippet, vec![snippet.at.clone()], true);
    Frame { r#where: words::place(view, place), anchor: anchor(place), texts: Vec::new(), lines }
}

/// A file's changes, line by line.
pub(super) fn diff(view: &View, file: &FileDiff) -> Diff {
    let mut lines = Vec::new();
    for hunk in &file.hunks {
        let head = hunk.to_string().lines().next().unwrap_or("").to_owned();
        lines.push(DiffLine { class: "hunk", sign: String::new(), parts: parts(&head, Vec::new()) });
        for (at, line) in hunk.lines.iter().enumerate() {
            let text = line.shown();
            let class = match line.sign {
                Sign::Same => "same",
                Sign::Old => "old",
                Sign::New => "new",
            };
            let marked = partner(&hunk.lines, at).map(|other| changed(&text, &other.shown()));
            let parts = parts(&text, marked.into_iter().collect());
            lines.push(DiffLine { class, sign: line.sign.char().to_string(), parts });
        }
    }
    Diff { path: view.shown(&file.path), lines }
}

/// The line that one of a diff is put in the place of, or that is put in its place, where as many come as go.
fn partner(lines: &[Line], at: usize) -> Option<&Line> {
    let sign = lines.get(at)?.sign;
    if sign == Sign::Same {
        return None;
    }
    let first = lines[..at].iter().rposition(|it| it.sign == Sign::Same).map_or(0, |it| it + 1);
    let end = lines[at..].iter().position(|it| it.sign == Sign::Same).map_or(lines.len(), |it| at + it);
    let half = (end - first) / 2;
    let (old, new) = lines[first..end].split_at(half);
    let is_pair = old.len() == new.len()
        && old.iter().all(|it| it.sign == Sign::Old)
        && new.iter().all(|it| it.sign == Sign::New);
    is_pair.then(|| if sign == Sign::Old { lines.get(at + half) } else { lines.get(at - half) })?
}

/// The bytes of a line that another does not have: all but what both start and end with.
fn changed(text: &str, other: &str) -> Range<usize> {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = same(&mut text.chars(), &mut other.chars());
    let (rest, other) = (&text[start..], &other[start..]);
    start..text.len() - same(&mut rest.chars().rev(), &mut other.chars().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_a_line_may_lie_in_each_other() {
        let shown = |marked: Vec<Range<usize>>| {
            let part = |it: Part| if it.is_marked { format!("[{}]", it.text) } else { it.text };
            parts("abcdef", marked).into_iter().map(part).collect::<String>()
        };
        assert_eq!(shown(vec![]), "abcdef");
        assert_eq!(shown(vec![3..4, 0..1]), "[a]bc[d]ef");
        assert_eq!(shown(vec![1..4, 2..3, 3..6, 6..6]), "a[bcd][ef]");
        assert_eq!(shown(vec![9..12, 6..6]), "abcdef");
    }

    #[test]
    fn what_has_changed_of_a_line_is_known() {
        assert_eq!(changed("workers 3 é", "workers 4 é"), 8..9);
        assert_eq!(changed("aa", "aaa"), 2..2);
        assert_eq!(changed("aaa", "aa"), 2..3);
        assert_eq!(changed("", "x"), 0..0);
    }
}
