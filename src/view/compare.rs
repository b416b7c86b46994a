//! What has changed since an earlier audit. The earlier one is known by the JSON that it was written as, and by nothing
//! else: neither its files nor its history need be at hand.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::mask::clean;
use super::{Capacity, FindingRow, Place, Range, View};

/// An audit that was written as JSON: what of it is compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Earlier {
    version: u32,
    plimsoll: String,
    name: String,
    capacity: Vec<EarlierCapacity>,
    budgets: Vec<EarlierBudget>,
    findings: Vec<EarlierFinding>,
}

#[derive(Clone, Debug, Deserialize)]
struct EarlierCapacity {
    stack: String,
    service: String,
    state: String,
    rate: EarlierRange,
    bounds: Vec<EarlierBound>,
    assumptions: Vec<EarlierInput>,
    facts: Vec<EarlierInput>,
}

/// JSON has no infinite numbers: nothing stands in their place.
#[derive(Clone, Copy, Debug, Deserialize)]
struct EarlierRange {
    #[serde(deserialize_with = "or_infinite")]
    low: f64,
    #[serde(deserialize_with = "or_infinite")]
    likely: f64,
    #[serde(deserialize_with = "or_infinite")]
    high: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct EarlierBound {
    resource: String,
}

#[derive(Clone, Debug, Deserialize)]
struct EarlierInput {
    symbol: String,
    what: String,
    value: String,
}

#[derive(Clone, Debug, Deserialize)]
struct EarlierBudget {
    stack: String,
    database: String,
    total: String,
    room: String,
}

#[derive(Clone, Debug, Deserialize)]
struct EarlierFinding {
    rule: String,
    anchor: String,
    severity: String,
    message: String,
}

fn or_infinite<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
}

impl Earlier {
    /// The version of the format that is understood.
    const VERSION: u32 = 1;

    /// Reads what `plimsoll audit --format json` wrote.
    ///
    /// # Errors
    /// What was expected, where it is something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let earlier: Self = serde_json::from_str(text)
            .map_err(|why| format!("is not what `plimsoll audit --format json` writes: {why}"))?;
        match earlier.version {
            Self::VERSION => Ok(earlier),
            other => {
                Err(format!("has the format of version {other}, and this plimsoll reads version {}", Self::VERSION))
            }
        }
    }
}

/// What has changed since an earlier audit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// What was audited then.
    pub name: String,
    /// The plimsoll that wrote it. With another one, what has changed may be what it knows.
    pub plimsoll: String,
    /// How much load each application took and takes.
    pub capacity: Vec<CapacityChange>,
    /// The connections of each database whose budget is another.
    pub budgets: Vec<BudgetChange>,
    /// What is no longer wrong.
    pub settled: Vec<FindingBrief>,
    /// What was not wrong, or not known.
    pub new: Vec<FindingBrief>,
    /// How many findings there were and are.
    pub left: usize,
}

/// How much load one application took and takes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CapacityChange {
    /// The deployment.
    pub stack: String,
    /// The service.
    pub service: String,
    /// Then; nothing where there was no such application.
    pub before: Option<CapacityThen>,
    /// Now; nothing where there is none any more.
    pub now: Option<CapacityThen>,
    /// The numbers under the figures that differ.
    pub inputs: Vec<InputChange>,
}

/// How much load an application takes at one time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CapacityThen {
    /// Requests a second.
    pub rate: Range,
    /// What gives out first, at the likely values.
    pub binds: String,
    /// Whether requests are known to fail before anything else gives out.
    pub fails: bool,
}

/// A number that the figures rest on and that is another.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct InputChange {
    /// What it is called in formulae.
    pub symbol: String,
    /// What it is.
    pub what: String,
    /// What it was; nothing where nothing was said of it.
    pub before: Option<String>,
    /// What it is now.
    pub now: Option<String>,
    /// Where it is written now.
    pub places: Vec<Place>,
}

