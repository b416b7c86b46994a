//! The environment of a container: `env` over `envFrom`, with what `ConfigMap`s and `Secret`s of the same files hold.

use std::collections::BTreeMap;

use crate::link::compose::place;
use crate::link::plan::{EnvironmentSlot, Variable};
use crate::stack::{Fact, Why};
use crate::syntax::yaml::Node;

use super::cluster::Cluster;
use super::expand::expand;
use super::object::{Object, as_file, fact, openness, path};
use super::units;

/// What a container's programs see.
#[derive(Default)]
pub(super) struct Environment {
    /// The strongest of each name, sorted.
    pub(super) variables: Vec<Variable>,
    /// Why more may be set, if it may.
    pub(super) open: Option<Why>,
}

/// The environment of a container of an object.
pub(super) fn of(cluster: &Cluster<'_>, object: &Object, container: &Node) -> Environment {
    let mut open = None;
    let mut found: BTreeMap<Box<str>, Variable> = BTreeMap::new();
    for source in container.get("envFrom").map_or(&[][..], Node::items) {
        let prefix = source.get("prefix").and_then(Node::text).unwrap_or("");
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let Some(reference) = source.get(key) else { continue };
            let Some(name) = reference.get("name") else { continue };
            let text = name.text().unwrap_or("");
            let Some(holder) = cluster.find(kind, text, object) else {
                if !is_optional(reference) {
                    let reason = format!("more is set by {kind} `{text}`, which is not in these files");
                    open.get_or_insert(Why::at(reason, name.content_span()));
                }
                continue;
            };
            for (key, node, value) in data(holder) {
                if key.is_empty() || as_file(node).is_some() {
                    continue;
                }
                let full: Box<str> = format!("{prefix}{key}").into();
                let value = value.by_way_of([name.content_span()]);
                found.insert(full.clone(), Variable { name: full, value, span: node.span });
            }
            if let Some(why) = maps(holder).find_map(openness) {
                open.get_or_insert(why);
            }
        }
    }
    for item in container.get("env").map_or(&[][..], Node::items) {
        let Some(name) = item.get("name").and_then(Node::text) else { continue };
        let value = match (item.get("value"), item.get("valueFrom")) {
            (_, Some(from)) => value_from(cluster, object, container, from),
            (Some(value), None) => {
                let known = fact(value);
                expanded(if known.is_absent() { Fact::derived("".into(), vec![item.span]) } else { known }, &found)
            }
            (None, None) => Fact::derived("".into(), vec![item.span]),
        };
        if value.is_absent() {
            continue;
        }
        found.insert(name.into(), Variable { name: name.into(), value, span: item.span });
    }
    Environment { variables: found.into_values().collect(), open }
}

/// A value with the variables filled in that are set before it.
fn expanded(value: Fact<Box<str>>, set: &BTreeMap<Box<str>, Variable>) -> Fact<Box<str>> {
    let Fact::Known(mut sourced) = value else { return value };
    let filled = expand(&sourced.value, |name| set.get(name).map(|it| &it.value));
    if let Some(why) = filled.unknown {
        return Fact::Unknown(why);
    }
    if filled.changed {
        sourced.value = filled.text.into();
        sourced.slots.clear();
    }
    Fact::Known(sourced)
}

/// What `valueFrom` says; absent where the variable is not set then.
fn value_from(cluster: &Cluster<'_>, object: &Object, container: &Node, from: &Node) -> Fact<Box<str>> {
    for (key, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
        let Some(reference) = from.get(key) else { continue };
        let text = |key: &str| reference.get(key).and_then(Node::text).unwrap_or("");
        let (name, wanted) = (text("name"), text("key"));
        let Some(holder) = cluster.find(kind, name, object) else {
            let reason = format!("set by {kind} `{name}`, which is not in these files");
            return Fact::Unknown(Why::at(reason, reference.span));
        };
        let mut values = data(holder).filter(|(key, ..)| *key == wanted);
        if let Some((_, node, value)) = values.next_back() {
            return match as_file(node) {
                Some(path) => Fact::Unknown(Why::at(format!("the content of `{path}`"), node.span)),
                None => value.by_way_of([reference.span]),
            };
        }
        if let Some(why) = maps(holder).find_map(openness) {
            return Fact::Unknown(why);
        }
        return if is_optional(reference) {
            Fact::Absent
        } else {
            Fact::Unknown(Why::at(format!("{kind} `{name}` has no `{wanted}` here"), reference.span))
        };
    }
    if let Some(reference) = from.get("resourceFieldRef") {
        return resource(container, reference);
    }
    Fact::Unknown(Why::at("set by Kubernetes when the pod starts", from.span))
}

