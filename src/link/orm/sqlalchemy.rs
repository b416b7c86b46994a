//! SQLAlchemy's sessions, queries, statements and loader options.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::events::Writing;
use super::models::Relation;
use super::names::{ClassId, Def};
use super::types::{Extent, Loads, Row, Set, Site, Size, Statement, Type};
use super::{django, joined};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// What asks for the rows of many keys at once.
pub(super) const BY_KEYS: &str = "select(...).where(key.in_(keys))";

/// What stands behind `.query(...)`, `select(...)`.
fn base(model: ClassId, rows: bool, sites: Vec<Site>, span: Span) -> Set {
    Set { orm: Orm::Sqlalchemy, rows, sites, ..Set::all(model, span) }
}

/// The collection of a relationship, which is loaded when it is read.
pub(super) fn collection(model: ClassId, row: &Rc<Row>, relation: Rc<Relation>, span: Span) -> Set {
    let mut set = base(model, true, Vec::new(), span);
    if row.guessed {
        set.size = Size::Guessed;
    }
    set.related = Some((row.clone(), relation));
    set.extent = Extent::Whole;
    set
}

/// `Model.query` of Flask-SQLAlchemy
pub(super) fn query_of(eval: &Eval<'_>, model: ClassId, id: NodeId) -> Type {
    let flow = eval.frame().flow;
    let entity = match &flow.node(id).kind {
        NodeKind::Attr { of, .. } => flow.dotted(*of),
        _ => None,
    };
    let site = Site { entity: entity.map(Into::into), ..eval.site(id, true) };
    let mut set = base(model, true, vec![site], flow.node(id).span);
    // A class of its own for queries (Flask-SQLAlchemy 3.1, `_QueryProperty`).
    if let Some((class, at)) = eval.names.attribute(model, "query_class") {
        let draft = eval.names.class(class);
        let value = draft.attributes.get(at).and_then(|it| it.value);
        match value.and_then(|value| eval.names.of_node(class.draft, &draft.body, value)) {
            Some(Def::Class(queries)) => set.classes = Rc::from([queries]),
            _ => set.loads.open = true,
        }
    }
    Type::Set(Rc::new(set))
}

/// `select(...)`
pub(super) fn select(eval: &Eval<'_>, args: &Args<'_>, id: NodeId) -> Type {
    let Some(first) = args.positional.first() else { return Type::Statement(Statement::Read) };
    // Of columns, or of what is counted.
    let flow = eval.frame().flow;
    let sums = flow.call(*first).and_then(|call| flow.dotted(call.func)).is_some_and(|it| it.contains("func."));
    let other = Type::Statement(if sums { Statement::Sum } else { Statement::Read });
    let model = match eval.type_of(*first) {
        Type::Def(Def::Class(model)) => model,
        _ => return other,
    };
    if eval.models.get(model).is_none_or(|it| it.orm != Orm::Sqlalchemy) {
        return Type::Unknown;
    }
    let flow = eval.frame().flow;
    let entity = flow.dotted(*first).map(Into::into);
    let rows = args.positional.len() == 1 && !args.open;
    let span = flow.node(id).span;
    let mut set = base(model, rows, vec![Site { entity, ..eval.site(id, true) }], span);
    if !rows && !args.open {
        set.beside = beside(eval, &mut set.loads, model, args, id);
    }
    Type::Set(Rc::new(set))
}

/// What each row of `select(Book, Author)` has beside the first: rows of other models, or what is a value. What one of the
/// models leads to among the others a session need not ask for.
fn beside(eval: &Eval<'_>, loads: &mut Loads, first: ClassId, args: &Args<'_>, id: NodeId) -> Rc<[Option<Rc<Set>>]> {
    let flow = eval.frame().flow;
    let model = |node: &NodeId| match eval.type_of(*node) {
        Type::Def(Def::Class(model)) if eval.models.get(model).is_some_and(|it| it.orm == Orm::Sqlalchemy) => {
            Some(model)
        }
        _ => None,
    };
    let others: Vec<Option<(ClassId, NodeId)>> =
        args.positional.iter().skip(1).map(|node| Some((model(node)?, *node))).collect();
    let all: Vec<ClassId> = others.iter().flatten().map(|it| it.0).chain([first]).collect();
    for relation in all.iter().filter_map(|it| eval.models.get(*it)).flat_map(|it| it.relations.values()) {
        if !relation.to_many && relation.target.is_some_and(|it| all.contains(&it)) {
            loads.paths.insert(relation.name.to_string());
        }
    }
    let set = |(model, node): (ClassId, NodeId)| {
        let entity = flow.dotted(node).map(Into::into);
        Rc::new(base(model, true, vec![Site { entity, ..eval.site(id, true) }], flow.node(id).span))
    };
    others.into_iter().map(|it| it.map(set)).collect()
}

