//! Django's managers, querysets and generic views: what their methods give, load and run.

use std::rc::Rc;

use super::asked;
use super::eval::{Args, Eval, set_of, short};
use super::events::{Cause, Counted, params, spelled};
use super::in_python;
use super::keys;
use super::models::Relation;
use super::names::ClassId;
use super::narrow;
use super::types::{Extent, Loads, ManagerType, Row, Set, Site, Size, Type, Void, Without};
use super::uses;
use super::writes;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

pub(super) use super::django_models::{is_manager, is_page, is_user_model};

/// All rows of a model.
pub(super) fn all_of(model: ClassId, classes: Rc<[ClassId]>, sites: Vec<Site>, span: Span) -> Set {
    Set {
        orm: Orm::Django,
        model,
        classes,
        loads: Loads::default(),
        rows: true,
        beside: Rc::from([]),
        size: Size::Open,
        cut: false,
        awaited: false,
        fetched: false,
        partly: false,
        listed: false,
        sealed: false,
        related: None,
        extent: Extent::Part,
        single: false,
        filtered: false,
        narrowed: false,
        parent: None,
        without: Without::None,
        asked: Rc::default(),
        pinned: Vec::new(),
        sites,
        clauses: Vec::new(),
        span,
    }
}

/// `Model.objects`
pub(super) fn manager(eval: &Eval<'_>, model: ClassId, classes: &[ClassId], id: NodeId) -> Type {
    let span = eval.frame().flow.node(id).span;
    let site = Some(eval.site(id, false));
    Type::Manager(Rc::new(ManagerType { model, classes: classes.into(), related: None, unread: false, site, span }))
}

/// `row.relation` of a list
pub(super) fn related_manager(
    eval: &Eval<'_>,
    target: ClassId,
    row: &Rc<Row>,
    relation: Rc<Relation>,
    id: NodeId,
) -> Type {
    let flow = eval.frame().flow;
    let node = flow.node(id);
    let classes: Vec<ClassId> =
        eval.models.get(target).map(|model| model.default_manager().to_vec()).unwrap_or_default();
    // Where the row is passed in, callers may have prefetched the relation: a clause here would undo that.
    let passed = matches!(&node.kind, NodeKind::Attr { of, .. } if matches!(flow.node(*of).kind, NodeKind::Param(_)));
    let site = (!passed).then(|| eval.site(id, false));
    Type::Manager(Rc::new(ManagerType {
        model: target,
        classes: classes.into(),
        related: Some((row.clone(), relation)),
        unread: false,
        site,
        span: node.span,
    }))
}

/// Whether a method of a row asks for the one beside it: `Model._get_next_or_previous_by_FIELD` (Django 5.2).
pub(super) fn is_beside(name: &str) -> bool {
    name.starts_with("get_next_by_") || name.starts_with("get_previous_by_")
}

