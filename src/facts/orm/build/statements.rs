//! Statements one after the other: what each binds, gives back and runs, and whether the code behind it is reached.

use super::Builder;
use super::conditional::says_types;
use crate::facts::orm::flow::{Guard, NodeKind, With};
use crate::facts::orm::guard::{goes_on, is_receiver, opens_transaction};
use crate::facts::orm::memo::{answers_from, answers_from_cache, answers_from_column};
use crate::facts::orm::thrown;
use crate::source::Span;
use crate::syntax::python::{BinOp, Stmt, StmtKind};

impl<'a> Builder<'a> {
    /// A list of statements. Says whether it never reaches its end.
    pub(in crate::facts::orm) fn block(&mut self, body: &'a [Stmt]) -> bool {
        let (around, guard) = (self.scope, self.guard);
        if let Some(scope) = self.left_for(body) {
            if !body.iter().any(|stmt| matches!(stmt.kind, StmtKind::Raise(_))) {
                self.leave(scope);
            }
            self.scope = scope;
        }
        let mut ends = false;
        for (at, stmt) in body.iter().enumerate() {
            ends |= self.deeper(|it| it.statement(stmt)).unwrap_or(false);
            // Where nothing was kept under a key, what stands behind makes it and keeps it.
            if let (Some(store), Some(rest)) = (answers_from(stmt), body.get(at + 1..))
                && rest.iter().any(|it| self.file.slice(it.span).contains(&format!("{store}[")))
            {
                self.behind([Guard::Seldom]);
            }
            let rest = || body.get(at + 1..).and_then(|rest| Some(rest.first()?.span.start..rest.last()?.span.end));
            if matches!(stmt.kind, StmtKind::If(_))
                && let Some(rest) = rest()
                && let Some(rest) = self.file.text().get(rest.start as usize..rest.end as usize)
            {
                if answers_from_cache(body, at, rest) {
                    self.behind([Guard::Kept(self.scope)]);
                }
                self.behind(answers_from_column(stmt, rest).then_some(Guard::Seldom));
            }
        }
        (self.scope, self.guard) = (around, guard);
        ends
    }

    fn statement(&mut self, stmt: &'a Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                let value = self.expr(expr);
                if self.tries == 0 && thrown::is_lazy(expr) {
                    self.flow.thrown.push(value);
                }
                self.grow(expr);
            }
            StmtKind::Assign { targets, value } => {
                let value = self.expr(value);
                for target in targets {
                    self.assign(target, value);
                }
            }
            StmtKind::AnnAssign { target, value: Some(value), .. } => {
                let value = self.expr(value);
                self.assign(target, value);
            }
            StmtKind::AnnAssign { target, annotation, value: None } if self.is_top => {
                let said = self.expr(annotation);
                let value = self.node(NodeKind::Said(said), annotation.span);
                self.assign(target, value);
            }
            StmtKind::AnnAssign { value: None, .. } => {}
            StmtKind::AugAssign { target, op, value } => {
                if self.grow_by(target, value, stmt.span) {
                    return false;
                }
                let before = self.expr(target);
                let value = self.expr(value);
                if *op == BinOp::Add {
                    self.node(NodeKind::Through(value), self.flow.node(value).span);
                }
                let mixed = self.node(NodeKind::Mix(vec![before, value]), stmt.span);
                self.assign(target, mixed);
            }
            StmtKind::Function(function) => {
                for decorator in function.decorators.iter().filter(|it| is_receiver(it)) {
                    self.expr(decorator);
                }
                self.functions.push(function);
                self.env.remove(&(None, &*function.name.value));
            }
            StmtKind::Class(class) => {
                self.classes.push(class);
                self.env.remove(&(None, &*class.name.value));
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    let value = self.expr(value);
                    self.flow.returns.push(value);
                }
                return true;
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                let over = self.expr(iter);
                let head = Span { end: iter.span.end.max(stmt.span.start), ..stmt.span };
                let arm = self.arm(|it| {
                    it.turn(over, *is_async, head, target, |it| {
                        it.block(body);
                    });
                    false
                });
                self.join(vec![arm], true, stmt.span);
                self.block(orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.test(test);
                let queue = self.emptied(test, body);
                let (around, open) = (self.scope, self.queues.len());
                if let Some(name) = queue {
                    let over = self.expr(test);
                    self.enter(over, false, Span { end: test.span.end, ..stmt.span });
                    self.queues.push((name, over, self.scope));
                }
                let arm = self.arm(|it| it.block(body));
                self.scope = around;
                self.queues.truncate(open);
                self.join(vec![arm], true, stmt.span);
                self.block(orelse);
            }
            // What stands there for who checks types says what the other branch puts there.
            StmtKind::If(branches) if says_types(branches) => {
                for (_, body) in branches.iter().rev() {
                    self.block(body);
                }
            }
            StmtKind::If(branches) => return self.conditional(branches, stmt.span),
            StmtKind::With { is_async, items, body } => {
                let mut opened = Vec::with_capacity(items.len());
                for (item, target) in items {
                    let value = self.expr(item);
                    opened.push(value);
                    if let Some(target) = target {
                        self.assign(target, value);
                    }
                }
                let from = self.next();
                let tried = items.iter().any(|(item, _)| thrown::takes_exceptions(item));
                self.tries += u32::from(tried);
                let ends = self.block(body);
                self.tries -= u32::from(tried);
                let to = self.next();
                self.flow.withs.extend(opened.into_iter().map(|item| With { item, is_async: *is_async, from, to }));
                return ends;
            }
            StmtKind::Match { subject, cases } => {
                let subject = self.expr(subject);
                let around = self.guard;
                if let NodeKind::Param(at) = self.flow.node(subject).kind {
                    self.behind([Guard::Kind(at)]);
                }
                let mut arms = Vec::with_capacity(cases.len());
                let fork = self.fork();
                for (guard, body) in cases {
                    if let Some(guard) = guard {
                        self.test(guard);
                    }
                    arms.push(self.branch_of(fork, body));
                }
                self.guard = around;
                self.join(arms, true, stmt.span);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                // A handler sees what the body had bound before it failed, which may be nothing.
                let caught = (self.scope != 0 && goes_on(handlers.iter().map(|(_, _, body)| body.as_slice())))
                    .then(|| Guard::Caught(self.scope, opens_transaction(body)));
                let ran = self.branch(0, |it| {
                    let around = it.guard;
                    it.behind(caught);
                    it.tries += 1;
                    let ends = it.block(body);
                    it.tries -= 1;
                    it.guard = around;
                    it.block(orelse) || ends
                });
                let mut arms = vec![ran];
                for (_, name, body) in handlers {
                    arms.push(self.branch(0, |it| {
                        if let Some(name) = name {
                            let error = it.unknown(stmt.span);
                            it.bind((None, name), error);
                        }
                        // An exception is not the rule.
                        let around = it.guard;
                        it.behind([Guard::Seldom]);
                        let ends = it.block(body);
                        it.guard = around;
                        ends
                    }));
                }
                let ends = self.join(arms, false, stmt.span);
                return self.block(finally) || ends;
            }
            StmtKind::Raise(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
                return true;
            }
            StmtKind::Assert(test) => self.test(test),
            StmtKind::Delete(_) => {}
            StmtKind::Import(names) => {
                for alias in names {
                    self.import(alias);
                }
            }
            StmtKind::ImportFrom { module, level, names } => self.import_from(module, *level, names),
            StmtKind::Other => {
                let text = self.file.slice(stmt.span);
                return self.scope != 0 && (text.starts_with("continue") || text.starts_with("break"));
            }
        }
        false
    }
}
