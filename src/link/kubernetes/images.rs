//! What an image is built from, where a file says so: Skaffold, a workflow, a compose file, a `docker build` in a script.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::kubernetes::Manifests;
use crate::link::compose::layers::join;
use crate::link::compose::mentions;
use crate::link::plan::{Build, Deployment};
use crate::source::{Sought, SourceFile, Sources, Span};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::kustomize::split;
use super::object::Object;

/// The images that the repository builds.
pub(super) struct Images<'a> {
    sources: &'a Sources,
    builds: Vec<(Box<str>, Build)>,
    /// What stands before the names of images that the repository builds by bare names, when they are pushed.
    registries: BTreeSet<Box<str>>,
}

impl<'a> Images<'a> {
    /// All that files say of it, the likeliest first.
    pub(super) fn of(sources: &'a Sources, manifests: &[&Manifests], composed: &[Deployment]) -> Self {
        let mut images = Self { sources, builds: Vec::new(), registries: BTreeSet::new() };
        for said in manifests.iter().flat_map(|it| &it.builds) {
            let Some(context) = join(&said.base, &said.context) else { continue };
            let named = said.dockerfile.as_deref().unwrap_or("Dockerfile");
            let folder = if said.within_context || said.dockerfile.is_none() { &context } else { &said.base };
            let dockerfile = join(folder, named);
            images.add(&said.image.value, context, dockerfile, said.target.clone(), said.image.span);
        }
        for plan in composed.iter().flat_map(|it| &it.services) {
            if let (Some(image), Some(build)) = (&plan.image, &plan.build) {
                images.builds.push((image.value.clone(), build.clone()));
            }
        }
        for file in sources.iter().filter(|file| !file.places(Sought::Build).is_empty()) {
            images.commands(file);
        }
        images.registries = images.registries(manifests);
        images
    }

    /// The registries below which the manifests name several of the images that are built by bare names, as Skaffold's
    /// artifacts are: it puts its `default-repo` before them. One name alone may be another's image.
    fn registries(&self, manifests: &[&Manifests]) -> BTreeSet<Box<str>> {
        let mut found: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
        for object in manifests.iter().flat_map(|it| &it.objects).map(Object::of) {
            let containers = object.pod().and_then(|pod| pod.get("containers")).map_or(&[][..], Node::items);
            for image in containers.iter().filter_map(|it| it.get("image")?.text()) {
                let Some((registry, name)) = split(image).0.rsplit_once('/') else { continue };
                if self.builds.iter().any(|(own, _)| **own == *name) {
                    found.entry(registry.into()).or_default().insert(name.into());
                }
            }
        }
        found.into_iter().filter(|(_, names)| names.len() > 1).map(|(registry, _)| registry).collect()
    }

    fn add(
        &mut self,
        image: &str,
        context: Box<str>,
        dockerfile: Option<Box<str>>,
        target: Option<Spanned<Box<str>>>,
        span: Span,
    ) {
        let Some(file) = dockerfile.and_then(|path| self.sources.by_path(&path)) else { return };
        let build = Build { context, dockerfile: Some(file.id), target, args: Vec::new(), span };
        self.builds.push((image.into(), build));
    }

    /// What an image of one of these names is built from.
    pub(super) fn build(&self, names: &[&str]) -> Option<&Build> {
        let said = |wanted: &str| self.builds.iter().find(|(name, _)| is_same(name, wanted)).map(|(_, build)| build);
        let pushed = |wanted: &str| {
            let (registry, name) = split(wanted).0.rsplit_once('/')?;
            self.registries.contains(registry).then(|| said(name))?
        };
        names.iter().find_map(|name| said(name).or_else(|| pushed(name)))
    }

    /// The `docker build -t NAME` of a file. Paths start from the folder of the `cd` before it, the file's own, or the
    /// root; the first in which the Dockerfile is there counts.
    fn commands(&mut self, file: &SourceFile) {
        let text = file.text();
        let builders = builders(file);
        let mut at = 0;
        while at < text.len() {
            let end = mentions::logical_end(text, at);
            let says = |line: &str| line.contains("build") || builders.iter().any(|it| line.contains(it));
            if text.get(at..end).is_some_and(says) {
                let words = mentions::words(text, at..end);
                for command in words.split(|(word, _)| matches!(*word, ";" | "&" | "|")) {
                    self.command(file, command, &words, &builders);
                }
            }
            at = end;
        }
    }

