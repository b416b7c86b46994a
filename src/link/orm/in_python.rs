//! What Python does with rows that the database could do: adds up a column, counts them, looks whether there are any.
//!
//! Told only where nothing else uses the rows: a queryset that is gone through keeps them, and a second question to the
//! database would cost more than it saves.

use super::django;
use super::eval::{Args, Eval, uses as is_used};
use super::events::{params, spelled};
use super::indexes;
use super::names::Def;
use super::types::{Set, Type};
use super::uses::{self, Use};
use crate::facts::orm::Place;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::stack::vocabulary::{Orm, UseKind};

/// Longer flows are not searched for other uses of a value.
const LONGEST: usize = 4_000;

/// `len(rows)`, `sum(row.amount for row in rows)`
pub(super) fn call(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) {
    let [rows] = args.positional else { return };
    if args.open || !args.keywords.is_empty() || !is_told(eval) {
        return;
    }
    let frame = eval.frame();
    let said = format!("{name}({})", spelled(frame.flow, params(eval, frame.unit), *rows));
    let fetched = |set: Set, remedy: &str| {
        let it = of(eval, &set, UseKind::FetchedToCount, id);
        Use { remedy: remedy.into(), call: said.clone(), ..it }
    };
    let found = match name {
        "len" if is_tested(frame.flow, id) => asked(eval, *rows).map(|set| fetched(set, "exists()")),
        "len" => asked(eval, *rows).map(|set| fetched(set, "count()")),
        "bool" => asked(eval, *rows).map(|set| fetched(set, "exists()")),
        "sum" | "max" | "min" => column(eval, *rows).map(|(set, field)| {
            let function = match name {
                "sum" => "Sum",
                "max" => "Max",
                _ => "Min",
            };
            let remedy = format!("aggregate({function}(\"{field}\"))");
            Use { remedy, call: format!("{name}(...)"), ..of(eval, &set, UseKind::AggregateInPython, id) }
        }),
        _ => None,
    };
    if let Some(it) = found {
        eval.tell_use(it);
    }
}

/// `if rows:`, `if rows.count():`, `if rows.count() > 0:`
pub(super) fn tested(eval: &mut Eval<'_>, of: NodeId) {
    if !is_told(eval) {
        return;
    }
    if let Some(set) = asked(eval, of) {
        let it = Use { remedy: "exists()".into(), ..self::of(eval, &set, UseKind::FetchedToCount, of) };
        return eval.tell_use(it);
    }
    counted(eval, of);
}

/// `rows.count() == 0`
pub(super) fn compared(eval: &mut Eval<'_>, one: NodeId, other: NodeId) {
    if matches!(eval.frame().flow.node(other).kind, NodeKind::Number(0)) && is_told(eval) {
        counted(eval, one);
    }
}

/// Rows that are counted to see whether there are any.
fn counted(eval: &mut Eval<'_>, id: NodeId) {
    let flow = eval.frame().flow;
    let NodeKind::Call { func, args, .. } = &flow.node(id).kind else { return };
    let NodeKind::Attr { of: rows, name, variable, .. } = &flow.node(*func).kind else { return };
    if &**name != "count" || !args.is_empty() || !matches!(eval.type_of(*func), Type::Op(..)) || !is_once(flow, id) {
        return;
    }
    let set = match eval.type_of(*rows) {
        Type::Set(set) => (*set).clone(),
        Type::Manager(manager) => manager.all(),
        _ => return,
    };
    // Gone through before, it counts what it holds.
    if is_of_database(eval, &set) && !set.fetched && !is_of_one(&set) && !django::is_counted_again(eval, id) {
        // Whoever goes through the rows besides has them, and may ask those.
        let remedy = match is_read_besides(eval, flow, *rows) {
            true => match variable {
                Some(name) => format!("list({name})"),
                None => format!("list({})", spelled(flow, params(eval, eval.frame().unit), *rows)),
            },
            false => "exists()".to_owned(),
        };
        let it = Use { remedy, ..of(eval, &set, UseKind::CountedToTest, id) };
        eval.tell_use(it);
    }
}

/// The queryset that a call gives, when nothing but this uses it.
fn asked(eval: &Eval<'_>, id: NodeId) -> Option<Set> {
    let flow = eval.frame().flow;
    let made = matches!(flow.node(id).kind, NodeKind::Call { .. });
    match eval.type_of(id) {
        Type::Set(set) if made && set.rows && is_of_database(eval, &set) && is_once(flow, id) => Some((*set).clone()),
        _ => None,
    }
}

/// The queryset and the column of `row.amount for row in rows`, when nothing else is done with the rows.
fn column(eval: &Eval<'_>, id: NodeId) -> Option<(Set, Box<str>)> {
    let flow = eval.frame().flow;
    let NodeKind::Collect { element, dict: false, .. } = flow.node(id).kind else { return None };
    let NodeKind::Attr { of: row, name, .. } = &flow.node(element).kind else { return None };
    let NodeKind::Row(rows) = flow.node(*row).kind else { return None };
    // A condition of the comprehension reads the row, too.
    if !is_once(flow, *row) || flow.loops.iter().filter(|it| it.iter == rows).count() != 1 {
        return None;
    }
    let set = asked(eval, rows)?;
    let (class, at) = eval.names.attribute(set.model, name)?;
    let draft = eval.names.class(class);
    let field = draft.body.call(draft.attributes.get(at)?.value?)?;
    let field = draft.body.dotted(field.func)?;
    let sums = ["IntegerField", "FloatField", "DecimalField", "DateTimeField", "DateField", "DurationField"];
    sums.iter().any(|kind| field.ends_with(kind)).then(|| (set, name.clone()))
}

