//! What an `Ingress` passes to which `Service`, and what its annotations ask of the controller that serves it.

use crate::link::plan::{Ingress, IngressPath};
use crate::source::Sources;
use crate::stack::Anchor;
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::object::{Object, path};

/// The `Ingress` that an object is.
pub(super) fn of(sources: &Sources, object: &Object) -> Option<Ingress> {
    if &*object.kind != "Ingress" {
        return None;
    }
    let annotations: Vec<(Box<str>, Spanned<Box<str>>)> = path(&object.node, &["metadata", "annotations"])
        .into_iter()
        .flat_map(Node::entries)
        .filter_map(|(name, value)| Some((name.value.clone(), said(value)?)))
        .collect();
    let class = path(&object.node, &["spec", "ingressClassName"]).and_then(said).or_else(|| {
        annotations.iter().find(|(name, _)| &**name == "kubernetes.io/ingress.class").map(|(_, class)| class.clone())
    });
    let file = &sources.file(object.name.span.file).path;
    Some(Ingress {
        name: Spanned::new(object.called().into(), object.name.span),
        anchor: Anchor::new(file.clone(), format!("Ingress.{}", object.called())),
        class,
        annotations,
        paths: paths(&object.node),
    })
}

fn paths(node: &Node) -> Vec<IngressPath> {
    let mut found = Vec::new();
    let default = path(node, &["spec", "defaultBackend"]).or_else(|| path(node, &["spec", "backend"]));
    found.extend(default.and_then(|it| backend("*".into(), it)));
    for rule in path(node, &["spec", "rules"]).map_or(&[][..], Node::items) {
        let host = rule.get("host").and_then(Node::text).unwrap_or("*");
        for one in path(rule, &["http", "paths"]).map_or(&[][..], Node::items) {
            let below = one.get("path").and_then(Node::text).unwrap_or("/");
            found.extend(one.get("backend").and_then(|it| backend(format!("{host}{below}"), it)));
        }
    }
    found
}

/// Where a path leads: `service: {name, port: {number}}`, or `serviceName` and `servicePort` before 1.19.
fn backend(rule: String, node: &Node) -> Option<IngressPath> {
    let service = node.get("service").and_then(|it| it.get("name")).or_else(|| node.get("serviceName"))?;
    let port = path(node, &["service", "port", "number"]).or_else(|| node.get("servicePort"));
    Some(IngressPath { rule: rule.into(), service: said(service)?, port: port.and_then(said) })
}

fn said(node: &Node) -> Option<Spanned<Box<str>>> {
    Some(Spanned::new(node.text()?.into(), node.content_span()))
}