/// `resourceFieldRef`: a limit or request of the container, in whole divisors, rounded up.
fn resource(container: &Node, reference: &Node) -> Fact<Box<str>> {
    let unknown = || Fact::Unknown(Why::at("taken from the container's resources", reference.span));
    let text = |key: &str| reference.get(key).and_then(Node::text);
    // Another container's resources are not looked up.
    let other = text("containerName").is_some_and(|it| container.get("name").and_then(Node::text) != Some(it));
    let Some((part, name)) = text("resource").and_then(|it| it.split_once('.')).filter(|_| !other) else {
        return unknown();
    };
    let Some(written) = path(container, &["resources", part, name]) else { return unknown() };
    let divisor = text("divisor").map_or(Some(1.0), units::quantity).filter(|it| *it > 0.0);
    match (written.text().and_then(units::quantity), divisor) {
        (Some(value), Some(divisor)) => {
            Fact::derived(format!("{}", (value / divisor).ceil()).into(), vec![written.span, reference.span])
        }
        _ => unknown(),
    }
}

fn is_optional(reference: &Node) -> bool {
    reference.get("optional").and_then(Node::text) == Some("true")
}

/// The maps that hold what a `ConfigMap` or a `Secret` says, the strongest last.
fn maps(holder: &Object) -> impl DoubleEndedIterator<Item = &Node> {
    [holder.node.get("data"), holder.node.get("stringData")].into_iter().flatten()
}

/// The entries of a `ConfigMap` or a `Secret`, with their values.
pub(super) fn data(holder: &Object) -> impl DoubleEndedIterator<Item = (&str, &Node, Fact<Box<str>>)> {
    let encoded = &*holder.kind == "Secret";
    ["data", "stringData"].into_iter().flat_map(move |key| {
        let entries: Vec<_> = holder.node.get(key).into_iter().flat_map(Node::entries).collect();
        entries.into_iter().map(move |(name, node)| {
            let value = match (encoded, key) {
                (true, "data") => decoded(fact(node)),
                (true, _) => unwritable(fact(node)),
                (false, _) => fact(node),
            };
            // An empty value is a value.
            let value = if value.is_absent() { Fact::derived("".into(), vec![node.span]) } else { value };
            (&*name.value, node, value)
        })
    })
}

/// A text of a `Secret`'s `data`, which is base64. It can be read, and not be written.
fn decoded(value: Fact<Box<str>>) -> Fact<Box<str>> {
    let Fact::Known(mut sourced) = value else { return value };
    match base64(&sourced.value) {
        Some(text) => {
            sourced.value = text.into();
            sourced.slots.clear();
            Fact::Known(sourced)
        }
        None => Fact::Unknown(Why {
            reason: "no text in base64".into(),
            at: sourced.origin.span().into_iter().collect(),
            ..Why::default()
        }),
    }
}

/// What a `Secret` holds is no business of a patch.
fn unwritable(value: Fact<Box<str>>) -> Fact<Box<str>> {
    match value {
        Fact::Known(mut sourced) => {
            sourced.slots.clear();
            Fact::Known(sourced)
        }
        other => other,
    }
}

/// The text that base64 stands for.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Where another variable of a container could be written.
pub(super) fn slot(cluster: &Cluster<'_>, container: &Node) -> Option<EnvironmentSlot> {
    let holder = container.get("env").unwrap_or(container);
    let file = cluster.sources.file(holder.span.file);
    let place = place::end_of(holder, file)?;
    let slot = |before: String, between: String, after: &str| EnvironmentSlot {
        at: place.at,
        before: before.into(),
        between: between.into(),
        after: after.into(),
        reaches: Vec::new(),
    };
    let there = container.get("env").is_some();
    match &place.inner {
        None if there => Some(slot(format!("{}{{name: ", place.before), ", value: \"".into(), "\"}")),
        None => Some(slot(format!("{}env: [{{name: ", place.before), ", value: \"".into(), "\"}]")),
        Some(_) if there => {
            Some(slot(format!("{}- name: ", place.before), format!("{}  value: \"", place.before), "\""))
        }
        Some(_) => Some(slot(
            format!("{before}env:{before}- name: ", before = place.before),
            format!("{}  value: \"", place.before),
            "\"",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(base64("cG9zdGdyZXM=").as_deref(), Some("postgres"));
        assert_eq!(base64("YWI=\n").as_deref(), Some("ab"));
        assert_eq!((base64(""), base64("a b!"), base64("/w==")), (Some(String::new()), None, None));
    }
}