/// What a manager gives before anything is asked of it: its own `get_queryset` where it has one.
pub(super) fn start(eval: &mut Eval<'_>, manager: &Rc<ManagerType>, id: NodeId) -> Option<Set> {
    let mut set = set_of(manager);
    let overridden = manager.classes.iter().find_map(|class| eval.names.method(*class, "get_queryset", None));
    if let Some(method) = overridden
        && !eval.frames.iter().any(|frame| frame.unit == super::types::Unit::Function(method))
    {
        let this = Rc::new(Type::Manager(manager.clone()));
        match eval.enter(method, this, &Args { positional: &[], keywords: &[], open: false }, id) {
            Type::Set(given) if given.rows => {
                set.loads = given.loads.clone();
                set.asked = given.asked.clone();
                set.classes = given.classes.clone();
            }
            _ => return None,
        }
    }
    Some(set)
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
        _ if PAGES.contains(&name) && eval.names.lineage(set.model).external.iter().any(|base| is_page(base)) => {
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
        "get" | "first" | "last" | "earliest" | "latest" | "aget" | "afirst" | "alast" => {
            query(eval, &set, name, id);
            set.related = None;
            eval.single(&Rc::new(set))
        }
        "count" | "exists" | "aggregate" | "contains" | "acount" | "aexists" => {
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
        _ if set.rows && set.related.is_none() && may_be_elsewhere(eval, &set) && !OTHERS.contains(&name) => {
            Type::Set(Rc::new(Set { size: Size::Guessed, extent: Extent::Part, ..set }))
        }
        _ => Type::Unknown,
    }
}

/// Methods of Wagtail's querysets of pages that leave some out, and load nothing (`wagtail/query.py`, 7.0).
const PAGES: &[&str] = &[
    "ancestor_of",
    "child_of",
    "descendant_of",
    "exact_type",
    "in_menu",
    "in_site",
    "live",
    "not_ancestor_of",
    "not_child_of",
    "not_descendant_of",
    "not_exact_type",
    "not_in_menu",
    "not_live",
    "not_page",
    "not_parent_of",
    "not_public",
    "not_sibling_of",
    "not_type",
    "page",
    "parent_of",
    "private",
    "public",
    "sibling_of",
    "type",
];

/// Methods of Django's querysets that give no rows (`django/db/models/query.py`, 5.2).
const OTHERS: &[&str] = &[
    "abulk_create",
    "abulk_update",
    "acreate",
    "aget_or_create",
    "aupdate_or_create",
    "aupdate",
    "adelete",
    "explain",
    "as_manager",
    "resolve_expression",
    "contains",
    "acontains",
    "aaggregate",
    "ain_bulk",
    "earliest",
    "latest",
];

/// Whether a queryset may have methods that are not in the repository: of a manager's base, or of a base of the model.
fn may_be_elsewhere(eval: &Eval<'_>, set: &Set) -> bool {
    let strange = |id: &ClassId| eval.names.lineage(*id).external.iter().any(|base| !base.starts_with("django."));
    set.classes.iter().any(strange) || (set.classes.is_empty() && strange(&set.model))
}

/// The name that an aggregate is put under which is given none: `Count("tags")` under `tags__count` (`default_alias`, Django
/// 5.2).
fn default_alias(eval: &Eval<'_>, flow: &Flow, node: NodeId) -> Option<String> {
    const AGGREGATES: &[&str] = &["Avg", "Count", "Max", "Min", "StdDev", "Sum", "Variance"];
    let call = flow.call(node)?;
    let name = flow.dotted(call.func)?;
    let last = name.rsplit('.').next().filter(|last| AGGREGATES.contains(last))?;
    match eval.type_of(*call.args.first()?) {
        Type::Text(field) => Some(format!("{field}__{}", last.to_lowercase())),
        _ => None,
    }
}

/// Rows that meet a condition that is written out are so few when each value is of one row at most: `slug__in=["a", "b"]`.
fn few_by_key(eval: &Eval<'_>, model: ClassId, args: &Args<'_>) -> Option<u64> {
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
fn leave_out(eval: &Eval<'_>, set: &mut Set, name: &str, args: &Args<'_>) {
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
fn pin(eval: &Eval<'_>, set: &mut Set, args: &Args<'_>) {
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

/// `select_related(...)`, `prefetch_related(...)`: what they load.
fn eager(eval: &Eval<'_>, set: &mut Set, name: &str, args: &Args<'_>, id: NodeId) {
    if args.open && !args.positional.is_empty() && args.keywords.is_empty() {
        match spread(eval, args, |it| matches!(it, Type::Text(_) | Type::Prefetch(..))) {
            Some(paths) => paths.iter().for_each(|path| load(&mut set.loads, path)),
            None => set.loads.open = true,
        }
        // What is added behind a list that stands elsewhere is added for whoever else has that.
        for site in &mut set.sites {
            site.bars_one |= name == "select_related";
            site.bars_many |= name != "select_related";
        }
        return;
    }
    if args.open || !args.keywords.is_empty() {
        set.loads.open = true;
        return;
    }
    if args.positional.is_empty() && name == "select_related" {
        for path in eval.models.joined_unasked(eval.names, set.model) {
            if set.loads.paths.insert(path.clone()) {
                set.loads.unasked.insert(path);
            }
        }
        // Names behind it would take it back.
        for site in &mut set.sites {
            site.bars_one = true;
        }
        return;
    }
    if name == "select_related" {
        for path in std::mem::take(&mut set.loads.unasked) {
            set.loads.paths.remove(&path);
        }
    }
    for node in args.positional {
        load(&mut set.loads, &eval.type_of(*node));
    }
    set.clauses.extend(args.positional.first().map(|first| eval.frame().flow.node(*first).span));
    let Some(last) = args.positional.last() else { return };
    let last = eval.frame().flow.node(*last).span;
    let call = eval.frame().flow.node(id).span;
    if last.file != call.file || last.start < call.start || last.end > call.end {
        // What a variable holds was written elsewhere, and a path below a `Prefetch` must stand behind it.
        for site in &mut set.sites {
            match name {
                "select_related" => site.bars_one = true,
                _ => site.bars_many = true,
            }
        }
        return;
    }
    let behind = Some(Span::at(last.file, last.end as usize));
    let unit = eval.frame().unit;
    for site in set.sites.iter_mut().filter(|site| site.unit == unit) {
        match name {
            "select_related" => site.one = behind,
            _ => site.many = behind,
        }
    }
}

/// What one argument loads.
fn load(loads: &mut Loads, path: &Type) {
    match path {
        Type::Text(path) => {
            loads.unasked.remove(&**path);
            loads.paths.insert(path.to_string());
        }
        Type::Prefetch(path, nested) => load_prefetch(loads, path.as_deref(), nested),
        // `select_related(None)` takes all of them back.
        Type::Nothing | Type::Void(_) => *loads = Loads::default(),
        _ => loads.open = true,
    }
}

/// The arguments of `select_related(*self.select_related)`, where the class writes out the list of what is known, and nothing
/// is put in its place.
pub(super) fn spread(eval: &Eval<'_>, args: &Args<'_>, is_known: impl Fn(&Type) -> bool) -> Option<Vec<Type>> {
    /// Longer lists are not known to their end.
    const MOST: usize = 32;
    let flow = eval.frame().flow;
    let mut all = Vec::new();
    for node in args.positional {
        let NodeKind::Mix(inner) = &flow.node(*node).kind else {
            all.push(eval.type_of(*node));
            continue;
        };
        let [of] = inner.as_slice() else { return None };
        if matches!(&flow.node(*of).kind, NodeKind::Attr { name, .. } if eval.names.stores.puts(name)) {
            return None;
        }
        match eval.type_of(*of) {
            Type::Tuple(parts) if parts.len() < MOST => all.extend(parts.iter().cloned()),
            Type::Nothing | Type::Void(_) => {}
            _ => return None,
        }
    }
    all.iter().all(is_known).then_some(all)
}

fn load_prefetch(loads: &mut Loads, path: Option<&str>, nested: &Loads) {
    let Some(path) = path else {
        loads.brought.extend(nested.brought.iter().cloned());
        return;
    };
    loads.brought.extend(nested.brought.iter().map(|it| format!("{path}__{it}")));
    loads.paths.insert(path.to_owned());
    loads.paths.extend(nested.paths.iter().map(|it| format!("{path}__{it}")));
    // What is loaded beyond may not be known; then all below the path counts as loaded.
    loads.beyond.extend(nested.beyond.iter().map(|it| format!("{path}__{it}")));
    if nested.open {
        loads.beyond.insert(path.to_owned());
    }
}

/// `Prefetch("path", queryset=…, to_attr=…)`
pub(super) fn prefetch_object(eval: &Eval<'_>, args: &Args<'_>) -> Type {
    let lookup = args.positional.first().copied().or_else(|| args.keyword("lookup"));
    let Some(Type::Text(path)) = lookup.map(|node| eval.type_of(node)) else { return Type::Unknown };
    let to_attr = args.positional.get(2).copied().or_else(|| args.keyword("to_attr"));
    let queryset = args.positional.get(1).copied().or_else(|| args.keyword("queryset"));
    let loads = match queryset.map(|node| eval.type_of(node)) {
        None => Loads::default(),
        Some(Type::Set(set)) => set.loads.clone(),
        Some(_) => Loads { open: true, ..Loads::default() },
    };
    let Some(to_attr) = to_attr else { return Type::Prefetch(Some(path), Rc::new(loads)) };
    let mut aside = Loads::default();
    if let Type::Text(name) = eval.type_of(to_attr) {
        let before = path.rsplit_once("__").map_or(String::new(), |(before, _)| format!("{before}__"));
        aside.brought.insert(format!("{before}{name}"));
    }
    Type::Prefetch(None, Rc::new(aside))
}

/// `rows[0]`: a query for one row, unless they are there.
pub(super) fn indexed(eval: &mut Eval<'_>, set: &Rc<Set>, id: NodeId) {
    // Whoever passed on the row that has a list may have prefetched it.
    let may_be_there = set.is_plain() && set.related.as_ref().is_some_and(|(row, _)| row.root.is_none());
    if set.orm == Orm::Django && !set.fetched && !may_be_there && set.size != Size::Guessed {
        query(eval, set, BY_PLACE, id);
    }
}

/// What a row is asked for by when it is asked for by its place.
const BY_PLACE: &str = "[]";

/// A query that gives one thing: a row, a count.
fn query(eval: &mut Eval<'_>, set: &Set, name: &str, id: NodeId) {
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
pub(super) fn is_counted_again(eval: &Eval<'_>, id: NodeId) -> bool {
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
fn distinct(set: &Set, before: &str) -> Option<String> {
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
pub(super) fn varies(eval: &Eval<'_>, id: NodeId) -> bool {
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
pub(super) fn prefetch(eval: &Eval<'_>, set: &Set, row: &Row, relation: &Relation) -> String {
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

/// What makes `.first()` of a relation ask for nothing: rows that were prefetched in an order.
fn ordered(eval: &Eval<'_>, row: &Row, relation: &Relation) -> String {
    if is_kept_in_memory(eval, row.model) {
        return String::new();
    }
    let order = match relation.target.and_then(|it| eval.models.get(it)).is_some_and(|it| it.ordered) {
        true => "...",
        false => "….order_by(\"pk\")",
    };
    format!("Prefetch(\"{}\", queryset={order})", row.near(&relation.name))
}
