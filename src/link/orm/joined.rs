//! Lists that SQLAlchemy joins to one query: what the database sends is their product.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::names::ClassId;
use super::types::{Set, Type, Unit};
use super::uses::{self, Use};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::source::Span;
use crate::stack::vocabulary::{Orm, UseKind};

/// Chains of loader options go so far.
const MOST_STEPS: usize = 12;

/// `.options(joinedload(Album.tracks), joinedload(Album.labels))`
pub(super) fn options(eval: &mut Eval<'_>, set: &mut Set, args: &Args<'_>, id: NodeId) {
    let span = eval.frame().flow.node(id).span;
    let mut found: Vec<Box<str>> = Vec::new();
    for node in args.positional {
        found.extend(lists(eval, set.model, *node));
    }
    if found.is_empty() {
        return;
    }
    let was = are_several(&set.asked.joined);
    Rc::make_mut(&mut set.asked).joined.extend(found.into_iter().map(|path| (path, span)));
    if !was && are_several(&set.asked.joined) {
        let mut it = uses::of(eval, set, UseKind::JoinedLists, id);
        it.fields = declared(eval, set);
        it.remedy = "selectinload".into();
        eval.tell_use(it);
    }
}

/// Models that join several of their lists whenever they are asked for: `lazy="joined"`.
pub(super) fn by_default(eval: &mut Eval<'_>) {
    for class in eval.names.all_classes() {
        let Some(model) = eval.models.get(class).filter(|it| it.orm == Orm::Sqlalchemy) else { continue };
        let lists: Vec<(String, Span)> = model
            .relations
            .values()
            .filter(|it| it.to_many && is_joined(eval, class, &it.name))
            .map(|it| (format!("{}.{}", eval.models.name(eval.names, class), it.name), it.span))
            .collect();
        let [_, second, ..] = lists.as_slice() else { continue };
        let it = Use {
            kind: UseKind::JoinedLists,
            orm: Orm::Sqlalchemy,
            unit: Unit::Class(class),
            at: second.1,
            call: "lazy=\"joined\"".into(),
            joins: None,
            behind: None,
            lookup: None,
            model: class,
            is_lookup: false,
            may_be_small: false,
            identifies: false,
            remedy: "lazy=\"selectin\"".into(),
            edits: None,
            others: Vec::new(),
            fields: lists,
        };
        eval.tell_use(it);
    }
}

/// Whether a model's own body says that a relationship is joined.
fn is_joined(eval: &Eval<'_>, class: ClassId, name: &str) -> bool {
    let draft = eval.names.class(class);
    let attribute = draft.attributes.iter().find(|it| *it.name == *name);
    let lazy = attribute.and_then(|it| draft.body.call(it.value?)?.keyword("lazy"));
    lazy.is_some_and(|node| draft.body.text(node) == Some("joined") || draft.body.flag(node) == Some(false))
}

/// The lists that a loader option joins to the query itself, as paths.
fn lists(eval: &Eval<'_>, model: ClassId, option: NodeId) -> Vec<Box<str>> {
    let mut steps = Vec::new();
    if walk(eval, option, &mut steps).is_none() {
        return Vec::new();
    }
    let (mut out, mut at, mut path) = (Vec::new(), Some(model), String::new());
    for (loader, name) in steps {
        let Some(relation) = at.and_then(|model| eval.models.relation(model, &name)) else { break };
        // What is loaded by a query of its own is joined to that.
        if &*loader != "joinedload" {
            break;
        }
        if !path.is_empty() {
            path.push_str("__");
        }
        path.push_str(&name);
        if relation.to_many {
            out.push(path.as_str().into());
        }
        at = relation.target;
    }
    out
}

/// The steps of `joinedload(Album.tracks).selectinload(Track.writers)`: each loader with its relation.
fn walk(eval: &Eval<'_>, node: NodeId, steps: &mut Vec<(Box<str>, Box<str>)>) -> Option<()> {
    let flow = eval.frame().flow;
    let call = flow.call(node).filter(|_| steps.len() < MOST_STEPS)?;
    let loader = match &flow.node(call.func).kind {
        NodeKind::Name(name) => name,
        NodeKind::Attr { of, name, .. } => {
            // Behind another option, or of a module: `orm.joinedload`.
            if flow.call(*of).is_some() {
                walk(eval, *of, steps)?;
            }
            name
        }
        _ => return None,
    };
    for arg in call.args {
        match eval.type_of(*arg) {
            Type::Mapped(relation) => steps.push((loader.clone(), (*relation).into())),
            Type::Text(path) => steps.extend(path.split('.').map(|it| (loader.clone(), it.into()))),
            _ => return None,
        }
    }
    Some(())
}

/// Whether there are two lists of which neither lies within the other.
fn are_several(lists: &[(Box<str>, Span)]) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
    };
    lists.iter().any(|(one, _)| lists.iter().any(|(other, _)| !within(one, other) && !within(other, one)))
}

/// The lists of a query, each as `Model.relation` with the place of its declaration.
fn declared(eval: &Eval<'_>, set: &Set) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    for (path, at) in &set.asked.joined {
        let (mut model, mut found) = (Some(set.model), None);
        for name in path.split("__") {
            let Some(owner) = model else { break };
            let Some(relation) = eval.models.relation(owner, name) else { break };
            found = Some((format!("{}.{name}", eval.models.name(eval.names, owner)), relation.span));
            model = relation.target;
        }
        let found = found.unwrap_or_else(|| (path.to_string(), *at));
        if !out.contains(&found) {
            out.push(found);
        }
    }
    out
}