/// A budget that is another.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BudgetChange {
    /// The deployment.
    pub stack: String,
    /// The database.
    pub database: String,
    /// What could be opened, and what there was room for.
    pub before: Option<(String, String)>,
    /// The same now.
    pub now: Option<(String, String)>,
}

/// A finding in a line.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FindingBrief {
    /// The rule.
    pub rule: String,
    /// What it is keyed by.
    pub anchor: String,
    /// How bad it is.
    pub severity: String,
    /// What is or was wrong.
    pub message: String,
    /// Where it stands; nothing for what is settled.
    pub place: Option<Place>,
}

impl View {
    /// The same with what has changed since an earlier audit. It must have all that is to be compared.
    #[must_use]
    pub fn with_comparison(mut self, earlier: &Earlier) -> Self {
        let (settled, new, left) = findings(&earlier.findings, &self.findings);
        self.comparison = Some(Comparison {
            name: clean(&earlier.name).into_owned(),
            plimsoll: clean(&earlier.plimsoll).into_owned(),
            capacity: pairs(
                &earlier.capacity,
                &self.capacity,
                |it| (&it.stack, &it.service),
                |it| (&it.stack, &it.service),
            )
            .map(|(before, now)| capacity(before, now))
            .collect(),
            budgets: pairs(
                &earlier.budgets,
                &self.budgets,
                |it| (&it.stack, &it.database),
                |it| (&it.stack, &it.database),
            )
            .map(|(before, now)| BudgetChange {
                stack: clean(before.map_or_else(|| now.map_or("", |it| &it.stack), |it| &it.stack)).into_owned(),
                database: clean(before.map_or_else(|| now.map_or("", |it| &it.database), |it| &it.database))
                    .into_owned(),
                before: before.map(|it| (clean(&it.total).into_owned(), clean(&it.room).into_owned())),
                now: now.map(|it| (it.total.clone(), it.room.clone())),
            })
            .filter(|it| it.before != it.now)
            .collect(),
            settled,
            new,
            left,
        });
        self
    }
}

