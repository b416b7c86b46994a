//! Django's managers, querysets and generic views: what their methods give, load and run.

mod clauses;
mod eager;
mod manager;
mod methods;
mod single;

use std::rc::Rc;

use super::asked;
use super::eval::{Args, Eval, short};
use super::names::ClassId;
use super::narrow;
use super::types::{Extent, Row, Set, Site, Size, Type, Void};
use super::uses;
use super::writes;
use crate::facts::orm::flow::{NodeId, NodeKind};

pub(super) use super::django_models::{is_manager, is_page, is_user_model};
pub(super) use eager::{prefetch_object, spread};
pub(super) use manager::{manager, related_manager, start};
pub(super) use methods::{asks, gives_more};
pub(super) use single::{indexed, is_counted_again, prefetch, varies};

use clauses::{default_alias, few_by_key, leave_out, pin};
use eager::eager;
use methods::{NUMBER, OF_NO_ROWS, OF_PAGES, ROW};
use single::query;

/// Whether a method of a row asks for the one beside it: `Model._get_next_or_previous_by_FIELD` (Django 5.2).
pub(super) fn is_beside(name: &str) -> bool {
    name.starts_with("get_next_by_") || name.starts_with("get_previous_by_")
}

/// The queryset that a method is called on, which makes another that holds no rows.
fn queryset(eval: &mut Eval<'_>, base: &Type, id: NodeId) -> Option<Set> {
    match base {
        Type::Set(set) => Some(Set { fetched: false, ..(**set).clone() }),
        Type::Manager(manager) => start(eval, manager, id),
        _ => None,
    }
}