    fn command(&mut self, file: &SourceFile, command: &[(&str, usize)], line: &[(&str, usize)], builders: &[&str]) {
        let is_docker = |word: &str| matches!(word, "docker" | "podman" | "buildah");
        let starts = |(word, _): &(&str, usize)| is_docker(word) || builders.contains(word);
        let Some(start) = command.iter().position(starts) else { return };
        let mut words = command.get(start + 1..).unwrap_or(&[]).iter().map(|(word, _)| *word).peekable();
        if command.get(start).is_some_and(|(word, _)| is_docker(word)) {
            while words.next_if(|word| matches!(*word, "buildx" | "image" | "builder")).is_some() {}
            if !matches!(words.next(), Some("build" | "bud")) {
                return;
            }
        }
        let (mut tags, mut named, mut target, mut contexts) = (Vec::new(), None, None, Vec::new());
        while let Some(word) = words.next() {
            let (option, joined) = match word.split_once('=') {
                Some((option, value)) if word.starts_with("--") => (option, Some(value)),
                _ => (word, None),
            };
            match option {
                "-t" | "--tag" => tags.extend(joined.or_else(|| words.next())),
                "-f" | "--file" => named = joined.or_else(|| words.next()),
                "--target" => target = joined.or_else(|| words.next()),
                "--build-arg" | "--platform" | "--cache-from" | "--cache-to" | "--label" | "--network" | "--secret"
                | "--ssh" | "--progress" | "-o" | "--output" | "--builder" | "--build-context" | "--iidfile" => {
                    if joined.is_none() {
                        words.next();
                    }
                }
                _ if option.starts_with('-') => {}
                // Which of the words is the context is not sure: a variable falls apart, prose may follow.
                _ => contexts.push(word),
            }
        }
        let (Some(first), Some(last)) = (command.get(start), command.last()) else { return };
        let span = Span::new(file.id, first.1, last.1 + last.0.len());
        let moved = line.windows(2).find_map(|pair| match pair {
            [("cd", _), (folder, at)] if *at < first.1 => Some(*folder),
            _ => None,
        });
        let here = file.folder();
        let folders = moved.into_iter().flat_map(|to| [join(here, to), join("", to)]).flatten();
        let folders: Vec<Box<str>> = folders.chain([here.into(), "".into()]).collect();
        let places =
            contexts.iter().filter(|it| !it.contains('$')).flat_map(|it| folders.iter().map(move |to| (to, it)));
        for (folder, context) in places {
            let Some(context) = join(folder, context) else { continue };
            let dockerfile = match named {
                Some(named) => join(folder, named),
                None => join(&context, "Dockerfile"),
            };
            if dockerfile.as_deref().is_none_or(|path| self.sources.by_path(path).is_none()) {
                continue;
            }
            let target = target.map(|it| Spanned::new(it.into(), span));
            for tag in &tags {
                self.add(tag, context.clone(), dockerfile.clone(), target.clone(), span);
            }
            return;
        }
    }
}

/// The variables of a Makefile that stand for a command that builds: `DOCKER_BUILD = docker buildx build`.
fn builders(file: &SourceFile) -> Vec<&str> {
    let is_make = matches!(file.name(), "Makefile" | "makefile" | "GNUmakefile") || file.name().ends_with(".mk");
    let lines = file.text().lines().filter(|_| is_make);
    let names = lines.filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        let name = name.trim_end_matches([':', '?']).trim();
        let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        let words: Vec<&str> = value.split_whitespace().collect();
        let builds = matches!(words.as_slice(), ["docker" | "podman", "build"] | ["docker", "buildx", "build"]);
        (is_name && builds).then_some(name)
    });
    names.collect()
}

/// Whether two texts name one image. Where a variable stands before the last part of a name, that part decides.
fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (without_tag(a), without_tag(b));
    let last = |text: &str| text.rsplit('/').next().unwrap_or("").to_owned();
    let is_open = |text: &str| text.contains(['$', '{', '}']);
    if is_open(&last(&a)) || is_open(&last(&b)) || last(&a).is_empty() {
        return false;
    }
    if is_open(&a) || is_open(&b) { last(&a) == last(&b) } else { a == b }
}

/// A name without tag and digest; a variable may stand for the tag, and hold anything.
fn without_tag(image: &str) -> String {
    let plain = |text: &str| text.trim_start_matches("docker.io/").trim_start_matches("library/").to_owned();
    if !image.contains(['$', '{', '}']) {
        return plain(split(image).0);
    }
    let last = image.rfind('/').map_or(0, |at| at + 1);
    let (folder, name) = image.split_at(last);
    format!("{folder}{}", name.split([':', '@']).next().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn names_of_one_image() {
        assert!(is_same("shop/web:1", "shop/web") && is_same("$REGISTRY/web:$TAG", "registry.example/web:2"));
        assert!(is_same("${{ env.REGISTRY }}/shop/web:${{ github.sha }}", "shop/web:latest"));
        assert!(!is_same("a/web", "b/web") && !is_same("$IMAGE", "web") && !is_same("shop/$NAME:1", "shop/web"));
    }
}
