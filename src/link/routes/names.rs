//! Which thing a name means in files of routes.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap as HashMap;

use crate::facts::routes::{Class, Function, RouteFile, Step};
use crate::link::values::{Code, ModuleId};
use crate::source::FileId;
use crate::syntax::python::{Call, Expr, ExprKind};

/// Names lead to each other at most so far.
const MOST_HOPS: u32 = 24;

/// A thing at a place of one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct At {
    /// The file, by its place.
    pub(super) file: usize,
    /// Its place there, among those of its kind.
    pub(super) at: usize,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Def {
    Function(At),
    Class(At),
    /// What a statement sets: the step.
    Value(At),
    File(usize),
    /// A module that says nothing of routes.
    Module(ModuleId),
    /// Something outside of the repository, by its dotted name.
    Outside(Box<str>),
}

/// All files that say something of routes, and what their names mean.
pub(super) struct Names<'a> {
    pub(super) code: &'a Code,
    pub(super) files: &'a [RouteFile],
    by_file: BTreeMap<FileId, usize>,
    /// The places of what is bound to names last, in each file.
    own: Vec<Own<'a>>,
}

/// What a file binds names to last: its functions that no class has, its classes, its steps.
struct Own<'a> {
    functions: HashMap<&'a str, usize>,
    classes: HashMap<&'a str, usize>,
    steps: HashMap<&'a str, usize>,
}

impl<'a> Own<'a> {
    fn of(file: &'a RouteFile) -> Self {
        let functions = file.functions.iter().enumerate().filter(|(_, it)| it.owner.is_none());
        let steps = file.steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::Set(name, _) => Some((&**name, at)),
            Step::Grow(..) | Step::Call(..) => None,
        });
        Self {
            functions: functions.map(|(at, it)| (&*it.name.value, at)).collect(),
            classes: file.classes.iter().enumerate().map(|(at, it)| (&*it.name.value, at)).collect(),
            steps: steps.collect(),
        }
    }
}

impl<'a> Names<'a> {
    pub(super) fn new(code: &'a Code, files: &'a [RouteFile]) -> Self {
        let by_file = files.iter().enumerate().map(|(at, it)| (it.file, at)).collect();
        Self { code, files, by_file, own: files.iter().map(Own::of).collect() }
    }

