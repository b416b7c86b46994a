//! A service as several files speak of it: what each says, weakest first, merged key by key as compose does.

use crate::source::{SourceFile, Sources, Span};
use crate::stack::Fact;
use crate::syntax::yaml::{Node, Value};
use crate::syntax::{Mapped, Spanned};

use super::fill::{Environment, Filled};
use super::reach::Users;

/// What one file says of something.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    pub(super) node: &'a Node,
    /// The folder that its paths start from.
    pub(super) folder: &'a str,
    pub(super) env: &'a Environment,
    pub(super) sources: &'a Sources,
    pub(super) users: &'a Users,
}

impl<'a> Layer<'a> {
    /// The file it stands in.
    pub(super) fn file(self) -> &'a SourceFile {
        self.sources.file(self.node.span.file)
    }

    /// The same file's word on something within.
    pub(super) fn at(self, node: &'a Node) -> Layer<'a> {
        Layer { node, ..self }
    }

    /// A scalar's text as it is written, with its places.
    pub(super) fn raw(self) -> Option<Mapped> {
        self.node.mapped(self.file())
    }

    /// A scalar's text with its variables filled in.
    pub(super) fn filled(self) -> Option<Filled> {
        self.raw().map(|raw| self.env.fill(&raw))
    }

    /// A scalar's text, when it is known.
    pub(super) fn text(self) -> Option<Spanned<Box<str>>> {
        Some(Spanned::new(self.filled()?.known()?.text, self.node.content_span()))
    }

    /// A scalar's text as a fact, with its origin and slots; absent when it is no scalar.
    pub(super) fn fact(self) -> Fact<Box<str>> {
        let Some(raw) = self.raw() else { return Fact::Absent };
        self.env.fill(&raw).fact(&raw, &self.node.by)
    }

    /// The items of a list, or the scalar alone.
    pub(super) fn items(self) -> Vec<Layer<'a>> {
        match &self.node.value {
            Value::List { items, .. } => {
                let said = items.iter().filter(|node| node.tag.as_deref() != Some("!reset"));
                said.map(|node| self.at(node)).collect()
            }
            Value::Scalar { .. } if !self.node.is_null() => vec![self],
            _ => Vec::new(),
        }
    }

    /// A path of the repository that a text names, below the root; [`None`] when it leads out of it.
    pub(super) fn path(self, text: &str) -> Option<Box<str>> {
        join(self.folder, text)
    }
}

/// What all files say of something, weakest first.
#[derive(Clone)]
pub(super) struct Layers<'a>(pub(super) Vec<Layer<'a>>);

impl<'a> Layers<'a> {
    /// What they say of a key within. `!reset` takes away what weaker files say, `!override` replaces it.
    pub(super) fn get(&self, key: &str) -> Layers<'a> {
        let mut found: Vec<Layer<'a>> = Vec::new();
        for layer in &self.0 {
            let Some(node) = layer.node.get(key) else { continue };
            match node.tag.as_deref() {
                Some("!reset") => found.clear(),
                Some("!override") => found = vec![layer.at(node)],
                // These two are never merged: nothing said over them takes them away, too.
                _ if matches!(key, "command" | "entrypoint") => found = vec![layer.at(node)],
                // Nothing said over something leaves it.
                _ if node.is_null() && !found.is_empty() => {}
                _ => found.push(layer.at(node)),
            }
        }
        Layers(found)
    }

    /// What they say at the end of a path of keys.
    pub(super) fn path(&self, keys: &[&str]) -> Layers<'a> {
        keys.iter().fold(self.clone(), |layers, key| layers.get(key))
    }

    /// The strongest word, when it says something.
    pub(super) fn last(&self) -> Option<Layer<'a>> {
        self.0.last().copied().filter(|layer| !layer.node.is_null())
    }

    /// The strongest word, as a fact; absent when nothing is said.
    pub(super) fn fact(&self) -> Fact<Box<str>> {
        self.last().map_or(Fact::Absent, Layer::fact)
    }

    /// The strongest word's text, when it is known.
    pub(super) fn text(&self) -> Option<Spanned<Box<str>>> {
        self.last()?.text()
    }

    /// The items of lists, one behind the other, as compose joins them.
    pub(super) fn items(&self) -> Vec<Layer<'a>> {
        self.0.iter().flat_map(|layer| layer.items()).collect()
    }

    /// Names with their values, from maps and from lists of names or `NAME=value`; the strongest of each.
    pub(super) fn pairs(&self) -> Vec<Pair<'a>> {
        let mut found: Vec<Pair<'a>> = Vec::new();
        for pair in self.0.iter().flat_map(|layer| pairs(*layer)) {
            let same = found.iter().position(|other| other.name == pair.name);
            match (same, pair.reset) {
                (Some(at), true) => drop(found.remove(at)),
                (Some(at), false) => found[at] = pair,
                (None, true) => {}
                (None, false) => found.push(pair),
            }
        }
        found
    }
}

