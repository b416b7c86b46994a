//! What querysets are asked that is worth a look: each use by its kind, for rules to judge.
//!
//! An evaluation tells them while it goes (`call` at each method, `run` where a queryset asks the database); `kept` leaves
//! one of what several calls of a function tell alike.

use std::cmp::Reverse;

use rustc_hash::FxHashMap as HashMap;

use super::asked::Condition;
use super::django_models::is_abstract;
use super::eval::{Args, Eval};
use super::events::{Edits, params, spelled};
use super::indexes::{self, Index};
use super::lookups;
use super::names::ClassId;
use super::report::some;
use super::types::{Set, Type, Unit};
use crate::facts::orm::flow::{Flow, NodeId};
use crate::link::versions::Versions;
use crate::source::Span;
use crate::stack::vocabulary::{About, Database, Engine, Orm, QuerysetUse, Reach, UseKind, Vocable};
use crate::stack::{Fact, Stack};

/// One use.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) kind: UseKind,
    pub(super) orm: Orm,
    /// The code that asks the database, or makes the queryset.
    pub(super) unit: Unit,
    /// The call that matters.
    pub(super) at: Span,
    pub(super) call: String,
    /// What it joins that it is not told to, and whether there may be more of that.
    pub(super) joins: Option<(Vec<String>, bool)>,
    /// What stands before it and matters.
    pub(super) behind: Option<(String, Span)>,
    /// The fields that it is about, as `Model.field`, and where they are declared.
    pub(super) fields: Vec<(String, Span)>,
    pub(super) lookup: Option<Box<str>>,
    pub(super) model: ClassId,
    pub(super) is_lookup: bool,
    /// Whether nobody is seen to add rows to the table but staff.
    pub(super) may_be_small: bool,
    /// Whether a field tells one row from all others, by its type or its name.
    pub(super) identifies: bool,
    pub(super) remedy: String,
    /// A change, by the name that rules call it by.
    pub(super) edits: Option<(&'static str, Edits)>,
    /// Where else the same is asked.
    pub(super) others: Vec<Span>,
}

/// A method of a queryset is called.
pub(super) fn call(eval: &mut Eval<'_>, set: &Set, name: &str, args: &Args<'_>, id: NodeId) {
    match name {
        "iterator" => {
            let bare = args.positional.is_empty() && args.keywords.is_empty() && !args.open;
            if let Some((_, behind)) = set.asked.prefetched.last().cloned().filter(|_| bare) {
                let span = eval.frame().flow.node(id).span;
                let within = Span::at(span.file, (span.end as usize).saturating_sub(1));
                let mut it = of(eval, set, UseKind::IteratorPrefetch, id);
                it.behind = Some(("prefetch_related(...)".into(), behind));
                it.remedy = "iterator(chunk_size=2000)".into();
                it.edits = Some(("chunk_size", vec![(within, "chunk_size=2000".into())]));
                eval.tell_use(it);
            }
        }
        "select_related" if args.positional.is_empty() && args.keywords.is_empty() && !args.open => {
            let joins = Some(eval.models.joined_unasked_at_least(eval.names, set.model));
            let it = of(eval, set, UseKind::JoinedUnasked, id);
            eval.tell_use(Use { joins, ..it });
        }
        "order_by" => {
            let random = |node: &NodeId| matches!(eval.type_of(*node), Type::Text(it) if &*it == "?");
            if args.positional.iter().any(random) {
                let it = of(eval, set, UseKind::RandomOrder, id);
                eval.tell_use(it);
            }
        }
        "first" | "last" | "earliest" | "latest" | "afirst" | "alast" => run(eval, set, Wanted::First),
        "get" | "aget" | "count" | "exists" | "aggregate" | "acount" | "aexists" | "update" | "delete"
        | "get_or_create" | "update_or_create" => run(eval, set, Wanted::Unsorted),
        _ => {}
    }
}

/// What is wanted of a queryset that asks the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Its rows.
    Rows,
    /// The first of them, as it is sorted.
    First,
    /// Something that no order matters to.
    Unsorted,
}

/// A queryset asks the database: which of its conditions, or whether its order, no index serves.
pub(super) fn run(eval: &mut Eval<'_>, set: &Set, wanted: Wanted) {
    if !eval.tells() {
        return;
    }
    if let Some(unserved) = unserved(eval, set, wanted) {
        eval.tell_use(Use { unit: eval.frame().unit, ..unserved });
    }
}