    pub(super) fn file(&self, at: usize) -> &'a RouteFile {
        &self.files[at]
    }

    pub(super) fn function(&self, at: At) -> &'a Function {
        &self.files[at.file].functions[at.at]
    }

    pub(super) fn class(&self, at: At) -> &'a Class {
        &self.files[at.file].classes[at.at]
    }

    /// The value that a step sets.
    pub(super) fn value(&self, at: At) -> Option<&'a Expr> {
        match &self.files[at.file].steps[at.at] {
            Step::Set(_, value) => Some(value),
            Step::Grow(..) | Step::Call(..) => None,
        }
    }

    /// The call whose result a step keeps.
    pub(super) fn made(&self, at: At) -> Option<&'a Call> {
        self.value(at)?.call()
    }

    /// The name of what a call calls, imports followed; what is not followed keeps the name that it has there.
    pub(super) fn called(&self, file: usize, call: &Call) -> Option<Box<str>> {
        let written = call.func.dotted()?;
        Some(match self.resolve(file, &written) {
            Some(Def::Outside(name)) => name,
            _ => written.into(),
        })
    }

    /// The file of a module.
    pub(super) fn of_module(&self, id: ModuleId) -> Option<usize> {
        self.by_file.get(&self.code.module(id)?.file).copied()
    }

    /// What an expression names.
    pub(super) fn of_expr(&self, file: usize, expr: &Expr) -> Option<Def> {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } => self.resolve(file, &expr.dotted()?),
            _ => None,
        }
    }

    /// What a dotted name means in a file.
    pub(super) fn resolve(&self, file: usize, dotted: &str) -> Option<Def> {
        self.dotted(file, dotted, 0)
    }

    fn dotted(&self, file: usize, dotted: &str, hops: u32) -> Option<Def> {
        // What is set by its whole name: `self.router = APIRouter()`.
        if dotted.contains('.')
            && let Some(def) = self.set(file, dotted, hops)
        {
            return Some(def);
        }
        let mut parts = dotted.split('.');
        let mut def = self.own(file, parts.next()?, hops)?;
        for part in parts {
            def = self.member(&def, part, hops)?;
        }
        Some(def)
    }

    /// What a name of a file stands for.
    fn own(&self, file: usize, name: &str, hops: u32) -> Option<Def> {
        if hops > MOST_HOPS {
            return None;
        }
        let (draft, own) = (self.file(file), &self.own[file]);
        if let Some(&at) = own.functions.get(name) {
            return Some(Def::Function(At { file, at }));
        }
        if let Some(&at) = own.classes.get(name) {
            return Some(Def::Class(At { file, at }));
        }
        if let Some(def) = self.set(file, name, hops) {
            return Some(def);
        }
        if let Some(import) = draft.imports.iter().rev().find(|it| &*it.name == name) {
            return Some(match &import.item {
                None => self.module(file, &import.module),
                Some(item) => self.imported(file, &import.module, item, hops),
            });
        }
        let stars = draft.imports.iter().filter(|it| &*it.name == "*");
        stars.rev().find_map(|it| match self.module(file, &it.module) {
            Def::File(other) if other != file => self.own(other, name, hops + 1),
            _ => None,
        })
    }

    /// What the last statement that sets a name sets it to; another name's meaning, where it is that.
    fn set(&self, file: usize, name: &str, hops: u32) -> Option<Def> {
        let at = *self.own[file].steps.get(name)?;
        let here = Def::Value(At { file, at });
        let Some(other) = self.value(At { file, at }).and_then(Expr::dotted).filter(|it| it != name) else {
            return Some(here);
        };
        if hops > MOST_HOPS { None } else { Some(self.dotted(file, &other, hops + 1).unwrap_or(here)) }
    }

    /// `from module import item`
    fn imported(&self, file: usize, module: &str, item: &str, hops: u32) -> Def {
        let dot = if module == "." { "" } else { "." };
        let whole = format!("{module}{dot}{item}");
        let within = match self.module(file, module) {
            Def::File(other) if other != file => self.own(other, item, hops + 1),
            _ => None,
        };
        within.unwrap_or_else(|| self.module(file, &whole))
    }

    /// The module that an absolute name means in a file.
    fn module(&self, file: usize, dotted: &str) -> Def {
        let folder = self.file(file).path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match self.code.resolve(folder, dotted) {
            Some(id) => self.of_module(id).map_or(Def::Module(id), Def::File),
            None => Def::Outside(dotted.trim_start_matches('.').into()),
        }
    }

    fn member(&self, def: &Def, name: &str, hops: u32) -> Option<Def> {
        match def {
            Def::File(file) => {
                let own = self.own(*file, name, hops + 1);
                own.or_else(|| self.below(&self.file(*file).path, name))
            }
            Def::Module(id) => self.below(&self.code.module(*id)?.path, name),
            Def::Outside(dotted) => Some(Def::Outside(format!("{dotted}.{name}").into())),
            // What its class keeps under this name: `self.router = APIRouter()`.
            Def::Value(at) if hops <= MOST_HOPS => {
                let class = self.dotted(at.file, &self.made(*at)?.func.dotted()?, hops + 1)?;
                let Def::Class(class) = class else { return None };
                self.set(class.file, &format!("self.{name}"), hops + 1)
            }
            Def::Function(_) | Def::Class(_) | Def::Value(_) => None,
        }
    }

    /// A module within a package.
    fn below(&self, path: &str, name: &str) -> Option<Def> {
        let folder = path.strip_suffix("/__init__.py")?;
        let id = self.code.resolve("", &format!(".{}.{name}", folder.replace('/', ".")))?;
        Some(self.of_module(id).map_or(Def::Module(id), Def::File))
    }

    /// A class, then what it is made from that is in the repository, nearest first, with the dotted names of bases that are
    /// not.
    pub(super) fn lineage(&self, class: At) -> (Vec<At>, Vec<Box<str>>) {
        let (mut classes, mut outside) = (vec![class], Vec::new());
        let mut at = 0;
        while let Some(next) = classes.get(at).copied().filter(|_| at < 64) {
            for base in &self.class(next).bases {
                let base = match &base.kind {
                    ExprKind::Subscript { value, .. } => value,
                    _ => base,
                };
                match self.of_expr(next.file, base) {
                    Some(Def::Class(found)) if !classes.contains(&found) => classes.push(found),
                    Some(Def::Class(_)) => {}
                    Some(Def::Outside(name)) => outside.push(name),
                    _ => outside.extend(base.dotted().map(Into::into)),
                }
            }
            at += 1;
        }
        (classes, outside)
    }
}

/// The last part of a dotted name.
pub(super) fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}
