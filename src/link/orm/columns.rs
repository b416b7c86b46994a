//! What shows a column of each row: the lists and inlines of Django's admin, the tables of django-tables2.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::events::{EventKind, Shown};
use super::lists::Item;
use super::models::Relation;
use super::names::{ClassId, Def, FunctionId};
use super::narrow::Parent;
use super::serializers::{ROW, list_of, loop_over, place};
use super::types::{Row, Set, Site, Type, Unit};
use super::{actions, default_manager, exports, lists, pages};
use crate::facts::orm::flow::{NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// A column: by its name, or a function.
enum Column {
    Named(Box<str>),
    Function(FunctionId),
}

/// The lists of the admin, with their inlines.
pub(super) fn admin(eval: &mut Eval<'_>) {
    plain_lists(eval);
    for class in eval.names.all_classes() {
        let bases = eval.names.lineage(class).external.clone();
        let is = |lasts: &[&str]| bases.iter().any(|base| lasts.contains(&last_of(base)));
        // Packages have admin classes of their own: `UserAdmin`, `MPTTModelAdmin`.
        if bases.iter().any(|base| base.ends_with("Admin")) && eval.registered.of(class).is_some() {
            list_of_admin(eval, class);
        } else if is(&["TabularInline", "StackedInline"])
            && eval.registered.parent(class).is_some()
            && !has_one_row(eval, class)
        {
            let Some(set) = rows(eval, class) else { continue };
            let readonly = columns(eval, class, "readonly_fields");
            // Each row has its name above it (Django 5.2), which a template of the repository's own may leave out.
            let own = |base: &str, name: &str| is(&[base]) && eval.templates.has(&format!("admin/edit_inline/{name}"));
            let replaced = own("TabularInline", "tabular.html") || own("StackedInline", "stacked.html");
            let named = !replaced && eval.names.attribute(class, "template").is_none();
            // It shows those of the one row that is changed.
            let parent = eval.registered.parent(class).and_then(|it| eval.registered.of(it)).map(Parent::Row);
            let set = Rc::new(Set { parent: parent.or(set.parent), ..(*set).clone() });
            if named {
                show(eval, class, &set, &[Column::Named("__str__".into())], (OF_INLINE, eval.names.class(class).span));
            }
            if let Some((columns, span)) = readonly {
                show(eval, class, &set, &columns, (OF_INLINE, span));
            }
        }
    }
}

/// The lists of models that the admin shows by no class of their own: each row by its text.
fn plain_lists(eval: &mut Eval<'_>) {
    for (model, draft, span) in eval.registered.plain().to_vec() {
        if eval.names.is_of_package(model) {
            continue;
        }
        let Some(set) = default_manager::rows(eval, model, None, span).map(Rc::new) else { continue };
        let before = eval.events.len();
        loop_over(eval, Unit::Top(draft), &set, model, "the list of …", span, &|eval, row| {
            let mark = eval.events.len();
            eval.text_of(&Type::Row(row.clone()), ROW);
            place(eval, mark, span);
            eval.events
                .iter_mut()
                .skip(mark)
                .for_each(|it| it.shown = Some(Shown { how: OF_LIST, by: "__str__".into() }));
        });
        for event in eval.events.iter_mut().skip(before) {
            event.serializer = None;
        }
    }
}

/// Whether an inline shows one row at most: its model leads to the parent's by a key that no two rows share.
pub(super) fn has_one_row(eval: &mut Eval<'_>, inline: ClassId) -> bool {
    let Some(parent) = eval.registered.parent(inline).and_then(|it| eval.registered.of(it)) else { return false };
    let Some(model) = model_of(eval, inline) else { return false };
    let names = eval.names;
    let named = names.attribute(inline, "fk_name").and_then(|(at, place)| {
        let draft = names.class(at);
        draft.body.text(draft.attributes.get(place)?.value?)
    });
    let Some(it) = eval.models.get(model) else { return false };
    let leads = |relation: &Relation| {
        let to_parent = relation.target.is_some_and(|target| names.derives(parent, target));
        relation.joinable && to_parent && named.is_none_or(|named| *relation.name == *named)
    };
    let mut keys = it.relations.values().filter(|it| leads(it)).filter_map(|relation| {
        let (at, place) = names.attribute(model, &relation.name)?;
        let body = &names.class(at).body;
        Some((body, body.call(names.class(at).attributes.get(place)?.value?)?))
    });
    let (Some((body, call)), None) = (keys.next(), keys.next()) else { return false };
    body.called(call).is_some_and(|it| it == "OneToOneField") || body.says(call, "unique")
}

fn list_of_admin(eval: &mut Eval<'_>, class: ClassId) {
    let Some(set) = rows(eval, class) else { return };
    // Columns that code adds to those that are written leave these, as a rule.
    let chooses = eval.names.method(class, "get_list_display", None);
    let by_itself = chooses.filter(|method| !super::serializers::calls_super(eval, *method));
    let chooses = chooses.filter(|_| by_itself.is_none());
    let written = eval.names.attribute(class, "list_display").is_some();
    let found = match by_itself {
        Some(method) => columns_of(eval, class, method),
        None if written => columns(eval, class, "list_display"),
        None => Some((vec![Column::Named("__str__".into())], eval.names.class(class).span)),
    };
    let Some((columns, span)) = found else { return };
    if eval.names.method(class, "get_list_select_related", None).is_some() {
        return;
    }
    let mut loads = set.loads.clone();
    // What the queryset joins is all that is joined; where it may only be prefetched, nobody knows.
    let joins = loads.paths.iter().any(|path| {
        let first = path.split("__").next().unwrap_or(path);
        eval.models.relation(set.model, first).is_some_and(|it| it.joinable)
    });
    let sure = set.sites.iter().any(|site| site.one.is_some()) || default_manager::joins(eval, set.model);
    // A foreign key among the columns makes the list join all that are never null.
    let keyed = columns.iter().any(|column| match column {
        Column::Named(name) => {
            let keyed = eval.models.relation(set.model, name).is_some_and(|it| it.is_joined_unasked());
            keyed && eval.names.attribute(set.model, name).is_some()
        }
        Column::Function(_) => false,
    });
    let own = eval.names.method(class, "get_queryset", None).is_none();
    let by_list = match joined(eval, class) {
        _ if joins && sure => Vec::new(),
        _ if joins => {
            loads.open = true;
            Vec::new()
        }
        Joined::None if keyed => eval.models.joined_unasked(eval.names, set.model),
        Joined::None => Vec::new(),
        Joined::Unasked => eval.models.joined_unasked(eval.names, set.model),
        // They are in the list that a clause is added to.
        Joined::Paths(paths) if own => {
            loads.paths.extend(paths);
            Vec::new()
        }
        Joined::Paths(paths) => paths,
        Joined::Unread => {
            loads.open = true;
            Vec::new()
        }
    };
    let mut sites = match own {
        // What the class says to join is heeded only where the queryset joins nothing (`ChangeList.get_queryset`, Django 5.2).
        true if joins => Vec::new(),
        true => vec![site(eval, class).unwrap_or_else(|| inherited(eval, class))],
        false => set.sites.clone(),
    };
    let chooses = chooses.is_some_and(|method| !super::serializers::may_return_super(eval, method));
    eval.chosen += usize::from(chooses);
    if !by_list.is_empty() {
        let bare = Rc::new(Set { loads: loads.clone(), sites: Vec::new(), ..(*set).clone() });
        let kept = read(eval, class, &bare, &columns, span, &by_list);
        sites.iter_mut().for_each(|site| site.kept.clone_from(&kept));
        loads.paths.extend(by_list);
    }
    let unheeded = joins && sure && eval.names.attribute(class, "list_select_related").is_some();
    let set = Rc::new(Set { loads, sites, unheeded, ..(*set).clone() });
    show(eval, class, &set, &columns, (OF_LIST, span));
    eval.chosen -= usize::from(chooses);
    actions::run(eval, class, &set);
    exports::of_admin(eval, class, &set);
}

/// Those of some paths that the columns read: what a list joins unasked, and joins no more as soon as it is told what to
/// join (`ChangeList.apply_select_related`, Django 5.2).
fn read(
    eval: &mut Eval<'_>,
    class: ClassId,
    bare: &Rc<Set>,
    columns: &[Column],
    span: Span,
    joined: &[String],
) -> Vec<String> {
    let (events, uses) = (eval.events.len(), eval.uses.len());
    show(eval, class, bare, columns, (OF_LIST, span));
    eval.uses.truncate(uses);
    let mut kept: Vec<String> = Vec::new();
    for event in eval.events.drain(events..) {
        if let EventKind::Lazy { path, .. } = &event.kind {
            let path = super::report::joined(path);
            if joined.contains(&path) && !kept.contains(&path) {
                kept.push(path);
            }
        }
    }
    kept
}

/// Where an admin class says what its list joins, or would say it: behind `list_display`, or behind all that it says.
fn site(eval: &Eval<'_>, class: ClassId) -> Option<Site> {
    let draft = eval.names.class(class);
    let own = |name: &str| {
        let (at, place) = eval.names.attribute(class, name)?;
        draft.attributes.get(place).filter(|_| at == class)
    };
    let behind = |span: Span| Span::at(span.file, span.end as usize);
    let last = || draft.attributes.iter().rfind(|it| it.line.is_some());
    let shown = own("list_display").or_else(last)?;
    let said = match eval.names.attribute(class, "list_select_related") {
        None => None,
        Some(_) => Some(own("list_select_related")?),
    };
    let (one, after) = match said.map(|it| it.value.map(|value| &draft.body.node(value).kind)) {
        None => (None, behind(shown.span)),
        Some(Some(NodeKind::List(names))) => (Some(behind(draft.body.node(*names.last()?).span)), behind(shown.span)),
        // `True` gives way to names.
        Some(Some(NodeKind::Flag(_))) => (None, said?.span),
        _ => return None,
    };
    let attribute = if after.is_empty() { shown.line.clone() } else { Some("".into()) };
    Some(Site { after, one, bars_many: true, attribute, ..Site::behind(Unit::Class(class), shown.span, true) })
}

/// The same where a base says it, which other classes may share: it can be said, and not written.
fn inherited(eval: &Eval<'_>, class: ClassId) -> Site {
    let span = eval.names.class(class).span;
    Site { shared: true, bars_many: true, attribute: Some("".into()), ..Site::behind(Unit::Class(class), span, true) }
}

/// What `list_select_related` joins.
enum Joined {
    /// Nothing, unless a foreign key is among the columns.
    None,
    /// `True`: what `select_related()` does.
    Unasked,
    Paths(Vec<String>),
    /// It is made in a way that is not read.
    Unread,
}

fn joined(eval: &Eval<'_>, class: ClassId) -> Joined {
    let Some((at, place)) = eval.names.attribute(class, "list_select_related") else { return Joined::None };
    let draft = eval.names.class(at);
    let value = draft.attributes.get(place).and_then(|it| it.value);
    match value.map(|value| &draft.body.node(value).kind) {
        Some(NodeKind::Flag(true)) => Joined::Unasked,
        Some(NodeKind::Flag(false)) => Joined::None,
        Some(NodeKind::List(names)) => {
            let paths: Option<Vec<String>> =
                names.iter().map(|name| draft.body.text(*name).map(str::to_owned)).collect();
            paths.map_or(Joined::Unread, Joined::Paths)
        }
        _ => Joined::Unread,
    }
}

/// The rows that an admin class shows.
fn rows(eval: &mut Eval<'_>, class: ClassId) -> Option<Rc<Set>> {
    let value = match eval.names.method(class, "get_queryset", None) {
        Some(method) => eval.returned(method, Some(class)),
        None => {
            let span = eval.names.class(class).span;
            let model = model_of(eval, class)?;
            return default_manager::rows(eval, model, None, span).map(Rc::new);
        }
    };
    match value {
        Type::Set(set) if set.orm == Orm::Django => Some(set),
        _ => None,
    }
}

/// The model whose rows an admin class shows.
pub(super) fn model_of(eval: &mut Eval<'_>, class: ClassId) -> Option<ClassId> {
    if let Some(model) = eval.registered.of(class) {
        return Some(model);
    }
    match eval.class_value(class, "model") {
        Some(Type::Def(Def::Class(model))) => eval.models.get(model).map(|_| model),
        _ => None,
    }
}

/// The columns that an attribute of a class lists, and where.
fn columns(eval: &Eval<'_>, class: ClassId, name: &str) -> Option<(Vec<Column>, Span)> {
    let (at, place) = eval.names.attribute(class, name)?;
    let span = eval.names.class(at).attributes.get(place)?.span;
    let listed = lists::of_attribute(eval.names, at, place)?;
    let column = |item: &Item<'_>| match item.flow.text(item.node) {
        Some(text) => Some(Column::Named(text.into())),
        None => match eval.names.of_node(item.draft, item.flow, item.node) {
            Some(Def::Function(function)) => Some(Column::Function(function)),
            _ => None,
        },
    };
    Some((listed.items.iter().filter_map(column).collect(), span))
}

