//! Statements that make a queryset, or a statement of SQLAlchemy's, which nobody takes.

use crate::syntax::python::{Expr, ExprKind};

/// Methods that change nothing and give another queryset or statement.
const LAZY: &[&str] = &[
    "alias",
    "annotate",
    "defer",
    "distinct",
    "exclude",
    "filter",
    "filter_by",
    "limit",
    "only",
    "options",
    "order_by",
    "prefetch_related",
    "select_for_update",
    "select_related",
    "where",
    "with_for_update",
];

/// Whether an expression calls a method that would give another queryset: `rows.filter(...)`.
pub(super) fn is_lazy(expr: &Expr) -> bool {
    let ExprKind::Call(call) = &expr.kind else { return false };
    matches!(&call.func.kind, ExprKind::Attribute { name, .. } if LAZY.contains(&&*name.value))
}

/// Whether a `with` is there for what fails in it: `contextlib.suppress(...)`, `pytest.raises(...)`. What is only tried, to
/// see whether it fails, does something.
pub(super) fn takes_exceptions(item: &Expr) -> bool {
    let ExprKind::Call(call) = &item.kind else { return false };
    call.func.dotted().is_some_and(|name| {
        let last = name.rsplit('.').next().unwrap_or(&name);
        matches!(last, "suppress" | "raises") || last.starts_with("assert")
    })
}