/// A view lists a queryset: the same, of what the framework asks.
pub(super) fn listed(eval: &mut Eval<'_>, view: ClassId, set: &Set, cut: bool) {
    let set = Set { cut: set.cut || cut, ..set.clone() };
    if let Some(unserved) = unserved(eval, &set, Wanted::Rows) {
        eval.tell_use(Use { unit: Unit::Class(view), ..unserved });
    }
}

/// What no index serves of what a queryset is asked. Whose code asks is for the caller to say.
fn unserved(eval: &Eval<'_>, set: &Set, wanted: Wanted) -> Option<Use> {
    let asked = &set.asked;
    let asks = !asked.conditions.is_empty() || asked.order.is_some();
    if !asks || set.orm != Orm::Django || asked.open || set.related.is_some() || set.narrowed || set.single {
        return None;
    }
    let index = |field: &str| eval.indexes.of(eval.names, eval.models, set.model, field);
    let mut unserved: Vec<(&Condition, Span)> = Vec::new();
    let mut equal: Vec<(&Condition, Span)> = Vec::new();
    for condition in asked.conditions.iter().filter(|it| !it.excluded) {
        let is_unserved = !lookups::is_served(&condition.lookup);
        // `event__date` is a field of the other model.
        if is_unserved && eval.models.relation(set.model, &condition.field).is_some() {
            return None;
        }
        match index(&condition.field) {
            Index::Unknown => return None,
            // What is looked for in an indexed field is looked for there first.
            Index::Starts if !is_unserved => return None,
            Index::Starts => match declared(eval, set.model, &condition.field) {
                Some(at) if indexes::are_plain(eval.names, set.model, &condition.field) => {
                    unserved.push((condition, at));
                }
                _ => return None,
            },
            Index::Trigrams(at) if lookups::is_in_upper_case(&condition.lookup) => unserved.push((condition, at)),
            Index::Trigrams(_) => return None,
            Index::Few => {}
            Index::None(at) if is_unserved => unserved.push((condition, at)),
            Index::None(at) => {
                if condition.met && !condition.constant && matches!(&*condition.lookup, "exact" | "in") {
                    equal.push((condition, at));
                }
            }
        }
    }
    let it = |kind: UseKind, at: Span, call: (Unit, NodeId), fields: Vec<(String, Span)>| {
        let model =
            fields.first().and_then(|it| it.0.split_once('.')).map_or(set.model, |it| owner(eval, set.model, it.1));
        Use { at, fields, model, ..blank(eval, set, kind, call) }
    };
    if let Some((first, _)) = equal.first() {
        let identifies = |(it, _): &(&Condition, Span)| indexes::identifies(eval.names, set.model, &it.field);
        let identifies = equal.iter().any(identifies);
        let it = it(UseKind::FilterWithoutIndex, first.at, first.call, fields(eval, set, &equal));
        return Some(Use { identifies, ..it });
    }
    if let Some((first, _)) = unserved.first() {
        let it = it(UseKind::UnindexableLookup, first.at, first.call, fields(eval, set, &unserved));
        return Some(Use { lookup: Some(first.lookup.clone()), ..it });
    }
    let plain = asked.conditions.iter().all(|it| it.met) && !set.loads.brought.iter().any(|it| !it.contains("__"));
    let cut = wanted == Wanted::First || wanted == Wanted::Rows && set.cut;
    let order = asked.order.as_ref().filter(|_| plain && cut)?;
    let first = order.fields.first()?;
    let Index::None(declared) = index(first) else { return None };
    let field = format!("{}.{first}", eval.models.name(eval.names, owner(eval, set.model, first)));
    Some(it(UseKind::OrderWithoutIndex, order.at, order.call, vec![(field, declared)]))
}

/// The model whose table has a field: that which declares it, where it has a table of its own.
fn owner(eval: &Eval<'_>, model: ClassId, field: &str) -> ClassId {
    let declares = eval.names.attribute(model, field).map(|(class, _)| class);
    let own_table = |class: &ClassId| eval.models.get(*class).is_some() && !is_abstract(eval.names, *class);
    declares.filter(own_table).unwrap_or(model)
}

/// What would give another queryset was called, and nobody takes it.
pub(super) fn thrown(eval: &mut Eval<'_>, set: &Set, id: NodeId) {
    let mut it = of(eval, set, UseKind::ResultThrownAway, id);
    it.orm = set.orm;
    eval.tell_use(it);
}

/// A use at a node of the present frame.
pub(super) fn of(eval: &Eval<'_>, set: &Set, kind: UseKind, id: NodeId) -> Use {
    let frame = eval.frame();
    Use { at: frame.flow.node(id).span, ..blank(eval, set, kind, (frame.unit, id)) }
}

