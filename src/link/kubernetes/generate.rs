//! `configMapGenerator` and `secretGenerator`: objects that a kustomization makes of texts and files.

use crate::link::compose::layers::join;
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::kustomize::map;
use super::object::{self, Object, get_mut, scalar, set};

/// Makes the objects of a kustomization's generators, or merges them into those that are there.
pub(super) fn generate(node: &Node, folder: &str, sources: &Sources, objects: &mut Vec<Object>) {
    for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
        for item in node.get(key).map_or(&[][..], Node::items) {
            let Some(name) = item.get("name") else { continue };
            let Some(text) = name.text() else { continue };
            let data = data(item, folder, sources);
            let there = objects.iter_mut().find(|it| &*it.kind == kind && it.was_called(text));
            match (item.get("behavior").and_then(Node::text), there) {
                (Some("merge"), Some(object)) => add(object, data),
                (Some("replace"), Some(object)) => {
                    set(&mut object.node, &["data"], map(Vec::new(), item.span));
                    set(&mut object.node, &["stringData"], map(Vec::new(), item.span));
                    add(object, data);
                }
                _ => {
                    let place = name.content_span();
                    let mut object = Object {
                        kind: kind.into(),
                        name: Spanned::new(text.into(), place),
                        names: vec![text.into()],
                        affixes: Default::default(),
                        namespace: item.get("namespace").and_then(Node::text).map(Box::from),
                        node: map(Vec::new(), item.span),
                    };
                    set(&mut object.node, &["metadata", "name"], name.clone());
                    add(&mut object, data);
                    objects.push(object);
                }
            }
        }
    }
}

/// What generators make is written as plain texts, also of secrets.
fn add(object: &mut Object, data: Node) {
    let key = if &*object.kind == "Secret" { "stringData" } else { "data" };
    let reason = object::openness(&data);
    if object.node.get(key).is_none() {
        set(&mut object.node, &[key], map(Vec::new(), data.span));
    }
    let Some(own) = get_mut(&mut object.node, key) else { return };
    for (name, value) in data.entries().filter(|(name, _)| !name.value.is_empty()) {
        set(own, &[&*name.value], value.clone());
    }
    if let Some(why) = reason {
        object::leave_open(own, &why.reason, why.at.first().copied().unwrap_or(data.span));
    }
}

/// `literals`, `envs` (or `env`) and `files`.
fn data(item: &Node, folder: &str, sources: &Sources) -> Node {
    let mut data = map(Vec::new(), item.span);
    let list = |key: &str| item.get(key).map_or(&[][..], Node::items);
    for literal in list("literals") {
        let Some((name, value)) = literal.text().and_then(|text| text.split_once('=')) else { continue };
        let whole = literal.content_span();
        // The value's own place, when the text stands byte for byte.
        let exact = whole.len() == name.len() + 1 + value.len();
        let place = if exact { Span { start: whole.end - value.len() as u32, ..whole } } else { whole };
        let value = match value.strip_prefix(['"', '\'']).and_then(|it| it.strip_suffix(['"', '\''])) {
            Some(inner) => scalar(inner, place),
            None => scalar(value, place),
        };
        set(&mut data, &[name], value);
    }
    for path in list("envs").iter().chain(item.get("env")) {
        let Some(text) = path.text() else { continue };
        match join(folder, text).and_then(|path| sources.by_path(&path)) {
            Some(file) => {
                for (name, value) in lines(file) {
                    set(&mut data, &[name], value);
                }
            }
            None => {
                let reason = format!("`{text}` is not in these files, and may set more");
                object::leave_open(&mut data, &reason, path.content_span());
            }
        }
    }
    for file in list("files") {
        let Some(text) = file.text() else { continue };
        let (name, path) = text.split_once('=').unwrap_or((text.rsplit('/').next().unwrap_or(text), text));
        if let Some(path) = join(folder, path) {
            let mut content = object::file(&path, file.content_span());
            content.by = Vec::new();
            set(&mut data, &[name], content);
        }
    }
    data
}

/// The variables of a file as kustomize reads one: `NAME=value` lines, in which quotes mean nothing.
fn lines(file: &SourceFile) -> Vec<(&str, Node)> {
    let mut found = Vec::new();
    let mut start = file.bom();
    while let Some(rest) = file.text().get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..length].trim_end_matches(['\n', '\r']);
        let indent = line.len() - line.trim_start().len();
        if !line.trim_start().starts_with('#')
            && let Some(at) = line.find('=')
        {
            let value = &line[at + 1..];
            let place = file.span(start + at + 1..start + line.len());
            found.push((&line[indent..at], scalar(value, place)));
        }
        start += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;
    use crate::syntax::yaml;

    #[test]
    fn data_of_literals_and_files() {
        let env = SourceFile::new(FileId(0), "k/.env", PathBuf::new(), "# c\nA=1\n B=\"x\"\n");
        let sources = Sources::new(vec![env]);
        let text = "{name: c, literals: [X=2, Y=a=b], envs: [.env, gone.properties], files: [nginx.conf, a=b/c.conf]}";
        let node = yaml::parse_text(text, FileId(0), 0).tree.documents.remove(0);
        let data = data(&node, "k", &sources);
        let shown: Vec<_> =
            data.entries().map(|(key, it)| format!("{}={}", key.value, it.text().unwrap_or(""))).collect();
        assert_eq!(
            shown,
            [
                "X=2",
                "Y=a=b",
                "A=1",
                "B=\"x\"",
                "=`gone.properties` is not in these files, and may set more",
                "nginx.conf=k/nginx.conf",
                "a=k/b/c.conf"
            ]
        );
        assert!(object::openness(&data).is_some());
    }
}
