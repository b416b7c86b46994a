//! Rules as readers see them.

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::config::Severity;
use crate::rule::{Page, RuleName, Tally};

/// What a rule's page says of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleInfo {
    /// Its name, `area/name`.
    pub name: String,
    /// What is wrong when it fails, as a title.
    pub title: String,
    /// How bad that is; of a rule with several the worst.
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
    /// What a page says; none when its front matter cannot be read.
    pub fn of(page: &Page) -> Option<Self> {
        let rule = page.rule().ok()?;
        let text = |it: &Option<Box<str>>| it.as_deref().map(str::to_owned);
        let texts = |list: &[Box<str>]| list.iter().map(|it| it.to_string()).collect();
        Some(Self {
            name: rule.name.to_string(),
            title: rule.title.to_string(),
            severity: rule.severity.iter().map(|(severity, _)| *severity).max()?,
            why: page.prose().why.to_string(),
            effort: text(&rule.effort),
            phase: rule.phase,
            risk: rule.risk.map(|it| it.word().to_owned()),
            takes_effect: rule.takes_effect.map(|it| it.word().to_owned()),
            rollback: text(&rule.rollback),
            symptoms: texts(&rule.symptoms),
            sources: texts(&rule.sources),
            page: page.text().to_owned(),
        })
    }

    /// The minutes that the change takes a person, as the page has them: `10m`, `2h`, `1d` for a day of eight hours.
    pub fn minutes(&self) -> Option<f64> {
        let text = self.effort.as_deref()?;
        let (number, minutes) = match text.chars().last()? {
            'm' => (&text[..text.len() - 1], 1.0),
            'h' => (&text[..text.len() - 1], 60.0),
            'd' => (&text[..text.len() - 1], 480.0),
            _ => return None,
        };
        Some(number.trim().parse::<f64>().ok()? * minutes)
    }

    /// The part of the name before the slash.
    pub fn area(&self) -> &str {
        self.name.split('/').next().unwrap_or(&self.name)
    }
}

/// A rule, and which of its symptoms was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The rule.
    pub rule: RuleInfo,
    /// The symptom, as its page writes it.
    pub symptom: String,
}

/// The rules that name a text among their symptoms, what says most first. The text is a part of a symptom, or a line of
/// a log that holds one; case and numbers do not count, for the numbers are each system's own.
pub fn seen_as(rules: impl Iterator<Item = RuleInfo>, text: &str) -> Vec<Seen> {
    /// What is shorter is in every log.
    const SHORTEST: usize = 4;
    let asked = plain(text);
    let is_meant = |symptom: &str| {
        let symptom = plain(symptom);
        symptom.len() >= SHORTEST && asked.contains(&symptom) || asked.len() >= SHORTEST && symptom.contains(&asked)
    };
    let of = |rule: RuleInfo| {
        let symptom = rule.symptoms.iter().filter(|it| is_meant(it)).max_by_key(|it| it.len())?.clone();
        Some(Seen { rule, symptom })
    };
    let mut out: Vec<Seen> = rules.filter_map(of).collect();
    out.sort_by(|a, b| b.symptom.len().cmp(&a.symptom.len()).then_with(|| b.rule.severity.cmp(&a.rule.severity)));
    out
}

/// A text in lower case, each number one sign, each stretch of blanks one blank.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        let c = if c.is_ascii_digit() {
            '0'
        } else if c.is_whitespace() {
            ' '
        } else {
            c.to_ascii_lowercase()
        };
        if !(matches!(c, '0' | ' ') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

/// What came of a rule, counted by entities of all deployments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleRow {
    /// Its name, `area/name`.
    pub rule: String,
    /// It holds.
    pub passed: usize,
    /// It does not.
    pub failed: usize,
    /// Nobody knows.
    pub undecided: usize,
    /// It does not speak of them.
    pub not_applicable: usize,
}

pub(super) fn rows(report: &Report) -> Vec<RuleRow> {
    let row = |(rule, tally): &(RuleName, Tally)| RuleRow {
        rule: rule.to_string(),
        passed: tally.passed,
        failed: tally.failed,
        undecided: tally.undecided,
        not_applicable: tally.not_applicable,
    };
    report.tallies.iter().map(row).collect()
}