/// A use of which no more is known than the call, and the code that has it.
fn blank(eval: &Eval<'_>, set: &Set, kind: UseKind, call: (Unit, NodeId)) -> Use {
    Use {
        kind,
        orm: set.orm,
        unit: call.0,
        at: set.span,
        call: called(eval, call),
        joins: None,
        behind: None,
        fields: Vec::new(),
        lookup: None,
        model: set.model,
        is_lookup: set.orm == Orm::Django && eval.models.is_lookup(eval.names, set.model),
        may_be_small: false,
        identifies: false,
        remedy: String::new(),
        edits: None,
        others: Vec::new(),
    }
}

/// The call that a condition, or an order, stands in, in short.
fn called(eval: &Eval<'_>, (unit, id): (Unit, NodeId)) -> String {
    spelled(flow_of(eval, unit), params(eval, unit), id)
}

fn flow_of<'a>(eval: &Eval<'a>, unit: Unit) -> &'a Flow {
    match unit {
        Unit::Top(draft) => &eval.names.draft(draft).top,
        Unit::Class(class) => &eval.names.class(class).body,
        Unit::Function(function) => &eval.names.function(function).flow,
    }
}

/// The call that gave a queryset its last condition, and where it stands. Where it is gone through, it may have another's
/// name, or none.
pub(super) fn asked_by(eval: &Eval<'_>, set: &Set) -> Option<(String, Option<Span>)> {
    let (unit, id) = set.asked.conditions.last()?.call;
    let at = flow_of(eval, unit).nodes.get(id as usize).map(|it| it.span).filter(|it| !it.file.is_outside());
    Some((called(eval, (unit, id)), at))
}

fn fields(eval: &Eval<'_>, set: &Set, all: &[(&Condition, Span)]) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Span)> = Vec::new();
    for (condition, at) in all {
        let owner = eval.models.name(eval.names, owner(eval, set.model, &condition.field));
        let field = format!("{owner}.{}", condition.field);
        if !out.iter().any(|it| it.0 == field) {
            out.push((field, *at));
        }
    }
    out
}

/// What follows from the code as a whole, where it means anything.
fn known<T>(value: Option<T>) -> Fact<T> {
    value.map_or(Fact::Absent, |value| Fact::derived(value, Vec::new()))
}

/// Where a field that holds a text is declared. Of others, a lookup may mean something else.
fn declared(eval: &Eval<'_>, model: ClassId, field: &str) -> Option<Span> {
    let (class, at) = eval.names.attribute(model, field)?;
    Some(eval.names.class(class).attributes.get(at)?.span)
}

/// One of what is told alike: that which most wait for. An index that is missing is one thing, wherever it is missed.
pub(super) fn kept(uses: Vec<Use>, rank: impl Fn(Unit) -> u8) -> Vec<Use> {
    let mut places: HashMap<(UseKind, Option<Span>, ClassId, Vec<String>), usize> = HashMap::default();
    let mut out: Vec<Use> = Vec::new();
    for it in uses {
        let mut fields: Vec<String> = it.fields.iter().map(|it| it.0.clone()).collect();
        fields.sort_unstable();
        fields.extend(it.lookup.iter().map(|lookup| lookup.to_string()));
        let place = (!it.is_of_model()).then_some(it.at);
        let place = *places.entry((it.kind, place, it.model, fields)).or_insert(out.len());
        match out.get_mut(place) {
            None => out.push(it),
            Some(before) => {
                let first = (rank(it.unit), Reverse(it.at)) > (rank(before.unit), Reverse(before.at));
                let (mut kept, other) = if first { (it, &*before) } else { (before.clone(), &it) };
                let others = std::iter::once(other.at).chain(before.others.iter().copied());
                let mut others: Vec<Span> = others.chain(kept.others.iter().copied()).collect();
                others.sort_unstable();
                others.dedup();
                others.retain(|at| *at != kept.at);
                kept.others = others;
                *before = kept;
            }
        }
    }
    out.sort_by_key(|it| it.at);
    out
}

