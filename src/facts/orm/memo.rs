//! What code keeps once it has been worked out: in a dict, in a cache, on an instance, in a column of a row.

use crate::syntax::python::{BinOp, Call, CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};

/// What is looked for in a store, and found or not: `key in answers`.
fn sought_in(test: &Expr, wanted: CompareOp) -> Option<String> {
    let ExprKind::Compare { rest, .. } = &test.kind else { return None };
    match rest.as_slice() {
        [(op, store)] if *op == wanted => store.dotted(),
        _ => None,
    }
}

/// Whether a body puts something into a store under a key: `answers[key] = …`.
fn puts_into(body: &[Stmt], store: &str) -> bool {
    let is_store = |target: &Expr| match &target.kind {
        ExprKind::Subscript { value, .. } => value.dotted().as_deref() == Some(store),
        _ => false,
    };
    body.iter().any(|stmt| matches!(&stmt.kind, StmtKind::Assign { targets, .. } if targets.iter().any(is_store)))
}

/// `if key in answers: …`, and else a body that keeps what was not found there.
pub(super) fn keeps_else(test: &Expr, orelse: &[Stmt]) -> bool {
    sought_in(test, CompareOp::In).is_some_and(|store| puts_into(orelse, &store))
}

/// `if not hasattr(self, "_rows"): self._rows = …`, `if self._rows is None: …`: a body that keeps on its instance what the
/// test has not found there.
pub(super) fn keeps_on_self(test: &Expr, body: &[Stmt]) -> bool {
    let Some(name) = missing_on_self(test) else { return false };
    let target = format!("self.{name}");
    let keeps = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(|it| it.dotted().as_deref() == Some(&*target)),
        StmtKind::AnnAssign { target: it, value: Some(_), .. } => it.dotted().as_deref() == Some(&*target),
        _ => false,
    };
    body.iter().any(keeps)
}

/// The attribute of `self` that a test finds missing.
fn missing_on_self(test: &Expr) -> Option<Box<str>> {
    let of_self = |expr: &Expr| Some(Box::from(expr.dotted()?.strip_prefix("self.").filter(|it| !it.contains('.'))?));
    let called = |call: &Call, function: &str| {
        let is_self = call.args.first().is_some_and(|it| matches!(&it.kind, ExprKind::Name(name) if &**name == "self"));
        let is_it = matches!(&call.func.kind, ExprKind::Name(name) if &**name == function);
        call.args.get(1).filter(|_| is_self && is_it).and_then(Expr::str).map(Box::from)
    };
    match &test.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => match &operand.kind {
            ExprKind::Call(call) => called(call, "hasattr").or_else(|| called(call, "getattr")),
            _ => of_self(operand),
        },
        ExprKind::Compare { left, rest } => match rest.as_slice() {
            [(CompareOp::Is | CompareOp::Eq, nothing)] if matches!(nothing.kind, ExprKind::None) => match &left.kind {
                ExprKind::Call(call) => called(call, "getattr"),
                _ => of_self(left),
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a statement answers with what a cache gave to the one before, and what stands behind keeps it there: `found =
/// cache.get(key)`, `if found: return found`, …, `cache.set(key, found)`; or with the same in one: `if found := cache.get(key)`.
pub(super) fn answers_from_cache(body: &[Stmt], at: usize, rest: &str) -> bool {
    let (Some(stmt), Some(before)) = (body.get(at), body.get(..at)) else { return false };
    let StmtKind::If(branches) = &stmt.kind else { return false };
    let [(Some(test), found)] = branches.as_slice() else { return false };
    let returns = matches!(found.last().map(|it| &it.kind), Some(StmtKind::Return(Some(_))));
    let kept = STORES.iter().any(|store| {
        rest.match_indices(store).any(|(at, _)| {
            let word = rest.get(at..).unwrap_or_default().split('(').next().unwrap_or_default();
            word.ends_with("set") && word.len() < 40
        })
    });
    if !returns || !kept {
        return false;
    }
    let name = match &test.kind {
        ExprKind::Named { value, .. } => return of_store(value),
        ExprKind::Name(name) => name,
        ExprKind::Compare { left, rest } => match (&left.kind, rest.as_slice()) {
            (ExprKind::Name(name), [(CompareOp::IsNot | CompareOp::NotEq, nothing)])
                if matches!(nothing.kind, ExprKind::None) =>
            {
                name
            }
            _ => return false,
        },
        _ => return false,
    };
    let is_asked = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            of_store(value) && targets.iter().any(|it| matches!(&it.kind, ExprKind::Name(it) if it == name))
        }
        _ => false,
    };
    before.iter().rev().any(is_asked)
}

/// What the names of caches have in them.
const STORES: &[&str] = &["cache", "redis"];

/// `cache.get(key)`, `redis_store.get(key)`
fn of_store(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => {
            call.func.dotted().is_some_and(|it| it.ends_with("get") && STORES.iter().any(|store| it.contains(store)))
        }
        _ => false,
    }
}

