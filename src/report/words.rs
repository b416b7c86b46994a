//! What both audit reports say in the same words, whatever they are written as.

use super::text::{count, figure, thousands};
use crate::source::Applicability;
use crate::view::{Budget, FindingRow, Phase, Place, PlanRow, Range, Summary, View};

/// What a report's figures and findings rest on.
pub(super) const RESTS: &str = "What is said here is read from the files, or is the documented default of the program at \
     the version that the files name, unless this chapter says otherwise. Nothing was started and nothing was measured: the \
     verification of each finding says what to measure.";

/// What was read and what was found, in two sentences.
pub(super) fn opening(view: &View) -> String {
    let summary = &view.summary;
    let kinds: Vec<String> = summary.files.iter().map(|it| format!("{} {}", it.count, it.kind)).collect();
    let read = format!("plimsoll {} read {}", env!("CARGO_PKG_VERSION"), count(summary.read(), "file"));
    let read = if kinds.is_empty() { read } else { format!("{read} ({})", kinds.join(", ")) };
    let found = match summary.findings {
        0 if view.stacks.is_empty() => "found nothing in them that is deployed".to_owned(),
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

/// What a phase is called, and what is done in it.
pub(super) fn phase_words(number: Option<u8>) -> (&'static str, &'static str) {
    match number {
        Some(1) => ("Phase 1: configuration", "Changes of settings that one person can make and take back in a day."),
        Some(2) => ("Phase 2: changes that need review", "Changes of code or of how services work together."),
        Some(3) => ("Phase 3: architecture", "Changes that add or replace a part of the system."),
        _ => ("Without a phase", "The rules do not say when to do these."),
    }
}

pub(super) fn first_paragraph(text: &str) -> String {
    text.trim().split("\n\n").next().unwrap_or("").replace('\n', " ")
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How a fix is to be taken.
pub(super) fn how(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "changes how it behaves under load",
        Applicability::Display => "to be made by hand",
    }
}

/// `compose.yaml:12`, as the reader finds it.
pub(super) fn place(view: &View, place: &Place) -> String {
    format!("{}:{}", view.shown(&place.path), place.line)
}

/// What a budget comes to, in a sentence; its figures are `strong`.
pub(super) fn budget(it: &Budget, strong: impl Fn(&str) -> String) -> String {
    let most = match it.total.as_str() {
        "unknown" => "How many connections can be opened is not known".to_owned(),
        total => format!("{} connections can be opened", strong(&capital(total))),
    };
    let open = if it.exceeded == "unknown" { " Whether that suffices depends on what is not known." } else { "" };
    format!("{most}; there is room for {}.{open}", strong(&it.room))
}

/// What could not be read or understood: where, and why as the rest of a sentence that starts there.
pub(super) fn unread(view: &View) -> Vec<(String, String)> {
    let skipped = view.skipped.iter().map(|it| (view.shown(&it.path), it.reason.clone()));
    let problem =
        |it: &crate::view::ProblemRow| (place(view, &it.place), format!("cannot be understood: {}", it.message));
    skipped.chain(view.problems.iter().map(problem)).collect()
}

/// What comments in the files take out: where, the rule, and the reason they give.
pub(super) fn suppressed(view: &View) -> Vec<(String, String, String)> {
    let row = |(it, reason): &(FindingRow, String)| {
        let at = it.place().map_or_else(|| it.anchor.clone(), |at| place(view, at));
        (at, it.rule.clone(), reason.clone())
    };
    view.suppressed.iter().map(row).collect()
}

/// The number of a change's finding. Where rows are sorted by how bad they are, it has another place than in the run.
pub(super) fn number_of(view: &View, row: &PlanRow, numbers: &[usize]) -> Option<usize> {
    let own = |it: &crate::view::FindingRow| it.rule == row.rule && it.anchor == row.anchor;
    numbers.get(view.findings.iter().position(own)?).copied()
}

/// `+33 %`
pub(super) fn percent(gain: f64) -> String {
    let hundredths = (gain * 100.0).round();
    if hundredths < 0.0 { format!("−{} %", -hundredths) } else { format!("+{} %", hundredths + 0.0) }
}

/// A figure with its bounds: `78 (47 to 115)`.
pub(super) fn ranged(it: &Range) -> String {
    match it.low == it.high {
        true => figure(it.likely),
        false => format!("{} ({} to {})", figure(it.likely), figure(it.low), figure(it.high)),
    }
}

/// A gain with its bounds: `+33 % (+20 to +41)`.
pub(super) fn gained(it: &Range) -> String {
    let bare = |gain: f64| percent(gain).trim_end_matches(" %").to_owned();
    match it.low == it.high {
        true => percent(it.likely),
        false => format!("{} ({} to {})", percent(it.likely), bare(it.low), bare(it.high)),
    }
}

/// What the fixes that the model does not count are about.
pub(super) fn others(number: usize) -> String {
    match number {
        0 => String::new(),
        number => format!(
            "{} besides {} what the model counts: single pages, failures, memory, or what happens when something restarts, \
             are not among it.",
            count(number, "fix"),
            if number == 1 { "does not change" } else { "do not change" }
        ),
    }
}