/// Calls a method of a manager or a queryset.
pub(super) fn operate(eval: &mut Eval<'_>, base: &Type, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    // One that holds its rows counts them itself.
    if matches!(base, Type::Set(set) if set.fetched) && matches!(name, "count" | "exists" | "contains") {
        return Type::Unknown;
    }
    let Some(mut set) = queryset(eval, base, id) else { return Type::Unknown };
    asked::put(eval, &mut set, name, args, id);
    uses::call(eval, &set, name, args, id);
    match name {
        "all" | "get_queryset" | "using" | "_filter_or_exclude" | "_chain" | "_clone" => {
            step(eval, &mut set, id);
            if name == "using" {
                set.extent = Extent::Part;
            }
            Type::Set(Rc::new(set))
        }
        "filter" | "exclude" | "order_by" | "distinct" | "annotate" | "alias" | "select_for_update" | "reverse"
        | "extra" | "complex_filter" | "only" | "defer" => {
            step(eval, &mut set, id);
            match name {
                "filter" => pin(eval, &mut set, args),
                "only" | "defer" => leave_out(eval, &mut set, name, args),
                "annotate" | "alias" => {
                    let names = args.keywords.iter().filter(|(name, _)| &**name != "**");
                    set.loads.brought.extend(names.map(|(name, _)| name.to_string()));
                    let flow = eval.frame().flow;
                    set.loads
                        .brought
                        .extend(args.positional.iter().filter_map(|node| default_alias(eval, flow, *node)));
                }
                "extra" => set.loads.brought.extend(selected(eval, args)),
                _ => {}
            }
            // `filter(name__in=[])` asks for nothing.
            let is_filled = |node: NodeId| match eval.frame().flow.node(node).kind {
                NodeKind::Param(at) => eval.is_filled(at, id),
                _ => false,
            };
            let is_empty = |node: NodeId| matches!(eval.type_of(node), Type::Void(Void::Empty)) && !is_filled(node);
            // Nor is there a row yet that refers to what was made just now.
            let of_new = |key: &str, node: NodeId| {
                eval.models.relation(set.model, key).is_some_and(|it| it.joinable) && eval.is_childless(node, id)
            };
            let finds_none =
                |(key, node): &(Box<str>, NodeId)| key.ends_with("__in") && is_empty(*node) || of_new(key, *node);
            if name == "filter" && args.keywords.iter().any(finds_none) {
                return Type::Nothing;
            }
            if name == "filter" {
                set.size = short(few_by_key(eval, set.model, args), set.size);
            }
            if let Some(loads) = eval.loaded_by_itself(&set, name, id) {
                set.loads = loads;
            }
            set.filtered |= matches!(name, "filter" | "exclude" | "complex_filter");
            if matches!(name, "filter" | "exclude") {
                set.narrowed |= narrow::narrows(eval, set.model, name, args);
                set.parent = set.parent.or_else(|| narrow::parent(eval, set.model, name, args));
            }
            set.extent = Extent::Part;
            for site in &mut set.sites {
                site.bars_one |= matches!(name, "only" | "defer" | "select_for_update");
            }
            Type::Set(Rc::new(set))
        }
        _ if OF_PAGES.contains(&name) && eval.names.lineage(set.model).external.iter().any(|base| is_page(base)) => {
            step(eval, &mut set, id);
            (set.filtered, set.extent) = (true, Extent::Part);
            Type::Set(Rc::new(set))
        }
        "select_related" | "prefetch_related" => {
            step(eval, &mut set, id);
            eager(eval, &mut set, name, args, id);
            // Who says what to load with the rows, expects many; and the other side of a foreign key is of one model.
            if let Some((row, relation)) =
                set.related.clone().filter(|(row, relation)| row.guessed && relation.name.ends_with("_set"))
            {
                set.size = Size::Open;
                set.related = Some((Rc::new(Row { guessed: false, turn: None, ..(*row).clone() }), relation));
            }
            // Asked for more than was prefetched, a relation is asked for anew.
            if set.extent == Extent::Whole {
                set.extent = Extent::Told;
            }
            Type::Set(Rc::new(set))
        }
        "none" => Type::Nothing,
        // Rows of the model, of which a statement written by hand has loaded nothing else.
        "raw" => {
            set.sites.clear();
            set.extent = Extent::Part;
            Type::Set(Rc::new(set))
        }
        "fetch_mode" => {
            step(eval, &mut set, id);
            set.loads.open = true;
            Type::Set(Rc::new(set))
        }
        "union" | "intersection" | "difference" => {
            // What either loads, and takes no clause: `union(...).select_related(...)` is refused.
            for node in args.positional {
                match eval.type_of(*node) {
                    Type::Set(other) => set.loads.join(&other.loads),
                    Type::Manager(other) if other.classes.is_empty() => {}
                    _ => set.loads.open = true,
                }
            }
            set.loads.open |= args.open;
            set.extent = Extent::Part;
            set.sites.clear();
            Type::Set(Rc::new(set))
        }
        "values" | "values_list" | "dates" | "datetimes" => {
            step(eval, &mut set, id);
            set.extent = Extent::Part;
            set.rows = false;
            Type::Set(Rc::new(set))
        }
        "iterator" | "aiterator" => {
            set.extent = Extent::Part;
            set.sealed = true;
            let chunked = !args.positional.is_empty() || args.keyword("chunk_size").is_some();
            for site in &mut set.sites {
                site.bars_many |= !chunked;
                site.ended = true;
            }
            Type::Set(Rc::new(set))
        }
        _ if ROW.contains(&name) => {
            query(eval, &set, name, id);
            set.related = None;
            eval.single(&Rc::new(set))
        }
        _ if name == "contains" || NUMBER.contains(&name) => {
            query(eval, &set, name, id);
            Type::Unknown
        }
        "in_bulk" => {
            query(eval, &set, name, id);
            let size = set.size;
            Type::Dict(Rc::new(eval.element(&Type::Set(Rc::new(set)), None)), Some(size))
        }
        "create" | "get_or_create" | "update_or_create" | "update" | "delete" | "bulk_create" | "bulk_update" => {
            writes::of_set(eval, &set, name, args, id)
        }
        "add" | "remove" | "set" | "clear" if matches!(base, Type::Manager(manager) if manager.related.is_some()) => {
            writes::of_relation(eval, &set, name, args, id);
            Type::Unknown
        }
        _ if set.rows && set.related.is_none() && may_be_elsewhere(eval, &set) && !OF_NO_ROWS.contains(&name) => {
            Type::Set(Rc::new(Set { size: Size::Guessed, extent: Extent::Part, ..set }))
        }
        _ => Type::Unknown,
    }
}

/// Whether a queryset may have methods that are not in the repository: of a manager's base, or of a base of the model.
fn may_be_elsewhere(eval: &Eval<'_>, set: &Set) -> bool {
    let strange = |id: &ClassId| eval.names.lineage(*id).external.iter().any(|base| !base.starts_with("django."));
    set.classes.iter().any(strange) || (set.classes.is_empty() && strange(&set.model))
}

/// The names that `extra(select={"closed": "…"})` gives each row.
fn selected(eval: &Eval<'_>, args: &Args<'_>) -> Vec<String> {
    let flow = eval.frame().flow;
    let select = args.keyword("select").or_else(|| args.positional.first().copied());
    let Some(NodeKind::Dict(items)) = select.map(|it| &flow.node(it).kind) else { return Vec::new() };
    items.iter().filter_map(|(key, _)| flow.text(*key).map(str::to_owned)).collect()
}

/// One method call further: eager clauses go behind the first.
fn step(eval: &Eval<'_>, set: &mut Set, id: NodeId) {
    let frame = eval.frame();
    let NodeKind::Call { func, .. } = &frame.flow.node(id).kind else { return };
    let NodeKind::Attr { line, .. } = &frame.flow.node(*func).kind else { return };
    for site in &mut set.sites {
        if !site.called && site.unit == frame.unit {
            *site = Site {
                line: line.clone(),
                bars_one: site.bars_one,
                bars_many: site.bars_many,
                shared: site.shared,
                ..eval.site(id, true)
            };
        }
    }
}
