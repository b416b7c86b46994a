//! Whether a condition keeps the rows of one parent, or of one user: so many as these have, and not all there are.

use super::eval::{Args, Eval};
use super::events::params;
use super::models::AUTH_USER;
use super::names::ClassId;
use super::types::Type;
use crate::facts::orm::flow::{NodeId, NodeKind};

/// Whose rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parent {
    /// Those of the user who asks.
    User,
    /// Those of one row of this model.
    Row(ClassId),
    /// Those that are about one object, of whatever model.
    Any,
}

/// Whether a call of `filter` or `exclude` does.
pub(super) fn narrows(eval: &Eval<'_>, model: ClassId, name: &str, args: &Args<'_>) -> bool {
    conditions(eval, name, args).any(|(key, value)| is_narrow(eval, model, key, value)) || is_of_any(eval, name, args)
}

/// Whether rows are kept that are about one object of any model, by the names that `GenericForeignKey` takes by default.
fn is_of_any(eval: &Eval<'_>, name: &str, args: &Args<'_>) -> bool {
    let by = |field: &str| conditions(eval, name, args).find(|(key, _)| *key == field).map(|(_, value)| value);
    by("content_type").or_else(|| by("content_type_id")).is_some()
        && by("object_id").is_some_and(|value| is_given(eval, value))
}

/// The one parent whose rows are kept, where it is known: not where a field of the parent's is compared that several may have.
pub(super) fn parent(eval: &Eval<'_>, model: ClassId, name: &str, args: &Args<'_>) -> Option<Parent> {
    if conditions(eval, name, args).any(|(key, value)| is_by_user(eval, key, value)) {
        return Some(Parent::User);
    }
    if is_of_any(eval, name, args) {
        return Some(Parent::Any);
    }
    conditions(eval, name, args).filter(|(key, value)| is_narrow(eval, model, key, *value)).find_map(|(key, value)| {
        let by_user = is_of_user(eval, value);
        let mut at = model;
        let mut parts = key.split("__").peekable();
        while let Some(part) = parts.next() {
            let relation = eval.models.relation(at, part.strip_suffix("_id").unwrap_or(part));
            match relation.filter(|it| !it.to_many) {
                Some(relation) => at = relation.target?,
                None if parts.peek().is_none() && at != model && eval.models.is_key(eval.names, at, part) => {}
                // `email=request.user.email`
                None if parts.peek().is_none() && at == model && by_user => return Some(Parent::User),
                None => return None,
            }
        }
        let is_user = at == AUTH_USER || Some(at) == eval.models.user;
        Some(if by_user && is_user { Parent::User } else { Parent::Row(at) })
    })
}

/// What a call of `filter` or `exclude` asks all rows to meet: its keywords, and those of `Q(...)`; of `exclude(~Q(...))`.
fn conditions<'e>(eval: &'e Eval<'_>, name: &'e str, args: &'e Args<'_>) -> impl Iterator<Item = (&'e str, NodeId)> {
    let flow = eval.frame().flow;
    let own = args.keywords.iter().filter(move |_| name == "filter");
    let wrapped = args.positional.iter().filter_map(move |arg| match &flow.node(*arg).kind {
        NodeKind::Call { .. } if name == "filter" => Some(*arg),
        NodeKind::Mix(parts) => match parts.as_slice() {
            [one] if name == "exclude" => Some(*one),
            _ => None,
        },
        _ => None,
    });
    let wrapped = wrapped
        .filter_map(move |node| flow.call(node))
        .filter(move |call| flow.dotted(call.func).is_some_and(|name| name == "Q" || name.ends_with(".Q")));
    own.chain(wrapped.flat_map(|call| call.keywords)).map(|(key, value)| (&**key, *value))
}

fn is_narrow(eval: &Eval<'_>, model: ClassId, key: &str, value: NodeId) -> bool {
    let (first, rest) = key.split_once("__").unwrap_or((key, ""));
    let relation = eval.models.relation(model, first.strip_suffix("_id").unwrap_or(first));
    let same = !matches!(rest.rsplit("__").next(), Some("in" | "isnull" | "gt" | "gte" | "lt" | "lte" | "range"));
    same && (is_of_user(eval, value) || relation.is_some_and(|it| !it.to_many) && is_given(eval, value))
}

/// Whether rows are those of a user who is given: `order__user=user`, of a model whose relations are not in the repository.
fn is_by_user(eval: &Eval<'_>, key: &str, value: NodeId) -> bool {
    let frame = eval.frame();
    let given = match &frame.flow.node(value).kind {
        NodeKind::Param(at) => params(eval, frame.unit).get(*at as usize).is_some_and(|it| &*it.name == "user"),
        _ => false,
    };
    given && key.split("__").last() == Some("user")
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
            // A field of one row: `filter(order_id=line.order_id)`.
            NodeKind::Attr { of, .. } if matches!(eval.type_of(*of), Type::Row(_)) => return true,
            NodeKind::Attr { of, .. } | NodeKind::Item { of, .. } => *of,
            NodeKind::Call { func, .. } => *func,
            _ => return false,
        };
    }
}
