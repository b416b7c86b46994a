//! Branches of templates: what stands behind a test, and what runs once in place of rows.

use super::flow::{Arm, NodeId};
use super::template::Reader;
use super::words::Word;
use crate::source::Span;

impl<'a> Reader<'a> {
    /// Some evaluations of an expression do not come to what these words say.
    pub(super) fn left_out(&mut self, words: &[Word<'a>]) {
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let span = Span { file: self.file.id, start: first.start as u32, end: last.end() as u32 };
            self.flow.conditional.push(span);
        }
    }

    /// A test: what stands behind its first `and` or `or` is not always asked.
    pub(super) fn test(&mut self, words: &[Word<'a>]) -> NodeId {
        let behind = words.iter().position(|it| matches!(it.text, "and" | "or"));
        self.left_out(behind.and_then(|at| words.get(at + 1..)).unwrap_or(&[]));
        self.expression(words)
    }

    /// A branch of the tag that was opened last has its start here.
    pub(super) fn starts_branch(&mut self) {
        let from = self.next();
        let Some(open) = self.open.last_mut() else { return };
        let of = open.branch.map_or_else(
            || {
                self.forks += 1;
                self.forks
            },
            |it| it.0,
        );
        open.branch = Some((of, from));
    }

    /// The present branch of the tag that was opened last has its end here.
    pub(super) fn ends_branch(&mut self) {
        let Some((of, from)) = self.open.last().and_then(|it| it.branch) else { return };
        self.flow.arms.push(Arm { from, to: self.next(), ends: false, raises: false, of });
    }

    /// A branch of an `if`. What stands behind `forloop.first` runs once, however many rows there are.
    pub(super) fn branch(&mut self, words: &[Word<'a>]) {
        if self.open.last().is_none_or(|it| &*it.tag != "if") {
            return;
        }
        self.starts_branch();
        let Some(open) = self.open.last() else { return };
        let once = match words {
            [of, _, which] => matches!(of.text, "forloop" | "loop") && matches!(which.text, "first" | "last"),
            _ => false,
        };
        let around = self.flow.scope(open.scope).map_or(0, |it| it.parent);
        self.scope = if once { around } else { open.scope };
    }
}
