//! Foreign keys of SQLAlchemy's models, and whether an index starts with them: SQLAlchemy makes none by itself.

use rustc_hash::FxHashMap as HashMap;

use super::key_asked::{self, Deleted, Key};
use super::models::{Models, Relation};
use super::names::{ClassId, Def, Names};
use super::reach::Reaching;
use super::sqlalchemy_models::table;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{Attribute, ClassDraft, Place};
use crate::source::Span;
use crate::stack::vocabulary::{About, ForeignKey, Orm};
use crate::stack::{Anchor, Fact, Writer};

/// What makes a column of a mapped class.
const COLUMNS: &[&str] = &["Column", "mapped_column", "Field"];

/// A column that refers to another table.
struct Column<'n> {
    model: ClassId,
    attribute: &'n Attribute,
    /// What it refers to, as it is written, and the model of that table.
    target: Box<str>,
    parent: Option<ClassId>,
    indexed: bool,
}

/// The foreign keys of all models.
pub(super) fn facts(names: &Names<'_>, models: &Models, deleted: &Deleted, reached: &Reaching<'_>) -> Vec<ForeignKey> {
    let classes = names.all_classes();
    let of_sqlalchemy = |class: ClassId| models.get(class).filter(|it| it.orm == Orm::Sqlalchemy);
    if !classes.iter().any(|class| of_sqlalchemy(*class).is_some()) || is_mysql(names) {
        return Vec::new();
    }
    // Lists by the model whose rows they have: the table that has them, their name, where they are declared.
    let mut lists: HashMap<ClassId, Vec<(ClassId, &Relation)>> = HashMap::default();
    let mut tables: HashMap<Box<str>, ClassId> = HashMap::default();
    for class in &classes {
        let Some(model) = of_sqlalchemy(*class) else { continue };
        tables.entry(table(names, *class)).or_insert(*class);
        for relation in model.relations.values() {
            if let Some(target) = relation.target.filter(|_| relation.to_many) {
                lists.entry(target).or_default().push((*class, relation));
            }
        }
    }
    let mut columns: Vec<Column<'_>> = Vec::new();
    for class in classes.into_iter().filter(|class| of_sqlalchemy(*class).is_some()) {
        if matches!(names.draft(class.draft).place, Place::Command | Place::Template) {
            continue;
        }
        let model = names.class(class);
        let refer = |it| Some((it, refers(names, class.draft, &model.body, it)?));
        let found: Vec<_> = model.attributes.iter().filter_map(refer).collect();
        // Few of the classes have any.
        let Some(first) = (!found.is_empty()).then(|| firsts(names, class)).flatten() else { continue };
        for (attribute, (call, target)) in found {
            let Some(indexed) = indexed(&model.body, call, &attribute.name, &first) else { continue };
            let parent = target.rsplit_once('.').map_or(&*target, |(parent, _)| parent);
            let named = || match names.resolve_dotted(class.draft, parent) {
                Some(Def::Class(parent)) => Some(parent),
                _ => None,
            };
            let parent = tables.get(last_of(parent)).copied().or_else(named);
            columns.push(Column { model: class, attribute, target, parent, indexed });
        }
    }
    let all: Vec<Vec<&str>> = columns.iter().map(|it| relations(names, models, it, &columns)).collect();
    let keys = columns.iter().zip(all).map(|(it, relations)| Key {
        model: it.model,
        column: &it.attribute.name,
        parent: it.parent,
        relations,
    });
    let leads = |class: ClassId, column: &str| leads(names, class, column);
    let asked = key_asked::asked(names, models, &keys.collect::<Vec<_>>(), deleted, reached, &leads);
    let lists = |it: &Column<'_>| {
        let lists = lists.get(&it.model)?;
        lists.iter().find(|(owner, list)| it.parent == Some(*owner) && is_by(names, it, &list.span)).copied()
    };
    columns.iter().zip(asked).map(|(it, asked)| fact(names, models, it, lists(it), asked)).collect()
}

/// What is known of a column.
fn fact(
    names: &Names<'_>,
    models: &Models,
    it: &Column<'_>,
    list: Option<(ClassId, &Relation)>,
    asked: Option<key_asked::Asks>,
) -> ForeignKey {
    let model = names.class(it.model);
    let name: Box<str> = format!("{}.{}", model.name, it.attribute.name).into();
    let mut about = About {
        anchor: Anchor::new(names.draft(it.model.draft).path.clone(), name.clone()),
        name,
        span: Some(it.attribute.span),
        ..About::default()
    };
    if !it.indexed
        && let Some(edit) = index(&model.body, it.attribute)
    {
        about.writers.push(Writer { name: "index".into(), edits: vec![edit], display_only: None });
    }
    let nobody = |because: &str| Fact::derived(Box::from(""), Vec::new()).guessed(because);
    let of_kinds = it.parent.is_some_and(|parent| models.is_of_kinds(names, parent));
    let asked = match asked {
        _ if of_kinds => nobody("what it refers to looks like a table of a few rows that nobody adds to or deletes"),
        _ if list.is_some() => Fact::Absent,
        Some((text, at)) => Fact::derived(text.into(), vec![at]),
        None => nobody("nothing that serves is seen to look for rows by it, or to delete what it refers to"),
    };
    ForeignKey {
        listed: list.filter(|_| !of_kinds).map_or(Fact::Absent, |(owner, list)| {
            Fact::derived(format!("{}.{}", names.class(owner).name, list.name).into(), vec![list.span])
        }),
        asked,
        column: Fact::derived(about.name.clone(), vec![it.attribute.span]),
        target: Fact::derived(it.target.clone(), Vec::new()),
        indexed: Fact::derived(it.indexed, Vec::new()),
        about,
    }
}

