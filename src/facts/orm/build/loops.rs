//! Loops: which one runs what, what it binds in each turn, and how it is left.

use super::Builder;
use crate::facts::orm::flow::{Loop, NodeId, NodeKind, Scope};
use crate::source::Span;
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};

/// Methods that take one thing out of a list, a queue or a set.
const TAKES: &[&str] = &["pop", "popleft"];

impl<'a> Builder<'a> {
    /// One turn of a loop: the loop, its variable, its body.
    pub(in crate::facts::orm) fn turn(
        &mut self,
        iter: NodeId,
        is_async: bool,
        head: Span,
        target: &'a Expr,
        body: impl FnOnce(&mut Self),
    ) {
        let around = self.enter(iter, is_async, head);
        self.take_row(iter, target);
        body(self);
        self.scope = around;
    }

    /// Binds a loop's variable.
    pub(in crate::facts::orm) fn take_row(&mut self, iter: NodeId, target: &'a Expr) {
        let row = self.node(NodeKind::Row(iter), target.span);
        self.assign(target, row);
    }

    /// What a `while` takes from until it is empty, and puts nothing into: `while pending: row = pending.popleft()`.
    pub(super) fn emptied(&self, test: &Expr, body: &[Stmt]) -> Option<String> {
        let name = test.dotted()?;
        let (first, last) = (body.first()?, body.last()?);
        let text = self.file.slice(Span { end: last.span.end, ..first.span });
        let says = |method: &str| text.contains(&format!("{name}.{method}("));
        let takes = TAKES.iter().any(|it| says(it));
        let puts =
            ["append", "appendleft", "extend", "extendleft", "insert", "add", "update"].iter().any(|it| says(it));
        (takes && !puts).then_some(name)
    }

    /// What a loop takes from in each turn, when a call does: `pending.popleft()`.
    pub(in crate::facts::orm) fn taken(&self, func: &Expr) -> Option<NodeId> {
        let ExprKind::Attribute { value, name } = &func.kind else { return None };
        let queue = value.dotted().filter(|_| TAKES.contains(&&*name.value))?;
        self.queues.iter().rev().find(|(known, _, scope)| *known == queue && *scope == self.scope).map(|it| it.1)
    }

    /// Opens a loop; gives the scope to go back to.
    pub(in crate::facts::orm) fn enter(&mut self, iter: NodeId, is_async: bool, head: Span) -> Scope {
        let around = self.scope;
        self.flow.loops.push(Loop { iter, head, parent: around, is_async, leaves: false });
        self.scope = self.flow.loops.len() as Scope;
        around
    }

    /// Where a list of statements goes that leaves the loop it is in: it runs once, however many rows there are.
    pub(super) fn left_for(&self, body: &[Stmt]) -> Option<Scope> {
        body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Raise(_) => Some(0),
            StmtKind::Other if self.file.slice(stmt.span).starts_with("break") => {
                Some(self.flow.scope(self.scope).map_or(0, |it| it.parent))
            }
            _ => None,
        })
    }

    /// Says of the present loops, those within another, that they may be left.
    pub(super) fn leave(&mut self, to: Scope) {
        let mut at = self.scope;
        while at > to
            && let Some(left) = self.flow.loops.get_mut(at as usize - 1)
        {
            left.leaves = true;
            at = left.parent;
        }
    }
}
