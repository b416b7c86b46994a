//! What Django's querysets and managers write, and what would write it for all turns of a loop at once.

use std::rc::Rc;

use super::eval::{Args, Eval, uses};
use super::events::{Does, Writing};
use super::in_python;
use super::indexes;
use super::keys;
use super::models::Relation;
use super::types::{Row, Set, Turn, Type};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::stack::vocabulary::Orm;

/// `create`, `get_or_create`, `update_or_create`, `update`, `delete` of a queryset or a manager, and what it gives.
pub(super) fn of_set(eval: &mut Eval<'_>, set: &Set, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    eval.touch(Some(set.model), None, id);
    if matches!(name, "create" | "get_or_create" | "update_or_create" | "bulk_create") {
        let unit = eval.frame().unit;
        eval.made.insert((set.model, unit));
    }
    match name {
        "create" | "get_or_create" | "update_or_create" => {
            let node = eval.frame().flow.node(id);
            if name == "create" || eval.turns(node.span, node.scope, eval.vary(id)).is_some() {
                let own = eval.own_code(set.model, "save");
                let signals = eval.models.saved(set.model).or_else(|| eval.revision(id));
                let remedy = made(eval, Some(set), name, args, id);
                let referred = name == "create" && is_referred_to(eval.frame().flow, id);
                let how = Writing { own, signals, referred, ..Writing::plain(set.model, Does::Make, &remedy) };
                eval.write(Orm::Django, id, how);
            }
            let row = Type::Row(Rc::new(Row::of(set.model)));
            // `get_or_create` gives a row that is there, whichever way.
            if name == "create" { row } else { Type::Tuple(Rc::from([row, Type::Unknown])) }
        }
        // As many as it was given.
        "bulk_create" => match args.positional.first().map(|rows| eval.type_of(*rows)) {
            Some(Type::List(_, size)) => Type::List(Rc::new(Type::Row(Rc::new(Row::of(set.model)))), size),
            _ => Type::Unknown,
        },
        // Whether the row was still as it was thought to be, each turn has to hear.
        "update" if in_python::is_tested(eval.frame().flow, id) && keys::is_of_one_row(eval, set, id) => Type::Unknown,
        "update" | "delete" if is_paced(eval.frame().flow, id) && !keys::is_of_one_row(eval, set, id) => Type::Unknown,
        "update" | "delete" => {
            let node = eval.frame().flow.node(id);
            if let Some((turn, ..)) = eval.turns(node.span, node.scope, eval.vary(id)) {
                let differs = args.open || args.all().any(|value| eval.keyed(eval.vary(value), turn));
                // What it is asked by asks for the rows of all turns.
                let by = keys::only(eval, set, id, turn);
                let remedy = match (name, by) {
                    ("update", _) if differs && keys::is_of_one_row(eval, set, id) => "bulk_update".to_owned(),
                    // Each turn writes many rows, to which it gives a value of its own.
                    ("update", _) if differs => "update(...=Case(When(...), ...))".to_owned(),
                    ("update", Some(by)) => format!("{by}.update(...)"),
                    (_, Some(by)) => format!("{by}.delete()"),
                    ("update", None) => "filter(Q(...) | Q(...)).update(...)".to_owned(),
                    (_, None) => "filter(Q(...) | Q(...)).delete()".to_owned(),
                };
                let does = if name == "delete" { Does::Remove } else { Does::Change };
                eval.write(Orm::Django, id, Writing::plain(set.model, does, &remedy));
            }
            Type::Unknown
        }
        _ => Type::Unknown,
    }
}

/// Whether the turns rest between what they write: batches, so that others come to the rows.
fn is_paced(flow: &Flow, id: NodeId) -> bool {
    let scope = flow.node(id).scope;
    let rests = |func: NodeId| flow.dotted(func).is_some_and(|name| matches!(&*name, "sleep" | "time.sleep"));
    flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Call { func, .. } => node.scope == scope && rests(*func),
        _ => false,
    })
}