/// The relationships of a model that lead to the parent by a column.
fn relations<'m>(names: &Names<'_>, models: &'m Models, it: &Column<'_>, all: &[Column<'_>]) -> Vec<&'m str> {
    let alone = all.iter().filter(|other| other.model == it.model && other.parent == it.parent).count() == 1;
    let leads = |relation: &&std::rc::Rc<Relation>| {
        !relation.to_many && relation.target.is_some() && relation.target == it.parent
    };
    let of_model = models.get(it.model).into_iter().flat_map(|it| it.relations.values()).filter(leads);
    of_model.filter(|relation| alone || is_by(names, it, &relation.span)).map(|relation| &*relation.name).collect()
}

/// Whether a relationship that is declared here is by a column: it says so, or says nothing of columns.
fn is_by(names: &Names<'_>, it: &Column<'_>, declared: &Span) -> bool {
    let owners = it.parent.into_iter().chain([it.model]).flat_map(|class| names.lineage(class).classes.iter());
    let found = owners.map(|class| names.class(*class)).find_map(|class| {
        let attribute = class.attributes.iter().find(|attribute| attribute.span == *declared)?;
        Some((&class.body, class.body.call(attribute.value?)?))
    });
    let Some((flow, call)) = found else { return true };
    if call.keyword("secondary").is_some() {
        return false;
    }
    let said: Vec<NodeId> = ["foreign_keys", "primaryjoin"].iter().filter_map(|word| call.keyword(word)).collect();
    let own = std::ptr::eq(flow, &names.class(it.model).body);
    said.is_empty() || said.iter().any(|node| names_column(flow, *node, it.attribute, own))
}

/// Whether an expression names a column, which in the body of its own class is what it holds there: `foreign_keys=[owner_id]`.
fn names_column(flow: &Flow, node: NodeId, column: &Attribute, own: bool) -> bool {
    match &flow.node(node).kind {
        _ if own && column.value == Some(node) => true,
        NodeKind::List(items) => items.iter().any(|item| names_column(flow, *item, column, own)),
        NodeKind::Same(one, other) => [one, other].iter().any(|side| names_column(flow, **side, column, own)),
        NodeKind::Text(text) => text.contains(&*column.name),
        NodeKind::Name(name) | NodeKind::Attr { name, .. } => *name == column.name,
        // Made in a way that is not followed: it may be.
        NodeKind::Mix(_) | NodeKind::Call { .. } => true,
        _ => false,
    }
}

/// Whether any file imports a driver of MySQL, which makes an index for each foreign key by itself.
fn is_mysql(names: &Names<'_>) -> bool {
    const DRIVERS: &[&str] = &["pymysql", "MySQLdb", "aiomysql", "asyncmy", "mysql"];
    let root = |module: &str| DRIVERS.contains(&module.split('.').next().unwrap_or(module));
    names.drafts.iter().any(|draft| {
        draft.imports.iter().any(|it| root(&it.module) || it.module.starts_with("sqlalchemy.dialects.mysql"))
    })
}

/// The column that an attribute is, when it refers to another table, and what it refers to.
fn refers<'f>(
    names: &Names<'_>,
    draft: u32,
    flow: &'f Flow,
    attribute: &Attribute,
) -> Option<(CallView<'f>, Box<str>)> {
    let call = flow.call(attribute.value?)?;
    if !COLUMNS.contains(&flow.called(call)?.as_str()) {
        return None;
    }
    // A constant of a module stands for what it holds.
    let held = |node: NodeId| match names.of_node(draft, flow, node)? {
        Def::Global(at, value) => names.draft(at).top.text(value).map(Box::from),
        _ => None,
    };
    let spelled = |node: NodeId| {
        let text = flow.text(node).map(Box::from).or_else(|| held(node));
        text.or_else(|| flow.dotted(node).map(Into::into))
    };
    // SQLModel's.
    if let Some(key) = call.keyword("foreign_key") {
        return Some((call, spelled(key)?));
    }
    let mut keys = call.args.iter().filter_map(|arg| flow.call(*arg));
    let key = keys.find(|it| flow.called(*it).as_deref() == Some("ForeignKey"))?;
    Some((call, spelled(*key.args.first()?)?))
}