/// The columns that a method gives, whatever is asked: `return ["title", "author"]`.
fn columns_of(eval: &mut Eval<'_>, class: ClassId, method: FunctionId) -> Option<(Vec<Column>, Span)> {
    let [returned] = eval.names.function(method).flow.returns.as_slice() else { return None };
    let span = eval.names.function(method).flow.node(*returned).span;
    let Type::Tuple(parts) = eval.returned(method, Some(class)) else { return None };
    let names: Option<Vec<Column>> = parts
        .iter()
        .map(|part| match part {
            Type::Text(name) => Some(Column::Named((**name).into())),
            _ => None,
        })
        .collect();
    Some((names?, span))
}

const OF_LIST: &str = "the change list shows each row by";
const OF_INLINE: &str = "the admin shows each row of this inline by";
const OF_TABLE: &str = "the table shows each row by";

/// Shows the columns of all rows, in the words for it, and at the place that says so.
fn show(eval: &mut Eval<'_>, class: ClassId, set: &Rc<Set>, columns: &[Column], (how, span): (&'static str, Span)) {
    let before = eval.events.len();
    loop_over(eval, Unit::Class(class), set, class, "the list of …", span, &|eval, row| {
        for column in columns {
            let mark = eval.events.len();
            cell(eval, class, column, row);
            place(eval, mark, span);
            let by: Box<str> = match column {
                Column::Named(name) => name.clone(),
                Column::Function(function) => eval.names.function(*function).name.clone(),
            };
            eval.events.iter_mut().skip(mark).for_each(|it| it.shown = Some(Shown { how, by: by.clone() }));
        }
    });
    // It is no serializer.
    for event in eval.events.iter_mut().skip(before) {
        event.serializer = None;
    }
}

