//! What each change buys, as the cells of a Markdown table.

use serde::Serialize;

use crate::report::text::figure;
use crate::report::words::{number_of, others, percent};
use crate::view::{PlanRow, TotalRow, View};

#[derive(Serialize)]
pub(super) struct Rows {
    changes: Vec<Change>,
    total: Vec<String>,
    others: String,
}

#[derive(Serialize)]
struct Change {
    number: String,
    change: String,
    figures: String,
    gain: String,
    alone: String,
    binds: String,
    effort: String,
    risk: String,
    phase: String,
}

/// The rows, each with the number of its finding.
pub(super) fn rows(view: &View, numbers: &[usize]) -> Rows {
    let change = |row: &PlanRow| Change {
        number: number_of(view, row, numbers).map_or_else(String::new, |it| it.to_string()),
        change: row.change.clone(),
        figures: format!("`{}`: {} → {}", row.service, figure(row.before), figure(row.after)),
        gain: percent(row.gain),
        alone: percent(row.alone),
        binds: if row.note.is_empty() { row.binds.clone() } else { format!("{}: {}", row.binds, row.note) },
        effort: or_dash(row.effort.as_ref()),
        risk: or_dash(row.risk.as_ref()),
        phase: row.phase.map_or_else(|| "-".to_owned(), |it| it.to_string()),
    };
    let total = |row: &TotalRow| {
        let factor = row.after / row.before;
        format!(
            "With everything made that gains, `{}` goes from about {} to about {} requests a second, {factor:.1} times as many; \
             then the {} binds.",
            row.service,
            figure(row.before),
            figure(row.after),
            row.binds
        )
    };
    Rows {
        changes: view.plan.rows.iter().map(change).collect(),
        total: view.plan.total.iter().filter(|it| it.after > it.before).map(total).collect(),
        others: others(view.plan.others),
    }
}

fn or_dash(text: Option<&String>) -> String {
    text.map_or_else(|| "-".to_owned(), Clone::clone)
}