/// Whether an index of a mapped class is known to start with a column.
fn leads(names: &Names<'_>, class: ClassId, column: &str) -> bool {
    let Some(first) = firsts(names, class) else { return false };
    first.iter().any(|it| **it == *column)
        || names.lineage(class).classes.iter().any(|class| {
            let draft = names.class(*class);
            let call = draft.attributes.iter().find(|it| *it.name == *column).and_then(|it| draft.body.call(it.value?));
            let call = call.filter(|it| draft.body.called(*it).is_some_and(|name| COLUMNS.contains(&name.as_str())));
            call.is_some_and(|call| indexed(&draft.body, call, column, &first) == Some(true))
        })
}

/// Whether an index starts with a column. [`None`] where that cannot be read.
fn indexed(flow: &Flow, call: CallView<'_>, name: &str, first: &[Box<str>]) -> Option<bool> {
    for word in ["index", "unique", "primary_key"] {
        match call.keyword(word).map(|node| flow.flag(node)) {
            Some(Some(false)) | None => {}
            Some(Some(true)) => return Some(true),
            Some(None) => return None,
        }
    }
    if ["**", "sa_column", "sa_column_args", "sa_column_kwargs"].iter().any(|word| call.keyword(word).is_some()) {
        return None;
    }
    // A column may have another name than the attribute.
    let column = call.args.first().and_then(|node| flow.text(*node)).unwrap_or(name);
    Some(first.iter().any(|it| **it == *column || **it == *name))
}

/// The columns that indexes and constraints of a mapped class start with, its own and inherited ones. [`None`] where they
/// cannot be read.
fn firsts(names: &Names<'_>, class: ClassId) -> Option<Vec<Box<str>>> {
    let mut out = Vec::new();
    for class in &names.lineage(class).classes {
        let draft = names.class(*class);
        // `__table_args__` of a method's making.
        if names.method(*class, "__table_args__", None).is_some() {
            return None;
        }
        if let Some(args) = draft.attributes.iter().find(|it| &*it.name == "__table_args__") {
            of_table(&draft.body, args.value?, &mut out)?;
        }
        // A class without annotations of its own starts its key with the first column that says so.
        out.extend(first_key(draft));
    }
    // `Index("ix", Message.thread_id)` behind the class.
    let draft = names.draft(class.draft);
    for node in 0..draft.top.nodes.len() as NodeId {
        let Some(call) = draft.top.call(node) else { continue };
        if draft.top.dotted(call.func).is_some_and(|it| it == "Index" || it.ends_with(".Index")) {
            // `Thread.__table__.c.owner_id`, a text: of whichever class it is.
            let of_class = |it: &NodeId| match &draft.top.node(*it).kind {
                NodeKind::Attr { of, name, .. } => Some((draft.top.dotted(*of)?, name.clone())),
                _ => None,
            };
            let (owner, column) = call.args.get(1).and_then(of_class)?;
            if owner == *names.class(class).name || owner.contains('.') {
                out.push(column);
            }
        }
    }
    Some(out)
}

/// The columns that `__table_args__` starts an index with.
fn of_table(flow: &Flow, value: NodeId, out: &mut Vec<Box<str>>) -> Option<()> {
    let NodeKind::List(items) = &flow.node(value).kind else {
        return matches!(flow.node(value).kind, NodeKind::Dict(_)).then_some(());
    };
    for item in items {
        let Some(call) = flow.call(*item) else {
            if matches!(flow.node(*item).kind, NodeKind::Dict(_)) {
                continue;
            }
            return None;
        };
        let at = match flow.called(call)?.as_str() {
            "Index" => 1,
            "UniqueConstraint" | "PrimaryKeyConstraint" => 0,
            _ => continue,
        };
        let first = call.args.get(at)?;
        match (flow.text(*first), &flow.node(*first).kind) {
            (Some(text), _) => out.push(text.into()),
            (None, NodeKind::Name(name) | NodeKind::Attr { name, .. }) => out.push(name.clone()),
            // A name of the class's body is the column that it holds.
            (None, NodeKind::Call { .. }) => return None,
            _ => return None,
        }
    }
    Some(())
}

/// The first column of a class that is part of its key.
fn first_key(draft: &ClassDraft) -> Option<Box<str>> {
    let is_key = |it: &&Attribute| {
        let call = it.value.and_then(|value| draft.body.call(value));
        call.is_some_and(|call| draft.body.says(call, "primary_key"))
    };
    draft.attributes.iter().find(is_key).map(|it| it.name.clone())
}

/// The edit that gives a column an index: behind its last argument.
fn index(flow: &Flow, attribute: &Attribute) -> Option<(Span, Box<str>)> {
    let call = flow.call(attribute.value?)?;
    if call.keyword("index").is_some() {
        return None;
    }
    let last = call.args.iter().chain(call.keywords.iter().map(|(_, node)| node)).map(|node| flow.node(*node).span);
    let end = last.map(|span| span.end).max()?;
    Some((Span::at(attribute.span.file, end as usize), ", index=True".into()))
}