/// What makes the rows of all turns.
pub(super) fn made(eval: &Eval<'_>, set: Option<&Set>, name: &str, args: &Args<'_>, id: NodeId) -> String {
    let plain = match name {
        "create" => return "bulk_create".to_owned(),
        "get_or_create" => "bulk_create(..., ignore_conflicts=True)",
        _ => "bulk_create(..., update_conflicts=True)",
    };
    // Without a constraint over the fields that they are looked for by, no row conflicts with another.
    let by: Vec<&str> = args.keywords.iter().map(|(key, _)| &**key).collect();
    let by: Vec<&str> = by.into_iter().filter(|key| !matches!(*key, "defaults" | "create_defaults")).collect();
    let is_unique = |set: &Set| indexes::is_unique(eval.names, eval.models, set.model, &by);
    let unique = !args.open && set.is_some_and(is_unique);
    if unique && !is_taken(eval.frame().flow, id) {
        return plain.to_owned();
    }
    // Where rows conflict, nobody says which of them were there.
    let by = keys::batch(eval, set.map(|set| set.model), id);
    let by = if by.is_empty() { "filter(...)" } else { &by };
    match name {
        "get_or_create" => format!("{by}, then bulk_create"),
        _ => format!("{by}, then bulk_create and bulk_update"),
    }
}

/// Whether a row that is made is given to something: to another row as its value, to a function, to a method of its own. A list
/// that keeps it, and what says that it is there, need no key of it.
fn is_referred_to(flow: &Flow, id: NodeId) -> bool {
    const KEEPS: &[&str] =
        &["append", "add", "extend", "str", "repr", "print", "info", "debug", "warning", "write", "len"];
    let keeps = |func: NodeId| flow.last_called(func).is_some_and(|name| KEEPS.contains(&name));
    flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Call { func, args, keywords, .. } => {
            let own = matches!(flow.node(*func).kind, NodeKind::Attr { of, .. } if of == id);
            own || !keeps(*func) && (args.contains(&id) || keywords.iter().any(|(_, it)| *it == id))
        }
        NodeKind::Store { value, .. } => *value == id,
        _ => false,
    })
}

/// Whether anything is done with the row, or the truth, that `get_or_create` gives.
fn is_taken(flow: &Flow, id: NodeId) -> bool {
    let is_used = |of: NodeId| {
        flow.returns.contains(&of) || flow.yields.contains(&of) || flow.nodes.iter().any(|node| uses(&node.kind, of))
    };
    flow.returns.contains(&id)
        || flow.yields.contains(&id)
        || flow.nodes.iter().enumerate().any(|(at, node)| match &node.kind {
            NodeKind::Item { of, .. } if *of == id => is_used(at as NodeId),
            kind => uses(kind, id),
        })
}

/// `add`, `remove`, `set`, `clear` of the rows that a relation leads to.
pub(super) fn of_relation(eval: &mut Eval<'_>, set: &Set, name: &str, args: &Args<'_>, id: NodeId) {
    let Some((_, relation)) = &set.related else { return };
    // Those of a foreign key are written themselves.
    let owned = is_of_foreign_key(relation);
    eval.touch(Some(set.model).filter(|_| owned), Some(relation.span), id);
    let node = eval.frame().flow.node(id);
    let Some((turn, ..)) = eval.turns(node.span, node.scope, eval.vary(id)) else { return };
    // One row's relation takes many at once; that of many rows is written through its table.
    // Where an inner loop brings what is put there, it is one row's for all turns of that.
    let inner = Turn { depth: eval.depth(), scope: node.scope };
    let turn = if node.scope > 0 && args.all().any(|it| eval.keyed(eval.vary(it), inner)) { inner } else { turn };
    let of_many = match &node.kind {
        NodeKind::Call { func, .. } => eval.keyed(eval.vary(*func), turn),
        _ => false,
    };
    let one = !of_many && !args.open && name != "clear";
    let remedy = match (name, one, relation.back.as_ref().filter(|_| owned)) {
        ("add", true, _) => "add(*rows)".to_owned(),
        ("remove", true, _) => "remove(*rows)".to_owned(),
        ("add", false, Some(_)) => "bulk_update".to_owned(),
        ("remove" | "clear", _, Some(back)) => format!("filter({back}__in=...).update({back}=None)"),
        // What is not given anew is taken away, too.
        ("set", _, Some(_)) => return,
        ("set", _, None) => "through.objects.filter(...).delete(), then through.objects.bulk_create(...)".to_owned(),
        ("remove" | "clear", ..) => "through.objects.filter(...).delete()".to_owned(),
        _ => "through.objects.bulk_create(...)".to_owned(),
    };
    let through = if one { None } else { eval.models.related(relation.span) };
    // Taken from a table between two, they are gone from what is asked behind it.
    let does = if !owned && matches!(name, "remove" | "clear") { Does::Remove } else { Does::Change };
    let how = Writing { signals: through, ..Writing::plain(set.model, does, &remedy) };
    eval.write(Orm::Django, id, how);
}

/// Whether a list is what leads back from a foreign key.
pub(super) fn is_of_foreign_key(relation: &Relation) -> bool {
    relation.to_many && relation.back.is_some()
}
