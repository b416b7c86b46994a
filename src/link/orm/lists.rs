//! Lists that the bodies of classes write: out, or of what other classes list (`Base.Meta.fields + ("author",)`).

use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// Lists are made of others so deep.
const MOST_DEEP: u32 = 6;

/// An item of a list, in the flow that it is written in.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) draft: u32,
    pub(super) flow: &'a Flow,
    pub(super) node: NodeId,
}

/// What a list holds.
#[derive(Default)]
pub(super) struct Listed<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Whether it holds more, which is not known.
    pub(super) open: bool,
}

impl Listed<'_> {
    /// The texts among the items.
    pub(super) fn texts(&self) -> Vec<Box<str>> {
        self.items.iter().filter_map(|it| it.flow.text(it.node)).map(Into::into).collect()
    }
}

/// What the list of a class's attribute holds; [`None`] when it is no list.
pub(super) fn of_attribute<'a>(names: &Names<'a>, at: ClassId, place: usize) -> Option<Listed<'a>> {
    let draft = names.class(at);
    let node = draft.attributes.get(place)?.value?;
    let mut listed = Listed::default();
    put(names, Item { draft: at.draft, flow: &draft.body, node }, &mut listed, 0);
    (!listed.open || !listed.items.is_empty()).then_some(listed)
}

fn put<'a>(names: &Names<'a>, list: Item<'a>, into: &mut Listed<'a>, deep: u32) {
    let Item { draft, flow, node } = list;
    let beside = |node: NodeId| Item { draft, flow, node };
    match &flow.node(node).kind {
        _ if deep > MOST_DEEP => into.open = true,
        NodeKind::List(items) => into.items.extend(items.iter().map(|it| beside(*it))),
        // `[]`
        NodeKind::Nothing => {}
        // `first + second`
        NodeKind::Mix(parts) => parts.iter().for_each(|it| put(names, beside(*it), into, deep + 1)),
        // `[*first, "last"]`
        NodeKind::Either(parts) if parts.iter().any(|it| taken_over(flow, *it).is_some()) => {
            for part in parts {
                put(names, beside(taken_over(flow, *part).unwrap_or(*part)), into, deep + 1);
            }
        }
        NodeKind::Call { func, args, .. } => match (flow.dotted(*func).as_deref(), args.as_slice()) {
            (Some("list" | "tuple"), [of]) => put(names, beside(*of), into, deep + 1),
            _ => into.open = true,
        },
        NodeKind::Name(_) => match names.of_node(draft, flow, node) {
            Some(Def::Global(draft, node)) => {
                put(names, Item { draft, flow: &names.draft(draft).top, node }, into, deep + 1);
            }
            _ => into.open = true,
        },
        NodeKind::Attr { of, name, .. } => match names.of_node(draft, flow, *of) {
            Some(Def::Class(class)) if let Some((at, place)) = names.attribute(class, name) => {
                let of = names.class(at);
                match of.attributes.get(place).and_then(|it| it.value) {
                    Some(node) => put(names, Item { draft: at.draft, flow: &of.body, node }, into, deep + 1),
                    None => into.open = true,
                }
            }
            _ => into.open = true,
        },
        _ => into.open = true,
    }
}

/// What a part of a list takes over: `*first`.
fn taken_over(flow: &Flow, part: NodeId) -> Option<NodeId> {
    let NodeKind::Collect { element, dict: false, .. } = flow.node(part).kind else { return None };
    match flow.node(element).kind {
        NodeKind::Row(of) => Some(of),
        _ => None,
    }
}