/// `if key not in answers: answers[key] = …`: a body that keeps what the test has not found.
pub(super) fn keeps(test: &Expr, body: &[Stmt]) -> bool {
    sought_in(test, CompareOp::NotIn).is_some_and(|store| puts_into(body, &store))
}

/// `if len(batch) >= size`, `if at % 100 == 0`: what runs once for many turns.
pub(super) fn is_full(test: &Expr) -> bool {
    let ExprKind::Compare { left, rest } = &test.kind else { return false };
    let [(op, right)] = rest.as_slice() else { return false };
    match &left.kind {
        ExprKind::Call(call) => {
            let few = matches!(right.kind, ExprKind::Int(Some(0..=1)));
            call.func.dotted().as_deref() == Some("len")
                && matches!(op, CompareOp::GtE | CompareOp::Gt | CompareOp::Eq)
                && !few
        }
        ExprKind::Binary { op: BinOp::Mod, .. } => *op == CompareOp::Eq && matches!(right.kind, ExprKind::Int(Some(0))),
        _ => false,
    }
}

/// A memo that is kept in a column of the row: `if self._start is not None: return self._start`, and what stands behind
/// works it out, puts it there and saves the row. It is worked out once in the row's life.
pub(super) fn answers_from_column(stmt: &Stmt, rest: &str) -> bool {
    let StmtKind::If(branches) = &stmt.kind else { return false };
    let [(Some(test), body)] = branches.as_slice() else { return false };
    let parts = match &test.kind {
        ExprKind::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(test),
    };
    let there = |test: &Expr| match &test.kind {
        ExprKind::Compare { left, rest } => match rest.as_slice() {
            [(CompareOp::IsNot | CompareOp::NotEq, nothing)] if matches!(nothing.kind, ExprKind::None) => left.dotted(),
            _ => None,
        },
        ExprKind::Attribute { .. } => test.dotted(),
        _ => None,
    };
    let returns = matches!(body.last().map(|it| &it.kind), Some(StmtKind::Return(Some(_))));
    returns && parts.iter().filter_map(there).any(|name| name.starts_with("self.") && puts_and_saves(rest, &name))
}

/// Whether code puts something under a name of its instance, and saves that.
fn puts_and_saves(text: &str, name: &str) -> bool {
    text.contains(&format!("{name} = ")) && text.contains("self.save(")
}

/// `if self.total is None: self.total = …; self.save()`, and `return self.total` behind it: the same, where the test finds it
/// missing. What is not answered with is no memo: `if self.closed_at is None: self.closed_at = now(); self.save()`.
pub(super) fn keeps_in_column(test: &Expr, text: &str, behind: &str) -> bool {
    missing_on_self(test).is_some_and(|name| {
        let rest = behind.split("def ").next().unwrap_or_default();
        puts_and_saves(text, &format!("self.{name}")) && rest.contains(&format!("return self.{name}"))
    })
}

/// What a statement answers from when it is there, and then ends: `try: return answers[key]`, `if key in answers: return
/// answers[key]`.
pub(super) fn answers_from(stmt: &Stmt) -> Option<String> {
    let kept = |body: &[Stmt]| match body.last().map(|it| &it.kind) {
        Some(StmtKind::Return(Some(Expr { kind: ExprKind::Subscript { value, .. }, .. }))) => value.dotted(),
        _ => None,
    };
    match &stmt.kind {
        StmtKind::Try { body, handlers, .. } => {
            let misses = |name: &str| matches!(name, "KeyError" | "LookupError");
            let caught = handlers.iter().any(|it| it.0.as_ref().and_then(Expr::dotted).is_some_and(|it| misses(&it)));
            kept(body).filter(|_| body.len() == 1 && caught)
        }
        StmtKind::If(branches) => match branches.as_slice() {
            [(Some(Expr { kind: ExprKind::Compare { rest, .. }, .. }), body)] => {
                let [(CompareOp::In, of)] = rest.as_slice() else { return None };
                kept(body).filter(|store| of.dotted().as_ref() == Some(store))
            }
            _ => None,
        },
        _ => None,
    }
}
