//! The values that the language of the rules computes with, and sets of them.

use serde::{Deserialize, Serialize};

use super::set::{Interval, Numbers};

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A count, a size in bytes, a time in seconds.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// Words of the files: a host, an image, a name.
    Text(Box<str>),
    /// A word of the vocabulary's own: `asgi_django`, `prefork`.
    Word(&'static str),
    /// A version, possibly a range of them.
    Version(Version),
}

/// What a field or an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A number.
    Number,
    /// A truth.
    Bool,
    /// A text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A version.
    Version,
}

/// What the files leave open of a version: from `low` up to `high`, both included; without `high` there is no end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The smallest it can be: release numbers, `[5, 1]` for 5.1.
    pub low: Vec<u64>,
    /// The largest, if there is one; included.
    pub high: Option<Vec<u64>>,
    /// As it is written: `==5.2.8`, `>=5,<6`, `1.27-alpine`.
    pub written: Box<str>,
}

impl Version {
    /// Exactly this one, as a release: `5.2.8`.
    pub fn exact(release: &[u64], written: impl Into<Box<str>>) -> Self {
        Self { low: release.to_vec(), high: Some(release.to_vec()), written: written.into() }
    }

    /// The release numbers of a text such as `5.2.8` or `1.27-alpine`: the leading numbers; none when it has none.
    pub fn release(text: &str) -> Option<Vec<u64>> {
        let mut parts = Vec::new();
        for part in text.trim_start_matches(['v', 'V']).split('.') {
            let digits: &str = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
            let Ok(number) = digits.parse() else { break };
            parts.push(number);
            if digits.len() != part.len() {
                break;
            }
        }
        if parts.is_empty() { None } else { Some(parts) }
    }

    /// Any of the series that a text names: `16` is every 16.x, `1.27-alpine` every 1.27.x. None where it names none.
    pub fn of_series(text: &str) -> Option<Self> {
        let low = Self::release(text)?;
        let high = low.iter().copied().chain([u64::MAX]).collect();
        Some(Self { low, high: Some(high), written: text.into() })
    }

    /// Whether every version it can be is less than `than` (`5.1` is less than `5.1.1`, and equal to `5.1.0`).
    pub fn less(&self, than: &[u64]) -> super::Truth {
        use std::cmp::Ordering::Less;
        if self.high.as_ref().is_some_and(|high| compare(high, than) == Less) {
            super::Truth::Yes
        } else if compare(&self.low, than) == Less {
            super::Truth::Maybe
        } else {
            super::Truth::No
        }
    }
}

/// Compares two releases as numbers, missing parts as 0.
pub(super) fn compare(a: &[u64], b: &[u64]) -> std::cmp::Ordering {
    let at = |parts: &[u64], i: usize| parts.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len()))
        .map(|i| at(a, i).cmp(&at(b, i)))
        .find(|order| order.is_ne())
        .unwrap_or(std::cmp::Ordering::Equal)
}

/// What is known of a value: the set it lies in.
#[derive(Clone, Debug, PartialEq)]
pub enum Set {
    /// One of these numbers.
    Numbers(Numbers),
    /// One of these values, none of them a number. Never empty.
    Values(Vec<Value>),
    /// Anything of its type.
    Any,
}

impl Set {
    /// The set of one value.
    pub fn of(value: Value) -> Self {
        match value {
            Value::Number(number) => Set::Numbers(Numbers::point(number)),
            other => Set::Values(vec![other]),
        }
    }

    /// All values of both.
    #[must_use]
    pub fn union(self, other: Set) -> Set {
        match (self, other) {
            (Set::Numbers(a), Set::Numbers(b)) => Set::Numbers(a.union(&b)),
            (Set::Values(mut a), Set::Values(b)) => {
                for value in b {
                    if !a.contains(&value) {
                        a.push(value);
                    }
                }
                Set::Values(a)
            }
            _ => Set::Any,
        }
    }

    /// Any number of a range, both ends included.
    pub fn between(low: f64, high: f64) -> Self {
        Set::Numbers(Numbers::new([Interval { low, high }]))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Number(number as f64)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl From<Box<str>> for Value {
    fn from(text: Box<str>) -> Self {
        Value::Text(text)
    }
}

impl From<Version> for Value {
    fn from(version: Version) -> Self {
        Value::Version(version)
    }
}
