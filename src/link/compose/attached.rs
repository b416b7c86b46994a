//! What hangs on a service: its ports, the files it sees, what it is built from, whom it waits for, what it is called.

use crate::facts::compose;
use crate::facts::kubernetes::Block;
use crate::source::{Sources, Span};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Value};

use super::super::plan::{Build, Mount, Port};
use super::layers::{Layer, Layers, beside, join};
use super::project::Shared;
use super::units;

/// A range of ports longer than this is kept as one that is flexible.
const MOST_PORTS: u16 = 64;

/// `ports`.
pub(super) fn ports(service: &Layers<'_>) -> Vec<Port> {
    let mut found: Vec<(Box<str>, Port)> = Vec::new();
    for item in service.get("ports").items() {
        let ports = match item.node.value {
            Value::Map { .. } => long_port(item),
            _ => short_port(item),
        };
        for (key, port) in ports {
            // What is said twice is one port, where it is said last.
            match found.iter_mut().find(|(other, _)| *other == key) {
                Some(same) => same.1 = port,
                None => found.push((key, port)),
            }
        }
    }
    found.into_iter().map(|(_, port)| port).collect()
}

/// `[host ip:][host port:]container port[/protocol]`.
fn short_port(item: Layer<'_>) -> Vec<(Box<str>, Port)> {
    let Some(filled) = item.filled() else { return Vec::new() };
    let text = &*filled.text.text;
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    let parts = split(address);
    let (host, container) = match parts.as_slice() {
        [.., host, container] => (Some(*host), *container),
        [container] => (None, *container),
        [] => return Vec::new(),
    };
    let ip = address.len() - container.len() - host.map_or(0, |host| host.len() + 1);
    let protocol = text.get(address.len() + 1..).unwrap_or("");
    let key = (address.get(..ip).unwrap_or("").trim_end_matches(':'), protocol);
    published(item, host.filter(|host| !host.is_empty()), container, key)
}

/// `target`, `published`, `host_ip`, `protocol`.
fn long_port(item: Layer<'_>) -> Vec<(Box<str>, Port)> {
    let text = |key: &str| Some(item.at(item.node.get(key)?).filled()?.text.text);
    let Some(target) = text("target") else { return Vec::new() };
    let (ip, protocol) = (text("host_ip").unwrap_or_default(), text("protocol").unwrap_or_default());
    published(item, text("published").as_deref().filter(|it| !it.is_empty()), &target, (&ip, &protocol))
}

/// The ports of one item; two ranges of the same length stand for their pairs.
fn published(item: Layer<'_>, host: Option<&str>, container: &str, key: (&str, &str)) -> Vec<(Box<str>, Port)> {
    let Some((first, last)) = units::ports(container) else { return Vec::new() };
    let span = item.node.content_span();
    let key = match key {
        (ip, "") => (ip, "tcp"),
        key => key,
    };
    let key = |host: Option<u16>, container: u16| format!("{key:?} {host:?} {container}").into();
    let hosts = host.and_then(units::ports);
    if let Some((low, high)) = hosts
        && high - low == last - first
        && last - first < MOST_PORTS
    {
        let pairs = (low..=high).zip(first..=last);
        return pairs
            .map(|(host, container)| {
                (key(Some(host), container), Port { host: Some(host), container, flexible: false, span })
            })
            .collect();
    }
    // A host's port that the environment sets is one port, though nobody knows which.
    let flexible = host.is_none() || hosts.is_some();
    vec![(key(None, first), Port { host: None, container: first, flexible, span })]
}

