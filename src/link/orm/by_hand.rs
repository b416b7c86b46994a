//! Tables that people fill by hand: the admin, or a CMS, shows their rows, and no code of the repository makes one.
//!
//! So the table grows by what somebody types, and not by what clients do: data centers, menus, settings. One whose rows have
//! a time of their own (articles, events), or a user, may get long all the same, though hardly so long that an index matters.

use std::rc::Rc;

use rustc_hash::FxHashSet as HashSet;

use super::eval::Eval;
use super::events::Event;
use super::grown;
use super::indexes;
use super::models::{AUTH_USER, Manager, Relation};
use super::names::{ClassId, Def};
use super::reach::Reaching;
use super::uses::Use;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{OrmDraft, Place};
use crate::stack::vocabulary::UseKind;

/// What the names of calls hold that make rows of a model that they are given, or forms that do.
const MAKERS: &[&str] = &["create", "factory", "import", "load", "make"];
/// What Django's managers, and the trees of packages, make rows by.
const MAKES: &[&str] =
    &["create", "get_or_create", "update_or_create", "bulk_create", "add_root", "add_child", "add_sibling", "model"];
/// Who has typed a row.
const KEEPERS: &[&str] = &["created_by", "modified_by", "updated_by", "last_modified_by", "changed_by"];
/// Fields that tell when something happens.
const TIMES: &[&str] = &["DateField", "DateTimeField", "MonitorField"];
/// What is known of people.
const PEOPLE: &[&str] = &["email", "first_name", "last_name", "surname", "phone", "phone_number"];
/// Django's own, and others', bases whose models are filled otherwise: pages, images, users.
const FILLED: &[&str] = &["Abstract", "Page", "User", "Image", "Document"];

/// Says of loops over such tables, and of what is asked of them, that they have few rows.
pub(super) fn mark(eval: &mut Eval<'_>, events: &mut [Event], uses: &mut [Use], reached: &Reaching<'_>) {
    let shown = eval.registered.shown();
    let asks = |it: &Use| {
        matches!(it.kind, UseKind::FilterWithoutIndex | UseKind::OrderWithoutIndex | UseKind::UnindexableLookup)
    };
    let gone = events.iter().filter_map(|event| event.rows.as_ref()).map(|rows| rows.class);
    let asked = uses.iter().filter(|it| asks(it)).map(|it| it.model);
    let sought = |model: ClassId| shown.contains(&model) && is_table_of_things(eval, model);
    if !gone.chain(asked).any(sought) {
        return;
    }
    let all: HashSet<ClassId> = shown.iter().copied().filter(|model| is_table_of_things(eval, *model)).collect();
    let made = made(eval, reached);
    let all = by_hand(eval, all, &made);
    let short = by_hand(eval, all.iter().copied().filter(|model| !goes_on(eval, *model)).collect(), &made);
    for event in events {
        let Some(rows) = event.rows.as_mut().filter(|rows| short.contains(&rows.class)) else { continue };
        let name = eval.models.name(eval.names, rows.class);
        rows.few.get_or_insert_with(|| format!("staff fill `{name}` in the admin, and no code adds rows to it"));
    }
    for it in uses.iter_mut().filter(|it| asks(it)) {
        it.is_lookup |= all.contains(&it.model);
    }
}

/// Those of these models of which nobody makes rows but by hand, nor of what their rows are part of.
fn by_hand(eval: &Eval<'_>, mut all: HashSet<ClassId>, made: &HashSet<ClassId>) -> HashSet<ClassId> {
    let parents: HashSet<ClassId> = made.iter().flat_map(|it| eval.names.lineage(*it).classes.clone()).collect();
    all.retain(|model| !parents.contains(model));
    loop {
        let is_part = |model: &ClassId| {
            let keys = own_relations(eval, *model).filter(|it| it.joinable);
            keys.filter_map(|it| it.target).any(|it| {
                it != *model
                    && !is_user(eval, it)
                    && !all.contains(&it)
                    && (parents.contains(&it) || !eval.models.is_of_kinds(eval.names, it))
            })
        };
        let parts: Vec<ClassId> = all.iter().copied().filter(is_part).collect();
        if parts.is_empty() {
            return all;
        }
        parts.iter().for_each(|it| _ = all.remove(it));
    }
}

/// The relations that a model itself declares.
fn own_relations<'e>(eval: &'e Eval<'_>, model: ClassId) -> impl Iterator<Item = &'e Rc<Relation>> {
    let all = eval.models.get(model).into_iter().flat_map(|it| it.relations.values());
    all.filter(move |it| !KEEPERS.contains(&&*it.name) && eval.names.attribute(model, &it.name).is_some())
}

/// Whether a table has rows of things that are set up once, and not of what happens, or of what users have.
fn is_table_of_things(eval: &Eval<'_>, model: ClassId) -> bool {
    let names = eval.names;
    let lineage = names.lineage(model);
    let filled =
        |base: &str| FILLED.iter().any(|word| last_of(base).starts_with(word) || last_of(base).ends_with(word));
    let own = lineage.classes.iter().map(|class| &*names.class(*class).name);
    if eval.models.get(model).is_none()
        || names.is_of_package(model)
        || lineage.external.iter().any(|base| filled(base))
        || own.skip(1).any(|base| base == "Page")
        || !names.below(model).is_empty()
    {
        return false;
    }
    let is_generic = |class: &ClassId| {
        let draft = names.class(*class);
        let mut calls = draft.attributes.iter().filter_map(|it| draft.body.call(it.value?));
        calls.any(|call| draft.body.called(call).is_some_and(|it| it == "GenericForeignKey"))
    };
    let managed = |class: &ClassId| {
        let mut all = indexes::metas(names, *class).flat_map(|meta| meta.attributes.iter().map(move |it| (meta, it)));
        !all.any(|(meta, it)| match &*it.name {
            "managed" => it.value.is_some_and(|node| meta.body.flag(node) != Some(true)),
            name => name == "proxy",
        })
    };
    lineage.classes.iter().all(managed) && !lineage.classes.iter().any(is_generic) && !is_user(eval, model)
}

