//! Patches: strategic merges, and the operations of RFC 6902.

use crate::syntax::yaml::{Node, Value};

use super::object::{depth, size, unknown};

/// An object that copies make larger or deeper than this is left as it is.
const MOST_NODES: usize = 50_000;
const MOST_DEPTH: usize = 100;

/// Lays a patch over an object as a strategic merge does. False when the patch takes the object away.
pub(super) fn merge(base: &mut Node, patch: &Node) -> bool {
    lay(base, patch, "")
}

fn directive(node: &Node) -> Option<&str> {
    node.get("$patch").and_then(Node::text)
}

fn lay(base: &mut Node, patch: &Node, key: &str) -> bool {
    match directive(patch) {
        Some("delete") => return false,
        Some("replace") => {
            *base = patch.clone();
            without_directives(base);
            return true;
        }
        _ => {}
    }
    match (&mut base.value, &patch.value) {
        (Value::Map { entries, flow }, Value::Map { entries: said, flow: patch_flow }) => {
            for (name, value) in said.iter().filter(|(name, _)| !name.value.starts_with('$')) {
                let at = entries.iter().position(|(own, _)| own.value == name.value);
                match at {
                    Some(at) if value.is_null() => drop(entries.remove(at)),
                    Some(at) => {
                        if let Some((own, node)) = entries.get_mut(at) {
                            own.span = name.span;
                            if !lay(node, value, &name.value) {
                                entries.remove(at);
                            }
                        }
                    }
                    None if value.is_null() || directive(value) == Some("delete") => {}
                    None => {
                        let mut value = value.clone();
                        without_directives(&mut value);
                        entries.push((name.clone(), value));
                    }
                }
            }
            // What is written next goes where the patch speaks of it.
            *flow = *patch_flow;
        }
        (Value::List { items, flow }, Value::List { items: said, flow: patch_flow }) => {
            let Some(by) = merge_key(key, said) else {
                *base = patch.clone();
                return true;
            };
            if said.iter().any(|item| directive(item) == Some("replace") && item.get(by).is_none()) {
                *items = said.iter().filter(|item| item.get(by).is_some()).cloned().collect();
            } else {
                lay_items(items, said, by);
            }
            *flow = *patch_flow;
        }
        _ => {
            *base = patch.clone();
            without_directives(base);
            return true;
        }
    }
    base.span = patch.span;
    base.by.clone_from(&patch.by);
    true
}

/// Kustomize puts items that are new before those that are there.
fn lay_items(items: &mut Vec<Node>, said: &[Node], by: &str) {
    let mut new = Vec::new();
    for item in said {
        let name = item.get(by).and_then(Node::text);
        match items.iter().position(|own| own.get(by).and_then(Node::text) == name) {
            Some(at) => {
                if let Some(own) = items.get_mut(at)
                    && !lay(own, item, "")
                {
                    items.remove(at);
                }
            }
            None if directive(item) == Some("delete") => {}
            None => new.push(item.clone()),
        }
    }
    new.append(items);
    *items = new;
}

/// What tells the items of a list apart, as Kubernetes' own types say it; [`None`] for a list that is one value.
fn merge_key(list: &str, items: &[Node]) -> Option<&'static str> {
    let has = |key: &str| items.iter().any(|item| item.get(key).is_some());
    match list {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some("name"),
        "volumeMounts" => Some("mountPath"),
        "ports" if has("containerPort") => Some("containerPort"),
        "ports" if has("port") => Some("port"),
        "hostAliases" => Some("ip"),
        _ => None,
    }
}

fn without_directives(node: &mut Node) {
    match &mut node.value {
        Value::Map { entries, .. } => {
            entries.retain(|(key, _)| !key.value.starts_with("$patch"));
            entries.iter_mut().for_each(|(_, node)| without_directives(node));
        }
        Value::List { items, .. } => items.iter_mut().for_each(without_directives),
        Value::Scalar { .. } => {}
    }
}

/// Makes the operations of a list on an object. What they name and it does not have is passed over: Kubernetes would
/// refuse the whole.
pub(super) fn operate(base: &mut Node, operations: &Node) {
    for operation in operations.items() {
        let text = |key: &str| operation.get(key).and_then(Node::text);
        let (Some(op), Some(path)) = (text("op"), text("path")) else { continue };
        let keys = keys(path);
        let value = operation.get("value");
        match (op, value) {
            ("add", Some(value)) => put(base, &keys, value.clone(), true),
            ("replace", Some(value)) => put(base, &keys, value.clone(), false),
            ("remove", _) => drop(take(base, &keys)),
            ("move" | "copy", _) => {
                let from = text("from").map(self::keys).unwrap_or_default();
                let moved = if op == "move" { take(base, &from) } else { find(base, &from).cloned() };
                // Copies of copies double.
                let fits = size(base) < MOST_NODES && depth(base) < MOST_DEPTH;
                moved.into_iter().filter(|_| fits).for_each(|node| put(base, &keys, node, true));
            }
            ("test", _) => {}
            _ => put(base, &keys, unknown(&format!("changed by `{op}`, which is not followed"), operation.span), false),
        }
    }
}

