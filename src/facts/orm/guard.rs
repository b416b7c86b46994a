//! What a test asks, as far as it says which code runs for which rows.

use super::build::Builder;
use super::flow::{Guard, NodeKind};
use crate::syntax::python::{Call, CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};

/// Where Django keeps what was prefetched for a row.
const PREFETCHED: &str = "_prefetched_objects_cache";

impl Builder<'_> {
    /// The argument of the present function that must be true, or must not, for a test to hold, or not to.
    pub(super) fn flag(&self, test: &Expr, holds: bool) -> Option<Guard> {
        match &test.kind {
            ExprKind::Name(name) => match self.flow.node(self.value_of((None, name))?).kind {
                NodeKind::Param(at) => Some(Guard::Flag(at, holds)),
                _ => None,
            },
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.flag(operand, !holds),
            ExprKind::And(parts) if holds => parts.iter().find_map(|it| self.flag(it, holds)),
            ExprKind::Or(parts) if !holds => parts.iter().find_map(|it| self.flag(it, holds)),
            _ => None,
        }
    }

    /// What a test looks for on a row, in whichever way round.
    pub(super) fn looks_for(&self, test: &Expr) -> Option<Guard> {
        match &test.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.looks_for(operand),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().find_map(|part| self.looks_for(part)),
            ExprKind::Compare { left, rest } => match rest.as_slice() {
                [(CompareOp::In | CompareOp::Eq, right)] if left.dotted().as_deref() == Some("self.action") => {
                    let names: &[Expr] = match &right.kind {
                        ExprKind::List(names) | ExprKind::Tuple(names) | ExprKind::Set(names) => names,
                        _ => std::slice::from_ref(right),
                    };
                    Some(Guard::Action(names.iter().any(|name| name.str() == Some("list"))))
                }
                [(CompareOp::In | CompareOp::NotIn, right)] => {
                    let name = left.str().filter(|_| self.file.slice(right.span).contains(PREFETCHED))?;
                    Some(Guard::Prefetched(name.into()))
                }
                [(CompareOp::Is | CompareOp::IsNot, _)] => self.looks_for(left),
                _ => None,
            },
            ExprKind::Call(call) => attribute(call),
            // `count = getattr(self, "n_likes", None)`, and later `count is None`.
            ExprKind::Name(name) => {
                let NodeKind::Call { func, args, .. } = &self.flow.node(self.value_of((None, name))?).kind else {
                    return None;
                };
                let is_getattr = matches!(&self.flow.node(*func).kind, NodeKind::Name(name) if &**name == "getattr");
                let name = self.flow.text(*args.get(1)?).filter(|_| is_getattr)?;
                Some(Guard::Attribute(name.into()))
            }
            _ => None,
        }
    }
}

/// `if key not in answers: answers[key] = …`: a body that keeps what the test has not found.
pub(super) fn keeps(test: &Expr, body: &[Stmt]) -> bool {
    let ExprKind::Compare { rest, .. } = &test.kind else { return false };
    let [(CompareOp::NotIn, store)] = rest.as_slice() else { return false };
    let Some(store) = store.dotted() else { return false };
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(|target| match &target.kind {
            ExprKind::Subscript { value, .. } => value.dotted().as_deref() == Some(&*store),
            _ => false,
        }),
        _ => false,
    })
}

/// `hasattr(it, "name")`, `getattr(it, "name", None)`
fn attribute(call: &Call) -> Option<Guard> {
    let looks = matches!(&call.func.kind, ExprKind::Name(name) if matches!(&**name, "hasattr" | "getattr"));
    let name = call.args.get(1)?.str().filter(|_| looks)?;
    Some(Guard::Attribute(name.into()))
}

/// Whether a decorator makes a function a receiver of signals.
pub(super) fn is_receiver(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Call(call) => {
            call.func.dotted().is_some_and(|name| name == "receiver" || name.ends_with(".receiver"))
        }
        _ => false,
    }
}

/// Whether a test finds that something is not there: what stands behind it makes it, and only for some.
pub(super) fn misses(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => matches!(operand.kind, ExprKind::Name(_)),
        ExprKind::Compare { left, rest } => {
            let nothing = |it: &(CompareOp, Expr)| it.0 == CompareOp::Is && matches!(it.1.kind, ExprKind::None);
            matches!(left.kind, ExprKind::Name(_)) && rest.iter().all(nothing)
        }
        _ => false,
    }
}

/// Whether a test asks which of several kinds a thing is: `kind == "page"`, `kind in PAGES`.
pub(super) fn sorts(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Compare { rest, .. } => rest.iter().any(|(op, _)| matches!(op, CompareOp::Eq | CompareOp::In)),
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().any(sorts),
        _ => false,
    }
}
