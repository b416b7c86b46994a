//! Foreign keys of SQLAlchemy's models, and whether an index starts with them: SQLAlchemy makes none by itself.

use rustc_hash::FxHashMap as HashMap;

use super::models::{Models, Relation};
use super::names::{ClassId, Def, Names};
use super::sqlalchemy_models::table;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind};
use crate::facts::orm::{Attribute, ClassDraft, Place};
use crate::source::Span;
use crate::stack::vocabulary::{About, ForeignKey, Orm};
use crate::stack::{Anchor, Fact, Writer};

/// What makes a column of a mapped class.
const COLUMNS: &[&str] = &["Column", "mapped_column", "Field"];

/// The foreign keys of all models.
pub(super) fn facts(names: &Names<'_>, models: &Models) -> Vec<ForeignKey> {
    let mut out = Vec::new();
    let classes = names.all_classes();
    let of_sqlalchemy = |class: ClassId| models.get(class).filter(|it| it.orm == Orm::Sqlalchemy);
    if !classes.iter().any(|class| of_sqlalchemy(*class).is_some()) || is_mysql(names) {
        return out;
    }
    // Lists by the model whose rows they have: the table that has them, their name, where they are declared.
    let mut lists: HashMap<ClassId, Vec<(ClassId, &Relation)>> = HashMap::default();
    for class in &classes {
        for relation in of_sqlalchemy(*class).into_iter().flat_map(|it| it.relations.values()) {
            if let Some(target) = relation.target.filter(|_| relation.to_many) {
                lists.entry(target).or_default().push((*class, relation));
            }
        }
    }
    for class in classes {
        let of_sqlalchemy = of_sqlalchemy(class).is_some();
        let draft = names.draft(class.draft);
        if !of_sqlalchemy || matches!(draft.place, Place::Command | Place::Template) {
            continue;
        }
        let model = names.class(class);
        let refer = |it| Some((it, refers(names, class.draft, &model.body, it)?));
        let columns: Vec<_> = model.attributes.iter().filter_map(refer).collect();
        // Few of the classes have any.
        let Some(first) = (!columns.is_empty()).then(|| firsts(names, class)).flatten() else { continue };
        for (attribute, (call, target)) in columns {
            let Some(indexed) = indexed(&model.body, call, &attribute.name, &first) else { continue };
            let mut about = About {
                name: format!("{}.{}", model.name, attribute.name).into(),
                anchor: Anchor::new(draft.path.clone(), format!("{}.{}", model.name, attribute.name)),
                span: Some(attribute.span),
                ..About::default()
            };
            if !indexed && let Some(edit) = index(&model.body, attribute) {
                about.writers.push(Writer { name: "index".into(), edits: vec![edit], display_only: None });
            }
            let is_by_it = |(owner, _): &&(ClassId, &Relation)| {
                let parent = target.rsplit_once('.').map_or(&*target, |(parent, _)| parent);
                *table(names, *owner) == *parent || *names.class(*owner).name == *parent
            };
            let list = lists.get(&class).into_iter().flatten().find(is_by_it);
            out.push(ForeignKey {
                listed: list.map_or(Fact::Absent, |(owner, list)| {
                    Fact::derived(format!("{}.{}", names.class(*owner).name, list.name).into(), vec![list.span])
                }),
                column: Fact::derived(about.name.clone(), vec![attribute.span]),
                target: Fact::derived(target, Vec::new()),
                indexed: Fact::derived(indexed, Vec::new()),
                about,
            });
        }
    }
    out
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
