//! Kustomize: the objects of a kustomization, with all that it and those below it change, in kustomize's own order
//! (`api/internal/target/kusttarget.go`, v5: resources, generators, components, then the transformers).

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::kubernetes::Manifests;
use crate::link::compose::layers::join;
use crate::source::{FileId, Sources, Span};
use crate::syntax::image::ImageName;
use crate::syntax::yaml::{Node, Value};
use crate::syntax::{Spanned, SyntaxError};

use super::generate;
use super::object::{self, Object, made, path, scalar, set};
use super::patch;
use super::target::Target;

/// Kustomizations that name each other stop here.
const MOST_DEPTH: usize = 16;
/// More objects than this are no deployment that a person wrote.
const MOST_OBJECTS: usize = 2000;
/// How many nodes of trees one kustomization may copy, its patches for each object that they change among them.
const MOST_COPIED: usize = 300_000;

/// Fields that change objects in ways that are not followed.
const NOT_FOLLOWED: &[&str] =
    &["transformers", "generators", "helmCharts", "helmChartInflationGenerator", "configurations"];

/// Builds kustomizations, and remembers which files they are made of.
pub(super) struct Kustomizer<'a> {
    pub(super) sources: &'a Sources,
    manifests: BTreeMap<FileId, &'a Manifests>,
    /// Files that some kustomization takes in.
    pub(super) used: BTreeSet<FileId>,
    /// What could not be followed, each once.
    pub(super) problems: Vec<SyntaxError>,
    /// How many nodes may still be copied.
    left: usize,
}

/// What a kustomization comes to.
#[derive(Default)]
pub(super) struct Built {
    pub(super) objects: Vec<Object>,
    /// The files that it is made of, in the order in which they are met.
    pub(super) files: Vec<FileId>,
    /// Names of images as manifests have them, and what they are changed to.
    pub(super) renamed: Vec<(Box<str>, Box<str>)>,
}

