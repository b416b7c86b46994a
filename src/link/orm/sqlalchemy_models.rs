//! SQLAlchemy's models: mapped classes, their relationships and backrefs.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::models::{Loading, Models, Relation};
use super::names::{ClassId, Def, Names};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

/// A class is mapped when it, or what it inherits from, names its table, or maps a column or a relationship.
pub(super) fn is_model(names: &Names<'_>, id: ClassId) -> bool {
    names.lineage(id).classes.iter().any(|class| {
        let draft = names.class(*class);
        draft.attributes.iter().any(|it| {
            let call = it.value.and_then(|value| draft.body.call(value));
            let called = call.and_then(|call| draft.body.dotted(call.func));
            // SQLModel's columns. A foreign key may stand in a base that schemas share with the table.
            let keyed =
                |call: CallView<'_>| call.keyword("primary_key").and_then(|node| draft.body.flag(node)) == Some(true);
            match called.as_deref() {
                Some("Field" | "sqlmodel.Field") if call.is_some_and(keyed) => true,
                Some(func) => {
                    let last = last_of(func);
                    matches!(last, "mapped_column" | "relationship")
                        || (matches!(last, "Column" | "Relationship") && !func.starts_with("tables"))
                }
                None => &*it.name == "__tablename__",
            }
        })
    })
}

/// Fills the models with their relationships.
pub(super) fn relate(names: &Names<'_>, models: &mut Models, mapped: &[ClassId]) {
    let by_name = {
        let mut all: HashMap<&str, Vec<ClassId>> = HashMap::default();
        for id in mapped {
            all.entry(&*names.class(*id).name).or_default().push(*id);
        }
        all
    };
    let tables: HashMap<ClassId, Box<str>> = mapped.iter().map(|id| (*id, table(names, *id))).collect();
    let foreign: HashMap<ClassId, Vec<Box<str>>> = mapped.iter().map(|id| (*id, foreign_tables(names, *id))).collect();
    let graph = Graph { names, by_name, tables, foreign };
    let mut found: Vec<(ClassId, Relation)> = Vec::new();
    for &id in mapped {
        for class in &names.lineage(id).classes {
            let draft = names.class(*class);
            for attribute in &draft.attributes {
                found.extend(graph.relationship(id, *class, &draft.body, attribute));
            }
        }
    }
    for &id in mapped {
        let proxies = proxies(names, id);
        if let Some(model) = models.get_mut(id) {
            model.proxies = proxies;
        }
    }
    for (id, relation) in found {
        let Some(model) = models.get_mut(id).filter(|model| model.orm == Orm::Sqlalchemy) else { continue };
        model.relations.entry(relation.name.clone()).or_insert_with(|| Rc::new(relation));
    }
}

/// `titles = association_proxy("books", "title")` (SQLAlchemy 2.0, `ext/associationproxy.py`)
fn proxies(names: &Names<'_>, id: ClassId) -> BTreeMap<Box<str>, Box<str>> {
    let mut found = BTreeMap::new();
    for class in &names.lineage(id).classes {
        let draft = names.class(*class);
        for attribute in &draft.attributes {
            let call = attribute.value.and_then(|value| draft.body.call(value));
            let call = call.filter(|call| draft.body.last_called(call.func) == Some("association_proxy"));
            let through = call.and_then(|call| draft.body.text(call.args.first().copied()?));
            if let Some(through) = through {
                found.entry(attribute.name.clone()).or_insert_with(|| through.into());
            }
        }
    }
    found
}

struct Graph<'a> {
    names: &'a Names<'a>,
    by_name: HashMap<&'a str, Vec<ClassId>>,
    tables: HashMap<ClassId, Box<str>>,
    foreign: HashMap<ClassId, Vec<Box<str>>>,
}

