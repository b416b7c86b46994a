//! Queries for one thing: a row, a count, whether there is any; and what asks for it in one query for all.

use std::rc::Rc;

use super::super::eval::Eval;
use super::super::events::{Cause, Counted, params, spelled};
use super::super::models::Relation;
use super::super::names::ClassId;
use super::super::types::{Row, Set, Size, Type};
use super::super::{in_python, keys};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

/// What a row is asked for by when it is asked for by its place.
const BY_PLACE: &str = "[]";

/// `rows[0]`: a query for one row, unless they are there.
pub(in crate::link::orm) fn indexed(eval: &mut Eval<'_>, set: &Rc<Set>, id: NodeId) {
    // Whoever passed on the row that has a list may have prefetched it.
    let may_be_there = set.is_plain() && set.related.as_ref().is_some_and(|(row, _)| row.root.is_none());
    if set.orm == Orm::Django && !set.fetched && !may_be_there && set.size != Size::Guessed {
        query(eval, set, BY_PLACE, id);
    }
}

/// A query that gives one thing: a row, a count.
pub(super) fn query(eval: &mut Eval<'_>, set: &Set, name: &str, id: NodeId) {
    let flow = eval.frame().flow;
    let scope = flow.node(id).scope;
    // Counted to see whether there are any.
    let counts = matches!(name, "count" | "acount");
    let name = if counts && in_python::is_tested(flow, id) && !is_counted_again(eval, id) { "exists" } else { name };
    let before = eval.events.len();
    let Some((row, relation)) = &set.related else {
        let mut remedy = keys::batch(eval, Some(set.model), id);
        if matches!(name, "count" | "acount") && !remedy.is_empty() {
            let counted = distinct(set, "").unwrap_or_else(|| "\"pk\"".into());
            remedy.push_str(&format!(".values(...).annotate(Count({counted}))"));
        }
        eval.query(Orm::Django, id, scope, &remedy);
        return eval.mark_stale(before, set.model, None);
    };
    let served = set.is_plain()
        && match name {
            "count" | "exists" | BY_PLACE => true,
            "first" | "last" => eval.models.get(set.model).is_some_and(|model| model.ordered),
            _ => false,
        };
    if served && row.root.as_ref().is_some_and(|root| eval.is_loaded(root, &row.path_to(&relation.name))) {
        return;
    }
    // The relation may be of one row, whatever each turn asks of it.
    let one = row.turn.is_none() && !varies(eval, id);
    let by = one.then(|| keys::batch(eval, Some(set.model), id));
    let there = counted_there(eval, set, row, relation);
    let mut counts = None;
    let remedy = match name {
        _ if let Some(by) = by => by,
        "count" | "acount" | "exists" | "aexists" if there.is_some() => there.unwrap_or_default(),
        // What Python makes of each row, a query does not know.
        "count" | "acount" if keys::is_made_of(eval, id, row) => prefetch(eval, set, row, relation),
        "count" | "acount" => {
            let near = row.near_asked(relation);
            let once = distinct(set, &near);
            let counted = Counted {
                distinct: once.is_some(),
                what: once.unwrap_or_else(|| format!("\"{near}\"")).into(),
                path: near.into(),
                // Counted with the same conditions.
                filtered: set.filtered,
            };
            counts.insert(counted).remedy(false)
        }
        "exists" | "aexists" => "annotate(Exists(...))".to_owned(),
        "aggregate" => "annotate(...)".to_owned(),
        "first" | "afirst" if set.is_plain() => ordered(eval, row, relation),
        BY_PLACE if set.is_plain() => served_by_name(eval, set, row, relation),
        _ => prefetch(eval, set, row, relation),
    };
    eval.query_per_row(row, Orm::Django, id, scope, &remedy);
    for event in eval.events.iter_mut().skip(before) {
        event.served_by = served.then_some(relation.span);
        event.counts.clone_from(&counts);
    }
    eval.mark_stale(before, set.model, Some(relation.span));
    Cause::put(Cause::prefetched(row, relation), eval.events.get_mut(before..).unwrap_or_default());
}

/// Whether the same is counted elsewhere for its number: `{% if row.tags.count %}{{ row.tags.count }}{% endif %}`.
pub(in crate::link::orm) fn is_counted_again(eval: &Eval<'_>, id: NodeId) -> bool {
    let (flow, params) = (eval.frame().flow, params(eval, eval.frame().unit));
    let call = |node: &NodeId| match &flow.node(*node).kind {
        NodeKind::Call { func, .. } => flow.last_called(*func) == Some("count"),
        NodeKind::Auto(of) => matches!(&flow.node(*of).kind, NodeKind::Attr { name, .. } if &**name == "count"),
        _ => false,
    };
    let others = (0..flow.nodes.len() as NodeId).filter(|node| *node != id && call(node));
    let said = spelled(flow, params, id);
    others.into_iter().any(|node| spelled(flow, params, node) == said && !in_python::is_tested(flow, node))
}

