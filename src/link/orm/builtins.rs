//! Functions outside the repository that hand rows on: Python's own, and helpers of the frameworks.

use std::rc::Rc;

use super::asked;
use super::eval::{Args, Eval};
use super::names::{ClassId, Def};
use super::types::{Extent, Loads, Set, Size, Statement, Type, Unit, merged};
use super::uses::{self, Wanted};
use super::{default_manager, django, in_python, keys, marshalled, schemas, serializers, sqlalchemy, templates};
use crate::facts::orm::flow::{CallView, NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

/// Calls something by its dotted name.
pub(super) fn call(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let first = args.positional.first().map(|node| eval.type_of(*node)).unwrap_or_default();
    let scope = eval.frame().flow.node(id).scope;
    let last = last_of(name);
    match last {
        "list" | "tuple" | "set" | "frozenset" | "dict" | "OrderedDict" | "deque"
            if args.positional.is_empty() && args.keywords.is_empty() && !args.open =>
        {
            Type::Nothing
        }
        "defaultdict" => Type::Nothing,
        "dict" | "Counter" if args.positional.len() == 1 && args.keywords.is_empty() => {
            if let Some(node) = args.positional.first() {
                eval.consume(&first, *node, scope);
            }
            match (&first, first.size()) {
                (Type::Dict(..), _) => first,
                (_, Some(size)) => Type::Dict(Rc::new(Type::Unknown), Some(size)),
                _ => Type::Unknown,
            }
        }
        // `dict(context, books=books)`
        "dict" if !args.open && !args.keywords.is_empty() => {
            let given = templates::given(eval, args);
            merged(&[], given)
        }
        "groupby" => match listed(eval, &first) {
            Type::List(element, size) => {
                let group = Type::List(element, size);
                Type::List(Rc::new(Type::Tuple(Rc::from([Type::Unknown, group]))), size)
            }
            _ => Type::Unknown,
        },
        "map" if name == last => {
            let size = args.positional.get(1).and_then(|node| eval.type_of(*node).size());
            if let Some(node) = args.positional.get(1) {
                let of = eval.type_of(*node);
                eval.consume(&of, *node, scope);
            }
            size.map_or(Type::Unknown, |size| Type::List(Rc::new(Type::Unknown), Some(size)))
        }
        "list" | "tuple" | "set" | "sorted" | "reversed" | "iter" | "frozenset" | "tqdm" | "deepcopy" | "deque"
        | "islice" | "cycle" => {
            if let Some(node) = args.positional.first().filter(|_| last != "iter") {
                eval.consume(&first, *node, scope);
            }
            listed(eval, &first)
        }
        "takewhile" | "dropwhile" | "filterfalse" | "nlargest" | "nsmallest" => {
            let rows = args.positional.get(1).map(|node| eval.type_of(*node)).unwrap_or_default();
            listed(eval, &rows)
        }
        "product" if name.ends_with("itertools.product") || name == last => {
            let lists: Vec<Type> = args.positional.iter().map(|node| listed(eval, &eval.type_of(*node))).collect();
            let size = lists.iter().find_map(Type::size);
            let parts: Vec<Type> = lists.iter().map(|list| eval.element(list, None)).collect();
            size.map_or(Type::Unknown, |size| Type::List(Rc::new(Type::Tuple(parts.into())), Some(size)))
        }
        "copy" if name == "copy.copy" => listed(eval, &first),
        "from_iterable" => chained(eval, &first, args),
        "filter" if name == "filter" => match args.positional.get(1) {
            Some(node) => {
                let rows = eval.type_of(*node);
                listed(eval, &rows)
            }
            None => Type::Unknown,
        },
        "len" | "sum" | "any" | "all" | "bool" if name == last => {
            in_python::call(eval, last, args, id);
            if let Some(node) = args.positional.first() {
                eval.consume(&first, *node, scope);
            }
            Type::Unknown
        }
        "next" | "min" | "max" if name == last => {
            in_python::call(eval, last, args, id);
            match first {
                Type::Set(_) | Type::List(..) => eval.element(&first, None),
                _ => Type::Unknown,
            }
        }
        "str" | "print" | "format" if name == last => {
            eval.text_of(&first, id);
            Type::Unknown
        }
        // A function of which some arguments are given is called with others.
        "partial" if args.positional.len() == 1 && args.keywords.is_empty() => first,
        "partial" => match (&first, args.positional) {
            (Type::Def(Def::Function(function)), [_, given]) if args.keywords.is_empty() && !args.open => {
                Type::Method(*function, Rc::new(eval.type_of(*given)))
            }
            _ => Type::Unknown,
        },
        "chain" => {
            let each: Vec<Type> = args.positional.iter().map(|node| eval.type_of(*node)).collect();
            listed(eval, &Type::either(each))
        }
        "enumerate" if name == last => match listed(eval, &first) {
            Type::List(element, size) => {
                Type::List(Rc::new(Type::Tuple(Rc::from([Type::Unknown, (*element).clone()]))), size)
            }
            Type::Data => Type::Data,
            of @ (Type::Checked(true) | Type::File) => of,
            _ => Type::Unknown,
        },
        // As many as a client asks for.
        "range" | "int" if name == last && args.positional.len() == 1 && matches!(first, Type::Data) => Type::Data,
        "range" | "int" if name == last && args.positional.len() == 1 && matches!(first, Type::Checked(_)) => first,
        "loads" if matches!(first, Type::Checked(_)) => first,
        // `range(len(rows))`
        "range" if name == last && args.positional.len() == 1 => {
            let flow = eval.frame().flow;
            let counted = args.positional.first().and_then(|node| flow.call(*node));
            let counts = |call: &CallView<'_>| flow.dotted(call.func).as_deref() == Some("len");
            let of = counted.filter(counts).and_then(|call| Some(eval.type_of(*call.args.first()?)));
            match of.and_then(|of| of.size()) {
                Some(size) => Type::List(Rc::new(Type::Unknown), Some(size)),
                None => Type::Unknown,
            }
        }
        // A file of rows.
        "reader" | "DictReader" if name.starts_with("csv.") || name.starts_with("unicodecsv.") => Type::File,
        "open" if matches!(name, "open" | "io.open" | "codecs.open") => Type::File,
        "sample" | "choices" if name.starts_with("random.") => listed(eval, &first),
        "zip" | "zip_longest" if name == last || name.starts_with("itertools.") => {
            let lists: Vec<Type> = args.positional.iter().map(|node| listed(eval, &eval.type_of(*node))).collect();
            let size = lists.iter().find_map(Type::size);
            let parts: Vec<Type> = lists.iter().map(|list| eval.element(list, None)).collect();
            Type::List(Rc::new(Type::Tuple(parts.into())), size)
        }
        "super" if name == last => super_of(eval),
        "getattr" if name == last => match args.positional.get(1).map(|node| eval.type_of(*node)) {
            Some(Type::Text(attribute)) if !first.is_unread() => eval.attribute(&first, &attribute, id),
            _ => match split_path(eval, args) {
                Some(path) => path.iter().fold(first, |of, name| eval.attribute(&of, name, id)),
                None => each_attribute(eval, &first, args, id),
            },
        },
        // `reduce(getattr, "author.name".split("."), book)`
        "reduce" if matches!(&first, Type::Def(Def::External(name)) if &**name == "getattr") => {
            let given = |at: usize| args.positional.get(at).map(|node| eval.type_of(*node));
            match (given(1).as_ref().and_then(texts), given(2)) {
                (Some(path), Some(of)) => path.iter().fold(of, |of, name| eval.attribute(&of, name, id)),
                _ => Type::Unknown,
            }
        }
        // The other side of a key is asked for to see whether it is there.
        "hasattr" if name == last => {
            if let (Type::Row(row), Some(Type::Text(attribute))) =
                (&first, args.positional.get(1).map(|node| eval.type_of(*node)))
                && eval.models.relation(row.model, &attribute).is_some_and(|it| !it.to_many)
                && eval.names.attribute(row.model, &attribute).is_none()
            {
                eval.attribute(&first, &attribute, id);
            }
            Type::Unknown
        }
        "model_to_dict" => {
            many_of(eval, &first, args, id);
            Type::Unknown
        }
        // A function made awaitable is called as it was.
        "sync_to_async" | "database_sync_to_async" if !matches!(first, Type::Unknown) => first,
        "get_model" => {
            let text = |at: usize| match args.positional.get(at).map(|node| eval.type_of(*node)) {
                Some(Type::Text(text)) => Some(text),
                _ => None,
            };
            let label = match (text(0), text(1)) {
                (Some(app), Some(model)) => format!("{app}.{model}"),
                (Some(label), None) => label.to_string(),
                _ => return Type::Unknown,
            };
            eval.models.labelled(eval.names, &label).map_or(Type::Unknown, |id| Type::Def(Def::Class(id)))
        }
        "get_user_model" => eval.models.user.map_or(Type::Unknown, |id| Type::Def(Def::Class(id))),
        "get_object_or_404" | "get_list_or_404" => {
            let set = match &first {
                Type::Def(def) => eval.models.of(def).and_then(|model| {
                    let span = eval.frame().flow.node(id).span;
                    default_manager::rows(eval, model, None, span).map(Rc::new)
                }),
                Type::Set(set) => Some(set.clone()),
                Type::Manager(manager) => Some(Rc::new(manager.all())),
                _ => None,
            };
            let Some(set) = set else { return Type::Unknown };
            if last == "get_object_or_404" {
                let mut told = (*set).clone();
                asked::put(eval, &mut told, last, args, id);
                uses::run(eval, &told, Wanted::Unsorted);
                let remedy = keys::batch(eval, Some(set.model), id);
                let before = eval.events.len();
                eval.query(Orm::Django, id, scope, &remedy);
                eval.mark_stale(before, set.model, None);
                return eval.single(&set);
            }
            listed(eval, &Type::Set(set))
        }
        "render"
        | "render_to_string"
        | "TemplateResponse"
        | "SimpleTemplateResponse"
        | "render_template"
        | "render_to_response" => templates::render(eval, args, id),
        "get_template" | "select_template" => eval.template(args),
        // `Context({"books": books})`, `RequestContext(request, {...})`
        "Context" | "RequestContext" => {
            let given = args.all().find_map(|node| match eval.type_of(node) {
                given @ Type::Record(_) => Some(given),
                _ => None,
            });
            given.unwrap_or_default()
        }
        "Prefetch" => django::prefetch_object(eval, args),
        "Paginator" => match first {
            Type::Set(set) => Type::Paginator(set),
            Type::Manager(manager) => Type::Paginator(Rc::new(manager.all())),
            _ => Type::Unknown,
        },
        "prefetch_related_objects" => {
            load_onto(eval, &first, args);
            Type::Unknown
        }
        "select" if name.contains("sql") || name.ends_with("select") => sqlalchemy::select(eval, args, id),
        // Another name for a model in a statement: its rows are the model's.
        "aliased" if name.starts_with("sqlalchemy") && matches!(first, Type::Def(Def::Class(_))) => first,
        "text" | "exists" if name.starts_with("sqlalchemy") => Type::Statement(Statement::Read),
        "insert" | "update" | "delete" if name.starts_with("sqlalchemy") || name.starts_with("sqlmodel") => {
            if let ("delete", Type::Def(Def::Class(model))) = (last, &first) {
                sqlalchemy::deleted(eval, *model, id);
            }
            Type::Statement(Statement::Write)
        }
        "marshal" if name.starts_with("flask_rest") => {
            marshalled::marshal(eval, args, id);
            Type::Unknown
        }
        "parse_obj_as" if name.starts_with("pydantic") => {
            schemas::parse_as(eval, args, id);
            Type::Unknown
        }
        // `SQLAlchemy.paginate` (Flask-SQLAlchemy 3.1)
        "paginate" if name.ends_with("SQLAlchemy().paginate") || name.ends_with("db.paginate") => {
            sqlalchemy::session(eval, last, args, id)
        }
        // A page of a query, or of a statement that a connection is given with (fastapi-pagination 0.16).
        "paginate" | "apaginate" if name.starts_with("fastapi_pagination.ext") => {
            let given = args.positional.iter().take(2).find_map(|node| match eval.type_of(*node) {
                Type::Set(set) => Some(set),
                _ => None,
            });
            given.map_or(Type::Unknown, |set| Type::Set(Rc::new(Set { cut: true, ..(*set).clone() })))
        }
        _ if name.contains('.') && hands_on(&first, last) => Type::Set(match &first {
            Type::Set(set) => Rc::new(Set { size: Size::Guessed, extent: Extent::Part, ..(**set).clone() }),
            _ => return Type::Unknown,
        }),
        _ if sqlalchemy::is_loader(last) => sqlalchemy::loader(eval, None, last, args),
        _ if name.contains('.') => sqlalchemy::session(eval, last, args, id),
        _ => Type::Unknown,
    }
}

/// Whether a function outside the repository may give rows of the queryset that it is given, by its name.
fn hands_on(first: &Type, last: &str) -> bool {
    const SAY: &[&str] = &["paginate", "queryset", "filter", "progress", "order", "sort"];
    let name = last.to_lowercase();
    matches!(first, Type::Set(set) if set.rows && set.related.is_none()) && SAY.iter().any(|word| name.contains(word))
}

/// The rows of something, as a list.
fn listed(eval: &Eval<'_>, of: &Type) -> Type {
    match of {
        Type::Set(_) | Type::Result(..) => match eval.element(of, None) {
            Type::Unknown => Type::List(Rc::new(Type::Unknown), of.size()),
            element => Type::List(Rc::new(element), of.size()),
        },
        Type::List(..) => of.clone(),
        Type::Tuple(parts) => Type::List(Rc::new(Type::either(parts.to_vec())), None),
        Type::Dict(_, size) => Type::List(Rc::new(Type::Unknown), *size),
        Type::Data => Type::Data,
        Type::Checked(true) => Type::Checked(true),
        Type::File => Type::File,
        Type::Strange => Type::List(Rc::new(Type::Unknown), of.size()),
        Type::Nothing | Type::Void(_) => Type::Nothing,
        _ => Type::Unknown,
    }
}

/// `chain.from_iterable(row.tags.all() for row in rows)`: goes through each.
fn chained(eval: &mut Eval<'_>, of: &Type, args: &Args<'_>) -> Type {
    let flow = eval.frame().flow;
    if let Some(node) = args.positional.first()
        && let NodeKind::Collect { element, .. } = flow.node(*node).kind
    {
        let inner = eval.type_of(element);
        eval.consume(&inner, element, flow.node(element).scope);
    }
    match of {
        Type::List(inner, _) => listed(eval, inner),
        Type::Tuple(parts) => listed(eval, &Type::either(parts.to_vec())),
        _ => Type::Unknown,
    }
}

/// The names that `for name in path.split("."): of = getattr(of, name)` goes through, one behind the other.
fn split_path(eval: &Eval<'_>, args: &Args<'_>) -> Option<Vec<Rc<str>>> {
    let flow = eval.frame().flow;
    let NodeKind::Row(over) = flow.node(*args.positional.get(1)?).kind else { return None };
    let NodeKind::Call { func, .. } = flow.node(over).kind else { return None };
    let splits = flow.last_called(func) == Some("split");
    texts(&eval.type_of(over)).filter(|_| splits)
}

/// The texts of a list of nothing else.
fn texts(of: &Type) -> Option<Vec<Rc<str>>> {
    let Type::Tuple(parts) = of else { return None };
    let text = |part: &Type| match part {
        Type::Text(text) => Some(text.clone()),
        _ => None,
    };
    parts.iter().map(text).collect()
}

/// `getattr(row, name)`, in a loop over names that are written out: each of them is read.
fn each_attribute(eval: &mut Eval<'_>, of: &Type, args: &Args<'_>, id: NodeId) -> Type {
    const MOST: usize = 32;
    let Type::Row(_) = of else { return Type::Unknown };
    let flow = eval.frame().flow;
    let Some(name) = args.positional.get(1) else { return Type::Unknown };
    // `for name, label in COLUMNS`
    let (row, at) = match flow.node(*name).kind {
        NodeKind::Item { of, key } => match flow.node(key).kind {
            NodeKind::Number(at) => (of, usize::try_from(at).ok()),
            _ => return Type::Unknown,
        },
        _ => (*name, None),
    };
    let NodeKind::Row(iter) = flow.node(row).kind else { return Type::Unknown };
    let (parts, at) = match eval.type_of(iter) {
        Type::Tuple(parts) => (parts, at),
        _ => match names_of(eval, iter, at) {
            Some(parts) => (parts, None),
            None => return Type::Unknown,
        },
    };
    for part in parts.iter().take(MOST) {
        let part = match (part, at) {
            (Type::Tuple(inner), Some(at)) => inner.get(at),
            (part, None) => Some(part),
            _ => None,
        };
        if let Some(Type::Text(name)) = part
            && let Type::Row(row) = of
            && eval.models.relation(row.model, name).is_some()
        {
            eval.attribute(of, name, id);
        }
    }
    Type::Unknown
}

/// The texts of a dict that a loop goes through: its keys, or with `items` and `values` what it holds.
fn names_of(eval: &Eval<'_>, iter: NodeId, at: Option<usize>) -> Option<Rc<[Type]>> {
    let flow = eval.frame().flow;
    let (of, keys) = match &flow.node(iter).kind {
        NodeKind::Call { func, .. } => match &flow.node(*func).kind {
            NodeKind::Attr { of, name, .. } => match &**name {
                "items" => (*of, at == Some(0)),
                "values" => (*of, false),
                "keys" => (*of, true),
                _ => return None,
            },
            _ => return None,
        },
        _ => (iter, true),
    };
    let Type::Record(entries) = eval.type_of(of) else { return None };
    Some(entries.iter().map(|(name, value, _)| if keys { Type::Text(name.clone()) } else { value.clone() }).collect())
}

/// `model_to_dict(row)`: the rows of each `ManyToManyField`, by a query (`value_from_object`, Django 5.2); other keys are
/// columns.
fn many_of(eval: &mut Eval<'_>, of: &Type, args: &Args<'_>, id: NodeId) {
    let Type::Row(row) = of else { return };
    let listed = |node: Option<NodeId>| match node.map(|node| eval.type_of(node)) {
        None => Some(Vec::new()),
        Some(Type::Tuple(parts)) => {
            let text = |part: &Type| match part {
                Type::Text(text) => Some(text.clone()),
                _ => None,
            };
            parts.iter().map(text).collect::<Option<Vec<_>>>()
        }
        Some(_) => None,
    };
    let fields = args.positional.get(1).copied().or_else(|| args.keyword("fields"));
    let (Some(only), Some(without)) =
        (listed(fields), listed(args.positional.get(2).copied().or_else(|| args.keyword("exclude"))))
    else {
        return;
    };
    let Some(model) = eval.models.get(row.model) else { return };
    let own = |name: &str| eval.names.attribute(row.model, name).is_some();
    let has = |all: &[Rc<str>], name: &str| all.iter().any(|it| **it == *name);
    let is_asked = |name: &str| (fields.is_none() || has(&only, name)) && !has(&without, name);
    let many: Vec<Box<str>> =
        model.relations.iter().filter(|(_, it)| it.to_many).map(|(name, _)| name.clone()).collect();
    for name in many.into_iter().filter(|name| own(name) && is_asked(name)) {
        let rows = eval.attribute(of, &name, id);
        serializers::list_of(eval, &rows, id);
    }
}

fn super_of(eval: &Eval<'_>) -> Type {
    let Unit::Function(function) = eval.frame().unit else { return Type::Unknown };
    let Some(owner) = eval.names.function(function).owner else { return Type::Unknown };
    let after = ClassId { draft: function.draft, at: owner };
    let this = eval.type_of(0);
    Type::Super(Rc::new(this), after)
}

/// `prefetch_related_objects(rows, "path", …)`
fn load_onto(eval: &mut Eval<'_>, rows: &Type, args: &Args<'_>) {
    let of = |it: &Type| match it {
        Type::Set(set) => Some(set.clone()),
        Type::Row(row) => row.root.clone(),
        _ => None,
    };
    let roots: Vec<Rc<Set>> = match rows {
        Type::List(element, _) => of(element).into_iter().collect(),
        // `[order]`
        Type::Tuple(parts) => parts.iter().filter_map(of).collect(),
        other => of(other).into_iter().collect(),
    };
    let mut loads = Loads { open: args.open, ..Loads::default() };
    for node in args.positional.iter().skip(1) {
        match eval.type_of(*node) {
            Type::Text(path) => {
                loads.paths.insert(path.to_string());
            }
            Type::Prefetch(Some(path), _) => {
                loads.paths.insert(path.to_string());
                loads.open = true;
            }
            _ => loads.open = true,
        }
    }
    if let Some(frame) = eval.frames.last_mut() {
        frame.loaded.extend(roots.into_iter().map(|root| (root.span, loads.clone())));
    }
}