/// Calls a method of something that is not known, which a session may be: its arguments tell.
pub(super) fn session(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let first = args.positional.first().map(|node| eval.type_of(*node)).unwrap_or_default();
    let scope = eval.frame().flow.node(id).scope;
    match (name, first) {
        ("query", _) => select(eval, args, id),
        ("select", Type::Def(Def::Class(_))) => select(eval, args, id),
        ("execute" | "scalar" | "scalars" | "exec", Type::Statement(Statement::Sum)) => {
            eval.query(Orm::Sqlalchemy, id, scope, "select(key, func...).group_by(key)");
            Type::Unknown
        }
        ("execute" | "scalar" | "scalars" | "exec", Type::Statement(Statement::Read)) => {
            keyed_query(eval, id);
            if name == "scalar" { Type::Unknown } else { Type::List(Rc::new(Type::Unknown), Some(Size::Open)) }
        }
        ("execute" | "scalar" | "scalars" | "exec", Type::Statement(Statement::Part)) => {
            cut_query(eval, id);
            Type::Unknown
        }
        ("execute" | "scalar" | "scalars" | "exec", Type::Statement(Statement::Write)) => {
            keyed_write(eval, id);
            Type::Unknown
        }
        ("execute", Type::Set(set)) if set.orm == Orm::Sqlalchemy => {
            keyed_query(eval, id);
            Type::Result(set, false)
        }
        ("scalars" | "exec", Type::Set(set)) if set.orm == Orm::Sqlalchemy => {
            keyed_query(eval, id);
            Type::Result(set, true)
        }
        ("scalar", Type::Set(set)) if set.orm == Orm::Sqlalchemy => {
            keyed_query(eval, id);
            eval.single(&set)
        }
        // Flask-SQLAlchemy's (`SQLAlchemy.get_or_404`, 3.1).
        ("get" | "get_one" | "get_or_404", Type::Def(Def::Class(model)))
            if eval.models.get(model).is_some_and(|it| it.orm == Orm::Sqlalchemy) =>
        {
            let remedy = BY_KEYS;
            eval.query(Orm::Sqlalchemy, id, scope, remedy);
            let span = eval.frame().flow.node(id).span;
            eval.single(&Rc::new(base(model, true, Vec::new(), span)))
        }
        ("first_or_404" | "one_or_404", Type::Set(set)) if set.orm == Orm::Sqlalchemy => {
            keyed_query(eval, id);
            eval.single(&set)
        }
        ("paginate", Type::Set(set)) if set.orm == Orm::Sqlalchemy => {
            Type::Paginator(Rc::new(Set { cut: true, ..(*set).clone() }))
        }
        // What a session has not read before it asks for by its key.
        ("merge", Type::Row(row)) if eval.models.get(row.model).is_some_and(|it| it.orm == Orm::Sqlalchemy) => {
            keyed_query(eval, id);
            Type::Row(row)
        }
        ("delete", Type::Row(row)) => {
            deleted(eval, row.model, id);
            Type::Unknown
        }
        ("commit" | "flush" | "refresh", _) if is_session(eval, id) => {
            let remedy = match name {
                "commit" if eval.is_caught_in_turn(id) => {
                    "a savepoint for each row (`begin_nested()`) and one commit after the loop"
                }
                "commit" => "one commit after the loop",
                _ => "one flush after the loop",
            };
            eval.write(Orm::Sqlalchemy, id, Writing { commits: name == "commit", ..Writing::unread(remedy) });
            Type::Unknown
        }
        _ => Type::Unknown,
    }
}

