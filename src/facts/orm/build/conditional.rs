//! `if`: what its branches bind, and the tests that the code in them, and the code behind them, stands behind.

use super::Builder;
use crate::facts::orm::flow::Guard;
use crate::facts::orm::guard::{misses, sorts};
use crate::facts::orm::memo::{is_full, keeps, keeps_else, keeps_in_column, keeps_on_self};
use crate::source::Span;
use crate::syntax::python::{Expr, Stmt};

impl<'a> Builder<'a> {
    /// `if … elif … else`. Says whether none of its branches reaches its end.
    pub(super) fn conditional(&mut self, branches: &'a [(Option<Expr>, Vec<Stmt>)], span: Span) -> bool {
        let mut arms = Vec::with_capacity(branches.len());
        let mut complete = false;
        let fork = self.fork();
        // What stands behind all of it, and behind what its tests looked for in whichever way round.
        let (guard, mut looked) = (self.guard, self.guard);
        let mut kept_else = None;
        for (test, body) in branches {
            match test {
                Some(test) => self.test(test),
                None => complete = true,
            }
            let scope = self.scope;
            let around = self.sorted;
            self.sorted |= test.as_ref().is_some_and(sorts);
            if let Some(looked_for) = test.as_ref().and_then(|test| self.looks_for(test)) {
                let before = std::mem::replace(&mut self.guard, looked);
                self.behind([looked_for.clone()]);
                looked = std::mem::replace(&mut self.guard, before);
                self.behind([looked_for]);
            }
            let before = self.guard;
            if let Some(test) = test {
                let told = self.told_by(test, true);
                let unread = told.iter().all(|it| matches!(it, Guard::True(..)));
                let missing = unread && misses(test) && !self.flow.guards(before).any(is_strong);
                self.behind(told);
                self.behind(missing.then(|| Guard::Missing(scope, self.tested_variable(test))));
                self.behind((keeps(test, body) || is_full(test)).then_some(Guard::Seldom));
                self.behind(keeps_on_self(test, body).then_some(Guard::KeptOnSelf(scope)));
                let from = |at: u32| self.file.text().get(at as usize..).unwrap_or_default();
                let kept = body.first().zip(body.last()).is_some_and(|(first, last)| {
                    let within = Span { end: last.span.end, ..first.span };
                    keeps_in_column(test, self.file.slice(within), from(last.span.end))
                });
                self.behind(kept.then_some(Guard::Seldom));
            } else if kept_else.is_some_and(|test| keeps_else(test, body)) {
                self.behind([Guard::Kept(scope)]);
            }
            kept_else = test.as_ref();
            arms.push(self.branch_of(fork, body));
            self.guard = before;
            if let Some(test) = test {
                let told = self.told_by(test, false);
                self.behind(told);
            }
            self.sorted = around;
        }
        // What was there before is there still where none was taken.
        let other = std::mem::replace(&mut self.guard, guard);
        if !complete {
            self.keep_before(&arms, other, span);
        }
        self.guard = other;
        self.flow.complete.extend(complete.then_some(fork));
        // What stands behind branches that ended is the other branch; of several one may not have ended.
        let ended = arms.iter().filter(|arm| arm.ends).count();
        self.guard = match ended {
            0 => guard,
            all if all == arms.len() => self.guard,
            _ => looked,
        };
        self.join(arms, !complete, span)
    }
}

/// `if TYPE_CHECKING: … else: …`
pub(super) fn says_types(branches: &[(Option<Expr>, Vec<Stmt>)]) -> bool {
    let test = branches.first().and_then(|(test, _)| test.as_ref()).filter(|_| branches.len() <= 2);
    test.and_then(Expr::dotted).is_some_and(|name| matches!(&*name, "TYPE_CHECKING" | "typing.TYPE_CHECKING"))
}

/// Whether a guard says by itself whether its code runs, so that a test within it for what is missing says no more.
fn is_strong(guard: &Guard) -> bool {
    matches!(guard, Guard::Attribute(_) | Guard::Prefetched(_) | Guard::Kind(_) | Guard::Seldom)
}