/// What counts rows that `distinct(...)` has left the doubles out of: `before` is the relation that leads to them.
pub(super) fn distinct(set: &Set, before: &str) -> Option<String> {
    let by = set.asked.distinct.as_deref()?;
    let field = Some(by).filter(|by| !by.is_empty()).or(set.asked.column.as_deref());
    let counted = match (before, field) {
        ("", None) => "pk".to_owned(),
        ("", Some(field)) => field.to_owned(),
        (before, None) => before.to_owned(),
        (before, Some(field)) => format!("{before}__{field}"),
    };
    Some(format!("\"{counted}\", distinct=True"))
}

/// The number that the queryset of the row has counted already: `thread.n_messages`.
fn counted_there(eval: &Eval<'_>, set: &Set, row: &Row, relation: &Relation) -> Option<String> {
    let root = row.root.as_ref().filter(|_| set.is_plain() && row.path.is_empty())?;
    let is_it = |path: &str| path == &*relation.name || relation.asked.as_deref() == Some(path);
    let (_, name) = root.asked.counts.iter().find(|(path, _)| is_it(path))?;
    Some(format!("{}.{name}", eval.models.name(eval.names, row.model).to_lowercase()))
}

/// Whether the row differs in each turn whose relation a chain of calls starts with.
pub(in crate::link::orm) fn varies(eval: &Eval<'_>, id: NodeId) -> bool {
    let flow = eval.frame().flow;
    let mut at = id;
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Call { func, .. } => *func,
            NodeKind::Attr { of, .. } if matches!(eval.type_of(*of), Type::Row(_)) => return eval.vary(*of).is_some(),
            NodeKind::Attr { of, .. } | NodeKind::Slice { of, .. } => *of,
            _ => return true,
        };
    }
}

/// What gives the rows of a relation, cut or sorted in a way of one's own, in one query for all: what is prefetched under
/// the relation's own name helps `.all()` alone.
pub(in crate::link::orm) fn prefetch(eval: &Eval<'_>, set: &Set, row: &Row, relation: &Relation) -> String {
    let there =
        row.root.as_ref().is_some_and(|root| !root.loads.open && eval.is_loaded(root, &row.path_to(&relation.name)));
    let near = row.near(&relation.name);
    match there {
        _ if is_kept_in_memory(eval, row.model) => String::new(),
        // More that is asked of the rows belongs into the prefetch.
        _ if !set.loads.paths.is_empty() => format!("Prefetch(\"{near}\", queryset=...)"),
        true => format!("{}.all()", near.replace("__", ".")),
        false => format!("Prefetch(\"{near}\", queryset=..., to_attr=...)"),
    }
}

/// Whether the process keeps the instances of a model and gives them to whoever asks (django-idmapper's `SharedMemoryModel`, and
/// evennia's): what a prefetch puts on them stays there, and is not put anew.
fn is_kept_in_memory(eval: &Eval<'_>, model: ClassId) -> bool {
    const SHARED: &str = "SharedMemoryModel";
    let lineage = eval.names.lineage(model);
    lineage.external.iter().any(|base| last_of(base) == SHARED)
        || lineage.classes.iter().any(|class| &*eval.names.class(*class).name == SHARED)
}

/// What makes `.all()[0]` of a relation ask for nothing: rows that were prefetched, in whichever order
/// (`QuerySet.__getitem__`, Django 5.2).
fn served_by_name(eval: &Eval<'_>, set: &Set, row: &Row, relation: &Relation) -> String {
    match is_kept_in_memory(eval, row.model) || !set.loads.paths.is_empty() {
        true => prefetch(eval, set, row, relation),
        false => format!("prefetch_related(\"{}\")", row.near(&relation.name)),
    }
}

/// What makes `.first()` of a relation ask for nothing: rows that were prefetched in an order.
fn ordered(eval: &Eval<'_>, row: &Row, relation: &Relation) -> String {
    let near = row.near(&relation.name);
    match relation.target.and_then(|it| eval.models.get(it)).is_some_and(|it| it.ordered) {
        _ if is_kept_in_memory(eval, row.model) => String::new(),
        true => format!("prefetch_related(\"{near}\")"),
        false => format!("Prefetch(\"{near}\", queryset=….order_by(\"pk\"))"),
    }
}
