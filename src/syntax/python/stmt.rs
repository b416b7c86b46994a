//! Statements: from the parser's tree to ours.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::expr::binary;
use super::lower::Lower;
use super::{Class, Expr, Function, Stmt, StmtKind};
use crate::source::Span;

impl Lower<'_> {
    pub(super) fn body(&mut self, body: &[ruff::Stmt]) -> Vec<Stmt> {
        body.iter().map(|it| self.stmt(it)).collect()
    }

    fn stmt(&mut self, stmt: &ruff::Stmt) -> Stmt {
        let kind = self.deeper(stmt, |lower| lower.stmt_kind(stmt)).unwrap_or(StmtKind::Other);
        Stmt { kind, span: self.span(stmt) }
    }

    fn maybe_expr(&mut self, expr: Option<&ruff::Expr>) -> Option<Expr> {
        expr.map(|it| self.expr(it))
    }

    fn stmt_kind(&mut self, stmt: &ruff::Stmt) -> StmtKind {
        use ruff::Stmt as S;
        match stmt {
            S::Expr(it) => StmtKind::Expr(self.expr(&it.value)),
            S::Assign(it) => StmtKind::Assign {
                targets: it.targets.iter().map(|target| self.expr(target)).collect(),
                value: self.expr(&it.value),
            },
            S::AnnAssign(it) => StmtKind::AnnAssign {
                target: self.expr(&it.target),
                annotation: self.expr(&it.annotation),
                value: self.maybe_expr(it.value.as_deref()),
            },
            S::AugAssign(it) => {
                StmtKind::AugAssign { target: self.expr(&it.target), op: binary(it.op), value: self.expr(&it.value) }
            }
            S::FunctionDef(it) => StmtKind::Function(Box::new(self.function(it))),
            S::ClassDef(it) => StmtKind::Class(Box::new(self.class(it))),
            S::Return(it) => StmtKind::Return(self.maybe_expr(it.value.as_deref())),
            S::For(it) => StmtKind::For {
                is_async: it.is_async,
                target: self.expr(&it.target),
                iter: self.expr(&it.iter),
                body: self.body(&it.body),
                orelse: self.body(&it.orelse),
            },
            S::While(it) => {
                StmtKind::While { test: self.expr(&it.test), body: self.body(&it.body), orelse: self.body(&it.orelse) }
            }
            S::If(it) => self.branches(it),
            S::With(it) => StmtKind::With {
                is_async: it.is_async,
                items: it
                    .items
                    .iter()
                    .map(|item| (self.expr(&item.context_expr), self.maybe_expr(item.optional_vars.as_deref())))
                    .collect(),
                body: self.body(&it.body),
            },
            S::Match(it) => StmtKind::Match {
                subject: self.expr(&it.subject),
                cases: it
                    .cases
                    .iter()
                    .map(|case| (self.maybe_expr(case.guard.as_deref()), self.body(&case.body)))
                    .collect(),
            },
            S::Try(it) => self.attempt(it),
            S::Raise(it) => StmtKind::Raise(self.maybe_expr(it.exc.as_deref())),
            S::Assert(it) => StmtKind::Assert(self.expr(&it.test)),
            S::Delete(it) => StmtKind::Delete(it.targets.iter().map(|target| self.expr(target)).collect()),
            S::Import(it) => StmtKind::Import(it.names.iter().map(|name| self.alias(name)).collect()),
            S::ImportFrom(it) => StmtKind::ImportFrom {
                module: it.module.as_ref().map_or("", |module| module.as_str()).into(),
                level: it.level,
                names: it.names.iter().map(|name| self.alias(name)).collect(),
            },
            S::TypeAlias(_)
            | S::Global(_)
            | S::Nonlocal(_)
            | S::Pass(_)
            | S::Break(_)
            | S::Continue(_)
            | S::IpyEscapeCommand(_) => StmtKind::Other,
        }
    }

    fn branches(&mut self, stmt: &ruff::StmtIf) -> StmtKind {
        let mut branches = vec![(Some(self.expr(&stmt.test)), self.body(&stmt.body))];
        for clause in &stmt.elif_else_clauses {
            branches.push((self.maybe_expr(clause.test.as_ref()), self.body(&clause.body)));
        }
        StmtKind::If(branches)
    }

    fn attempt(&mut self, stmt: &ruff::StmtTry) -> StmtKind {
        let handlers = stmt
            .handlers
            .iter()
            .map(|ruff::ExceptHandler::ExceptHandler(handler)| {
                (
                    self.maybe_expr(handler.type_.as_deref()),
                    handler.name.as_ref().map(|name| name.as_str().into()),
                    self.body(&handler.body),
                )
            })
            .collect();
        StmtKind::Try {
            body: self.body(&stmt.body),
            handlers,
            orelse: self.body(&stmt.orelse),
            finally: self.body(&stmt.finalbody),
        }
    }

    fn function(&mut self, function: &ruff::StmtFunctionDef) -> Function {
        Function {
            name: self.name(&function.name),
            is_async: function.is_async,
            decorators: self.decorators(&function.decorator_list),
            params: self.params(&function.parameters),
            returns: self.maybe_expr(function.returns.as_deref()),
            body: self.body(&function.body),
            span: self.undecorated(function, &function.decorator_list),
        }
    }

    fn class(&mut self, class: &ruff::StmtClassDef) -> Class {
        Class {
            name: self.name(&class.name),
            decorators: self.decorators(&class.decorator_list),
            bases: class.bases().iter().map(|base| self.expr(base)).collect(),
            keywords: class.keywords().iter().map(|it| self.keyword(it)).collect(),
            body: self.body(&class.body),
            span: self.undecorated(class, &class.decorator_list),
        }
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Vec<Expr> {
        decorators.iter().map(|it| self.expr(&it.expression)).collect()
    }

    /// A definition without its decorators, and without the blanks and comments behind the last of them.
    fn undecorated(&self, definition: &impl Ranged, decorators: &[ruff::Decorator]) -> Span {
        let whole = self.span(definition);
        let Some(last) = decorators.last() else { return whole };
        let mut start = self.span(last).end as usize;
        let text = self.file.text();
        while let Some(rest) = text.get(start..whole.end as usize) {
            let trimmed = rest.trim_start();
            start += rest.len() - trimmed.len();
            match trimmed.strip_prefix('#') {
                Some(comment) => start += 1 + comment.find(['\n', '\r']).unwrap_or(comment.len()),
                None => break,
            }
        }
        Span { start: (start as u32).min(whole.end), ..whole }
    }
}
