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
/// A project includes no more than this.
const MOST_INCLUDED: usize = 64;

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

/// A file's word on something.
#[derive(Clone)]
pub(super) struct Word<'a> {
    pub(super) node: &'a Node,
    /// The folder that its paths start from.
    folder: Box<str>,
    /// The variables it may use, by their place in [`Project::envs`].
    pub(super) env: usize,
    /// Whether what it extends has been put before it.
    extended: bool,
}

/// What a deployment's files say, with what they include.
pub(super) struct Project<'a> {
    /// Its services in the order in which they are first named.
    pub(super) services: Vec<Said<'a>>,
    configs: Vec<Word<'a>>,
    secrets: Vec<Word<'a>>,
    /// The variables of the project itself first, then those of each thing that it includes.
    pub(super) envs: Vec<Environment>,
}

/// All that is said of a service.
#[derive(Clone)]
pub(super) struct Said<'a> {
    /// Its name, where it is first written.
    pub(super) name: &'a Spanned<Box<str>>,
    /// What each file says, weakest first.
    pub(super) words: Vec<Word<'a>>,
}

/// The project that these files make, weakest first. `env_files` are those that its command names; without any it is
/// the `.env` of its folder.
pub(super) fn project<'a>(ids: &[FileId], folder: &str, env_files: &[Box<str>], files: Files<'a>) -> Project<'a> {
    let env = dotenv(Environment::default(), folder, env_files, files);
    let mut project = Project { services: Vec::new(), configs: Vec::new(), secrets: Vec::new(), envs: vec![env] };
    let model =
        Loader { files, envs: &mut project.envs, chain: Vec::new(), included: 0 }.model(ids, folder, 0, MOST_DEPTH);
    project.services = model.services;
    project.configs = model.configs;
    project.secrets = model.secrets;
    project
}

/// What is set before, and then what files of variables set: those that are named, or the `.env` of a folder.
pub(super) fn dotenv(mut env: Environment, folder: &str, named: &[Box<str>], files: Files<'_>) -> Environment {
    let own = join(folder, ".env").filter(|_| named.is_empty());
    let read = named.iter().cloned().chain(own).filter_map(|path| files.sources.by_path(&path));
    let read: Vec<_> = read.map(|file| environment::entries(file, files.envs)).collect();
    env.add(&read.concat());
    env
}

/// What files say of each thing.
#[derive(Default)]
struct Model<'a> {
    services: Vec<Said<'a>>,
    configs: Vec<Word<'a>>,
    secrets: Vec<Word<'a>>,
}

impl<'a> Model<'a> {
    fn service(&self, name: &str) -> Option<&Said<'a>> {
        self.services.iter().find(|said| &*said.name.value == name)
    }

    /// Lays a service over what is said of it. Its tag tells what becomes of that.
    fn lay(&mut self, said: Said<'a>, tag: Option<&str>) {
        let at = self.services.iter().position(|other| other.name.value == said.name.value);
        match (at, tag) {
            (Some(at), Some("!reset")) => drop(self.services.remove(at)),
            (None, Some("!reset")) => {}
            (Some(at), Some("!override")) => self.services[at].words = said.words,
            (Some(at), _) => self.services[at].words.extend(said.words),
            (None, _) => self.services.push(said),
        }
    }
}

/// Reads files as compose does: of each first what it includes, then its own, then what its services extend.
struct Loader<'a, 'e> {
    files: Files<'a>,
    envs: &'e mut Vec<Environment>,
    /// The files that are being read: none includes itself.
    chain: Vec<FileId>,
    included: usize,
}

impl<'a> Loader<'a, '_> {
    /// What files say that are laid one over the other, weakest first.
    fn model(&mut self, ids: &[FileId], folder: &str, env: usize, depth: usize) -> Model<'a> {
        let mut whole = Model::default();
        let files = self.files;
        for file in ids.iter().filter_map(|id| files.file(*id)) {
            let own = self.file(file, folder, env, depth);
            let tag = |said: &Said<'_>| {
                let mut own = file.services.iter().filter(|it| it.name.value == said.name.value);
                own.next_back().and_then(|it| it.node.tag.clone())
            };
            for said in &own.services {
                whole.lay(Said { name: said.name, words: extended(said, &own, file, files) }, tag(said).as_deref());
            }
            whole.configs.extend(own.configs);
            whole.secrets.extend(own.secrets);
        }
        whole
    }

    /// What one file says, over what it includes; nothing is extended yet.
    fn file(&mut self, file: &'a ComposeFile, folder: &str, env: usize, depth: usize) -> Model<'a> {
        let mut own = Model::default();
        let inclusions: Vec<Inclusion> =
            file.include.iter().flat_map(|node| self.inclusions(node, folder, env)).collect();
        for Inclusion { ids, folder: inner, env_files } in inclusions {
            let ring = ids.iter().any(|id| *id == file.file || self.chain.contains(id));
            if ring || depth == 0 || self.included >= MOST_INCLUDED {
                continue;
            }
            self.included += 1;
            self.chain.push(file.file);
            let inner_env = dotenv(self.envs[env].clone(), &inner, &env_files, self.files);
            self.envs.push(inner_env);
            let part = self.model(&ids, &inner, self.envs.len() - 1, depth - 1);
            self.chain.pop();
            part.services.into_iter().for_each(|said| own.lay(said, None));
            own.configs.extend(part.configs);
            own.secrets.extend(part.secrets);
        }
        let word = |node| Word { node, folder: folder.into(), env, extended: false };
        for service in &file.services {
            // A tag says something of files before this one, and of what it includes.
            let tag = service.node.tag.as_deref().filter(|_| own.service(&service.name.value).is_some());
            own.lay(Said { name: &service.name, words: vec![word(&service.node)] }, tag);
        }
        own.configs.extend(file.configs.iter().map(word));
        own.secrets.extend(file.secrets.iter().map(word));
        own
    }

    fn inclusions(&self, node: &Node, folder: &str, env: usize) -> Vec<Inclusion> {
        let users = Users::default();
        let layer = Layer { node, folder, env: &self.envs[env], sources: self.files.sources, users: &users };
        layer.items().into_iter().filter_map(|item| inclusion(item, self.files)).collect()
    }
}

