//! The Python modules of a repository: which file a dotted name means, who imports whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::facts::python::Module;
use crate::source::FileId;

/// A module: its place among those of a [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// All Python modules of a repository.
#[derive(Debug, Default)]
pub struct Code {
    modules: Vec<Arc<Module>>,
    /// By the path without `.py` and without `/__init__`.
    by_path: BTreeMap<Box<str>, ModuleId>,
    by_file: BTreeMap<FileId, ModuleId>,
    /// By the last part of that path.
    by_tail: BTreeMap<Box<str>, Vec<ModuleId>>,
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
            code.by_path.insert(path.into(), id);
            code.by_file.insert(module.file, id);
            code.modules.push(module);
        }
        code
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
        let path = dotted.replace('.', "/");
        let mut above = Some(folder);
        while let Some(folder) = above {
            for source in ["", "src/"] {
                let whole =
                    if folder.is_empty() { format!("{source}{path}") } else { format!("{folder}/{source}{path}") };
                if let Some(&id) = self.by_path.get(whole.as_str()) {
                    return Some(id);
                }
            }
            above = match folder.rsplit_once('/') {
                Some((above, _)) => Some(above),
                None if folder.is_empty() => None,
                None => Some(""),
            };
        }
        self.only_ending(&path)
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

    /// The modules that loading `start` loads, itself among them. A package comes with what is in it.
    pub fn reached(&self, start: ModuleId) -> BTreeSet<ModuleId> {
        let mut reached = BTreeSet::new();
        let mut todo = vec![start];
        while let Some(id) = todo.pop() {
            if !reached.insert(id) {
                continue;
            }
            let Some(module) = self.module(id) else { continue };
            let folder = folder(&module.path);
            for name in &module.imports {
                todo.extend(self.resolve(folder, name));
                // `import a.b` loads `a`, too.
                if let Some((package, _)) = name.rsplit_once('.').filter(|(package, _)| !package.is_empty()) {
                    todo.extend(self.resolve(folder, package));
                }
            }
        }
        reached
    }
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
