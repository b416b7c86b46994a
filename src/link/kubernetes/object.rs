//! An object as it stands while kustomizations change it, and the small changes that all of them are made of.

use crate::facts::kubernetes as facts;
use crate::source::Span;
use crate::stack::{Fact, Origin, Slot, Sourced, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Style, Value};

/// The tag of a value that something changes which cannot be followed; its text is the reason.
const UNKNOWN: &str = "!unknown";
/// The tag of a value that is the content of a file of the repository; its text is the path.
const FILE: &str = "!file";
/// The tag of a map that may have more entries than are known; an entry without a name is the reason.
const OPEN: &str = "!open";

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// `kind`.
    pub(super) kind: Box<str>,
    /// Its name where it is first written.
    pub(super) name: Spanned<Box<str>>,
    /// All names it has had; the present one is the last.
    pub(super) names: Vec<Box<str>>,
    /// What has been put before and behind its name.
    pub(super) affixes: (String, String),
    /// `metadata.namespace`.
    pub(super) namespace: Option<Box<str>>,
    /// The whole.
    pub(super) node: Node,
}

impl Object {
    /// The object as its file has it.
    pub(super) fn of(object: &facts::Object) -> Self {
        Self {
            kind: object.kind.clone(),
            name: object.name.clone(),
            names: vec![object.name.value.clone()],
            affixes: Default::default(),
            namespace: object.namespace.clone(),
            node: object.node.clone(),
        }
    }

    /// Its present name.
    pub(super) fn called(&self) -> &str {
        self.names.last().map_or(&self.name.value, |name| name)
    }

    /// Whether it has or had this name.
    pub(super) fn was_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| &**own == name)
    }

    /// The pod that it makes: the map that holds `containers`.
    pub(super) fn pod(&self) -> Option<&Node> {
        path(&self.node, pod_path(&self.kind)?)
    }

    /// The same, to be changed.
    pub(super) fn pod_mut(&mut self) -> Option<&mut Node> {
        pod_path(&self.kind)?.iter().try_fold(&mut self.node, |node, key| get_mut(node, key))
    }

    /// The labels of the pods that it makes.
    pub(super) fn pod_labels(&self) -> Option<&Node> {
        let (_, template) = pod_path(&self.kind)?.split_last()?;
        path(&self.node, template)?.get("metadata")?.get("labels")
    }
}

/// Where an object of a kind has its pod.
fn pod_path(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "Deployment"
        | "DeploymentConfig"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "Rollout"
        | "Job"
        | facts::clowder::APP => &["spec", "template", "spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "Pod" => &["spec"],
        _ => return None,
    })
}

/// What stands at the end of a path of keys.
pub(super) fn path<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}

/// An entry of a map, to be changed.
pub(super) fn get_mut<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map { entries, .. } = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| &*name.value == key).map(|(_, node)| node)
}

/// The items of a list, to be changed.
pub(super) fn items_mut(node: &mut Node) -> &mut [Node] {
    match &mut node.value {
        Value::List { items, .. } => items,
        _ => &mut [],
    }
}

/// Puts a value at the end of a path of keys; the maps on the way are made where they are not there.
pub(super) fn set(node: &mut Node, keys: &[&str], value: Node) {
    let Some((first, rest)) = keys.split_first() else {
        *node = value;
        return;
    };
    if !matches!(node.value, Value::Map { .. }) {
        *node = made(Value::Map { entries: Vec::new(), flow: false }, value.span);
    }
    let Value::Map { entries, .. } = &mut node.value else { return };
    let at = entries.iter().position(|(key, _)| &*key.value == *first).unwrap_or_else(|| {
        let empty = made(Value::Map { entries: Vec::new(), flow: false }, value.span);
        entries.push((Spanned::new((*first).into(), value.span), empty));
        entries.len() - 1
    });
    if let Some((_, child)) = entries.get_mut(at) {
        set(child, rest, value);
    }
}

/// How many nodes a tree has.
pub(super) fn size(node: &Node) -> usize {
    let inner = node.items().iter().chain(node.entries().map(|(_, node)| node));
    1 + inner.map(size).sum::<usize>()
}

/// How deep a tree is.
pub(super) fn depth(node: &Node) -> usize {
    let inner = node.items().iter().chain(node.entries().map(|(_, node)| node));
    1 + inner.map(depth).max().unwrap_or(0)
}

/// A node that no file has: nothing can be put into it.
pub(super) fn made(value: Value, span: Span) -> Node {
    Node { value, span, by: vec![span], tag: None }
}

/// A text that stands at a place.
pub(super) fn scalar(text: &str, span: Span) -> Node {
    Node { value: Value::Scalar { text: text.into(), style: Style::Plain }, span, by: Vec::new(), tag: None }
}

/// A value that nobody knows, for this reason.
pub(super) fn unknown(reason: &str, span: Span) -> Node {
    Node { tag: Some(UNKNOWN.into()), ..scalar(reason, span) }
}

/// A value that is the content of a file of the repository.
pub(super) fn file(path: &str, span: Span) -> Node {
    Node { tag: Some(FILE.into()), ..scalar(path, span) }
}

/// The path of the file that a value is the content of.
pub(super) fn as_file(node: &Node) -> Option<&str> {
    node.text().filter(|_| node.tag.as_deref() == Some(FILE))
}

/// Says of a map that it may have more entries, for this reason.
pub(super) fn leave_open(node: &mut Node, reason: &str, span: Span) {
    node.tag = Some(OPEN.into());
    if let Value::Map { entries, .. } = &mut node.value {
        entries.push((Spanned::new("".into(), span), unknown(reason, span)));
    }
}

/// Why a map may have more entries, if it may.
pub(super) fn openness(node: &Node) -> Option<Why> {
    let (key, reason) = node.entries().find(|(key, _)| key.value.is_empty())?;
    (node.tag.as_deref() == Some(OPEN)).then(|| Why::at(reason.text().unwrap_or(""), key.span))
}

/// A scalar as a fact; absent when it is none. What is filled in before a manifest is applied is unknown.
pub(super) fn fact(node: &Node) -> Fact<Box<str>> {
    let Some(text) = node.text().filter(|_| !node.is_null()) else { return Fact::Absent };
    let span = node.content_span();
    if node.tag.as_deref() == Some(UNKNOWN) {
        return Fact::Unknown(Why::at(text, span));
    }
    if is_filled_in(text) {
        return Fact::Unknown(Why::at("filled in before the manifest is applied", span));
    }
    // An escape, a fold or a parameter makes the place another text than the value.
    let is_filled = node.tag.as_deref() == Some(facts::openshift::FILLED);
    let slots = if span.len() == text.len() && !is_filled { vec![Slot::replace(span)] } else { Vec::new() };
    let origin = Origin::Written(std::iter::once(span).chain(node.by.iter().copied()).collect());
    Fact::Known(Sourced { value: text.into(), origin, slots })
}

/// Whether a text has a mark of what fills manifests in: Go's and Jinja's braces, `envsubst`'s variables.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains("{{") || text.contains("${")
}