/// What a column shows of a row: by a method of the class that lists it, by an attribute or a method of the row, by a
/// path.
fn cell(eval: &mut Eval<'_>, class: ClassId, column: &Column, row: &Rc<Row>) {
    let this = Type::Row(row.clone());
    let name = match column {
        Column::Function(function) => {
            eval.follow(*function, vec![(this, row.turn)], ROW);
            return;
        }
        Column::Named(name) => name,
    };
    if &**name == "__str__" {
        return eval.text_of(&this, ROW);
    }
    if let Some(method) = eval.names.method(class, name, None) {
        eval.follow(method, vec![(Type::Instance(class), None), (this, row.turn)], ROW);
        return;
    }
    let value = path(eval, row, name, "__");
    eval.text_of(&value, ROW);
}

/// Reads a path of a row, and calls what can be called at its end.
pub(super) fn path(eval: &mut Eval<'_>, row: &Rc<Row>, path: &str, parted: &str) -> Type {
    let mut value = Type::Row(row.clone());
    for name in path.split(parted) {
        value = eval.attribute(&value, name, ROW);
        if matches!(value, Type::Method(..)) {
            value = eval.call(&value.clone(), &Args::NONE, ROW);
        }
        if !matches!(value, Type::Row(_)) {
            break;
        }
    }
    value
}

