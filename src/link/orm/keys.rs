//! What would ask for the rows of all turns at once: the conditions of a query that each turn has a value of its own for.

use super::eval::Eval;
use super::lookups;
use super::names::ClassId;
use super::types::{Row, Set, Turn, Type};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// How well a condition tells the rows of one turn from those of the others, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tells {
    /// The row of the loop, or a field that tells one row from all others.
    One,
    /// A field of any other kind.
    Field,
    /// A foreign key.
    Parent,
    /// The kind of what a generic key leads to, or a text that is made of what the turn has.
    Kind,
}

/// A condition of a chain of calls: `filter(thread=thread)`.
struct Condition<'f> {
    /// Its keyword; an expression has none.
    key: Option<&'f str>,
    value: NodeId,
    /// Whether rows that meet it are those that are asked for.
    met: bool,
}

/// Names of conditions that are said at most.
const MOST: usize = 3;

/// What asks for all rows at once, in place of a query for each. Nothing where no turn has a value of its own.
pub(super) fn batch(eval: &Eval<'_>, model: Option<ClassId>, id: NodeId) -> String {
    let (conditions, _) = conditions(eval, id);
    let turns = || conditions.iter().filter_map(|it| eval.vary(it.value));
    // A loop over a few that are written out is none that anybody has to be spared.
    let all_short = turns().all(|it| eval.is_of_few(it));
    let counts = |turn: &Turn| all_short || !eval.is_of_few(*turn);
    let deepest = turns().filter(counts).max();
    let keyed = conditions.iter().filter(|it| it.met).filter_map(|it| {
        let key = it.key.filter(|key| lookups::parted(key).1 == "exact")?;
        let turn = eval.vary(it.value).filter(|turn| counts(turn) && !is_of_kind(eval, it.value))?;
        Some((key, turn, tells(eval, model, key, it.value, turn)))
    });
    let mut all: Vec<(&str, Turn, Tells)> = keyed.collect();
    // What differs in each turn of the innermost loop is what the query is run for again.
    let inner = all.iter().map(|it| it.1).max();
    all.retain(|it| Some(it.1) == inner);
    // Of what is the same in the turns of the innermost loop there is no list to ask by.
    if deepest > inner || all.is_empty() {
        let patterns = |it: &Condition<'_>| {
            let by_pattern = it.key.is_some_and(|key| is_pattern(lookups::parted(key).1));
            by_pattern && it.met && eval.vary(it.value) == deepest && deepest.is_some()
        };
        return if conditions.iter().any(patterns) { "filter(Q(...) | Q(...))".to_owned() } else { String::new() };
    }
    match all.iter().map(|it| it.2).min() {
        Some(Tells::One) => {
            all.retain(|it| it.2 == Tells::One);
            all.truncate(1);
        }
        Some(_) if all.iter().any(|it| it.2 != Tells::Kind) => all.retain(|it| it.2 != Tells::Kind),
        Some(_) | None => {}
    }
    let each: Vec<String> = all.iter().take(MOST).map(|it| format!("{}__in=...", it.0)).collect();
    // What else it asks for is asked of all.
    let rest = if conditions.len() > each.len() { ", ..." } else { "" };
    format!("filter({}{rest})", each.join(", "))
}

/// Whether a lookup compares with a pattern, of which there is no list to ask by.
fn is_pattern(lookup: &str) -> bool {
    lookups::is_in_upper_case(lookup) || matches!(lookup, "contains" | "startswith" | "endswith" | "regex" | "iregex")
}

/// Whether several turns of a loop may ask for the same rows: not where they ask by the row of the turn itself.
pub(super) fn may_repeat(eval: &Eval<'_>, id: NodeId) -> bool {
    let flow = eval.frame().flow;
    let of_row = |id: NodeId| matches!(eval.type_of(id), Type::Row(row) if row.path.is_empty() && row.turn.is_some());
    let is_of_row = |value: NodeId| match &flow.node(value).kind {
        NodeKind::Attr { of, name, .. } if matches!(&**name, "pk" | "id") => of_row(*of),
        _ => of_row(value),
    };
    let mut at = id;
    let by_relation = loop {
        at = match &flow.node(at).kind {
            NodeKind::Call { func, .. } => *func,
            NodeKind::Attr { of, .. } if of_row(*of) => break true,
            NodeKind::Attr { of, .. } | NodeKind::Slice { of, .. } => *of,
            _ => break false,
        };
    };
    let differ = conditions(eval, id).0.into_iter().filter(|it| eval.vary(it.value).is_some());
    !by_relation && differ.into_iter().all(|it| !is_of_row(it.value))
}

/// Whether a chain of calls asks for the first rows by what the turn's own value makes of each: those that are nearest to it.
pub(super) fn ranks(eval: &Eval<'_>, id: NodeId) -> bool {
    let flow = eval.frame().flow;
    let (mut at, mut cut, mut ranked) = (id, false, false);
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Call { func, args, keywords, .. } => {
                let mut given = args.iter().chain(keywords.iter().map(|(_, value)| value));
                ranked |= matches!(flow.last_called(*func), Some("annotate" | "alias" | "order_by"))
                    && given.any(|it| flow.call(*it).is_some() && eval.vary(*it).is_some());
                *func
            }
            NodeKind::Slice { of, .. } => {
                cut = true;
                *of
            }
            NodeKind::Attr { of, .. } => *of,
            _ => return cut && ranked,
        };
    }
}

