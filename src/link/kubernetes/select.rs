//! Which manifests are applied together, and what for: each kustomization that no other takes in, and each folder of
//! manifests that none takes in.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::kubernetes::Manifests;
use crate::link::roles::{Role, of_path};
use crate::source::{FileId, Sources, Span};
use crate::stack::Why;
use crate::syntax::SyntaxError;

use super::kustomize::{Built, Kustomizer};
use super::object::Object;

/// Objects that are applied together.
pub(super) struct Set {
    pub(super) name: String,
    pub(super) files: Vec<FileId>,
    pub(super) objects: Vec<Object>,
    pub(super) renamed: Vec<(Box<str>, Box<str>)>,
    pub(super) role: Role,
    pub(super) because: Why,
}

/// All sets, in the order of their first files, and what could not be followed.
pub(super) fn sets(sources: &Sources, manifests: &[&Manifests]) -> (Vec<Set>, Vec<SyntaxError>) {
    let mut problems = Vec::new();
    let charts = charts(sources, manifests, &mut problems);
    let in_chart = |path: &str| charts.iter().any(|folder| below(path, &format!("{folder}templates/")));
    let read: Vec<&Manifests> = manifests.iter().copied().filter(|it| !in_chart(&sources.file(it.file).path)).collect();
    let mut kustomizer = Kustomizer::new(sources, &read);
    let mut sets = Vec::new();
    for root in kustomizer.roots() {
        let built = kustomizer.build(root);
        // What only components take in is no set of its own.
        if root.kustomization.as_ref().is_none_or(|it| it.component) {
            continue;
        }
        let path = sources.file(root.file).path.to_string();
        let (role, because) = role(&path, root.file, sources, "is a kustomization that no other takes in");
        let Built { objects, mut files, renamed } = built;
        // A name may be met twice: what a component and its parent both take in is one.
        let mut seen = BTreeSet::new();
        files.retain(|file| seen.insert(*file));
        files.reverse();
        sets.push(Set { name: path, files, objects, renamed, role, because });
    }
    let left: Vec<&Manifests> = read
        .into_iter()
        .filter(|it| it.kustomization.is_none() && !kustomizer.used.contains(&it.file) && !it.objects.is_empty())
        .collect();
    sets.extend(plain(sources, &left));
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    problems.extend(kustomizer.problems);
    (sets, problems)
}

/// The folders of charts, with a slash behind, and a line for each that is no part of another.
fn charts(sources: &Sources, manifests: &[&Manifests], problems: &mut Vec<SyntaxError>) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    let charts = manifests.iter().filter_map(|it| Some((sources.file(it.file), it.chart.as_ref()?)));
    for (file, name) in charts {
        let folder = if file.folder().is_empty() { String::new() } else { format!("{}/", file.folder()) };
        let templates = format!("{folder}templates/");
        let has_workload = sources.iter().any(|it| {
            let kinds = ["kind: Deployment", "kind: StatefulSet", "kind: DaemonSet", "kind: Rollout"];
            it.path.starts_with(&templates) && kinds.iter().any(|kind| it.text().contains(kind))
        });
        let within = folders.iter().any(|outer| file.path.starts_with(outer.as_str()));
        if has_workload && !within {
            let message = format!("a Helm template is not read: {}", name.value);
            problems.push(SyntaxError { span: name.span, message: message.into() });
        }
        folders.push(folder);
    }
    folders
}

fn below(path: &str, folder: &str) -> bool {
    path.starts_with(folder)
}

/// The sets of manifests that no kustomization takes in: those of a folder, with those below it when it is one for
/// manifests and nothing stands in it twice.
fn plain(sources: &Sources, manifests: &[&Manifests]) -> Vec<Set> {
    let mut groups: BTreeMap<(String, Option<String>), Vec<&Manifests>> = BTreeMap::new();
    for it in manifests {
        let path = &sources.file(it.file).path;
        let top = top(path);
        // What is for one use is not applied with what is for another.
        let top = if it.template { path } else { top };
        let inner = path.strip_prefix(top).unwrap_or(path);
        let word = of_path(inner).map(|(_, word)| word).filter(|_| inner.trim_start_matches('/').contains('/'));
        let word = word.filter(|word| !is_of_all(word));
        groups.entry((top.to_owned(), word)).or_default().push(it);
    }
    let mut sets = Vec::new();
    for group in groups.into_values() {
        split_folders(sources, group, &mut sets);
    }
    sets
}

/// The highest folder above a file that is called as folders of manifests are, else the file's own.
fn top(path: &str) -> &str {
    let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = own;
    let mut at = own;
    while !at.is_empty() {
        let (above, name) = at.rsplit_once('/').unwrap_or(("", at));
        let is_word = |word: &str| matches!(word, "k8s" | "kubernetes" | "kube" | "manifests" | "manifest");
        if name.to_ascii_lowercase().split(['-', '_', '.']).any(is_word) {
            found = at;
        }
        at = above;
    }
    found
}