/// A name with its value.
pub(super) struct Pair<'a> {
    pub(super) name: Box<str>,
    /// The value as it is written; [`None`] for a name alone.
    pub(super) value: Option<Mapped>,
    /// Name and value.
    pub(super) span: Span,
    /// Where it stands: the value, or the item.
    pub(super) layer: Layer<'a>,
    /// Whether it takes the name away.
    reset: bool,
}

impl Pair<'_> {
    /// The value as a fact: filled in, or that of the surroundings for a name alone.
    pub(super) fn fact(&self) -> Fact<Box<str>> {
        match &self.value {
            Some(raw) => self.layer.env.fill(raw).fact(raw, &self.layer.node.by),
            None => self.layer.env.get(&self.name, self.span).by_way_of(self.layer.node.by.iter().copied()),
        }
    }
}

fn pairs(layer: Layer<'_>) -> Vec<Pair<'_>> {
    if let Value::Map { .. } = layer.node.value {
        let pair = |(key, node): &'_ (Spanned<Box<str>>, Node), layer| Pair {
            name: key.value.clone(),
            value: None,
            span: if node.is_null() { key.span } else { beside(key.span, node) },
            layer,
            reset: node.tag.as_deref() == Some("!reset"),
        };
        return layer
            .node
            .entries()
            .map(|entry| {
                let value = layer.at(&entry.1);
                let said = || value.raw().map(|raw| canonical(raw, value.node));
                Pair { value: if entry.1.is_null() { None } else { said() }, ..pair(entry, value) }
            })
            .collect();
    }
    let items = layer.items().into_iter();
    items
        .filter_map(|item| {
            let raw = item.raw()?;
            let (name, value) = match raw.text.find('=') {
                Some(at) => (&raw.text[..at], Some(super::fill::part(&raw, at + 1..raw.text.len()))),
                None => (&*raw.text, None),
            };
            Some(Pair { name: name.into(), value, span: item.node.content_span(), layer: item, reset: false })
        })
        .collect()
}

/// A scalar as compose writes it into an environment: what YAML takes for a number or a truth is written as that, so
/// that `True` becomes `true` and `1.50` becomes `1.5`.
fn canonical(raw: Mapped, node: &Node) -> Mapped {
    match super::units::scalar(node) {
        Some(text) if *text != *raw.text => Mapped::verbatim(text, raw.span(0..raw.text.len())),
        _ => raw,
    }
}

/// A key with its value, when the value stands behind it and not at an anchor elsewhere.
pub(super) fn beside(key: Span, node: &Node) -> Span {
    let behind = node.span.file == key.file && node.span.start >= key.end && node.span.start - key.end < 256;
    if behind { key.cover(node.span) } else { key }
}

/// A path below the root, from a folder below the root and a path that starts there; [`None`] when it is absolute or
/// leads out of the root.
pub(in crate::link) fn join(folder: &str, path: &str) -> Option<Box<str>> {
    if path.starts_with(['/', '~']) || path.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins_paths() {
        assert_eq!(join("a/b", "./c").as_deref(), Some("a/b/c"));
        assert_eq!(join("a/b", "../c/").as_deref(), Some("a/c"));
        assert_eq!(join("", ".").as_deref(), Some(""));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/etc"), None);
    }
}