/// The parts of an address between colons that stand in no brackets.
fn split(address: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    address
        .split(|c| {
            match c {
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ':' && depth == 0
        })
        .collect()
}

/// `expose`.
pub(super) fn expose(service: &Layers<'_>) -> Vec<Spanned<u16>> {
    let mut found: Vec<Spanned<u16>> = Vec::new();
    for item in service.get("expose").items() {
        let Some(text) = item.text() else { continue };
        let ports = text.value.split('/').next().and_then(units::ports);
        for port in ports.into_iter().flat_map(|(first, last)| first..=last).take(usize::from(MOST_PORTS)) {
            if !found.iter().any(|other| other.value == port) {
                found.push(Spanned::new(port, text.span));
            }
        }
    }
    found
}

/// Files and folders of the repository that the service sees: bind mounts, `configs` and `secrets`, the strongest of
/// each target; and the targets that show what is of no repository.
pub(super) fn mounts(service: &Layers<'_>, shared: &Shared<'_>) -> (Vec<Mount>, Vec<Box<str>>) {
    let mut found: Vec<(Shown, Box<str>, Span)> = Vec::new();
    let volumes = service.get("volumes").items().into_iter().filter_map(volume);
    let given = |key: &str, folder: &'static str, all: &Layers<'_>| -> Vec<_> {
        service.get(key).items().into_iter().filter_map(|item| object(item, folder, all)).collect()
    };
    let configs = given("configs", "/", &shared.configs);
    let secrets = given("secrets", "/run/secrets/", &shared.secrets);
    for item in volumes.chain(configs).chain(secrets) {
        found.retain(|other| other.1 != item.1);
        found.push(item);
    }
    let (mut mounts, mut hidden) = (Vec::new(), Vec::new());
    for (shown, target, span) in found {
        match shown {
            Shown::Repository(source) => mounts.push(Mount { source, target, span }),
            Shown::Elsewhere => hidden.push(target),
            Shown::Volume => {}
        }
    }
    (mounts, hidden)
}

/// What a container sees at a path.
enum Shown {
    /// A file or folder of the repository.
    Repository(Box<str>),
    /// What is not in it: a file or folder of the host, a config that was made elsewhere.
    Elsewhere,
    /// A volume, which starts with what the image has there.
    Volume,
}

impl Shown {
    fn of(source: Option<Box<str>>) -> Self {
        source.map_or(Shown::Elsewhere, Shown::Repository)
    }
}

/// One of `volumes`: what it shows, where, and its place.
fn volume(item: Layer<'_>) -> Option<(Shown, Box<str>, Span)> {
    let span = item.node.span;
    if let Value::Map { .. } = item.node.value {
        let text = |key: &str| item.at(item.node.get(key)?).text().map(|it| it.value);
        let shown = match text("type").as_deref() {
            None | Some("bind") => Shown::of(text("source").and_then(|it| item.path(&it))),
            _ => Shown::Volume,
        };
        return Some((shown, clean(&text("target")?), span));
    }
    let text = item.filled()?.text.text;
    match split(&text).as_slice() {
        [source, target, ..] => {
            // Compose is started in its own folder, as good as always.
            let here = ["${PWD}/", "$PWD/"].iter().find_map(|head| source.strip_prefix(head));
            let source = here.map_or_else(|| (*source).to_string(), |rest| format!("./{rest}"));
            let known = source.starts_with('.').then(|| item.path(&source)).flatten().filter(|it| !it.contains('$'));
            let named = source.starts_with(|c: char| c.is_ascii_alphanumeric()) && !source.contains('/');
            let shown = if named { Shown::Volume } else { Shown::of(known) };
            Some((shown, clean(target), item.node.content_span()))
        }
        [target] => Some((Shown::Volume, clean(target), span)),
        [] => None,
    }
}

/// A container's path without `.`, `..` and what ends it for nothing.
fn clean(target: &str) -> Box<str> {
    if target.starts_with('/') && !target.contains('$') {
        crate::link::image::join("/", target).into()
    } else {
        target.into()
    }
}

/// One of a service's `configs` or `secrets`, which the project's own say the file of.
fn object(item: Layer<'_>, folder: &str, all: &Layers<'_>) -> Option<(Shown, Box<str>, Span)> {
    let text = |key: &str| item.at(item.node.get(key)?).text().map(|it| it.value);
    let (name, target) = match item.node.value {
        Value::Map { .. } => (text("source")?, text("target")),
        _ => (item.text()?.value, None),
    };
    let file = all.get(&name).get("file").last();
    let source = file.and_then(|file| file.path(&file.text()?.value));
    let target = target.unwrap_or_else(|| name.clone());
    let held = all.get(&name).get("content").last();
    let held = held.map(|it| Block::path(&it.file().path, &name, compose::file_name(&target)).into());
    let source = source.or(held);
    let target = if target.starts_with('/') { clean(&target) } else { format!("{folder}{target}").into() };
    Some((Shown::of(source), target, item.node.span))
}

/// `build`: a context alone, or a map.
pub(super) fn build(service: &Layers<'_>, sources: &Sources) -> Option<Build> {
    let said = service.get("build");
    let span = said.last()?.node.span;
    let context = said.0.iter().rev().find_map(|layer| match layer.node.value {
        Value::Map { .. } => layer.node.get("context").map(|node| layer.at(node)),
        _ => Some(*layer),
    });
    let text = context.and_then(Layer::text).map(|it| it.value);
    let folder = match (&context, &text) {
        // A map without a context is built in the project's folder.
        (None, _) => join(said.last()?.folder, "."),
        (Some(layer), Some(text)) if !is_remote(text) => layer.path(text),
        _ => None,
    };
    let named = said.get("dockerfile").last();
    let name = match named {
        Some(layer) => layer.text().map(|it| it.value),
        None => Some("Dockerfile".into()),
    };
    let inline = said.get("dockerfile_inline").last().is_some();
    let file = match (&folder, &name) {
        (Some(folder), Some(name)) if !inline => join(folder, name).and_then(|path| sources.by_path(&path)),
        _ => None,
    };
    let args = said.get("args").pairs().into_iter().filter_map(|pair| {
        let value = pair.fact().known()?.clone();
        Some((pair.name, Spanned::new(value, pair.span)))
    });
    Some(Build {
        context: folder.or(text).unwrap_or_default(),
        dockerfile: file.map(|file| file.id),
        target: said.get("target").text(),
        args: args.collect(),
        span,
    })
}

/// Whether a context lies on another machine.
fn is_remote(context: &str) -> bool {
    context.contains("://")
        || context.starts_with("git@")
        || context.starts_with("github.com/")
        || context.contains('$')
}

/// `depends_on`: each service with the condition.
pub(super) fn depends_on(service: &Layers<'_>) -> Vec<(Spanned<Box<str>>, Box<str>)> {
    let mut found: Vec<(Spanned<Box<str>>, Box<str>)> = Vec::new();
    let mut add = |name: Spanned<Box<str>>, condition: Option<Box<str>>| {
        let condition = condition.unwrap_or_else(|| "service_started".into());
        match found.iter_mut().find(|(other, _)| other.value == name.value) {
            Some(same) => *same = (name, condition),
            None => found.push((name, condition)),
        }
    };
    for layer in service.get("depends_on").0 {
        for item in layer.items() {
            if let Some(name) = item.text() {
                add(name, None);
            }
        }
        for (key, node) in layer.node.entries() {
            if node.tag.as_deref() == Some("!reset") {
                add(Spanned::new(key.value.clone(), key.span), Some("!reset".into()));
                continue;
            }
            let condition = node.get("condition").and_then(|node| layer.at(node).text());
            add(Spanned::new(key.value.clone(), beside(key.span, node)), condition.map(|it| it.value));
        }
    }
    found.retain(|(_, condition)| &**condition != "!reset");
    for name in implied(service) {
        if !found.iter().any(|(other, _)| other.value == name.value) {
            found.push((name, "service_started".into()));
        }
    }
    found
}

/// The services that are started before another which links to them, or shares their network, processes or volumes.
fn implied(service: &Layers<'_>) -> Vec<Spanned<Box<str>>> {
    let texts = |key: &str| service.get(key).items().into_iter().filter_map(Layer::text).collect::<Vec<_>>();
    let first = |text: Spanned<Box<str>>| {
        let name = text.value.split(':').next().unwrap_or("");
        Spanned::new(name.into(), text.span)
    };
    let links = texts("links").into_iter().map(first);
    let shared = ["network_mode", "ipc", "pid", "uts", "cgroup"].into_iter().filter_map(|key| {
        let text = service.get(key).text()?;
        Some(Spanned::new(text.value.strip_prefix("service:")?.into(), text.span))
    });
    let volumes = texts("volumes_from").into_iter().filter(|it| !it.value.starts_with("container:")).map(first);
    links.chain(shared).chain(volumes).collect()
}

/// The names that a service answers to beside its own.
pub(super) fn aliases(service: &Layers<'_>) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> =
        ["hostname", "container_name"].iter().filter_map(|key| service.get(key).text()).map(|it| it.value).collect();
    for layer in service.get("networks").0 {
        for alias in layer.node.entries().filter_map(|(_, network)| network.get("aliases")) {
            found.extend(layer.at(alias).items().into_iter().filter_map(Layer::text).map(|it| it.value));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// `links` and `external_links`: the service and what it is called here.
pub(super) fn links(service: &Layers<'_>) -> Vec<(Box<str>, Box<str>)> {
    let texts = service.get("links").items().into_iter().filter_map(Layer::text);
    texts
        .filter_map(|text| {
            let (name, alias) = text.value.split_once(':')?;
            Some((name.into(), alias.into()))
        })
        .collect()
}

/// The place of a health check that is not switched off.
pub(super) fn healthcheck(service: &Layers<'_>) -> Option<Span> {
    let said = service.get("healthcheck");
    let off = said.get("disable").text().is_some_and(|it| &*it.value == "true");
    let none = |node: &Node| node.items().first().and_then(Node::text) == Some("NONE");
    let none = said.get("test").last().is_some_and(|test| none(test.node));
    said.last().filter(|_| !off && !none).map(|layer| layer.node.span)
}
