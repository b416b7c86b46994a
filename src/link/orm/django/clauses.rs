//! What a clause says of the rows that a queryset gives: how few they are, what they come without, what is known of each.

use super::super::eval::{Args, Eval};
use super::super::names::ClassId;
use super::super::types::{Set, Type, Without};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// Rows that meet a condition that is written out are so few when each value is of one row at most: `slug__in=["a", "b"]`.
pub(super) fn few_by_key(eval: &Eval<'_>, model: ClassId, args: &Args<'_>) -> Option<u64> {
    args.keywords.iter().find_map(|(key, node)| {
        let field = key.strip_suffix("__in").filter(|field| eval.models.is_key(eval.names, model, field))?;
        let all = match (&eval.frame().flow.node(*node).kind, eval.type_of(*node)) {
            (NodeKind::List(items), _) if !field.is_empty() => items.len(),
            (NodeKind::Name(_), Type::Tuple(parts)) => parts.len(),
            _ => return None,
        };
        Some(all as u64)
    })
}

/// `only(...)` and `defer(...)`. What they say of other rows than these is not read.
pub(super) fn leave_out(eval: &Eval<'_>, set: &mut Set, name: &str, args: &Args<'_>) {
    let names = args.positional.iter().map(|node| match eval.type_of(*node) {
        Type::Text(name) => Some(name),
        _ => None,
    });
    set.without = match names.collect::<Option<Vec<_>>>().filter(|_| !args.open) {
        None => Without::None,
        Some(names) if name == "only" => Without::AllBut(names),
        Some(mut names) => {
            if let Without::These(before) = &set.without {
                names.extend(before.iter().cloned());
            }
            Without::These(names)
        }
    };
}

/// Conditions under which there is one row at most, or a relation is `None` for all rows, so that reading it runs no
/// query.
pub(super) fn pin(eval: &Eval<'_>, set: &mut Set, args: &Args<'_>) {
    let flow = eval.frame().flow;
    for (key, node) in args.keywords {
        set.single |= eval.models.is_key(eval.names, set.model, key);
        let relation = match (key.strip_suffix("__isnull"), &flow.node(*node).kind) {
            (Some(relation), NodeKind::Flag(true)) => relation,
            (None, NodeKind::Nothing) => key.strip_suffix("_id").unwrap_or(key),
            _ => continue,
        };
        set.pinned.push(relation.into());
    }
}

/// The name that an aggregate is put under which is given none: `Count("tags")` under `tags__count` (`default_alias`, Django
/// 5.2).
pub(super) fn default_alias(eval: &Eval<'_>, flow: &Flow, node: NodeId) -> Option<String> {
    const AGGREGATES: &[&str] = &["Avg", "Count", "Max", "Min", "StdDev", "Sum", "Variance"];
    let call = flow.call(node)?;
    let name = flow.dotted(call.func)?;
    let last = name.rsplit('.').next().filter(|last| AGGREGATES.contains(last))?;
    match eval.type_of(*call.args.first()?) {
        Type::Text(field) => Some(format!("{field}__{}", last.to_lowercase())),
        _ => None,
    }
}
