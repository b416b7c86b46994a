//! Rules: pages, the language of their conditions, and what they find.
//!
//! A rule judges facts and sees no syntax. Here lives everything from a page's text to a finding; what a finding's fix
//! writes is made in `fix`.

pub mod check;
pub mod example;
pub mod expr;
pub mod finding;
pub(crate) mod kubectl;
mod noqa;
pub mod page;
mod registry;
mod said;
pub mod suppress;

pub use check::{Checked, Failed, Tally, Undecided, check, told_of};
pub use example::{Example, Prose};
pub use finding::{Confidence, Finding, Label, Outcome, RuleName, Severity};
pub use page::{Page, PageError, Rule};
pub use registry::Rules;
