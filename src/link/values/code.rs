//! The Python modules of a repository: which file a dotted name means, who imports whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::data::DataFile;
use crate::facts::env::EnvFile;
use crate::facts::python::Module;
use crate::source::FileId;
use crate::syntax::python::Expr;

/// A module: its place among those of a [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// Packages that modules of a project are often called after: `shop/celery.py` says `from celery import Celery`.
const SHADOWED: &[&str] = &[
    "asyncio",
    "calendar",
    "celery",
    "django",
    "email",
    "fastapi",
    "flask",
    "http",
    "json",
    "logging",
    "queue",
    "redis",
    "secrets",
    "select",
    "sqlalchemy",
    "starlette",
    "time",
    "types",
    "typing",
];

/// A module that reads a file of variables, and the file that it names.
type DotenvReader = (ModuleId, Option<Expr>);

/// All Python modules of a repository.
#[derive(Debug, Default)]
pub struct Code {
    modules: Vec<Arc<Module>>,
    /// By the path without `.py` and without `/__init__`.
    by_path: HashMap<Box<str>, ModuleId>,
    by_file: BTreeMap<FileId, ModuleId>,
    /// By the last part of that path.
    by_tail: HashMap<Box<str>, Vec<ModuleId>>,
    /// All parts of all paths: a name that starts with none of them is of an installed package.
    parts: HashSet<Box<str>>,
    /// What each module loads by itself, worked out once.
    loads: Vec<OnceLock<Box<[ModuleId]>>>,
    /// Who includes each module, and at which of its statements; worked out once.
    pub(super) includers: OnceLock<BTreeMap<ModuleId, (ModuleId, usize)>>,
    /// The files of variables, by path, that code may read itself.
    pub(super) dotenv: BTreeMap<Box<str>, EnvFile>,
    /// The files of settings, by path, that code may load itself, with what they say.
    pub(super) data: BTreeMap<Box<str>, DataFile>,
    /// The modules that read such files of variables, with the file that each names.
    pub(super) dotenv_readers: OnceLock<Box<[DotenvReader]>>,
}

impl Code {
    /// The modules of these drafts.
    pub fn new(modules: impl IntoIterator<Item = Arc<Module>>) -> Self {
        let mut code = Self::default();
        for module in modules {
            let id = ModuleId(code.modules.len() as u32);
            let path = bare(&module.path);
            let tail = path.rsplit('/').next().unwrap_or(path);
            code.by_tail.entry(tail.into()).or_default().push(id);
            for part in path.split('/').filter(|it| !code.parts.contains(*it)).collect::<Vec<_>>() {
                code.parts.insert(part.into());
            }
            code.by_path.insert(path.into(), id);
            code.by_file.insert(module.file, id);
            code.modules.push(module);
            code.loads.push(OnceLock::new());
        }
        code
    }

    /// The files of variables and of settings that code may read itself.
    pub fn read_files(&self) -> impl Iterator<Item = &str> {
        self.dotenv.keys().chain(self.data.keys()).map(|path| &**path)
    }

    /// The same, with files of settings.
    #[must_use]
    pub(in crate::link) fn with_data(mut self, data: BTreeMap<Box<str>, DataFile>) -> Self {
        self.data = data;
        self
    }

    /// The same, with the files of variables that code may read itself.
    #[must_use]
    pub fn with_dotenv(mut self, files: impl IntoIterator<Item = (Box<str>, EnvFile)>) -> Self {
        self.dotenv.extend(files);
        self
    }

    /// A module.
    pub fn module(&self, id: ModuleId) -> Option<&Module> {
        self.modules.get(id.0 as usize).map(|it| &**it)
    }

    /// All modules, in order.
    pub fn iter(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules.iter().enumerate().map(|(at, it)| (ModuleId(at as u32), &**it))
    }

    /// The module of a file.
    pub fn of_file(&self, file: FileId) -> Option<ModuleId> {
        self.by_file.get(&file).copied()
    }

    /// The module that a dotted name means for code in `folder`: the nearest folder above that has it, else the only
    /// one of the tree that ends so. A dot in front starts at the root of the tree.
    pub fn resolve(&self, folder: &str, dotted: &str) -> Option<ModuleId> {
        if let Some(absolute) = dotted.strip_prefix('.') {
            return self.by_path.get(absolute.replace('.', "/").as_str()).copied();
        }
        if !self.parts.contains(dotted.split('.').next().unwrap_or(dotted)) {
            return None;
        }
        let path = dotted.replace('.', "/");
        // A folder that is a package is most often not one that is searched.
        let near = |packages: bool| {
            ancestors(folder).filter(|folder| self.is_package(folder) == packages).find_map(|folder| {
                ["", "src/"].iter().find_map(|source| {
                    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
                    self.by_path.get(format!("{start}{source}{path}").as_str()).copied()
                })
            })
        };
        let shadowed = SHADOWED.contains(&dotted.split('.').next().unwrap_or(dotted));
        near(false).or_else(|| if shadowed { None } else { near(true) }).or_else(|| self.only_ending(&path))
    }

    fn is_package(&self, folder: &str) -> bool {
        let id = self.by_path.get(folder).and_then(|id| self.module(*id));
        !folder.is_empty() && id.is_some_and(|it| it.path.ends_with("/__init__.py"))
    }

    /// The only module whose path ends so.
    fn only_ending(&self, path: &str) -> Option<ModuleId> {
        // One word alone is most often a package that is installed.
        if !path.contains('/') {
            return None;
        }
        let tail = path.rsplit('/').next()?;
        let mut ending = self.by_tail.get(tail)?.iter().filter(|id| {
            self.module(**id).and_then(|it| bare(&it.path).strip_suffix(path)).is_some_and(|rest| rest.ends_with('/'))
        });
        let only = ending.next()?;
        ending.next().is_none().then_some(*only)
    }

    /// The modules that a module names in its imports.
    fn loads(&self, id: ModuleId) -> &[ModuleId] {
        let (Some(module), Some(known)) = (self.module(id), self.loads.get(id.0 as usize)) else { return &[] };
        known.get_or_init(|| {
            let folder = folder(&module.path);
            // `import a.b` loads `a`, too.
            let package = |name: &'_ str| name.rsplit_once('.').map_or("", |it| it.0).to_owned();
            let names = module.imports.iter().flat_map(|name| [name.to_string(), package(name)]);
            let mut found: BTreeSet<ModuleId> = names.filter_map(|name| self.resolve(folder, &name)).collect();
            found.extend(self.included_by(id));
            found.into_iter().filter(|it| *it != id).collect()
        })
    }

    /// The modules that loading `start` loads, itself among them. A package comes with what is in it.
    pub fn reached(&self, start: ModuleId) -> BTreeSet<ModuleId> {
        let mut reached = BTreeSet::new();
        let mut todo = vec![start];
        while let Some(id) = todo.pop() {
            if !reached.insert(id) {
                continue;
            }
            todo.extend(self.loads(id));
        }
        reached
    }
}

/// A folder and those above it, the root last.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let above = std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|it| it.0));
    above.chain((!folder.is_empty()).then_some(""))
}

/// The folder of a path.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path of a module without what makes it a file.
fn bare(path: &str) -> &str {
    let path = path.strip_suffix(".py").unwrap_or(path);
    path.strip_suffix("/__init__").unwrap_or(path)
}
