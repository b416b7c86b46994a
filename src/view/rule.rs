//! Rules as readers see them.

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::config::Severity;
use crate::rule::RuleName;

/// What a rule's page says of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleInfo {
    /// Its name, `area/name`.
    pub name: String,
    /// What is wrong when it fails, as a title.
    pub title: String,
    /// How bad that is.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// Why it matters under load: the page's first section, Markdown.
    pub why: String,
    /// How long the change takes a person: `10m`, `2h`.
    pub effort: Option<String>,
    /// When to do it: 1 for what is done first.
    pub phase: Option<u8>,
    /// What the change risks: `low`, `medium`, `high`.
    pub risk: Option<String>,
    /// What makes the change take effect: `reload`, `restart`, `database restart`, `migration`, `deploy`.
    pub takes_effect: Option<String>,
    /// How to take it back.
    pub rollback: Option<String>,
    /// What an operator sees in the logs when it bites.
    pub symptoms: Vec<String>,
    /// Where it can be read.
    pub sources: Vec<String>,
    /// The whole page, Markdown.
    #[serde(skip)]
    pub page: String,
}

impl RuleInfo {
    /// The part of the name before the slash.
    pub fn area(&self) -> &str {
        self.name.split('/').next().unwrap_or(&self.name)
    }
}

/// How often a rule's outcome was which, over all entities of all stacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The rule.
    pub rule: RuleName,
    /// Entities it holds for.
    pub passed: usize,
    /// Entities it does not hold for.
    pub failed: usize,
    /// Entities it could not be decided for.
    pub undecided: usize,
    /// Entities it does not speak of.
    pub not_applicable: usize,
}

/// A rule, with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleRow {
    /// What its page says.
    #[serde(flatten)]
    pub info: RuleInfo,
    /// Entities it holds for.
    pub passed: usize,
    /// Entities it does not hold for.
    pub failed: usize,
    /// Entities it could not be decided for.
    pub undecided: usize,
    /// Entities it does not speak of.
    pub not_applicable: usize,
}

pub(super) fn rows(report: &Report) -> Vec<RuleRow> {
    let row = |info: &RuleInfo| {
        let tally = report.tallies.iter().find(|it| *it.rule == *info.name);
        let of = |count: fn(&Tally) -> usize| tally.map_or(0, count);
        RuleRow {
            info: info.clone(),
            passed: of(|it| it.passed),
            failed: of(|it| it.failed),
            undecided: of(|it| it.undecided),
            not_applicable: of(|it| it.not_applicable),
        }
    };
    report.rules.iter().map(row).collect()
}