impl<'a> Kustomizer<'a> {
    pub(super) fn new(sources: &'a Sources, manifests: &[&'a Manifests]) -> Self {
        Self {
            sources,
            manifests: manifests.iter().map(|it| (it.file, *it)).collect(),
            used: BTreeSet::new(),
            problems: Vec::new(),
            left: 0,
        }
    }

    /// Those that no other takes in.
    pub(super) fn roots(&self) -> Vec<&'a Manifests> {
        let mut parts = BTreeSet::new();
        for (file, it) in &self.manifests {
            let Some(kustomization) = &it.kustomization else { continue };
            let folder = self.sources.file(*file).folder();
            let named = ["resources", "bases", "components"].iter().filter_map(|key| kustomization.node.get(key));
            let paths = named.flat_map(Node::items).filter_map(Node::text).filter_map(|text| join(folder, text));
            parts.extend(paths.filter_map(|path| self.of_folder(&path)).map(|it| it.file));
        }
        let all = self.manifests.values().copied().filter(|it| it.kustomization.is_some());
        all.filter(|it| !parts.contains(&it.file)).collect()
    }

    /// The objects of a kustomization.
    pub(super) fn build(&mut self, root: &'a Manifests) -> Built {
        let mut built = Built::default();
        self.left = MOST_COPIED;
        built.objects = self.accumulate(root, Vec::new(), &mut built, 0);
        built
    }

    fn problem(&mut self, span: Span, message: String) {
        if !self.problems.iter().any(|it| it.span == span) {
            self.problems.push(SyntaxError { span, message: message.into() });
        }
    }

    /// Whether a tree may be copied so often. Kustomizations that take each other in many times would fill the memory.
    fn afford(&mut self, node: &Node, times: usize) -> bool {
        let wanted = object::size(node).saturating_mul(times);
        let enough = wanted <= self.left;
        self.left = if enough { self.left - wanted } else { 0 };
        enough
    }

    /// The kustomization of a folder.
    fn of_folder(&self, folder: &str) -> Option<&'a Manifests> {
        let named = ["kustomization.yaml", "kustomization.yml"].iter();
        let mut found = named.filter_map(|name| self.sources.by_path(&join(folder, name)?));
        found.find_map(|file| self.manifests.get(&file.id).copied().filter(|it| it.kustomization.is_some()))
    }

    fn accumulate(&mut self, at: &'a Manifests, given: Vec<Object>, built: &mut Built, depth: usize) -> Vec<Object> {
        let Some(kustomization) = &at.kustomization else { return given };
        if depth > MOST_DEPTH || given.len() > MOST_OBJECTS || !self.afford(&kustomization.node, 1) {
            return given;
        }
        self.used.insert(at.file);
        built.files.push(at.file);
        let (node, folder) = (&kustomization.node, self.sources.file(at.file).folder());
        let list = |key: &str| node.get(key).map_or(&[][..], Node::items);
        let mut objects = given;
        for item in list("resources").iter().chain(list("bases")) {
            objects.extend(self.resource(item, folder, built, depth));
        }
        generate::generate(node, folder, self.sources, &mut objects);
        for item in list("components") {
            match item.text().and_then(|text| self.of_folder(&join(folder, text)?)) {
                Some(component) => {
                    objects = self.accumulate(component, objects, built, depth + 1);
                }
                None => self.missing(item),
            }
        }
        self.transform(node, folder, &mut objects, built);
        objects.truncate(MOST_OBJECTS);
        objects
    }

    fn missing(&mut self, item: &Node) {
        let text = item.text().unwrap_or("");
        let remote = text.contains("://") || text.starts_with("github.com/") || text.contains("?ref=");
        let why = if remote { "it is not in this tree" } else { "no such file or folder" };
        self.problem(item.content_span(), format!("`{text}` is left out of this kustomization: {why}"));
    }

    /// The objects of one of `resources`: a file, or a folder with a kustomization of its own.
    fn resource(&mut self, item: &Node, folder: &str, built: &mut Built, depth: usize) -> Vec<Object> {
        let Some(text) = item.text() else { return Vec::new() };
        let Some(place) = join(folder, text) else {
            self.missing(item);
            return Vec::new();
        };
        if let Some(file) = self.sources.by_path(&place) {
            self.used.insert(file.id);
            let Some(found) = self.manifests.get(&file.id) else { return Vec::new() };
            built.files.push(file.id);
            let mut objects = Vec::new();
            for object in &found.objects {
                if self.afford(&object.node, 1) {
                    objects.push(Object::of(object));
                }
            }
            return objects;
        }
        match self.of_folder(&place) {
            Some(below) => self.accumulate(below, Vec::new(), built, depth + 1),
            None => {
                // A file of a kind that says nothing of a stack is not read at all.
                if !place.ends_with(".json") {
                    self.missing(item);
                }
                Vec::new()
            }
        }
    }

    fn transform(&mut self, node: &Node, folder: &str, objects: &mut Vec<Object>, built: &mut Built) {
        let list = |key: &str| node.get(key).map_or(&[][..], Node::items);
        for item in list("patchesStrategicMerge") {
            self.patch(item, None, folder, objects, built);
        }
        for item in list("patches").iter().chain(list("patchesJson6902")) {
            let target = item.get("target").map(Target::of);
            if let Some(reason) = target.as_ref().and_then(|it| it.unreadable.clone()) {
                self.problem(item.span, format!("this patch is not followed: {reason}"));
                continue;
            }
            // In old files a patch is a path alone.
            let plain = item.text().map(|_| item);
            let patch = item.get("patch").or_else(|| item.get("path")).or(plain);
            patch.into_iter().for_each(|patch| self.patch(patch, target.as_ref(), folder, objects, built));
        }
        if let Some(namespace) = node.get("namespace").and_then(Node::text) {
            objects.iter_mut().for_each(|object| object.namespace = Some(namespace.into()));
        }
        let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or("");
        let (prefix, suffix) = (text("namePrefix"), text("nameSuffix"));
        if !prefix.is_empty() || !suffix.is_empty() {
            for object in objects.iter_mut() {
                let name = format!("{prefix}{}{suffix}", object.called());
                object.names.push(name.into());
                object.affixes = (format!("{prefix}{}", object.affixes.0), format!("{}{suffix}", object.affixes.1));
            }
        }
        let labels = list("labels").iter().filter(|it| it.get("includeSelectors").and_then(Node::text) == Some("true"));
        for pairs in labels.filter_map(|it| it.get("pairs")).chain(node.get("commonLabels")) {
            objects.iter_mut().for_each(|object| label(object, pairs));
        }
        for item in list("replicas") {
            let (Some(name), Some(count)) = (item.get("name").and_then(Node::text), item.get("count")) else {
                continue;
            };
            let counted = |object: &&mut Object| {
                matches!(&*object.kind, "Deployment" | "ReplicaSet" | "StatefulSet" | "Rollout")
                    && object.was_called(name)
            };
            objects.iter_mut().filter(counted).for_each(|it| set(&mut it.node, &["spec", "replicas"], count.clone()));
        }
        for item in list("images") {
            objects.iter_mut().for_each(|object| rename_image(object, item, &mut built.renamed));
        }
        replace(list("replacements"), objects);
        vars(list("vars"), objects);
        let unread = list("replacements").iter().filter(|it| it.get("path").is_some());
        for (item, what) in unread.map(|it| (it, "a file of replacements")).collect::<Vec<_>>() {
            self.problem(item.span, format!("{what} is not followed: what it changes may not be as it is taken to be"));
        }
        for (key, _) in node.entries().filter(|(key, _)| NOT_FOLLOWED.contains(&&*key.value)) {
            let message = format!("`{}` is not followed: what it makes or changes is not known", key.value);
            self.problem(key.span, message);
        }
    }

    /// Makes a patch: one that stands here, or a file.
    fn patch(
        &mut self,
        patch: &Node,
        target: Option<&Target>,
        folder: &str,
        objects: &mut Vec<Object>,
        built: &mut Built,
    ) {
        let copied = self.afford(patch, objects.len());
        match &patch.value {
            _ if !copied => self.problem(patch.span, "this patch is not followed: too much is copied".into()),
            Value::Map { .. } => merge(patch, target, objects),
            Value::List { items, .. } if items.iter().any(|item| item.get("op").is_some()) => {
                operate(patch, target, objects);
            }
            Value::List { items, .. } => items.iter().for_each(|item| merge(item, target, objects)),
            Value::Scalar { text, .. } => {
                let file = join(folder, text).and_then(|path| self.sources.by_path(&path));
                let found = file.and_then(|file| self.manifests.get(&file.id).copied());
                let Some(found) = found else {
                    if file.is_none() || text.contains('\n') {
                        self.problem(patch.span, "this patch is not followed: it could not be read".into());
                    }
                    return;
                };
                self.used.insert(found.file);
                built.files.push(found.file);
                for patch in found.objects.iter().map(|it| &it.node).chain(&found.operations) {
                    if patch.items().is_empty() && self.afford(patch, objects.len()) {
                        merge(patch, target, objects);
                    } else if self.afford(patch, objects.len()) {
                        operate(patch, target, objects);
                    }
                }
            }
        }
    }
}

