//! The environment of a service: `environment` over `env_file`, and where another variable could be put.

use std::collections::BTreeMap;

use crate::facts::env::EnvFile;
use crate::source::SourceFile;
use crate::stack::{Fact, Why};
use crate::syntax::env::{self, Entry};
use crate::syntax::yaml::Value;

use super::super::plan::{EnvironmentSlot, Variable};
use super::fill::Environment;
use super::layers::{Layer, Layers};
use super::place::{self, Place};

/// The environment of a service, the strongest of each name, sorted.
pub(super) fn variables(service: &Layers<'_>, envs: &[&EnvFile]) -> Vec<Variable> {
    let own: Vec<Variable> = service
        .get("environment")
        .pairs()
        .into_iter()
        .map(|pair| Variable { name: pair.name.clone(), value: pair.fact(), span: pair.span })
        .collect();
    // A file's values may use the project's variables, then the service's own, then those of files before it.
    let own_set = Environment::of(own.iter().map(|it| (&it.name, &it.value)));
    let mut files_set = Environment::default();
    let mut found: BTreeMap<Box<str>, Variable> = BTreeMap::new();
    for EnvFileNamed { layer, path, raw, .. } in env_files(service) {
        let Some(file) = layer.path(&path).and_then(|path| layer.sources.by_path(&path)) else {
            found.extend(expected(layer, &path, envs).map(|variable| (variable.name.clone(), variable)));
            continue;
        };
        let mut place = vec![layer.node.content_span()];
        place.extend(&layer.node.by);
        let entries = if raw { env::parse_raw(file) } else { entries(file, envs) };
        let set = layer.env.over(&own_set);
        for (entry, value) in set.entries(&entries, &place, &mut files_set) {
            // A name alone is set only when its surroundings set it.
            if entry.value.is_some() || value.known().is_some() {
                let name = entry.name.value.clone();
                found.insert(name.clone(), Variable { name, value, span: entry.span });
            }
        }
    }
    found.extend(own.into_iter().map(|variable| (variable.name.clone(), variable)));
    found.into_values().collect()
}

/// The labels of a service: its containers' own, and those that a swarm gives it.
pub(super) fn labels(service: &Layers<'_>) -> Vec<Variable> {
    let deployed = service.path(&["deploy", "labels"]).pairs();
    let all = service.get("labels").pairs().into_iter().chain(deployed);
    all.map(|pair| Variable { name: pair.name.clone(), value: pair.fact(), span: pair.span }).collect()
}

/// What an example beside a file of variables that is not in the tree says the file has: set to nobody knows what.
fn expected(layer: Layer<'_>, path: &str, envs: &[&EnvFile]) -> impl Iterator<Item = Variable> {
    let example = layer.path(path).and_then(|path| {
        let (folder, name) = path.rsplit_once('/').map_or(("", &*path), |(folder, name)| (folder, name));
        let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let marked = |mark: &str| {
            let bare = name.trim_start_matches('.');
            let names = [
                format!("{name}.{mark}"),
                format!("{name}-{mark}"),
                format!(".{mark}.{bare}"),
                format!("{mark}.{bare}"),
                format!("{bare}.{mark}"),
            ];
            names.iter().find_map(|name| layer.sources.by_path(&below(name)))
        };
        ["example", "sample", "template", "dist", "default"].into_iter().find_map(marked)
    });
    let all = example.map(|file| (file, entries(file, envs)));
    let missing: Box<str> = path.into();
    all.into_iter().flat_map(move |(file, entries)| {
        let reason = format!("set by `{missing}`, which is not in these files and `{}` shows", file.path);
        entries.into_iter().map(move |entry| Variable {
            name: entry.name.value.clone(),
            value: Fact::Unknown(Why::at(reason.clone(), entry.span)),
            span: entry.span,
        })
    })
}

/// Why more may be set than is known, when a file of variables is not in the tree. One that compose can do without shows
/// at no place: it may be nowhere.
pub(super) fn open(service: &Layers<'_>) -> Option<Why> {
    let missing =
        |it: &EnvFileNamed<'_>| it.layer.path(&it.path).and_then(|path| it.layer.sources.by_path(&path)).is_none();
    let missing: Vec<EnvFileNamed<'_>> = env_files(service).into_iter().filter(missing).collect();
    let first = missing.iter().find(|it| it.required).or(missing.first())?;
    let reason = format!("`{}` is not in these files", first.path);
    Some(if first.required { Why::at(reason, first.layer.node.content_span()) } else { Why::new(reason) })
}