/// Whether a table may get long though people fill it: its rows have a time of their own, or a user, are people, or stand
/// below each other.
fn goes_on(eval: &Eval<'_>, model: ClassId) -> bool {
    let names = eval.names;
    let has_time = |class: &ClassId| {
        let draft = names.class(*class);
        let calls = draft.attributes.iter().filter_map(|it| draft.body.call(it.value?));
        calls.into_iter().any(|call| {
            let by_itself =
                ["auto_now", "auto_now_add", "default", "editable"].iter().any(|it| call.keyword(it).is_some());
            !by_itself && draft.body.called(call).is_some_and(|it| TIMES.contains(&&*it))
        })
    };
    let of_people = |class: &ClassId| names.class(*class).attributes.iter().any(|it| PEOPLE.contains(&&*it.name));
    let of_many = |it: &Rc<Relation>| it.target.is_some_and(|it| is_user(eval, it) || it == model);
    let classes = &names.lineage(model).classes;
    classes.iter().any(|it| has_time(it) || of_people(it)) || own_relations(eval, model).any(of_many)
}

fn is_user(eval: &Eval<'_>, model: ClassId) -> bool {
    model == AUTH_USER || Some(model) == eval.models.user
}

/// The models of which any code makes rows, but for the admin's.
fn made(eval: &mut Eval<'_>, reached: &Reaching<'_>) -> HashSet<ClassId> {
    let mut made = grown::grown(eval, reached);
    made.extend(eval.made.iter().map(|(model, _)| *model));
    let names = eval.names;
    let mut given: HashSet<ClassId> = HashSet::default();
    let mut managers: HashSet<ClassId> = HashSet::default();
    let mut looked_up: HashSet<&str> = HashSet::default();
    for (at, draft) in names.drafts.iter().enumerate().filter(|(_, it)| it.place.is_code()) {
        for (flow, owner) in flows(draft) {
            let owner = owner.map(|place| ClassId { draft: at as u32, at: place });
            let views = owner.is_some_and(|it| grown::makes(names, it));
            for id in 0..flow.nodes.len() as NodeId {
                let class = |node: NodeId| match names.of_node(at as u32, flow, node) {
                    Some(Def::Class(class)) => Some(class),
                    _ => None,
                };
                let Some(call) = flow.call(id) else { continue };
                let name = match &flow.node(call.func).kind {
                    NodeKind::Attr { name, .. } | NodeKind::Name(name) => &**name,
                    _ => "",
                };
                if MAKES.contains(&name) || name.strip_prefix('a').is_some_and(|it| MAKES.contains(&it)) {
                    made.extend(root(flow, call.func).and_then(class));
                    managers.extend(owner.filter(|_| is_own(flow, call.func)));
                }
                if name == "get_model" {
                    let named = call.args.iter().chain(call.keywords.iter().map(|(_, node)| node));
                    looked_up.extend(named.filter_map(|node| flow.text(*node)).map(last_of));
                }
                let lower = name.to_lowercase();
                if MAKERS.iter().any(|it| lower.contains(it)) {
                    made.extend(call.args.iter().copied().filter_map(class));
                }
                match class(call.func) {
                    Some(class) if draft.place != Place::Admin && eval.models.get(class).is_some() => {
                        made.insert(class);
                    }
                    // What a serializer or a form is given, it saves.
                    Some(class) if call.keyword("data").is_some() => {
                        given.insert(class);
                    }
                    _ => {}
                }
            }
            // A view that makes rows may choose by code of which serializer.
            if views {
                given.extend((0..flow.nodes.len() as NodeId).filter_map(|node| match &flow.node(node).kind {
                    NodeKind::Name(_) => match names.of_node(at as u32, flow, node) {
                        Some(Def::Class(class)) => Some(class),
                        _ => None,
                    },
                    _ => None,
                }));
            }
        }
    }
    for class in names.all_classes() {
        let manager = |it: &Manager| it.classes.iter().any(|it| managers.contains(it));
        if let Some(model) = eval.models.get(class)
            && (model.managers.values().any(manager) || looked_up.contains(&*names.class(class).name))
        {
            made.insert(class);
        }
        if names.derives_external(class, "ModelResource") || given.contains(&class) {
            made.extend(grown::of_meta(eval, class));
        }
    }
    made
}

/// The flows of a file, and the classes that they are of.
fn flows(draft: &OrmDraft) -> impl Iterator<Item = (&Flow, Option<u32>)> {
    let classes = draft.classes.iter().enumerate().map(|(at, it)| (&it.body, Some(at as u32)));
    std::iter::once((&draft.top, None)).chain(classes).chain(draft.functions.iter().map(|it| (&it.flow, it.owner)))
}

/// Whether what is called is of the function's own instance: `self.create`, `super().create`.
fn is_own(flow: &Flow, func: NodeId) -> bool {
    let NodeKind::Attr { of, .. } = &flow.node(func).kind else { return false };
    flow.node(*of).kind == NodeKind::Param(0)
        || flow.call(*of).is_some_and(|it| flow.called(it).as_deref() == Some("super"))
}

/// What a chain of attributes and calls starts with.
fn root(flow: &Flow, mut at: NodeId) -> Option<NodeId> {
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Attr { of, .. } | NodeKind::Item { of, .. } => *of,
            NodeKind::Call { func, .. } => *func,
            NodeKind::Name(_) => return Some(at),
            _ => return None,
        };
    }
}