/// Calls a method of a statement, or of a query, that gives columns.
pub(super) fn of_columns(eval: &mut Eval<'_>, statement: Statement, name: &str, id: NodeId) -> Type {
    match name {
        "first" | "one" | "one_or_none" | "scalar" | "scalar_one" | "count" | "all" if statement == Statement::Part => {
            cut_query(eval, id);
            Type::Unknown
        }
        "first" | "one" | "one_or_none" | "scalar" | "scalar_one" | "count" => {
            keyed_query(eval, id);
            Type::Unknown
        }
        "all" => {
            keyed_query(eval, id);
            Type::List(Rc::new(Type::Unknown), (statement == Statement::Read).then_some(Size::Open))
        }
        "delete" | "update" if statement != Statement::Write => {
            keyed_write(eval, id);
            Type::Unknown
        }
        "limit" if statement == Statement::Read => Type::Statement(Statement::Part),
        _ => Type::Statement(statement),
    }
}

fn keyed_query(eval: &mut Eval<'_>, id: NodeId) {
    let scope = eval.frame().flow.node(id).scope;
    let remedy = if is_keyed(eval, id) { BY_KEYS } else { "" };
    eval.query(Orm::Sqlalchemy, id, scope, remedy);
}

/// Asks for no more than so many rows: what many keys are asked for together would share that.
fn cut_query(eval: &mut Eval<'_>, id: NodeId) {
    let scope = eval.frame().flow.node(id).scope;
    eval.query(Orm::Sqlalchemy, id, scope, "");
}

/// Whether what differs in each turn is, as far as it can be seen, a key that rows are asked for by: no part of a function of
/// the database's, as a range is, and nothing that is not equal to a column.
fn is_keyed(eval: &Eval<'_>, id: NodeId) -> bool {
    let flow = eval.frame().flow;
    let differs = |id: NodeId| eval.vary(id).is_some();
    let (mut next, mut seen, mut found) = (vec![id], Vec::new(), None);
    while let Some(at) = next.pop() {
        if seen.contains(&at) || !differs(at) {
            continue;
        }
        seen.push(at);
        match &flow.node(at).kind {
            NodeKind::Same(..) => return true,
            NodeKind::Call { func, args, keywords, .. } => {
                let name = flow.last_called(*func).unwrap_or_default();
                if matches!(name, "filter_by" | "get" | "in_" | "is_") {
                    return true;
                }
                found = Some(false);
                next.extend(args.iter().chain([func]).chain(keywords.iter().map(|it| &it.1)));
            }
            NodeKind::Attr { of, .. } | NodeKind::Await(of) => next.push(*of),
            NodeKind::Mix(all) | NodeKind::Either(all) | NodeKind::List(all) => next.extend(all),
            _ => {}
        }
    }
    found.unwrap_or(true)
}

/// Whether the method is called on what is named as sessions are: `session`, `db`, `self.session`, `db.session`.
fn is_session(eval: &Eval<'_>, id: NodeId) -> bool {
    let flow = eval.frame().flow;
    let NodeKind::Call { func, .. } = flow.node(id).kind else { return false };
    let NodeKind::Attr { of, .. } = flow.node(func).kind else { return false };
    let named = |name: &str| matches!(name, "db" | "s") || name.ends_with("session") || name == "Session";
    let imports = &eval.names.draft(eval.draft()).imports;
    let uses = imports.iter().any(|it| {
        it.module.starts_with("sqlalchemy")
            || it.module.starts_with("sqlmodel")
            || it.module.starts_with("flask_sqlalchemy")
    });
    if let NodeKind::Attr { variable: Some(variable), .. } = &flow.node(func).kind {
        return uses && named(variable);
    }
    match &flow.node(of).kind {
        NodeKind::Name(name) => named(name),
        // `self.db`, `self._session`
        NodeKind::Attr { name, .. } => named(name.trim_start_matches('_')),
        _ => false,
    }
}