/// Whether rows are asked of the database: not of what was prefetched, nor of what somebody else may have. One row at most is
/// not worth a word.
fn is_of_database(eval: &Eval<'_>, set: &Set) -> bool {
    set.orm == Orm::Django
        && !set.cut
        && !set.single
        && !set.listed
        && !set
            .asked
            .conditions
            .iter()
            .any(|it| !it.excluded && matches!(&*it.lookup, "exact" | "in") && is_unique(eval, set, &it.field))
        && !is_unique_together(eval, set)
        && match &set.related {
            None => true,
            Some((row, relation)) => row
                .root
                .as_ref()
                .is_some_and(|root| !root.loads.open && !eval.is_loaded(root, &row.path_to(&relation.name))),
        }
}

/// Whether no two rows of a model are the same in all that these rows are the same in.
fn is_unique_together(eval: &Eval<'_>, set: &Set) -> bool {
    let plain = |field: &str| field.strip_suffix("_id").unwrap_or(field).to_owned();
    let met = set.asked.conditions.iter().filter(|it| it.met && !it.excluded && &*it.lookup == "exact");
    let back = set.related.as_ref().and_then(|(_, relation)| relation.back.as_deref());
    let same: Vec<String> = met.map(|it| &*it.field).chain(back).map(plain).collect();
    let together = indexes::unique_together(eval.names, set.model);
    together.into_iter().any(|fields| fields.iter().all(|field| same.contains(&plain(field))))
}

/// Whether rows are those that one parent, or one user, has: to count so few by an index takes no longer than to look whether
/// there is one.
fn is_of_one(set: &Set) -> bool {
    set.related.is_some() || set.narrowed
}

/// Whether a number is looked at for no more than whether it is zero: `len(rows) > 0`.
pub(super) fn is_tested(flow: &Flow, id: NodeId) -> bool {
    let zero = |node: &NodeId| matches!(flow.node(*node).kind, NodeKind::Number(0));
    let tests = |kind: &NodeKind| match kind {
        NodeKind::Same(one, other) => *one == id && zero(other),
        NodeKind::Test(of) => *of == id,
        _ => false,
    };
    flow.nodes.len() <= LONGEST
        && !flow.returns.contains(&id)
        && flow.nodes.iter().any(|node| tests(&node.kind))
        // The value of `len(rows) or "none"` is the number.
        && !flow.nodes.iter().any(|node| !tests(&node.kind) && is_used(&node.kind, id))
}

/// Whether a value of a model's field is that of one row alone: a key, a user's name (`AbstractUser.username`), or what by its
/// type or its name is hardly the same in two.
fn is_unique(eval: &Eval<'_>, set: &Set, field: &str) -> bool {
    indexes::is_unique(eval.names, eval.models, set.model, &[field])
        || Some(set.model) == eval.models.user && field == "username"
        || eval.models.relation(set.model, field.strip_suffix("_id").unwrap_or(field)).is_none()
            && !field.contains("__")
            && indexes::identifies(eval.names, set.model, field)
}

/// Whether one value alone is made with a node, and it is not returned.
fn is_once(flow: &Flow, id: NodeId) -> bool {
    flow.nodes.len() <= LONGEST
        && !flow.returns.contains(&id)
        && flow.nodes.iter().filter(|node| is_used(&node.kind, id)).take(2).count() == 1
}

/// Whether all rows of a queryset are gone through in the same function, by a loop or by what they are given to.
fn is_read_besides(eval: &Eval<'_>, flow: &Flow, rows: NodeId) -> bool {
    const READS: &[&str] = &["dict", "enumerate", "list", "map", "max", "min", "set", "sorted", "sum", "tuple"];
    let reads = |func: NodeId| match eval.names.of_node(eval.draft(), flow, func) {
        Some(Def::Function(_)) => true,
        _ => matches!(&flow.node(func).kind, NodeKind::Name(name) if READS.contains(&&**name)),
    };
    flow.loops.iter().any(|it| it.iter == rows)
        || flow.nodes.iter().any(|node| match &node.kind {
            NodeKind::Call { func, args, .. } => args.contains(&rows) && reads(*func),
            _ => false,
        })
}

/// Whether what is told here would be told at all. Templates name a value anew wherever they use it.
fn is_told(eval: &Eval<'_>) -> bool {
    eval.tells() && eval.names.draft(eval.draft()).place != Place::Template
}

fn of(eval: &Eval<'_>, set: &Set, kind: UseKind, id: NodeId) -> Use {
    uses::of(eval, set, kind, id)
}
