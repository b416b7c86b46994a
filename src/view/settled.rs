//! What a goal asks of the files, as rows: the changes, and what has no place in them.

use schemars::JsonSchema;
use serde::Serialize;

use super::FileDiff;
use super::Report;
use super::capacity::{number, rounded};
use super::diff::{Hunk, hunks};
use super::mask::clean;
use crate::capacity::{SAFE, Settled};

/// What one goal asks of the files for one application, with which nine of ten draws reach it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GoalChange {
    /// The goal: `500 users`.
    pub goal: String,
    /// What the changes come to, in sentences.
    pub says: String,
    /// The changes, as `git apply` takes them; secrets are masked.
    pub diff: String,
    /// The numbers that no file has a place for, and what rules say of the changed files alone, each in a sentence.
    pub left: Vec<String>,
    /// The changes, file by file.
    #[serde(skip)]
    pub files: Vec<FileDiff>,
}

/// The row of what was tried. Changes that do not come to the goal are not shown, and it is said that they do not.
pub(super) fn row(report: &Report, settled: &Settled, goal: String) -> GoalChange {
    let left = settled
        .left
        .iter()
        .map(|(name, value, why)| format!("`{}` must be {}, and {}.", clean(name), number(*value), clean(why)));
    let brings = settled.brings.iter().map(|it| format!("To settle with it: {}.", clean(it)));
    let left: Vec<String> = left.chain(brings).collect();
    let diff = |(id, text): &(crate::source::FileId, String)| {
        let file = report.sources.file(*id);
        let hunks = hunks(file.text(), text, |_| String::new());
        FileDiff { path: clean(&file.path).into_owned(), hunks: hunks.iter().map(Hunk::masked).collect() }
    };
    let files: Vec<FileDiff> = if settled.reached { settled.texts.iter().map(diff).collect() } else { Vec::new() };
    let [alone, whole] = settled.rates.map(|rate| number(rounded(rate, 2)));
    let says = match (settled.reached, files.is_empty(), left.is_empty()) {
        (false, ..) if settled.texts.is_empty() => "No file has a place for any of these numbers.".to_owned(),
        (false, ..) => {
            "The numbers that have a place were written on copies of the files and read again, and the model does not \
                        say that the goal is reached with them: no change is shown."
                .to_owned()
        }
        (true, true, _) => "No file has a place for any of these numbers.".to_owned(),
        (true, false, true) => format!(
            "With these changes, read again, `{}` takes about {alone} requests a second at the likely values, and reaches the goal in \
             {} of 100 draws or more.",
            clean(&settled.app),
            number(100.0 * SAFE)
        ),
        (true, false, false) => format!(
            "With these changes, read again, `{}` takes about {alone} requests a second at the likely values; with what stands in no \
             file, below, about {whole}, and reaches the goal in {} of 100 draws or more.",
            clean(&settled.app),
            number(100.0 * SAFE)
        ),
    };
    let text = |file: &FileDiff| {
        let hunks: String = file.hunks.iter().map(Hunk::to_string).collect();
        format!("--- a/{path}\n+++ b/{path}\n{hunks}", path = file.path)
    };
    GoalChange { goal, says, diff: files.iter().map(text).collect(), left, files }
}