/// Lays a patch over the objects that it is for: those that the target names, else the one of its own kind and name.
fn merge(patch: &Node, target: Option<&Target>, objects: &mut Vec<Object>) {
    let text = |keys: &[&str]| path(patch, keys).and_then(Node::text);
    let own = (text(&["kind"]), text(&["metadata", "name"]));
    objects.retain_mut(|object| {
        let meant = match target {
            Some(target) => target.is(object),
            None => own.0 == Some(&object.kind) && own.1.is_some_and(|name| object.was_called(name)),
        };
        if !meant {
            return true;
        }
        let name = path(&object.node, &["metadata", "name"]).cloned();
        let kept = patch::merge(&mut object.node, patch);
        // A patch for a target may be called anything.
        name.into_iter().for_each(|name| set(&mut object.node, &["metadata", "name"], name));
        kept
    });
}

fn operate(operations: &Node, target: Option<&Target>, objects: &mut [Object]) {
    let Some(target) = target else { return };
    objects.iter_mut().filter(|it| target.is(it)).for_each(|object| patch::operate(&mut object.node, operations));
}

/// Puts labels where selectors and what they select have them.
fn label(object: &mut Object, pairs: &Node) {
    let places: &[&[&str]] = match &*object.kind {
        "Service" => &[&["metadata", "labels"], &["spec", "selector"]],
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout" | "Job" => {
            &[&["metadata", "labels"], &["spec", "template", "metadata", "labels"]]
        }
        _ => &[&["metadata", "labels"]],
    };
    for place in places {
        // A service without a selector has its endpoints written by hand.
        if place.contains(&"selector") && path(&object.node, place).is_none() {
            continue;
        }
        for (key, value) in pairs.entries() {
            let keys: Vec<&str> = place.iter().copied().chain([&*key.value]).collect();
            set(&mut object.node, &keys, value.clone());
        }
    }
}