/// Calls a method of a query or a statement.
pub(super) fn operate(eval: &mut Eval<'_>, set: &Rc<Set>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let mut next = (**set).clone();
    match name {
        "filter" | "filter_by" | "where" => {
            pin(eval, &mut next, args);
            (next.filtered, next.narrowed) = (true, next.narrowed || is_between(eval.frame().flow, args));
            Type::Set(Rc::new(next))
        }
        "union" | "union_all" | "intersect" | "except_" => {
            // What either loads.
            for node in args.positional {
                match eval.type_of(*node) {
                    Type::Set(other) => next.loads.join(&other.loads),
                    _ => next.loads.open = true,
                }
            }
            next.sites.clear();
            Type::Set(Rc::new(next))
        }
        "order_by" | "join" | "outerjoin" | "group_by" | "having" | "distinct" | "offset" | "with_for_update"
        | "execution_options" | "select_from" | "from_statement" | "populate_existing" | "yield_per" | "unique"
        | "enable_eagerloads" => Type::Set(Rc::new(next)),
        "select" if set.related.is_some() => Type::Set(Rc::new(next)),
        "limit" | "slice" => {
            next.cut = true;
            let most = args.positional.first().map(|node| &eval.frame().flow.node(*node).kind);
            if matches!(most, Some(NodeKind::Number(most)) if *most <= 10) {
                next.size = Size::Short;
            }
            Type::Set(Rc::new(next))
        }
        "paginate" => {
            next.cut = true;
            Type::Paginator(Rc::new(next))
        }
        "options" => {
            let given = match args.open {
                // `options(*self.default_options)`
                true => django::spread(eval, args, |it| matches!(it, Type::Loader(_))),
                false => Some(args.all().map(|node| eval.type_of(node)).collect()),
            };
            for one in given.unwrap_or_else(|| vec![Type::Unknown]) {
                match one {
                    Type::Loader(paths) => next.loads.paths.extend(paths.iter().cloned()),
                    _ => next.loads.open = true,
                }
            }
            joined::options(eval, &mut next, args, id);
            Type::Set(Rc::new(next))
        }
        // What stands beside each row is a value; a model there has rows of its own.
        "add_columns" | "add_column" if !args.open => {
            let is_model = |node: &NodeId| matches!(eval.type_of(*node), Type::Def(Def::Class(_)));
            if args.positional.iter().any(is_model) {
                return Type::Unknown;
            }
            next.beside = next.beside.iter().cloned().chain(args.positional.iter().map(|_| None)).collect();
            next.rows = next.beside.is_empty();
            Type::Set(Rc::new(next))
        }
        "with_entities" | "with_only_columns" | "add_columns" | "add_column" | "add_entity" | "subquery" | "cte" => {
            Type::Unknown
        }
        "all" => {
            consume(eval, set, id);
            hold(eval, set);
            let element = eval.element(&Type::Result(set.clone(), set.beside.is_empty()), None);
            Type::List(Rc::new(element), Some(set.size))
        }
        "first" | "one" | "one_or_none" | "scalar" | "get" | "get_or_404" | "first_or_404" => {
            ask(eval, set, id, BY_KEYS);
            eval.single(&Rc::new(Set { related: None, ..next }))
        }
        "count" => {
            ask(eval, set, id, "func.count() grouped by the key");
            Type::Unknown
        }
        "delete" | "update" => {
            if name == "delete" {
                deleted(eval, set.model, id);
            }
            keyed_write(eval, id);
            Type::Unknown
        }
        // A relationship's collection is a list.
        "append" | "remove" | "extend" => Type::Unknown,
        _ => Type::Unknown,
    }
}

/// Rows of a model are deleted, which asks for all that refer to them.
pub(super) fn deleted(eval: &mut Eval<'_>, model: ClassId, id: NodeId) {
    let (unit, at) = (eval.frame().unit, eval.frame().flow.node(id).span);
    if eval.models.get(model).is_some_and(|it| it.orm == Orm::Sqlalchemy) {
        eval.deleted.insert((model, unit, at));
    }
}

