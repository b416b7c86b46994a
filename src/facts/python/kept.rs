//! Whether what a function makes outlives it.

use crate::source::SourceFile;
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};

/// Whether what is bound to a plain name in this body stays there: the name is asked (`engine.connect()`,
/// `inspect(engine)`), and neither returned, kept, closed over nor handed on.
pub(super) fn stays(file: &SourceFile, body: &[Stmt], name: &str) -> bool {
    let (mut stays, mut mentioned) = (!name.contains('.'), 0);
    for stmt in body {
        stmt.each_below(&mut |stmt| stays &= !names_outside(file, stmt, name));
        stmt.each_below(&mut |stmt| stays &= stmt_keeps_within(stmt, name));
        stmt.each_below(&mut |stmt| stmt.each_expr(&mut |expr| mentioned += usize::from(mentions(expr, name))));
    }
    // It is bound once, and asked elsewhere.
    stays && mentioned > 1
}

/// `global name`, `nonlocal name`
fn names_outside(file: &SourceFile, stmt: &Stmt, name: &str) -> bool {
    if !matches!(stmt.kind, StmtKind::Other) {
        return false;
    }
    let text = file.slice(stmt.span);
    let names = text.strip_prefix("global ").or_else(|| text.strip_prefix("nonlocal "));
    names.is_some_and(|names| names.split(',').any(|it| it.trim() == name))
}

fn stmt_keeps_within(stmt: &Stmt, name: &str) -> bool {
    match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            let is_plain = targets.iter().all(|it| matches!(it.kind, ExprKind::Name(_)));
            asked(value, name) && (is_plain || !mentions(value, name))
        }
        StmtKind::AnnAssign { target, value, .. } => {
            let is_plain = matches!(target.kind, ExprKind::Name(_));
            value.as_ref().is_none_or(|it| asked(it, name) && (is_plain || !mentions(it, name)))
        }
        StmtKind::Return(Some(value)) => asked(value, name) && !starts_at(value, name),
        // What is defined within may be kept with all that it names.
        StmtKind::Function(function) => !function.body.iter().any(|it| body_mentions(it, name)),
        _ => {
            let mut all = true;
            stmt.each_expr(&mut |expr| all &= asked(expr, name));
            all
        }
    }
}

/// Whether each mention of the name in an expression is a question: something of it is called or read.
fn asked(expr: &Expr, name: &str) -> bool {
    match &expr.kind {
        ExprKind::Name(it) => **it != *name,
        ExprKind::Attribute { value, .. } if is(value, name) => true,
        ExprKind::Call(call) if call.func.dotted().is_some_and(|it| it.rsplit('.').next() == Some("inspect")) => {
            call.args.iter().all(|it| is(it, name) || asked(it, name))
        }
        ExprKind::Lambda { .. } | ExprKind::Yield(_) => !mentions(expr, name),
        _ => {
            let mut all = true;
            expr.each_child(&mut |child| all &= asked(child, name));
            all
        }
    }
}

/// Whether a value is reached through the name: `engine.connect()`.
fn starts_at(expr: &Expr, name: &str) -> bool {
    match &expr.kind {
        ExprKind::Attribute { value, .. } | ExprKind::Await(value) => is(value, name) || starts_at(value, name),
        ExprKind::Call(call) => starts_at(&call.func, name),
        _ => false,
    }
}

fn is(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(it) if **it == *name)
}

fn mentions(expr: &Expr, name: &str) -> bool {
    let mut found = false;
    expr.each_below(&mut |it| found |= is(it, name));
    found
}

fn body_mentions(stmt: &Stmt, name: &str) -> bool {
    let mut found = false;
    stmt.each_below(&mut |it| it.each_expr(&mut |expr| found |= mentions(expr, name)));
    found
}