/// The parts of a JSON pointer.
fn keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

fn find<'n>(node: &'n Node, keys: &[String]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| match &node.value {
        Value::List { items, .. } => items.get(key.parse::<usize>().ok()?),
        _ => node.get(key),
    })
}

fn find_mut<'n>(node: &'n mut Node, keys: &[String]) -> Option<&'n mut Node> {
    keys.iter().try_fold(node, |node, key| match &mut node.value {
        Value::List { items, .. } => items.get_mut(key.parse::<usize>().ok()?),
        Value::Map { entries, .. } => entries.iter_mut().find(|(name, _)| *name.value == **key).map(|(_, node)| node),
        Value::Scalar { .. } => None,
    })
}

fn put(base: &mut Node, keys: &[String], value: Node, insert: bool) {
    let Some((last, parents)) = keys.split_last() else {
        *base = value;
        return;
    };
    let Some(holder) = find_mut(base, parents) else { return };
    match &mut holder.value {
        Value::List { items, .. } if last == "-" => items.push(value),
        Value::List { items, .. } => match last.parse::<usize>() {
            Ok(at) if insert && at <= items.len() => items.insert(at, value),
            Ok(at) => items.get_mut(at).into_iter().for_each(|item| *item = value.clone()),
            Err(_) => {}
        },
        Value::Map { entries, .. } => {
            let key = crate::syntax::Spanned::new(last.as_str().into(), value.span);
            match entries.iter_mut().find(|(key, _)| *key.value == **last) {
                Some(entry) => *entry = (key, value),
                None => entries.push((key, value)),
            }
        }
        Value::Scalar { .. } => {}
    }
}

fn take(base: &mut Node, keys: &[String]) -> Option<Node> {
    let (last, parents) = keys.split_last()?;
    match &mut find_mut(base, parents)?.value {
        Value::List { items, .. } => {
            let at = last.parse::<usize>().ok().filter(|at| *at < items.len())?;
            Some(items.remove(at))
        }
        Value::Map { entries, .. } => {
            let at = entries.iter().position(|(key, _)| *key.value == **last)?;
            Some(entries.remove(at).1)
        }
        Value::Scalar { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::yaml;

    fn node(text: &str) -> Node {
        yaml::parse_text(text, FileId(0), 0).tree.documents.remove(0)
    }

    /// A tree as JSON would have it.
    fn said(node: &Node) -> String {
        let list = |parts: Vec<String>| parts.join(",");
        match &node.value {
            Value::Scalar { text, .. } => text.to_string(),
            Value::List { items, .. } => format!("[{}]", list(items.iter().map(said).collect())),
            Value::Map { .. } => {
                format!("{{{}}}", list(node.entries().map(|(key, it)| format!("{}:{}", key.value, said(it))).collect()))
            }
        }
    }

    #[track_caller]
    fn merged(base: &str, patch: &str, expected: &str) {
        let mut base = node(base);
        let kept = merge(&mut base, &node(patch));
        assert_eq!(if kept { said(&base) } else { "gone".into() }, expected);
    }

    #[test]
    fn strategic_merges() {
        merged("{a: 1, b: {c: 2}}", "{b: {d: 3}, a: null}", "{b:{c:2,d:3}}");
        merged(
            "{containers: [{name: a, env: [{name: X, value: 1}], args: [x, y]}]}",
            "{containers: [{name: a, env: [{name: Y, value: 2}, {name: X, value: 3}], args: [z]}, {name: b}]}",
            "{containers:[{name:b},{name:a,env:[{name:Y,value:2},{name:X,value:3}],args:[z]}]}",
        );
        merged(
            "{containers: [{name: a}, {name: b}]}",
            "{containers: [{name: a, $patch: delete}]}",
            "{containers:[{name:b}]}",
        );
        merged("{a: {b: 1}}", "{a: {$patch: replace, c: 2}}", "{a:{c:2}}");
        merged("{a: 1}", "{$patch: delete}", "gone");
        merged(
            "{ports: [{port: 80, targetPort: 1}]}",
            "{ports: [{port: 80, targetPort: 2}]}",
            "{ports:[{port:80,targetPort:2}]}",
        );
    }

    #[test]
    fn operations() {
        let mut base = node("{spec: {replicas: 1, list: [a, b], x: {y/z: 1}}}");
        operate(
            &mut base,
            &node(
                "[{op: replace, path: /spec/replicas, value: 3}, {op: add, path: /spec/list/-, value: c}, \
                 {op: add, path: /spec/list/0, value: z}, {op: remove, path: /spec/x/y~1z}, \
                 {op: copy, from: /spec/list, path: /spec/copy}, {op: test, path: /spec/a, value: 1}]",
            ),
        );
        assert_eq!(said(&base), "{spec:{replicas:3,list:[z,a,b,c],x:{},copy:[z,a,b,c]}}");
    }
}