/// Whether a class is a table of django-tables2.
pub(super) fn is_table(eval: &Eval<'_>, class: ClassId) -> bool {
    eval.names.lineage(class).external.iter().any(|base| base.starts_with("django_tables2") && base.ends_with("Table"))
}

/// A table over the rows of a queryset.
pub(super) fn table(eval: &mut Eval<'_>, unit: Unit, set: &Rc<Set>, class: ClassId, head: Span) {
    let before = eval.events.len();
    loop_over(eval, unit, set, class, "…(...)", head, &|eval, row| cells(eval, class, row));
    for event in eval.events.iter_mut().skip(before) {
        event.serializer = None;
    }
}

fn cells(eval: &mut Eval<'_>, class: ClassId, row: &Rc<Row>) {
    let mut shown: Vec<(Box<str>, Span, Option<String>, bool)> = Vec::new();
    for of in eval.names.lineage(class).classes.clone() {
        let draft = eval.names.class(of);
        for attribute in &draft.attributes {
            let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
            let func = draft.body.dotted(call.func).unwrap_or_default();
            if !func.ends_with("Column") || shown.iter().any(|it| it.0 == attribute.name) {
                continue;
            }
            let accessor = call.keyword("accessor").and_then(|node| {
                let inner = draft.body.call(node).and_then(|call| call.args.first().copied());
                draft.body.text(inner.unwrap_or(node)).map(str::to_owned)
            });
            shown.push((attribute.name.clone(), attribute.span, accessor, func.ends_with("ManyToManyColumn")));
        }
    }
    let (listed, span) = super::serializers::chosen(eval, class).unwrap_or((Vec::new(), eval.names.class(class).span));
    for name in listed {
        if !shown.iter().any(|it| it.0 == name) {
            shown.push((name, span, None, false));
        }
    }
    for (name, span, accessor, many) in shown {
        let mark = eval.events.len();
        let dotted = accessor.as_deref().unwrap_or(&name).replace("__", ".");
        let value = path(eval, row, &dotted, ".");
        if many {
            list_of(eval, &value, ROW);
        }
        if let Some(method) = eval.names.method(class, &format!("render_{name}"), None) {
            let params = &eval.names.function(method).params;
            let given = params.iter().enumerate().map(|(at, param)| match &*param.name {
                "record" => (Type::Row(row.clone()), row.turn),
                "value" => (value.clone(), row.turn),
                _ if at == 0 => (Type::Instance(class), None),
                _ => (Type::Unknown, None),
            });
            let given = given.collect();
            eval.follow(method, given, ROW);
        } else {
            eval.text_of(&value, ROW);
        }
        place(eval, mark, span);
        eval.events.iter_mut().skip(mark).for_each(|it| it.shown = Some(Shown { how: OF_TABLE, by: name.clone() }));
    }
}

/// The tables of views, which no code makes.
pub(super) fn tables(eval: &mut Eval<'_>) {
    for class in eval.names.all_classes() {
        let bases = eval.names.lineage(class).external.clone();
        if !bases.iter().any(|base| base.ends_with("SingleTableView") || base.ends_with("SingleTableMixin")) {
            continue;
        }
        let Some((at, place)) = eval.names.attribute(class, "table_class") else { continue };
        let Some(span) = eval.names.class(at).attributes.get(place).map(|it| it.span) else { continue };
        let Some(Type::Def(Def::Class(kind))) = eval.class_value(class, "table_class") else { continue };
        if let Some(set) = pages::rows(eval, class).filter(|_| is_table(eval, kind)) {
            table(eval, Unit::Class(class), &set, kind, span);
        }
    }
}