/// Conditions that give all rows the same foreign key: the identity map then has the one row, however many ask for it.
fn pin(eval: &Eval<'_>, set: &mut Set, args: &Args<'_>) {
    let flow = eval.frame().flow;
    let (names, models, model) = (eval.names, eval.models, set.model);
    let mut pin = |name: &str, to: Option<NodeId>| {
        let relation = name.strip_suffix("_id").unwrap_or(name);
        let is_given = to.is_some_and(|to| flow.node(to).kind != NodeKind::Nothing);
        set.single |= models.is_key(names, model, name);
        set.narrowed |= is_given && models.relation(model, relation).is_some_and(|it| !it.to_many);
        set.pinned.push(relation.into());
    };
    for (key, value) in args.keywords {
        pin(key, Some(*value));
    }
    for node in args.positional {
        // `Message.room_id == room.id`, `Message.room_id.is_(None)`
        let (side, to) = match &flow.node(*node).kind {
            NodeKind::Same(side, to) => (*side, Some(*to)),
            NodeKind::Call { func, .. } => match &flow.node(*func).kind {
                NodeKind::Attr { of, name, .. } if &**name == "is_" => (*of, None),
                _ => continue,
            },
            _ => continue,
        };
        if let NodeKind::Attr { name, .. } = &flow.node(side).kind {
            pin(name, to);
        }
    }
}

/// Whether conditions keep the rows between two values of a column: `Trip.starts >= day, Trip.starts < day + week`.
fn is_between(flow: &Flow, args: &Args<'_>) -> bool {
    let column = |node: &NodeId| match &flow.node(*node).kind {
        NodeKind::Attr { name, .. } => Some(name),
        _ => None,
    };
    let compared = args.positional.iter().filter_map(|node| match &flow.node(*node).kind {
        NodeKind::Mix(sides) => column(sides.first()?),
        _ => None,
    });
    let mut compared: Vec<&Box<str>> = compared.collect();
    let count = compared.len();
    compared.sort_unstable();
    compared.dedup();
    let calls = args.positional.iter().filter_map(|node| column(&flow.call(*node)?.func));
    compared.len() < count || calls.into_iter().any(|name| &**name == "between")
}

/// A row whose relations may be asked for under an event loop: `await row.awaitable_attrs.author` (`AsyncAttrs`, SQLAlchemy 2.0).
pub(super) fn asked_for(row: &Row) -> Type {
    let root = row.root.as_ref().map(|root| Rc::new(Set { awaited: false, ..(**root).clone() }));
    Type::Row(Rc::new(Row { root, ..row.clone() }))
}

/// A list holds all rows of a model, from which the session's identity map knows them (`Session.identity_map`, SQLAlchemy 2.0).
fn hold(eval: &mut Eval<'_>, set: &Set) {
    let all = set.rows && !set.filtered && !set.cut && set.related.is_none();
    if let Some(frame) = eval.frames.last_mut().filter(|_| all) {
        frame.held.push(set.model);
    }
}

/// Whether a session has what a key leads to, for code has a list of all rows there are.
pub(super) fn is_held(eval: &Eval<'_>, relation: &Relation) -> bool {
    relation.joinable && relation.target.is_some_and(|it| eval.frames.iter().any(|frame| frame.held.contains(&it)))
}

/// What a function is given to load, with rows to load it onto: `preload(session, books, selectinload(Book.author))`.
pub(super) fn handed(eval: &mut Eval<'_>, args: &Args<'_>) {
    let mut loads = Loads::default();
    let mut roots: Vec<Span> = Vec::new();
    for it in args.all().map(|node| eval.type_of(node)) {
        match it {
            Type::Loader(paths) => loads.paths.extend(paths.iter().cloned()),
            Type::Set(set) | Type::Result(set, _) => roots.push(set.span),
            Type::List(of, _) => {
                if let Type::Row(row) = &*of {
                    roots.extend(row.root.as_ref().map(|it| it.span));
                }
            }
            _ => {}
        }
    }
    if let Some(frame) = eval.frames.last_mut().filter(|_| !loads.paths.is_empty()) {
        frame.loaded.extend(roots.into_iter().map(|root| (root, loads.clone())));
    }
}

fn consume(eval: &mut Eval<'_>, set: &Set, id: NodeId) {
    if set.related.is_none() || !set.is_plain() {
        ask(eval, set, id, BY_KEYS);
    }
}

