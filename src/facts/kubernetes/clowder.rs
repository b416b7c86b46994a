//! Clowder's `ClowdApp`: the operator makes a `Deployment` of each of `spec.deployments`, and a database.

use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Value};

/// The kind of the objects that an app's deployments are read as: shaped like a `Deployment`.
pub const APP: &str = "ClowdApp";
/// The kind of the object that an app's database is read as.
pub const DATABASE: &str = "ClowdDatabase";

/// The deployments of an app, as maps shaped like a `Deployment`, each with its name.
pub(super) fn deployments(root: &Node) -> Vec<(Spanned<Box<str>>, Node)> {
    let deployments = root.get("spec").and_then(|spec| spec.get("deployments"));
    deployments.map_or(&[][..], Node::items).iter().filter_map(deployment).collect()
}

/// The database of an app.
pub(super) fn database(root: &Node) -> Option<(Spanned<Box<str>>, Node)> {
    let node = root.get("spec")?.get("database")?;
    let name = node.get("name")?;
    // `sharedDbAppName` says that it is another app's.
    Some((Spanned::new(name.text()?.into(), name.content_span()), node.clone()))
}

fn deployment(node: &Node) -> Option<(Spanned<Box<str>>, Node)> {
    let name = node.get("name")?;
    let pod = node.get("podSpec")?;
    let mut container = pod.clone();
    let Value::Map { entries, .. } = &mut container.value else { return None };
    // The pod's one container is called as the deployment.
    entries.retain(|(key, _)| !matches!(&*key.value, "name" | "initContainers" | "volumes"));
    let image = pod.get("image");
    let first = pod.get("initContainers").map_or(&[][..], Node::items).iter().map(|container| {
        let mut container = container.clone();
        if let (Value::Map { entries, .. }, Some(image)) = (&mut container.value, image)
            && !entries.iter().any(|(key, _)| &*key.value == "image")
        {
            entries.push((key("image", image), image.clone()));
        }
        container
    });
    let mut inner = vec![
        (key("containers", pod), list(vec![container], pod)),
        (key("initContainers", pod), list(first.collect(), pod)),
    ];
    for name in ["volumes", "terminationGracePeriodSeconds"] {
        inner.extend(pod.get(name).map(|it| (key(name, it), it.clone())));
    }
    let template = map(vec![(key("spec", pod), map(inner, pod))], pod);
    // `replicas` is taken before the older `minReplicas`.
    let replicas = ["replicas", "minReplicas"].iter().find_map(|name| node.get(name));
    let scaled = ["autoScaler", "autoScalerSimple"].iter().find_map(|name| node.get(name));
    let mut spec = vec![(key("template", pod), template)];
    spec.extend(replicas.map(|it| (key("replicas", it), it.clone())));
    spec.extend(scaled.map(|it| (key("autoScaler", it), it.clone())));
    let root = map(vec![(key("spec", node), map(spec, node))], node);
    Some((Spanned::new(name.text()?.into(), name.content_span()), root))
}

fn key(name: &str, at: &Node) -> Spanned<Box<str>> {
    Spanned::new(name.into(), at.span)
}

/// A map that no file has; nothing can be put into it.
fn map(entries: Vec<(Spanned<Box<str>>, Node)>, at: &Node) -> Node {
    made(Value::Map { entries, flow: false }, at)
}

fn list(items: Vec<Node>, at: &Node) -> Node {
    made(Value::List { items, flow: false }, at)
}

fn made(value: Value, at: &Node) -> Node {
    Node { value, span: at.span, by: vec![at.span], tag: None }
}
