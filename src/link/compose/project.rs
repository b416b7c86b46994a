//! The services of a project: from its files in order, with what they extend and include.

use crate::facts::compose::{ComposeFile, RawService};
use crate::facts::env::EnvFile;
use crate::source::{FileId, Sources};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Value};

use super::environment;
use super::fill::Environment;
use super::layers::{Layer, Layers, join};
use super::reach::Users;

/// Files that include or extend each other stop here.
const MOST_DEPTH: usize = 8;

/// All that was read.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) sources: &'a Sources,
    pub(super) compose: &'a [&'a ComposeFile],
    pub(super) envs: &'a [&'a EnvFile],
}

impl<'a> Files<'a> {
    /// The compose file of an id.
    pub(super) fn file(self, id: FileId) -> Option<&'a ComposeFile> {
        self.compose.iter().copied().find(|file| file.file == id)
    }

    fn by_path(self, path: &str) -> Option<&'a ComposeFile> {
        self.file(self.sources.by_path(path)?.id)
    }
}

/// A file's word on something, with the folder that its paths start from.
type Word<'a> = (&'a Node, Box<str>);

/// Services that share a folder and an environment.
pub(super) struct Project<'a> {
    /// Its services in the order in which they are first named.
    pub(super) services: Vec<Said<'a>>,
    configs: Vec<Word<'a>>,
    pub(super) env: Environment,
}

/// All that is said of a service.
pub(super) struct Said<'a> {
    /// Its name, where it is first written.
    pub(super) name: &'a Spanned<Box<str>>,
    /// What each file says, weakest first.
    pub(super) words: Vec<Word<'a>>,
}

/// The project that these files make, weakest first, and those that it includes.
pub(super) fn projects<'a>(ids: &[FileId], folder: &str, env_file: Option<&str>, files: Files<'a>) -> Vec<Project<'a>> {
    let mut found = Vec::new();
    let env = dotenv(Environment::default(), folder, env_file, files);
    collect(ids, folder, env, files, MOST_DEPTH, &mut found);
    found
}

fn dotenv(mut env: Environment, folder: &str, named: Option<&str>, files: Files<'_>) -> Environment {
    let path = named.map(Into::into).or_else(|| join(folder, ".env"));
    if let Some(file) = path.and_then(|path| files.sources.by_path(&path)) {
        env.add(&environment::entries(file, files.envs));
    }
    env
}

fn collect<'a>(
    ids: &[FileId],
    folder: &str,
    env: Environment,
    files: Files<'a>,
    depth: usize,
    out: &mut Vec<Project<'a>>,
) {
    let users = Users::default();
    let at = out.len();
    out.push(Project { services: Vec::new(), configs: Vec::new(), env: env.clone() });
    let mut included = Vec::new();
    for file in ids.iter().filter_map(|id| files.file(*id)) {
        for service in &file.services {
            let same = |said: &Said<'_>| said.name.value == service.name.value;
            let taken = |project: &Project<'_>| project.services.iter().any(same);
            if out[..at].iter().any(taken) {
                continue;
            }
            let own = &mut out[at].services;
            let same = own.iter().position(same);
            match (same, service.node.tag.as_deref()) {
                (Some(at), Some("!reset")) => drop(own.remove(at)),
                (None, Some("!reset")) => {}
                (Some(at), Some("!override")) => own[at].words = layers(service, file, folder, files, depth),
                (Some(at), _) => own[at].words.extend(layers(service, file, folder, files, depth)),
                (None, _) => own.push(Said { name: &service.name, words: layers(service, file, folder, files, depth) }),
            }
        }
        out[at].configs.extend(file.configs.iter().map(|node| (node, Box::from(folder))));
        let include =
            file.include.iter().map(|node| Layer { node, folder, env: &env, sources: files.sources, users: &users });
        included.extend(include.flat_map(Layer::items).filter_map(|item| inclusion(item, files)));
    }
    if depth > 0 && out.len() < 64 {
        for (ids, folder, env_file) in included {
            let env = dotenv(env.clone(), &folder, env_file.as_deref(), files);
            collect(&ids, &folder, env, files, depth - 1, out);
        }
    }
}

type Inclusion = (Vec<FileId>, Box<str>, Option<Box<str>>);

/// One item of `include`: its files, its folder, its file of variables.
fn inclusion(item: Layer<'_>, files: Files<'_>) -> Option<Inclusion> {
    let text = |layer: Layer<'_>| layer.path(&layer.text()?.value);
    let key = |key: &str| item.node.get(key).map(|node| item.at(node));
    let paths = match item.node.value {
        Value::Map { .. } => key("path")?.items(),
        _ => vec![item],
    };
    let found: Vec<&ComposeFile> = paths.into_iter().filter_map(|it| files.by_path(&text(it)?)).collect();
    let first = files.sources.file(found.first()?.file);
    let folder = key("project_directory").and_then(text).unwrap_or_else(|| first.folder().into());
    let env_file = key("env_file").and_then(|layer| layer.items().into_iter().next()).and_then(text);
    Some((found.iter().map(|file| file.file).collect(), folder, env_file))
}

/// What one file says of a service: what it extends, then its own.
fn layers<'a>(
    service: &'a RawService,
    file: &'a ComposeFile,
    folder: &str,
    files: Files<'a>,
    depth: usize,
) -> Vec<Word<'a>> {
    let own = (&service.node, Box::from(folder));
    let extended = service.node.get("extends").filter(|_| depth > 0).and_then(|extends| {
        let name = extends.text().or_else(|| extends.get("service")?.text())?;
        let (other, folder) = match extends.get("file").and_then(Node::text) {
            Some(path) => {
                let other = files.by_path(&join(folder, path)?)?;
                (other, files.sources.file(other.file).folder())
            }
            None => (file, folder),
        };
        let base = other.services.iter().find(|it| &*it.name.value == name)?;
        Some(layers(base, other, folder, files, depth - 1))
    });
    let mut all = extended.unwrap_or_default();
    all.push(own);
    all
}

impl<'a> Project<'a> {
    /// What is said of a service.
    pub(super) fn layers<'s>(&'s self, said: &'s [Word<'a>], sources: &'s Sources, users: &'s Users) -> Layers<'s> {
        Layers(said.iter().map(|(node, folder)| Layer { node, folder, env: &self.env, sources, users }).collect())
    }

    /// What is said of the project's `configs`.
    pub(super) fn configs<'s>(&'s self, sources: &'s Sources, users: &'s Users) -> Layers<'s> {
        self.layers(&self.configs, sources, users)
    }
}