/// What only the rest of the stack tells: the mapper's version, and whether the database makes indexes by itself, as MySQL
/// does for foreign keys, or serves other lookups by them. `names_mysql` tells whether any code names MySQL's engine for a
/// table, which is asked last.
pub fn settle<'v>(code: &mut Stack, stacks: &[Stack], versions: impl Fn() -> Versions<'v>, names_mysql: bool) {
    const MYSQL: &[&str] = &["pymysql", "mysqlclient", "aiomysql", "asyncmy", "mysql-connector-python", "mysql-python"];
    const POSTGRES: &[&str] = &["psycopg2", "psycopg2-binary", "psycopg", "asyncpg"];
    let by_version = |it: &QuerysetUse| it.kind.known() == Some(&UseKind::IteratorPrefetch);
    if code.queryset_uses.iter().any(by_version) {
        let version = versions().version("django");
        code.queryset_uses.iter_mut().filter(|it| by_version(it)).for_each(|it| it.version = version.clone());
    }
    let is = |engine: Engine| {
        let is_it = move |it: &Database| it.engine.known() == Some(&engine);
        stacks.iter().any(|stack| stack.databases.iter().any(is_it))
    };
    let by_driver = || {
        let versions = versions();
        MYSQL.iter().any(|driver| versions.names(driver))
    };
    // `iexact` of MySQL is `LIKE` without wildcards, which an index serves (`django/db/backends/mysql/base.py`, 5.2).
    let regardless_of_case = |it: &QuerysetUse| {
        it.kind.known() == Some(&UseKind::UnindexableLookup) && it.lookup.known().is_some_and(|it| &**it == "iexact")
    };
    let asks = !code.foreign_keys.is_empty() || code.queryset_uses.iter().any(regardless_of_case);
    let is_mysql = || by_driver() || !code.foreign_keys.is_empty() && names_mysql;
    if asks && (is(Engine::Mysql) || !is(Engine::Postgres) && is_mysql()) {
        code.foreign_keys.clear();
        // With drivers of both it may run on either.
        let versions = versions();
        if is(Engine::Mysql) || !POSTGRES.iter().any(|driver| versions.names(driver)) {
            code.queryset_uses.retain(|it| !regardless_of_case(it));
        }
    }
}

impl Use {
    /// Whether it is told of the model, once for all who ask: a table without an index, or without one that serves a lookup.
    pub(super) fn is_of_model(&self) -> bool {
        matches!(self.kind, UseKind::FilterWithoutIndex | UseKind::OrderWithoutIndex | UseKind::UnindexableLookup)
    }

    /// What tells it from others of the same code: what it asks, and of which fields or rows.
    pub(super) fn known_by(&self, model: &str) -> String {
        let of = match (self.fields.as_slice(), self.kind) {
            ([], UseKind::KeyByObject) => format!("{model}.{}", self.remedy),
            ([], _) => model.to_owned(),
            (fields, _) => fields.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(","),
        };
        let lookup = self.lookup.as_ref().map_or(String::new(), |it| format!(":{it}"));
        format!("{}:{of}{lookup}", self.kind.word())
    }

    /// The fact of it.
    pub(super) fn fact(self, about: About, model: Box<str>, reach: Reach) -> QuerysetUse {
        let is = |text: String| Fact::derived(Box::from(text), Vec::new());
        let field = match self.fields.as_slice() {
            [] => Fact::Absent,
            all => {
                let names: Vec<&str> = all.iter().map(|it| &*it.0).collect();
                Fact::derived(names.join("`, `").into(), all.iter().map(|it| it.1).collect())
            }
        };
        let call = Fact::derived(self.call.into(), vec![self.at]);
        let nobody = "nobody is seen to add to the table but staff or commands: it may be small";
        QuerysetUse {
            about,
            orm: Fact::derived(self.orm, Vec::new()),
            kind: Fact::derived(self.kind, Vec::new()),
            call: if self.may_be_small { call.guessed(nobody) } else { call },
            joins: known(self.joins.as_ref().map(|(all, _)| all.len() as u64)),
            joins_more: known(self.joins.as_ref().map(|(_, more)| *more)),
            joined: known(
                self.joins.map(|(all, _)| some(6, all.iter().map(String::as_str)).replace(", ", "`, `").into()),
            ),
            behind: self.behind.map_or(Fact::Absent, |(text, at)| Fact::derived(text.into(), vec![at])),
            field,
            lookup: self.lookup.map_or(Fact::Absent, |it| Fact::derived(it, Vec::new())),
            model: Fact::derived(model, Vec::new()),
            identifies: Fact::derived(self.identifies, Vec::new()),
            lookup_table: Fact::derived(self.is_lookup, Vec::new()),
            reach: Fact::derived(reach, Vec::new()),
            version: Fact::Absent,
            others: Fact::derived(self.others.len() as u64, self.others),
            remedy: if self.remedy.is_empty() { Fact::Absent } else { is(self.remedy) },
        }
    }
}
