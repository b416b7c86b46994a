//! What each change buys, as rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{named, rounded};
use super::mask::clean;
use super::{Graph, PartRow, Report, View, architecture};
use crate::capacity::{Figure, Plan, Step};

/// A change of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlanRow {
    /// The place of its finding in the report's list.
    #[serde(skip)]
    pub finding: usize,
    /// The rule.
    pub rule: String,
    /// What is changed.
    pub change: String,
    /// What its finding is keyed by.
    pub anchor: String,
    /// The service that it gains most for.
    pub service: String,
    /// Requests a second before it, with everything made that stands before it, at the likely values.
    pub before: f64,
    /// Requests a second after it.
    pub after: f64,
    /// What it gains in this order: 0.25 for a quarter more; negative when it costs.
    pub gain: f64,
    /// What it gains alone.
    pub alone: f64,
    /// What binds after it.
    pub binds: String,
    /// Why that much, where it is nothing or less; and what stops failing.
    pub note: String,
    /// Whether it is among those to make for the load: it gains, or stops requests from failing.
    pub made: bool,
    /// When to do it: 1 for what is done first.
    pub phase: Option<u8>,
    /// How long it takes a person.
    pub effort: Option<String>,
    /// What it risks.
    pub risk: Option<String>,
    /// What makes it take effect.
    pub takes_effect: Option<String>,
    /// How to take it back.
    pub rollback: Option<String>,
}

/// The plan of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct PlanView {
    /// The changes that do something to what the model counts; those to make first, in their order.
    pub rows: Vec<PlanRow>,
    /// What all that are made come to, by service: before, after.
    pub total: Vec<TotalRow>,
    /// How many fixes concern what the model does not count: failures, single pages, memory.
    pub others: usize,
    /// What parts that the deployment has not got would do beside that; those to add for the load first, in their order.
    pub parts: Vec<PartRow>,
}

/// What the whole plan comes to for one application.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TotalRow {
    /// The service.
    pub service: String,
    /// Requests a second now, at the likely values.
    pub before: f64,
    /// Requests a second with everything made.
    pub after: f64,
    /// What binds then.
    pub binds: String,
}

impl View {
    /// The same with what each change buys.
    #[must_use]
    pub fn with_plan(mut self, report: &Report, plan: &Plan) -> Self {
        let mut made = false;
        let rows = plan.steps.iter().filter_map(|step| {
            let row = row(report, &plan.now, step, made);
            made |= step.made;
            row
        });
        let rows: Vec<PlanRow> = rows.collect();
        let total = plan.now.iter().filter_map(|now| {
            let then = same(&plan.then, now)?;
            let service = clean(&now.app).into_owned();
            let (before, after) = (rounded(now.rate, 2), rounded(then.rate, 2));
            (before.is_finite() && after.is_finite()).then(|| TotalRow { service, before, after, binds: binds(then) })
        });
        let total = total.collect();
        let now = Graph::all(&report.stacks);
        self.graphs_then = Graph::all(&plan.stacks).into_iter().filter(|it| !now.contains(it)).collect();
        let parts = plan.parts.iter().map(architecture::row).collect();
        self.plan = PlanView { total: if made { total } else { Vec::new() }, rows, others: plan.others, parts };
        self
    }
}

/// The figure of the same application among others.
fn same<'a>(figures: &'a [Figure], of: &Figure) -> Option<&'a Figure> {
    figures.iter().find(|it| it.stack == of.stack && it.app == of.app)
}

fn row(report: &Report, now: &[Figure], step: &Step, some_made: bool) -> Option<PlanRow> {
    let finding = report.findings.get(step.finding)?;
    let fix = finding.fixes.first()?;
    let info = report.rules.iter().find(|it| *it.name == *finding.rule);
    // It is told of the application for which it does most.
    let change = |one: &Figure| {
        let gain = same(&step.after, one).map_or(1.0, |other| other.rate / one.rate);
        let alone = same(&step.alone, one).map_or(0, |other| one.failing.abs_diff(other.failing));
        (gain.ln().abs(), alone)
    };
    let before = step.before.iter().max_by(|a, b| {
        let (a, b) = (change(a), change(b));
        a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
    })?;
    let after = same(&step.after, before)?;
    let alone = same(&step.alone, before)?;
    // Alone it is compared with what is now, and not with what stands before it.
    let by_itself = same(now, before).map_or(0.0, |now| gain(now.rate, alone.rate));
    let gain = gain(before.rate, after.rate);
    let note = note(before, after, gain, some_made);
    let text = |of: fn(&super::RuleInfo) -> &Option<String>| info.and_then(|it| of(it).clone());
    Some(PlanRow {
        finding: step.finding,
        rule: finding.rule.to_string(),
        change: clean(&fix.title).into_owned(),
        anchor: clean(&finding.anchor.to_string()).into_owned(),
        service: clean(&before.app).into_owned(),
        before: rounded(before.rate, 2),
        after: rounded(after.rate, 2),
        gain,
        alone: by_itself,
        binds: binds(after),
        note,
        made: step.made,
        phase: info.and_then(|it| it.phase),
        effort: text(|it| &it.effort),
        risk: text(|it| &it.risk),
        takes_effect: text(|it| &it.takes_effect),
        rollback: text(|it| &it.rollback),
    })
}

/// A gain as a share, in whole hundredths.
fn gain(before: f64, after: f64) -> f64 {
    if before > 0.0 && before.is_finite() && after.is_finite() {
        ((after / before - 1.0) * 100.0).round() / 100.0
    } else {
        0.0
    }
}

fn binds(figure: &Figure) -> String {
    figure.binds.as_ref().map_or_else(String::new, |(kind, owner)| named(*kind, owner))
}

fn note(before: &Figure, after: &Figure, gain: f64, some_made: bool) -> String {
    if after.failing < before.failing {
        return "connections are no longer refused".to_owned();
    }
    if after.failing > before.failing {
        return "more connections can be asked for than there are".to_owned();
    }
    if gain < 0.0 {
        return "it costs what binds, and is for something else".to_owned();
    }
    if gain > 0.0 {
        return String::new();
    }
    let raised: Vec<String> = after.raised(before).iter().map(|(kind, owner)| named(*kind, owner)).collect();
    let then = if some_made { " even with the others made" } else { "" };
    if raised.is_empty() {
        return format!("it changes nothing that binds{then}");
    }
    let which = if raised.len() == 1 { "which does not bind" } else { "none of which binds" };
    format!("it lifts the {}, {which}{then}", raised.join(" and the "))
}