/// Whether a chain of calls locks the rows that it asks for.
pub(super) fn locks(flow: &Flow, id: NodeId) -> bool {
    let mut at = id;
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Call { func, .. } => *func,
            NodeKind::Attr { name, .. } if matches!(&**name, "select_for_update" | "with_for_update") => return true,
            NodeKind::Attr { of, .. } | NodeKind::Slice { of, .. } => *of,
            _ => return false,
        };
    }
}

/// What asks for the rows of all turns and for no others: where one condition alone differs from turn to turn.
pub(super) fn only(eval: &Eval<'_>, set: &Set, id: NodeId, turn: Turn) -> Option<String> {
    let (conditions, whole) = conditions(eval, id);
    let mut differ = conditions.iter().filter(|it| eval.keyed(eval.vary(it.value), turn));
    let (first, second) = (differ.next(), differ.next());
    if !whole || second.is_some() {
        return None;
    }
    let key = match (first, &set.related) {
        // What is in one of the turns' lists is in all of them together.
        (Some(one), None) => match lookups::parted(one.key?) {
            (field, "exact" | "in") if one.met => field,
            _ => return None,
        },
        // All that the relation of each row leads to.
        (None, Some((row, relation))) if row.turn.is_some() => relation.back.as_deref()?,
        _ => return None,
    };
    // The other conditions are the same for all.
    let rest = if conditions.len() > usize::from(first.is_some()) { ", ..." } else { "" };
    Some(format!("filter({key}__in=...{rest})"))
}

/// Whether what is asked for is one row, by a key.
pub(super) fn is_of_one_row(eval: &Eval<'_>, set: &Set, id: NodeId) -> bool {
    let keys = |it: &Condition<'_>| it.met && it.key.is_some_and(|key| eval.models.is_key(eval.names, set.model, key));
    set.single || conditions(eval, id).0.iter().any(keys)
}

/// Whether a condition is about what a call makes of the row whose relation is asked for: `filter(name__in=row.expected())`.
pub(super) fn is_made_of(eval: &Eval<'_>, id: NodeId, row: &Row) -> bool {
    let flow = eval.frame().flow;
    row.turn.is_some_and(|turn| {
        conditions(eval, id).0.iter().any(|it| {
            eval.keyed(eval.vary(it.value), turn)
                && matches!(flow.node(it.value).kind, NodeKind::Call { .. } | NodeKind::Mix(_))
        })
    })
}

/// The conditions of a chain of calls, in its order, without those of its last call where that writes; and whether it has
/// no part that may leave rows out in another way.
fn conditions<'a>(eval: &Eval<'a>, id: NodeId) -> (Vec<Condition<'a>>, bool) {
    /// Methods whose arguments are conditions.
    const ASK: &[&str] =
        &["filter", "get", "aget", "get_object_or_404", "get_list_or_404", "get_or_create", "update_or_create"];
    let flow = eval.frame().flow;
    let (mut at, mut found, mut whole) = (id, Vec::new(), true);
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Call { func, args, keywords, open } => {
                let name = match &flow.node(*func).kind {
                    NodeKind::Attr { name, .. } | NodeKind::Name(name) => &**name,
                    _ => "",
                };
                let (asks, excludes) = (ASK.contains(&name), name == "exclude");
                whole &= !(*open && (asks || excludes));
                if asks || excludes {
                    let skip = usize::from(name.starts_with("get_object") || name.starts_with("get_list"));
                    let keywords = keywords.iter().filter(|(key, _)| !matches!(&**key, "defaults" | "create_defaults"));
                    let named = keywords.map(|(key, value)| Condition {
                        key: Some(&**key).filter(|key| *key != "**"),
                        value: *value,
                        met: asks,
                    });
                    let given = args.iter().skip(skip).map(|value| Condition { key: None, value: *value, met: asks });
                    found.splice(0..0, named.chain(given));
                }
                *func
            }
            // What the row was asked for by is another matter.
            NodeKind::Attr { of, .. } if matches!(eval.type_of(*of), Type::Row(_)) => return (found, whole),
            NodeKind::Attr { of, .. } => *of,
            NodeKind::Slice { of, .. } => {
                whole = false;
                *of
            }
            _ => return (found, whole),
        };
    }
}

fn tells(eval: &Eval<'_>, model: Option<ClassId>, key: &str, value: NodeId, turn: Turn) -> Tells {
    let flow = eval.frame().flow;
    let is_row =
        |node: NodeId| matches!(eval.type_of(node), Type::Row(row) if row.path.is_empty() && row.turn == Some(turn));
    let of_row = match &flow.node(value).kind {
        NodeKind::Attr { of, name, .. } => matches!(&**name, "pk" | "id") && is_row(*of),
        NodeKind::Mix(_) | NodeKind::Format(_) => return Tells::Kind,
        _ => is_row(value),
    };
    let name = key.strip_suffix("_id").unwrap_or(key);
    if of_row || model.is_some_and(|model| eval.models.is_key(eval.names, model, key)) {
        return Tells::One;
    }
    if name.rsplit("__").next().is_some_and(|last| last.ends_with("content_type")) {
        return Tells::Kind;
    }
    let relation = model.and_then(|model| eval.models.relation(model, name));
    if relation.is_some_and(|it| it.joinable) { Tells::Parent } else { Tells::Field }
}

/// `ContentType.objects.get_for_model(row)`: one for all rows of a model.
fn is_of_kind(eval: &Eval<'_>, value: NodeId) -> bool {
    let flow = eval.frame().flow;
    flow.call(value).is_some_and(
        |call| matches!(&flow.node(call.func).kind, NodeKind::Attr { name, .. } if name.starts_with("get_for_model")),
    )
}
