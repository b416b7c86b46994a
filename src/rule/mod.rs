//! Rules: pages, the language of their conditions, and what they find.

pub mod finding;

pub use finding::{Confidence, Finding, Label, Outcome, RuleName, Severity};