/// One of `images`: another name, tag or digest for an image, wherever it is run.
fn rename_image(object: &mut Object, item: &Node, renamed: &mut Vec<(Box<str>, Box<str>)>) {
    let text = |key: &str| item.get(key).and_then(Node::text);
    let Some(name) = text("name") else { return };
    let place = ["newTag", "digest", "newName"].iter().find_map(|key| item.get(key)).map(Node::content_span);
    let (Some(pod), Some(place)) = (object.pod_mut(), place) else { return };
    for list in ["containers", "initContainers"] {
        let containers = object::get_mut(pod, list).map_or(&mut [][..], object::items_mut);
        for image in containers.iter_mut().filter_map(|it| object::get_mut(it, "image")) {
            let Some(old) = image.text().map(str::to_owned) else { continue };
            let (bare, tag) = split(&old);
            if bare != name {
                continue;
            }
            let new = text("newName").unwrap_or(bare);
            renamed.push((bare.into(), new.into()));
            let tag = match (text("digest"), text("newTag")) {
                (Some(digest), _) => format!("@{digest}"),
                (None, Some(tag)) => format!(":{tag}"),
                (None, None) => tag.to_owned(),
            };
            *image = Node { by: vec![image.content_span()], ..scalar(&format!("{new}{tag}"), place) };
        }
    }
}

/// An image's name, and its tag or digest with the sign before it.
pub(super) fn split(image: &str) -> (&str, &str) {
    let name = ImageName::parse(image);
    let tail = name.tag.map_or(0, |tag| tag.len() + 1);
    let end = image.find('@').unwrap_or(image.len()).saturating_sub(tail);
    image.split_at_checked(end).unwrap_or((image, ""))
}

/// `replacements`: what they write is taken from elsewhere, and so unknown here.
fn replace(replacements: &[Node], objects: &mut [Object]) {
    for target in replacements.iter().filter_map(|it| it.get("targets")).flat_map(Node::items) {
        let Some(selected) = target.get("select").map(Target::of) else { continue };
        for field in target.get("fieldPaths").map_or(&[][..], Node::items) {
            let Some(text) = field.text() else { continue };
            for object in objects.iter_mut().filter(|it| selected.is(it)) {
                let value = object::unknown("filled in by a replacement of kustomize", field.content_span());
                fill(&mut object.node, &field_path(text), &value);
            }
        }
    }
}

/// The parts of a kustomize field path: those parted by dots, a filter in brackets being one.
fn field_path(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.split(|c| {
        inside = (inside || c == '[') && c != ']';
        c == '.' && !inside
    })
    .collect()
}

fn fill(node: &mut Node, keys: &[&str], value: &Node) {
    let Some((first, rest)) = keys.split_first() else {
        *node = value.clone();
        return;
    };
    let filter = first.strip_prefix('[').and_then(|it| it.strip_suffix(']')).and_then(|it| it.split_once('='));
    let number = first.parse::<usize>().ok();
    if let Value::List { items, .. } = &mut node.value {
        for (at, item) in items.iter_mut().enumerate() {
            let meant = match filter {
                Some((key, wanted)) => item.get(key).and_then(Node::text) == Some(wanted),
                None => *first == "*" || number == Some(at),
            };
            if meant {
                fill(item, rest, value);
            }
        }
    } else if let Some(child) = object::get_mut(node, first) {
        fill(child, rest, value);
    }
}

/// `vars`: a text that uses one is unknown.
fn vars(vars: &[Node], objects: &mut [Object]) {
    for var in vars.iter().filter_map(|it| it.get("name")) {
        let Some(name) = var.text() else { continue };
        let value = object::unknown("filled in by a variable of kustomize", var.content_span());
        objects.iter_mut().for_each(|object| fill_var(&mut object.node, &format!("$({name})"), &value));
    }
}

fn fill_var(node: &mut Node, used: &str, value: &Node) {
    match &mut node.value {
        Value::Scalar { text, .. } if text.contains(used) => *node = value.clone(),
        Value::Scalar { .. } => {}
        Value::List { items, .. } => items.iter_mut().for_each(|item| fill_var(item, used, value)),
        Value::Map { entries, .. } => entries.iter_mut().for_each(|(_, item)| fill_var(item, used, value)),
    }
}

/// A map that a generator makes.
pub(super) fn map(entries: Vec<(Spanned<Box<str>>, Node)>, span: Span) -> Node {
    made(Value::Map { entries, flow: false }, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths() {
        assert_eq!(split("r:5000/a/b:1"), ("r:5000/a/b", ":1"));
        assert_eq!(split("a/b@sha256:x"), ("a/b", "@sha256:x"));
        assert_eq!(split("a:1@sha256:x"), ("a", ":1@sha256:x"));
        assert_eq!(split("a"), ("a", ""));
        assert_eq!(field_path("spec.containers.[name=a.b].env.0"), ["spec", "containers", "[name=a.b]", "env", "0"]);
    }
}
