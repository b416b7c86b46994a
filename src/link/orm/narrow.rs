//! Whether a condition keeps the rows of one parent, or of one user: so many as these have, and not all there are.

use super::eval::{Args, Eval};
use super::names::ClassId;
use super::types::Type;
use crate::facts::orm::flow::{NodeId, NodeKind};

/// Whether a call of `filter` or `exclude` does.
pub(super) fn narrows(eval: &Eval<'_>, model: ClassId, name: &str, args: &Args<'_>) -> bool {
    let flow = eval.frame().flow;
    let positional = || {
        args.positional.iter().any(|arg| match &flow.node(*arg).kind {
            NodeKind::Call { .. } => name == "filter" && wraps(eval, model, *arg),
            // `exclude(~Q(...))`
            NodeKind::Mix(parts) => matches!(parts.as_slice(), [one] if name == "exclude" && wraps(eval, model, *one)),
            _ => false,
        })
    };
    (name == "filter" && any(eval, model, args.keywords)) || positional()
}

/// `Q(parent=...)`
fn wraps(eval: &Eval<'_>, model: ClassId, node: NodeId) -> bool {
    let flow = eval.frame().flow;
    let Some(call) = flow.call(node) else { return false };
    flow.dotted(call.func).is_some_and(|name| name == "Q" || name.ends_with(".Q")) && any(eval, model, call.keywords)
}

fn any(eval: &Eval<'_>, model: ClassId, keywords: &[(Box<str>, NodeId)]) -> bool {
    keywords.iter().any(|(key, value)| {
        let (first, rest) = key.split_once("__").unwrap_or((key, ""));
        let relation = eval.models.relation(model, first.strip_suffix("_id").unwrap_or(first));
        let same = !matches!(rest.rsplit("__").next(), Some("in" | "isnull" | "gt" | "gte" | "lt" | "lte" | "range"));
        same && (is_of_user(eval, *value) || relation.is_some_and(|it| !it.to_many) && is_given(eval, *value))
    })
}

/// Whether a value is the user of a request, or something that this user has: `request.user.email`.
fn is_of_user(eval: &Eval<'_>, value: NodeId) -> bool {
    let flow = eval.frame().flow;
    let mut at = value;
    while let NodeKind::Attr { of, name, .. } = &flow.node(at).kind {
        if &**name == "user" && matches!(eval.type_of(*of), Type::Request) {
            return true;
        }
        at = *of;
    }
    false
}

/// Whether a value is one row, or comes from what the function was given: from a request, from its address.
fn is_given(eval: &Eval<'_>, value: NodeId) -> bool {
    if matches!(eval.type_of(value), Type::Row(_)) {
        return true;
    }
    let flow = eval.frame().flow;
    let mut at = value;
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Param(_) => return true,
            NodeKind::Attr { of, .. } | NodeKind::Item { of, .. } => *of,
            NodeKind::Call { func, .. } => *func,
            _ => return false,
        };
    }
}
