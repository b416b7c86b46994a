//! What a turn of a loop does, with its variables filled in.

use crate::syntax::python::{Call, ComprehensionKind, Expr, ExprKind, FPart, Keyword};

/// A comprehension over more items than this is left as it is.
const MOST_ITEMS: usize = 64;

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

/// The same with comprehensions over what is written out as the lists that they make: `[path(x, view) for x in ("a", "b")]`.
pub(super) fn unrolled(it: &Expr) -> Expr {
    let all = |items: &[Expr]| items.iter().map(unrolled).collect::<Vec<_>>();
    let kind = match &it.kind {
        ExprKind::List(items) => ExprKind::List(all(items)),
        ExprKind::Starred(inner) => ExprKind::Starred(unrolled(inner).into()),
        ExprKind::Binary { left, op, right } => {
            ExprKind::Binary { left: unrolled(left).into(), op: *op, right: unrolled(right).into() }
        }
        ExprKind::Comprehension { kind: ComprehensionKind::List | ComprehensionKind::Generator, element, clauses } => {
            let [clause] = clauses.as_slice() else { return it.clone() };
            let (ExprKind::List(items) | ExprKind::Tuple(items)) = &clause.iter.kind else { return it.clone() };
            if !clause.conditions.is_empty() || items.len() > MOST_ITEMS {
                return it.clone();
            }
            let turns = items.iter().filter_map(|item| Some(expr(element, &bound(&clause.target, item)?)));
            ExprKind::List(turns.collect())
        }
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
