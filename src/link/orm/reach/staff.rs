//! Views that only the people who run a site come to: by what they derive from, by their decorators, by their permissions.

use crate::facts::orm::flow::{Flow, Node, NodeId, NodeKind, last_of};
use crate::facts::orm::{FunctionDraft, asks_for_staff, is_of_staff};
use crate::link::orm::names::{ClassId, Def, FunctionId, Names};

/// Whether only staff come to the views of a class.
pub(super) fn is_class(names: &Names<'_>, class: ClassId) -> bool {
    let lineage = names.lineage(class);
    let bases = lineage.classes.iter().filter(|it| **it != class).map(|it| &*names.class(*it).name);
    bases.chain(lineage.external.iter().map(|it| last_of(it))).any(asks_for_staff)
        || has_permissions(names, class)
        || tests_for_staff(names, class)
        || turns_others_away(names, class)
}

/// Whether only staff come to what a function answers.
pub(super) fn is_function(function: &FunctionDraft) -> bool {
    function.decorators.iter().any(|it| asks_for_staff(last_of(it)))
}

fn has_permissions(names: &Names<'_>, class: ClassId) -> bool {
    let Some((at, place)) = names.attribute(class, "permission_classes") else { return false };
    let body = &names.class(at).body;
    let value = names.class(at).attributes.get(place).and_then(|it| it.value);
    let Some(NodeKind::List(items)) = value.map(|value| &body.node(value).kind) else { return false };
    items.iter().any(|item| match names.of_node(at.draft, body, *item) {
        Some(Def::Class(own)) if let Some(answer) = names.method(own, "has_permission", None) => {
            answers_for_staff(names, answer) || is_of_staff(&names.class(own).name)
        }
        _ => body.dotted(*item).is_some_and(|name| is_of_staff(last_of(&name))),
    })
}

/// `def test_func(self): return self.request.user.is_staff`
fn tests_for_staff(names: &Names<'_>, class: ClassId) -> bool {
    names.derives_external(class, "UserPassesTestMixin")
        && names.method(class, "test_func", None).is_some_and(|it| asks(&names.function(it).flow))
}

/// A `dispatch` that asks whether the user is one of them, and turns away who is not.
fn turns_others_away(names: &Names<'_>, class: ClassId) -> bool {
    const AWAY: &[&str] = &[
        "handle_no_permission",
        "redirect_to_login",
        "redirect",
        "PermissionDenied",
        "HttpResponseForbidden",
        "HttpResponseRedirect",
        "Http404",
    ];
    let away = |node: &Node| match &node.kind {
        NodeKind::Attr { name, .. } | NodeKind::Name(name) => AWAY.contains(&&**name),
        _ => false,
    };
    names.method(class, "dispatch", None).is_some_and(|it| {
        let flow = &names.function(it).flow;
        asks_alone(flow) && flow.nodes.iter().any(away)
    })
}

/// Whether a permission is given to nobody else: `return request.user.is_staff`. Behind an `or` others may have it.
fn answers_for_staff(names: &Names<'_>, id: FunctionId) -> bool {
    let flow = &names.function(id).flow;
    flow.returns.len() == 1 && flow.spares.is_empty() && asks_alone(flow)
}

/// Whether code asks that of a user, and nothing else of the user or the request that may let others in.
fn asks_alone(flow: &Flow) -> bool {
    const OF_USER: &[&str] = &["is_staff", "is_superuser", "is_authenticated", "is_anonymous", "is_active"];
    let is_user = |of: NodeId| matches!(&flow.node(of).kind, NodeKind::Attr { name, .. } if &**name == "user");
    let other = |node: &Node| match &node.kind {
        NodeKind::Attr { of, name, .. } => &**name == "method" || is_user(*of) && !OF_USER.contains(&&**name),
        _ => false,
    };
    asks(flow) && !flow.nodes.iter().any(other)
}

/// Whether code asks of a user whether he is one of them.
fn asks(flow: &Flow) -> bool {
    flow.nodes
        .iter()
        .any(|node| matches!(&node.kind, NodeKind::Attr { name, .. } if matches!(&**name, "is_staff" | "is_superuser")))
}