/// Makes a set of a group; where it has one workload twice, one of each folder, and of each file in the end.
fn split_folders(sources: &Sources, group: Vec<&Manifests>, sets: &mut Vec<Set>) {
    if !repeats(&group) {
        sets.extend(set(sources, &group, None));
        return;
    }
    let mut folders: BTreeMap<&str, Vec<&Manifests>> = BTreeMap::new();
    for it in &group {
        folders.entry(sources.file(it.file).folder()).or_default().push(it);
    }
    if folders.len() > 1 {
        folders.into_values().for_each(|group| split_folders(sources, group, sets));
    } else if group.len() > 1 {
        group.into_iter().for_each(|it| split_folders(sources, vec![it], sets));
    } else {
        sets.extend(set(sources, &group, None));
    }
}

/// Whether one workload stands twice in a group, in the same namespace.
fn repeats(group: &[&Manifests]) -> bool {
    let mut seen = BTreeSet::new();
    let workloads = group.iter().flat_map(|it| &it.objects).filter(|it| Object::of(it).pod().is_some());
    workloads.into_iter().any(|it| !seen.insert((&it.kind, &it.name.value, &it.namespace)))
}

/// The sets of a group: one, or one for each namespace when the same workloads run in several.
fn set(sources: &Sources, group: &[&Manifests], namespace: Option<&str>) -> Vec<Set> {
    let objects: Vec<_> = group.iter().flat_map(|it| &it.objects).collect();
    if namespace.is_none() {
        let mut names: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for it in objects.iter().filter(|it| Object::of(it).pod().is_some()) {
            let namespace = it.namespace.as_deref().unwrap_or("");
            names.entry((&it.kind, &it.name.value)).or_default().insert(namespace);
        }
        if let Some(spaces) = names.into_values().find(|it| it.len() > 1) {
            return spaces.into_iter().flat_map(|space| set(sources, group, Some(space))).collect();
        }
    }
    let here = |it: &&&crate::facts::kubernetes::Object| match (namespace, it.namespace.as_deref()) {
        (Some(wanted), own) => own.unwrap_or("") == wanted,
        (None, _) => true,
    };
    let objects: Vec<Object> = objects.iter().filter(here).map(|it| Object::of(it)).collect();
    if !objects.iter().any(|it| it.pod().is_some()) {
        return Vec::new();
    }
    let files: Vec<FileId> = group.iter().map(|it| it.file).collect();
    let paths: Vec<&str> = files.iter().map(|id| &*sources.file(*id).path).collect();
    let mut name = match paths.as_slice() {
        [only] => (*only).to_owned(),
        _ => common_folder(&paths),
    };
    if let Some(namespace) = namespace.filter(|it| !it.is_empty()) {
        name = format!("{name} ({namespace})");
    }
    let Some(&first) = files.first() else { return Vec::new() };
    let place = if paths.len() == 1 { name.clone() } else { format!("{name}manifests") };
    let otherwise = match group {
        [only] if only.template => "is a template, with what its parameters are unless told otherwise",
        _ => "has manifests that no kustomization takes in",
    };
    let (role, because) = role(&place, first, sources, otherwise);
    vec![Set { name, files, objects, renamed: Vec::new(), role, because }]
}

/// The folder that all paths share, with a slash behind; `./` at the root.
fn common_folder(paths: &[&str]) -> String {
    let mut shared = paths.first().and_then(|it| it.rsplit_once('/')).map_or("", |(folder, _)| folder);
    while !shared.is_empty() && !paths.iter().all(|it| it.strip_prefix(shared).is_some_and(|it| it.starts_with('/'))) {
        shared = shared.rsplit_once('/').map_or("", |(above, _)| above);
    }
    if shared.is_empty() { "./".into() } else { format!("{shared}/") }
}

/// What a path says that its manifests are for.
fn role(path: &str, file: FileId, sources: &Sources, otherwise: &str) -> (Role, Why) {
    let at = Span::at(file, sources.file(file).bom());
    match of_path(path) {
        Some((Role::Production, word)) if is_of_all(&word) => (Role::Default, Why::at(otherwise, at)),
        Some((role, word)) => (role, Why::at(format!("has `{word}` in its path"), at)),
        None => (Role::Default, Why::at(otherwise, at)),
    }
}

/// Whether a word says no more of manifests than that they are some: all of them are there to deploy something, and a
/// `web-deployment.yaml` is named by its kind.
fn is_of_all(word: &str) -> bool {
    matches!(word, "deploy" | "deployment" | "release" | "stack")
}