/// One item of `include`: its files, its folder, the files of variables that it names.
struct Inclusion {
    ids: Vec<FileId>,
    folder: Box<str>,
    env_files: Vec<Box<str>>,
}

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
    // `/dev/null` is how one says that there is none: the `.env` of the folder is not read then.
    let named = key("env_file").map(Layer::items).unwrap_or_default();
    let env_files = named.iter().map(|layer| text(*layer).unwrap_or_else(|| "/dev/null".into())).collect();
    Some(Inclusion { ids: found.iter().map(|file| file.file).collect(), folder, env_files })
}

/// What is said of a service within one file: what it extends, then its own.
fn extended<'a>(said: &Said<'a>, model: &Model<'a>, file: &'a ComposeFile, files: Files<'a>) -> Vec<Word<'a>> {
    let within = Within { model: Some(model), file, files };
    within.extended(&said.name.value, said.words.clone(), &mut Vec::new())
}

/// The file that a service is extended in, with what it includes where that counts.
struct Within<'m, 'a> {
    model: Option<&'m Model<'a>>,
    file: &'a ComposeFile,
    files: Files<'a>,
}

/// The services that are being extended, each with its file: none extends itself.
type Chain = Vec<(FileId, Box<str>)>;

impl<'a> Within<'_, 'a> {
    fn extended(&self, name: &str, own: Vec<Word<'a>>, chain: &mut Chain) -> Vec<Word<'a>> {
        let link = (self.file.file, Box::from(name));
        let ring = chain.contains(&link) || chain.len() >= MOST_DEPTH;
        // Of several words the strongest says what is extended; an included one has been extended where it stands.
        let last = own.last().filter(|word| !word.extended && !ring);
        let extends = last.and_then(|word| Some((word.node.get("extends")?, word.folder.clone(), word.env)));
        chain.push(link);
        let base = extends.and_then(|(extends, folder, env)| self.base(extends, &folder, env, chain));
        chain.pop();
        let mut all = base.unwrap_or_default();
        all.extend(own);
        all.iter_mut().for_each(|word| word.extended = true);
        all
    }

    /// What a service extends. A base in another file has its paths from that file's folder, and nothing included.
    fn base(&self, extends: &Node, folder: &str, env: usize, chain: &mut Chain) -> Option<Vec<Word<'a>>> {
        let name = extends.text().or_else(|| extends.get("service")?.text())?;
        let Some(path) = extends.get("file").and_then(Node::text) else {
            let words = match self.model {
                Some(model) => model.service(name)?.words.clone(),
                None => {
                    vec![Word { node: &raw(self.file, name)?.node, folder: folder.into(), env, extended: false }]
                }
            };
            return Some(self.extended(name, words, chain));
        };
        let other = self.files.by_path(&join(folder, path)?)?;
        let folder: Box<str> = self.files.sources.file(other.file).folder().into();
        let words = vec![Word { node: &raw(other, name)?.node, folder, env, extended: false }];
        Some(Within { model: None, file: other, files: self.files }.extended(name, words, chain))
    }
}

fn raw<'a>(file: &'a ComposeFile, name: &str) -> Option<&'a RawService> {
    file.services.iter().find(|it| &*it.name.value == name)
}

impl<'a> Project<'a> {
    /// What is said of something.
    pub(super) fn layers<'s>(&'s self, words: &'s [Word<'a>], sources: &'s Sources, users: &'s Users) -> Layers<'s> {
        let layer = |Word { node, folder, env, .. }: &'s Word<'a>| Layer {
            node,
            folder,
            env: &self.envs[*env],
            sources,
            users,
        };
        Layers(words.iter().map(layer).collect())
    }

    /// What is said of the project's `configs` and `secrets`.
    pub(super) fn shared<'s>(&'s self, sources: &'s Sources, users: &'s Users) -> Shared<'s> {
        Shared {
            configs: self.layers(&self.configs, sources, users),
            secrets: self.layers(&self.secrets, sources, users),
        }
    }
}

/// What services may be given by name.
pub(super) struct Shared<'s> {
    pub(super) configs: Layers<'s>,
    pub(super) secrets: Layers<'s>,
}