/// A query runs: of a row, when it is one that a relationship gives.
fn ask(eval: &mut Eval<'_>, set: &Set, id: NodeId, remedy: &str) {
    let scope = eval.frame().flow.node(id).scope;
    match &set.related {
        Some((row, _)) => eval.query_per_row(row, Orm::Sqlalchemy, id, scope, remedy),
        None => eval.query(Orm::Sqlalchemy, id, scope, remedy),
    }
}

/// A statement that writes runs, for each row of a loop when what it is given differs.
fn keyed_write(eval: &mut Eval<'_>, id: NodeId) {
    let node = eval.frame().flow.node(id);
    if eval.turns(node.span, node.scope, eval.vary(id)).is_some() {
        eval.write(Orm::Sqlalchemy, id, Writing::unread("one statement with a list of values or a condition for all"));
    }
}

/// Calls a method of what a session gave for a statement.
pub(super) fn result(eval: &mut Eval<'_>, set: &Rc<Set>, scalars: bool, name: &str, _id: NodeId) -> Type {
    let all = |eval: &Eval<'_>| {
        let element = eval.element(&Type::Result(set.clone(), scalars), None);
        Type::List(Rc::new(element), Some(set.size))
    };
    match name {
        "scalars" => Type::Result(set.clone(), true),
        "unique" | "yield_per" => Type::Result(set.clone(), scalars),
        "all" | "fetchall" => {
            hold(eval, set);
            all(eval)
        }
        "fetchmany" => all(eval),
        // `for part in result.partitions(100): for row in part`
        "partitions" => Type::List(Rc::new(all(eval)), Some(set.size)),
        // `row["Album"]`
        "mappings" if set.rows => {
            let row = eval.element(&Type::Result(set.clone(), true), None);
            let name = eval.models.name(eval.names, set.model).into();
            Type::List(Rc::new(Type::Record(Rc::from([(name, row, None)]))), Some(set.size))
        }
        "first" | "one" | "one_or_none" if scalars => eval.single(set),
        "scalar" | "scalar_one" | "scalar_one_or_none" => eval.single(set),
        _ => Type::Unknown,
    }
}

/// Whether a function makes a loader option.
pub(super) fn is_loader(name: &str) -> bool {
    matches!(
        name,
        "selectinload"
            | "joinedload"
            | "subqueryload"
            | "immediateload"
            | "contains_eager"
            | "defaultload"
            | "eagerload"
            | "lazyload"
            | "noload"
            | "raiseload"
            | "load_only"
            | "defer"
            | "undefer"
    )
}

/// `selectinload(Model.relation)`, or behind another option.
pub(super) fn loader(eval: &Eval<'_>, before: Option<&[String]>, name: &str, args: &Args<'_>) -> Type {
    let before = before.unwrap_or(&[]);
    if matches!(name, "load_only" | "defer" | "undefer" | "lazyload") {
        return Type::Loader(before.into());
    }
    if name == "raiseload" {
        return Type::Unknown;
    }
    let mut paths: Vec<String> = before.to_vec();
    let mut at = before.last().cloned();
    for node in args.positional {
        let step = match eval.type_of(*node) {
            Type::Mapped(relation) => relation.to_string(),
            // `joinedload("*")`: whatever there is.
            Type::Text(path) if !path.contains('*') => path.replace('.', "__"),
            _ => return Type::Unknown,
        };
        let path = at.map_or(step.clone(), |at| format!("{at}__{step}"));
        paths.push(path.clone());
        at = Some(path);
    }
    Type::Loader(paths.into())
}

/// Calls a method of a loader option, or of `Model.relation`.
pub(super) fn option(eval: &mut Eval<'_>, base: &Type, name: &str, args: &Args<'_>) -> Type {
    match base {
        Type::Loader(paths) if is_loader(name) => loader(eval, Some(paths), name, args),
        Type::Loader(_) if name == "options" => Type::Unknown,
        Type::Mapped(..) if matches!(name, "of_type" | "and_") => base.clone(),
        _ => eval.op(&Type::Unknown, name),
    }
}