/// What is in both lists under the same key, then what is in the second alone; what is in the first alone stands where it
/// stood.
fn pairs<'a, A, B, K: PartialEq + 'a>(
    before: &'a [A],
    now: &'a [B],
    old: impl Fn(&'a A) -> K + 'a,
    new: impl Fn(&'a B) -> K + 'a,
) -> impl Iterator<Item = (Option<&'a A>, Option<&'a B>)> {
    let both: Vec<_> = before.iter().map(|a| (Some(a), now.iter().find(|b| new(b) == old(a)))).collect();
    let added: Vec<_> =
        now.iter().filter(|b| before.iter().all(|a| new(b) != old(a))).map(|b| (None, Some(b))).collect();
    both.into_iter().chain(added)
}

fn capacity(before: Option<&EarlierCapacity>, now: Option<&Capacity>) -> CapacityChange {
    let then = |it: &EarlierCapacity| CapacityThen {
        rate: Range { low: it.rate.low, likely: it.rate.likely, high: it.rate.high },
        binds: clean(it.bounds.first().map_or("", |it| &it.resource)).into_owned(),
        fails: it.state == "error",
    };
    let today = |it: &Capacity| CapacityThen {
        rate: it.rate,
        binds: it.bounds.first().map_or_else(String::new, |it| it.resource.clone()),
        fails: it.state == "error",
    };
    let inputs = before.zip(now).map_or_else(Vec::new, |(before, now)| inputs(before, now));
    CapacityChange {
        stack: clean(before.map_or_else(|| now.map_or("", |it| &it.stack), |it| &it.stack)).into_owned(),
        service: clean(before.map_or_else(|| now.map_or("", |it| &it.service), |it| &it.service)).into_owned(),
        before: before.map(then),
        now: now.map(today),
        inputs,
    }
}

/// The numbers that differ. What is only said of another origin with the same value has not changed.
fn inputs(before: &EarlierCapacity, now: &Capacity) -> Vec<InputChange> {
    let mut old: BTreeMap<&str, &EarlierInput> =
        before.facts.iter().chain(&before.assumptions).map(|it| (it.symbol.as_str(), it)).collect();
    let mut out = Vec::new();
    for it in now.facts.iter().chain(&now.assumptions) {
        let before = old.remove(it.symbol.as_str()).map(|it| clean(&it.value).into_owned());
        if before.as_ref() != Some(&it.value) {
            out.push(InputChange {
                symbol: it.symbol.clone(),
                what: it.what.clone(),
                before,
                now: Some(it.value.clone()),
                places: it.places.clone(),
            });
        }
    }
    out.extend(old.into_values().map(|it| InputChange {
        symbol: clean(&it.symbol).into_owned(),
        what: clean(&it.what).into_owned(),
        before: Some(clean(&it.value).into_owned()),
        now: None,
        places: Vec::new(),
    }));
    out
}

/// What is settled, what is new, and how many are in both. What several findings share a key of is told apart by count.
fn findings(before: &[EarlierFinding], now: &[FindingRow]) -> (Vec<FindingBrief>, Vec<FindingBrief>, usize) {
    let mut open: BTreeMap<(&str, &str), Vec<&EarlierFinding>> = BTreeMap::new();
    for it in before {
        open.entry((&it.rule, &it.anchor)).or_default().push(it);
    }
    let (mut new, mut left) = (Vec::new(), 0);
    for it in now {
        let known = open.get_mut(&(it.rule.as_str(), it.anchor.as_str())).filter(|all| !all.is_empty());
        match known {
            Some(all) => {
                all.remove(0);
                left += 1;
            }
            None => new.push(FindingBrief {
                rule: it.rule.clone(),
                anchor: it.anchor.clone(),
                severity: it.severity.to_string(),
                message: it.message.clone(),
                place: it.place().cloned(),
            }),
        }
    }
    // In the order in which they were told.
    let gone = |it: &&EarlierFinding| {
        let all = open.get(&(it.rule.as_str(), it.anchor.as_str()));
        all.is_some_and(|all| all.iter().any(|one| std::ptr::eq(*one, *it)))
    };
    let brief = |it: &EarlierFinding| FindingBrief {
        rule: clean(&it.rule).into_owned(),
        anchor: clean(&it.anchor).into_owned(),
        severity: clean(&it.severity).into_owned(),
        message: clean(&it.message).into_owned(),
        place: None,
    };
    (before.iter().filter(gone).map(brief).collect(), new, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_audit_is_refused_with_what_was_expected() {
        let wrong = Earlier::parse("{\"version\": 1}").unwrap_err();
        assert!(wrong.starts_with("is not what `plimsoll audit --format json` writes: missing field"), "{wrong}");
        let later = r#"{"version": 2, "plimsoll": "9", "name": "", "capacity": [], "budgets": [], "findings": []}"#;
        assert_eq!(
            Earlier::parse(later).unwrap_err(),
            "has the format of version 2, and this plimsoll reads version 1"
        );
    }

    #[test]
    fn findings_of_one_key_are_counted() {
        let one = |message: &str| EarlierFinding {
            rule: "a/b".into(),
            anchor: "x#y".into(),
            severity: "high".into(),
            message: message.into(),
        };
        let (settled, new, left) = findings(&[one("first"), one("second")], &[]);
        assert_eq!((settled.len(), new.len(), left), (2, 0, 0));
        assert_eq!(settled[1].message, "second");
    }

    #[test]
    fn an_endless_rate_is_read() {
        let range: EarlierRange = serde_json::from_str(r#"{"low": 1, "likely": null, "high": null}"#).unwrap();
        assert_eq!(range.likely, f64::INFINITY);
    }
}