impl Graph<'_> {
    /// The relation that an attribute declares, and the one that its backref puts on the other model.
    fn relationship(
        &self,
        id: ClassId,
        class: ClassId,
        flow: &Flow,
        attribute: &Attribute,
    ) -> Vec<(ClassId, Relation)> {
        let Some(call) = attribute.value.and_then(|value| flow.call(value)) else { return Vec::new() };
        let func = flow.dotted(call.func).unwrap_or_default();
        if !matches!(last_of(&func), "relationship" | "Relationship") {
            return Vec::new();
        }
        let annotated = attribute.annotation.map(|node| annotated(flow, node));
        let target = match call.args.first().or(call.keyword("argument").as_ref()) {
            Some(node) => self.target(class, flow, *node),
            None => annotated.as_ref().and_then(|it| self.named(class, &it.name)),
        };
        let Some(to_many) = self.direction(id, flow, call, annotated.as_ref(), target) else { return Vec::new() };
        let own = Relation {
            name: attribute.name.clone(),
            asked: None,
            target,
            to_many,
            joinable: !to_many,
            back: call
                .keyword("back_populates")
                .or(call.keyword("backref"))
                .and_then(|node| flow.text(node))
                .map(Into::into),
            loading: loading(flow, call),
            span: attribute.span,
        };
        let mut found = Vec::new();
        if let (Some(target), Some(backref)) = (target, call.keyword("backref")) {
            let (name, loading) = match (flow.text(backref), flow.call(backref)) {
                (Some(name), _) => (Some(name), Loading::Lazy),
                (None, Some(made)) => (made.args.first().and_then(|node| flow.text(*node)), loading(flow, made)),
                (None, None) => (None, Loading::Lazy),
            };
            let many_back = call.keyword("secondary").is_some() || !to_many;
            // A one-to-one says `uselist=False` in its backref.
            let one = flow.call(backref).is_some_and(|made| made.keyword("uselist").is_some());
            if let Some(name) = name {
                found.push((
                    target,
                    Relation {
                        name: name.into(),
                        asked: None,
                        target: Some(id),
                        to_many: many_back && !one,
                        joinable: !many_back || one,
                        back: Some(attribute.name.clone()),
                        loading,
                        span: attribute.span,
                    },
                ));
            }
        }
        found.insert(0, (id, own));
        found
    }

    /// Whether a relationship is a list. [`None`] when neither its annotation nor a foreign key tells.
    fn direction(
        &self,
        id: ClassId,
        flow: &Flow,
        call: CallView<'_>,
        annotated: Option<&Annotated>,
        target: Option<ClassId>,
    ) -> Option<bool> {
        if call.keyword("secondary").is_some() {
            return Some(true);
        }
        if let Some(uselist) = call.keyword("uselist") {
            return Some(flow.flag(uselist) != Some(false));
        }
        if let Some(annotated) = annotated.filter(|it| it.mapped || it.list) {
            return Some(annotated.list);
        }
        let target = target?;
        // Of rows of one table, the side whose columns are on the other end is the parent's.
        if target == id {
            return Some(call.keyword("remote_side").is_none());
        }
        let refers = |from: ClassId, to: ClassId| {
            let table = self.tables.get(&to)?;
            Some(self.foreign.get(&from)?.contains(table))
        };
        match (refers(id, target)?, refers(target, id)?) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        }
    }

    fn target(&self, class: ClassId, flow: &Flow, node: NodeId) -> Option<ClassId> {
        match flow.text(node) {
            Some(text) => self.named(class, text),
            None => match self.names.of_node(class.draft, flow, node)? {
                Def::Class(id) => Some(id),
                _ => None,
            },
        }
    }

    /// The class that a text names: in its own module first, else the only one of that name.
    fn named(&self, class: ClassId, text: &str) -> Option<ClassId> {
        if let Some(Def::Class(id)) = self.names.resolve_dotted(class.draft, text) {
            return Some(id);
        }
        match self.by_name.get(text.rsplit('.').next()?)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// What an annotation says of a relationship.
struct Annotated {
    name: String,
    list: bool,
    mapped: bool,
}

/// `Mapped[list["Message"]]`, `Mapped["Thread | None"]`, `List[Message]`, `"Thread"`.
fn annotated(flow: &Flow, node: NodeId) -> Annotated {
    let mut it = Annotated { name: String::new(), list: false, mapped: false };
    let mut at = node;
    loop {
        match &flow.node(at).kind {
            NodeKind::Item { of, key } => {
                let outer = flow.dotted(*of).unwrap_or_default();
                note(&mut it, last_of(&outer));
                at = *key;
            }
            NodeKind::Text(text) => {
                let mut text = &**text;
                while let Some((outer, rest)) = text.split_once('[') {
                    note(&mut it, outer.trim());
                    text = rest.trim_end_matches(']');
                }
                let first = text.split('|').map(str::trim).find(|part| *part != "None").unwrap_or("");
                it.name = first.trim_matches(['"', '\'']).to_owned();
                return it;
            }
            NodeKind::Mix(parts) if !parts.is_empty() => {
                // `Thread | None`
                match parts.iter().find(|part| !matches!(flow.node(**part).kind, NodeKind::Nothing)) {
                    Some(part) if *part != at => at = *part,
                    _ => return it,
                }
            }
            _ => {
                it.name = flow.dotted(at).unwrap_or_default();
                return it;
            }
        }
    }
}

fn note(it: &mut Annotated, outer: &str) {
    match outer {
        "list" | "List" | "set" | "Set" | "Sequence" => it.list = true,
        "Mapped" => it.mapped = true,
        "DynamicMapped" | "WriteOnlyMapped" => {
            it.mapped = true;
            it.list = true;
        }
        _ => {}
    }
}

fn loading(flow: &Flow, call: CallView<'_>) -> Loading {
    let Some(node) = call.keyword("lazy") else { return Loading::Lazy };
    match (flow.text(node), flow.flag(node)) {
        (Some("select"), _) | (_, Some(true)) => Loading::Lazy,
        (Some("selectin" | "joined" | "subquery" | "immediate"), _) | (_, Some(false)) => Loading::Eager,
        // What is read is a query, or makes one (`WriteOnlyCollection.select`, SQLAlchemy 2.0).
        (Some("dynamic" | "write_only"), _) => Loading::Dynamic,
        _ => Loading::Never,
    }
}

/// The table of a mapped class: what it says, else its name as Flask-SQLAlchemy writes it.
pub(super) fn table(names: &Names<'_>, id: ClassId) -> Box<str> {
    let class = names.class(id);
    let written = class.attributes.iter().find(|it| &*it.name == "__tablename__");
    if let Some(text) = written.and_then(|it| it.value).and_then(|node| class.body.text(node)) {
        return text.into();
    }
    let mut snake = String::with_capacity(class.name.len() + 4);
    for (at, letter) in class.name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake.into()
}

/// The tables that the columns of a class refer to.
pub(super) fn foreign_tables(names: &Names<'_>, id: ClassId) -> Vec<Box<str>> {
    let mut found = Vec::new();
    for class in &names.lineage(id).classes {
        let flow = &names.class(*class).body;
        for node in 0..flow.nodes.len() as NodeId {
            let Some(call) = flow.call(node) else { continue };
            let func = flow.dotted(call.func).unwrap_or_default();
            let text = match func.rsplit('.').next() {
                Some("ForeignKey") => call.args.first().copied(),
                _ => call.keyword("foreign_key"),
            };
            match text.map(|node| (flow.text(node), flow.dotted(node))) {
                Some((Some(text), _)) => {
                    let table = text.rsplit_once('.').map_or(text, |(table, _)| table);
                    found.push(last_of(table).into());
                }
                // `ForeignKey(Thread.id)`
                Some((None, Some(dotted))) => {
                    let owner = dotted.rsplit_once('.').map_or(dotted.as_str(), |(owner, _)| owner);
                    if let Some(Def::Class(target)) = names.resolve_dotted(class.draft, owner) {
                        found.push(table(names, target));
                    }
                }
                _ => {}
            }
        }
    }
    found
}
