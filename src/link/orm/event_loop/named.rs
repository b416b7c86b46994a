//! What a framework runs for each request because settings, or a view, name its class: middleware, and what the REST
//! framework asks before a view.

use super::code::Code;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::names::{Def, FunctionId};
use crate::stack::vocabulary::Role;

/// What Django calls on a middleware, of whichever age.
const MIDDLEWARE: &[&str] = &[
    "__call__",
    "__acall__",
    "process_request",
    "process_view",
    "process_response",
    "process_exception",
    "process_template_response",
];

/// The settings, and attributes of views, that name classes, and the methods of these that are called for requests.
const CLASSES: &[(&str, &[&str])] = &[
    ("MIDDLEWARE", MIDDLEWARE),
    ("MIDDLEWARE_CLASSES", MIDDLEWARE),
    ("AUTHENTICATION_BACKENDS", &["authenticate", "get_user"]),
    ("DEFAULT_AUTHENTICATION_CLASSES", &["authenticate"]),
    ("authentication_classes", &["authenticate"]),
    ("DEFAULT_PERMISSION_CLASSES", &["has_permission", "has_object_permission"]),
    ("permission_classes", &["has_permission", "has_object_permission"]),
    ("DEFAULT_THROTTLE_CLASSES", &["allow_request"]),
    ("throttle_classes", &["allow_request"]),
    ("DEFAULT_FILTER_BACKENDS", &["filter_queryset"]),
    ("filter_backends", &["filter_queryset"]),
    ("DEFAULT_PARSER_CLASSES", &["parse"]),
    ("DEFAULT_RENDERER_CLASSES", &["render"]),
];

/// The functions that are called for requests for what names them.
pub(super) fn served(code: &Code<'_>) -> Vec<(FunctionId, Role)> {
    let mut found = Vec::new();
    let mut tell = |draft: u32, flow: &Flow, name: &str, value: NodeId| {
        each(flow, name, value, &mut |methods, node| {
            let def = match flow.text(node) {
                Some(path) => code.names.by_path(path),
                None => code.names.of_node(draft, flow, node),
            };
            match def {
                Some(Def::Class(class)) => {
                    let all = methods.iter().filter_map(|it| code.names.method(class, it, None));
                    found.extend(all.map(|id| (id, Role::Middleware)));
                }
                // A middleware may be a function that makes one.
                Some(Def::Function(id)) => found.push((id, Role::Middleware)),
                _ => {}
            }
        });
    };
    for (at, draft) in code.names.drafts.iter().copied().enumerate() {
        let at = at as u32;
        for (name, value) in &draft.globals {
            tell(at, &draft.top, name, *value);
        }
        for class in &draft.classes {
            for attribute in &class.attributes {
                if let Some(value) = attribute.value {
                    tell(at, &class.body, &attribute.name, value);
                }
            }
        }
    }
    found
}

/// Each name that a setting has for classes, with the methods of these that are called.
fn each(flow: &Flow, name: &str, value: NodeId, tell: &mut impl FnMut(&'static [&'static str], NodeId)) {
    if name == "REST_FRAMEWORK" {
        if let NodeKind::Dict(pairs) = &flow.node(value).kind {
            for (key, value) in pairs {
                if let Some(key) = flow.text(*key).filter(|_| key != value) {
                    each(flow, key, *value, tell);
                }
            }
        }
        return;
    }
    let Some((_, methods)) = CLASSES.iter().find(|it| it.0 == name) else { return };
    named(flow, value, 4, &mut |node| tell(methods, node));
}

/// The texts and names of a list, of two lists that are joined, of one that grows.
fn named(flow: &Flow, value: NodeId, depth: u32, tell: &mut impl FnMut(NodeId)) {
    match &flow.node(value).kind {
        NodeKind::List(all) | NodeKind::Mix(all) | NodeKind::Either(all) if depth > 0 => {
            all.iter().for_each(|it| named(flow, *it, depth - 1, tell));
        }
        NodeKind::Collect { element, .. } if depth > 0 => named(flow, *element, depth - 1, tell),
        NodeKind::Text(_) | NodeKind::Name(_) | NodeKind::Attr { .. } => tell(value),
        _ => {}
    }
}
