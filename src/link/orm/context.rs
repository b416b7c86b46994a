//! What a serializer is told besides its rows: by the view that lists, or by the call that makes it.

use std::rc::Rc;

use super::eval::{Args, Context, Eval};
use super::names::ClassId;
use super::types::{Type, Unit};
use crate::facts::orm::flow::{Flow, Guard, NodeId, NodeKind};

/// What a view tells its serializers: by its `get_serializer_context`, beside the request. With `listing`, for its list;
/// else for an action that is not known.
pub(super) fn of_view(eval: &Eval<'_>, view: ClassId, listing: bool) -> Option<Rc<Context>> {
    let lineage = eval.names.lineage(view);
    let mut context = Context {
        open: !lineage.external.iter().all(|base| base.starts_with("rest_framework") || &**base == "object"),
        ..Context::default()
    };
    for name in ["request", "format", "view"] {
        context.flags.insert(name.into(), None);
    }
    let mut after = None;
    while let Some(method) = eval.names.method(view, "get_serializer_context", after) {
        let Some(owner) = eval.names.function(method).owner else { break };
        put(&mut context, &eval.names.function(method).flow, listing);
        after = Some(ClassId { draft: method.draft, at: owner });
    }
    Some(Rc::new(context))
}

/// What the call of a serializer tells it: `context={"with_page": True}`. [`None`] when nobody knows.
pub(super) fn of_call(eval: &Eval<'_>, args: &Args<'_>) -> Option<Rc<Context>> {
    let Some(given) = args.keyword("context") else {
        return (!args.open).then(Rc::default);
    };
    let flow = eval.frame().flow;
    let mut context = Context::default();
    match &flow.node(given).kind {
        NodeKind::Dict(pairs) => {
            pairs.iter().for_each(|(key, value)| entry(&mut context, flow, (*key, *value), Some(&[])));
            Some(Rc::new(context))
        }
        // A serializer hands on its own; a view makes it.
        NodeKind::Attr { name, .. } if &**name == "context" => eval.context.clone(),
        NodeKind::Call { func, .. } => match (&flow.node(*func).kind, eval.frame().unit) {
            (NodeKind::Attr { of, name, .. }, Unit::Function(_)) if &**name == "get_serializer_context" => {
                match eval.type_of(*of) {
                    Type::Instance(view) => of_view(eval, view, false),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}

/// What the dicts of a method put under names.
fn put(context: &mut Context, flow: &Flow, listing: bool) {
    for node in &flow.nodes {
        let guards: Vec<&Guard> = flow.guards(node.guard).collect();
        let certain = match guards.as_slice() {
            [] => Some(guards.as_slice()),
            [Guard::Action(list)] if listing && !list => continue,
            [Guard::Action(true)] if listing => Some(guards.as_slice()),
            _ => None,
        };
        match &node.kind {
            NodeKind::Dict(pairs) => {
                pairs.iter().for_each(|(key, value)| entry(context, flow, (*key, *value), certain))
            }
            NodeKind::Store { name, value, .. } => set(context, name, flow.flag(*value).filter(|_| certain.is_some())),
            // `context.update(with_page=True)`, `dict(with_page=True)`
            NodeKind::Call { func, args, keywords, .. } => {
                for (name, value) in keywords {
                    set(context, name, flow.flag(*value).filter(|_| certain.is_some()));
                }
                let updates = matches!(&flow.node(*func).kind, NodeKind::Attr { name, .. } if &**name == "update");
                context.open |= updates && args.iter().any(|it| is_strange(flow, *it));
            }
            _ => {}
        }
    }
}

fn entry(context: &mut Context, flow: &Flow, (key, value): (NodeId, NodeId), certain: Option<&[&Guard]>) {
    match flow.text(key) {
        // `**other`
        _ if key == value => context.open |= is_strange(flow, value),
        Some(name) => set(context, name, flow.flag(value).filter(|_| certain.is_some())),
        None => context.open = true,
    }
}

/// What is put under a name twice is known when it is the same.
fn set(context: &mut Context, name: &str, flag: Option<bool>) {
    let known = context.flags.entry(name.into()).or_insert(flag);
    *known = known.filter(|it| flag == Some(*it));
}

/// Whether what is spread into a dict may hold more than the dicts that stand beside it.
fn is_strange(flow: &Flow, id: NodeId) -> bool {
    match &flow.node(id).kind {
        NodeKind::Dict(_) => false,
        NodeKind::Either(all) => all.iter().any(|it| is_strange(flow, *it)),
        // `super().get_serializer_context()`
        NodeKind::Call { func, .. } => match &flow.node(*func).kind {
            NodeKind::Attr { of, name, .. } if &**name == "get_serializer_context" => {
                flow.call(*of).and_then(|call| flow.dotted(call.func)).as_deref() != Some("super")
            }
            _ => true,
        },
        _ => true,
    }
}