/// The entries of a file of variables: those that were read, or read now when its name does not tell what it is.
pub(super) fn entries(file: &SourceFile, envs: &[&EnvFile]) -> Vec<Entry> {
    match envs.iter().find(|env| env.file == Some(file.id)) {
        Some(env) => env.entries.clone(),
        None => env::parse(file).tree.entries,
    }
}

/// A file that `env_file` names.
struct EnvFileNamed<'a> {
    /// Where it is named.
    layer: Layer<'a>,
    path: Box<str>,
    /// Whether its values stand as they are, quotes and dollars included.
    raw: bool,
    /// Whether compose refuses to start without it: it does unless `required` says otherwise.
    required: bool,
}

/// The files that `env_file` names, weakest first.
fn env_files<'a>(service: &Layers<'a>) -> Vec<EnvFileNamed<'a>> {
    let named = service.get("env_file").items().into_iter().filter_map(|item| {
        let raw = item.node.get("format").and_then(|node| item.at(node).text()).is_some_and(|it| &*it.value == "raw");
        let required =
            item.node.get("required").and_then(|node| item.at(node).text()).is_none_or(|it| &*it.value != "false");
        let layer = item.node.get("path").map_or(item, |node| item.at(node));
        Some(EnvFileNamed { layer, path: layer.text()?.value, raw, required })
    });
    named.collect()
}

/// Where another variable of a service could be put.
pub(super) fn slot(service: &Layers<'_>) -> Option<EnvironmentSlot> {
    let said = service.get("environment");
    let own = |layer: &&Layer<'_>| layer.node.by.is_empty();
    if let Some(layer) = said.0.iter().rev().find(own) {
        return match &layer.node.value {
            Value::Scalar { .. } if layer.node.is_null() => created(service),
            Value::Scalar { .. } => None,
            Value::Map { .. } => Some(entry(place::behind(*layer)?)),
            Value::List { flow, .. } => {
                let place = place::behind(*layer)?;
                let (before, after) = if *flow { ("\"", "\"") } else { ("- ", "") };
                Some(EnvironmentSlot {
                    at: place.at,
                    before: format!("{}{before}", place.before).into(),
                    between: "=".into(),
                    after: after.into(),
                    reaches: place.reaches,
                })
            }
        };
    }
    if said.0.is_empty() { created(service) } else { beside_alias(service) }
}

/// An entry of a map, at a place.
fn entry(place: Place) -> EnvironmentSlot {
    EnvironmentSlot {
        at: place.at,
        before: place.before.into(),
        between: ": \"".into(),
        after: "\"".into(),
        reaches: place.reaches,
    }
}

/// A slot that makes the `environment` which a service does not have, or whose key has nothing behind it.
fn created(service: &Layers<'_>) -> Option<EnvironmentSlot> {
    let own = service.0.iter().rev().find(|layer| layer.node.by.is_empty() && layer.node.entries().next().is_some())?;
    let place = place::behind(*own)?;
    let (at, before, after) = match (&place.inner, own.node.get("environment")) {
        (Some(inner), Some(empty)) => (empty.span, inner.clone(), "\""),
        (Some(inner), None) => (place.at, format!("{}environment:{inner}", place.before), "\""),
        (None, Some(_)) => return None,
        (None, None) => (place.at, format!("{}environment: {{", place.before), "\"}"),
    };
    let reaches = place.reaches;
    Some(EnvironmentSlot { at, before: before.into(), between: ": \"".into(), after: after.into(), reaches })
}

/// `environment: *shared` becomes a map that takes the shared one in, so that what is put there reaches this service
/// alone.
fn beside_alias(service: &Layers<'_>) -> Option<EnvironmentSlot> {
    let own = service.0.iter().rev().find(|layer| layer.node.by.is_empty())?;
    let (_, node) = own
        .node
        .entries()
        .find(|(key, node)| &*key.value == "environment" && own.node.span.contains(key.span) && node.by.len() == 1)?;
    let Value::Map { .. } = node.value else { return None };
    let alias = *node.by.first()?;
    let file = own.file();
    let Place { inner: Some(inner), reaches, .. } = place::behind(*own)? else { return None };
    Some(EnvironmentSlot {
        at: alias,
        before: format!("{inner}<<: {}{inner}", file.slice(alias)).into(),
        between: ": \"".into(),
        after: "\"".into(),
        reaches,
    })
}
