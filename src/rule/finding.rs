//! What a rule says of an entity.

use std::sync::Arc;

pub use crate::config::{Confidence, Severity};
use crate::source::{Fix, Span};
use crate::stack::Anchor;

/// The name of a rule, `area/name`; it never changes.
pub type RuleName = Arc<str>;

/// A place that was read to know it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What stands there, in a few words.
    pub text: Box<str>,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleName,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What it is keyed by.
    pub anchor: Anchor,
    /// The places that were read to know it; the first is the main one. Never empty.
    pub labels: Vec<Label>,
    /// What was read but is written nowhere: defaults, assumptions, unknown terms.
    pub notes: Vec<String>,
    /// The ways to settle it, the best first; each proven.
    pub fixes: Vec<Fix>,
    /// How to see, on the running system, that it is mended, figures filled in.
    pub verify: String,
}

/// What a rule says of one entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It does not speak of such an entity.
    NotApplicable,
    /// It holds.
    Passed,
    /// It does not.
    Failed(Box<Finding>),
    /// What would have to be known is not: each unknown, in words.
    Undecided(Vec<Box<str>>),
}
