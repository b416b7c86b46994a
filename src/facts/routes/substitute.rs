//! What a turn of a loop does, with its variables filled in.

use crate::syntax::python::{Call, Expr, ExprKind, FPart, Keyword};

/// What names stand for in a turn.
pub(super) type Bound<'a> = [(&'a str, &'a Expr)];

/// The names that a target binds to a value, part by part; nothing when that cannot be told.
pub(super) fn bound<'a>(target: &'a Expr, value: &'a Expr) -> Option<Vec<(&'a str, &'a Expr)>> {
    match (&target.kind, &value.kind) {
        (ExprKind::Name(name), _) => Some(vec![(name, value)]),
        (ExprKind::Tuple(names) | ExprKind::List(names), ExprKind::Tuple(values) | ExprKind::List(values))
            if names.len() == values.len() =>
        {
            let parts: Option<Vec<_>> = names.iter().zip(values).map(|(name, value)| bound(name, value)).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// An expression in which names are replaced by what they stand for.
pub(super) fn expr(it: &Expr, with: &Bound<'_>) -> Expr {
    let of = |it: &Expr| expr(it, with);
    let all = |items: &[Expr]| items.iter().map(of).collect::<Vec<_>>();
    let kind = match &it.kind {
        ExprKind::Name(name) => match with.iter().find(|(bound, _)| **bound == **name) {
            Some((_, value)) => return (*value).clone(),
            None => return it.clone(),
        },
        ExprKind::Attribute { value, name } => ExprKind::Attribute { value: of(value).into(), name: name.clone() },
        ExprKind::Subscript { value, index } => {
            ExprKind::Subscript { value: of(value).into(), index: of(index).into() }
        }
        ExprKind::Call(inner) => ExprKind::Call(call(inner, with).into()),
        ExprKind::List(items) => ExprKind::List(all(items)),
        ExprKind::Tuple(items) => ExprKind::Tuple(all(items)),
        ExprKind::Binary { left, op, right } => {
            ExprKind::Binary { left: of(left).into(), op: *op, right: of(right).into() }
        }
        ExprKind::FString(parts) => ExprKind::FString(
            parts
                .iter()
                .map(|part| match part {
                    FPart::Text(text) => FPart::Text(text.clone()),
                    FPart::Expr(inner) => FPart::Expr(of(inner)),
                })
                .collect(),
        ),
        _ => return it.clone(),
    };
    Expr { kind, span: it.span }
}

/// The same of a call.
pub(super) fn call(it: &Call, with: &Bound<'_>) -> Call {
    let keyword = |it: &Keyword| Keyword { name: it.name.clone(), value: expr(&it.value, with), span: it.span };
    Call {
        func: expr(&it.func, with),
        args: it.args.iter().map(|arg| expr(arg, with)).collect(),
        keywords: it.keywords.iter().map(keyword).collect(),
        parens: it.parens,
    }
}
