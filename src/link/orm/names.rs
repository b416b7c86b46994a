//! Which thing a name means: modules, imports, classes and their bases, over all files.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::stores::Stores;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{ClassDraft, FunctionDraft, OrmDraft, Place};

/// A class: its draft, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ClassId {
    pub(super) draft: u32,
    pub(super) at: u32,
}

/// A function: its draft, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FunctionId {
    pub(super) draft: u32,
    pub(super) at: u32,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Def {
    Class(ClassId),
    Function(FunctionId),
    /// A value at the top of a module.
    Global(u32, NodeId),
    /// A module of the repository.
    Module(u32),
    /// Something of a package that is not in the repository, or is not read: its dotted name.
    External(Rc<str>),
}

/// A class with all it inherits from.
#[derive(Clone, Debug, Default)]
pub(super) struct Lineage {
    /// Itself, then its bases, nearest first.
    pub(super) classes: Vec<ClassId>,
    /// Dotted names of bases that the repository does not define.
    pub(super) external: Vec<Rc<str>>,
}

/// Names follow imports at most so far.
const MOST_HOPS: u32 = 12;
/// A name is looked for in so many modules that are imported whole.
const MOST_STARS: usize = 64;
/// A class has at most so many ancestors.
const MOST_ANCESTORS: usize = 64;

/// All files, and what their names mean.
pub(super) struct Names<'a> {
    pub(super) drafts: Vec<&'a OrmDraft>,
    /// Modules by each dotted end of their names.
    modules: HashMap<&'a str, Vec<u32>>,
    classes: Vec<HashMap<&'a str, u32>>,
    functions: Vec<HashMap<&'a str, u32>>,
    /// Functions within functions by their names, each with the path of the outer one, in each file.
    nested: Vec<HashMap<&'a str, Vec<(&'a str, u32)>>>,
    /// Methods by their names, of each class of each file.
    methods: Vec<Vec<HashMap<&'a str, u32>>>,
    /// What the bodies of classes bind to names at last, of each class of each file.
    attributes: Vec<Vec<HashMap<&'a str, u32>>>,
    globals: Vec<HashMap<&'a str, NodeId>>,
    imports: Vec<HashMap<&'a str, usize>>,
    /// Modules that each file imports whole: `from .models import *`.
    stars: Vec<Vec<&'a str>>,
    /// What names were found to mean at the top of each file.
    known: Vec<RefCell<HashMap<Box<str>, Option<Def>>>>,
    /// Of each class of each file.
    lineages: Vec<Vec<Lineage>>,
    /// The lineage of what has none: a class outside the repository.
    orphan: Lineage,
    below: OnceCell<HashMap<ClassId, Vec<ClassId>>>,
    /// Where methods put something under names of their instances.
    pub(super) stores: Stores<'a>,
}

impl<'a> Names<'a> {
    pub(super) fn new(drafts: Vec<&'a OrmDraft>) -> Self {
        let mut names = Self {
            modules: HashMap::default(),
            classes: Vec::with_capacity(drafts.len()),
            functions: Vec::with_capacity(drafts.len()),
            nested: Vec::with_capacity(drafts.len()),
            methods: Vec::with_capacity(drafts.len()),
            attributes: Vec::with_capacity(drafts.len()),
            globals: Vec::with_capacity(drafts.len()),
            imports: Vec::with_capacity(drafts.len()),
            stars: Vec::with_capacity(drafts.len()),
            known: vec![RefCell::default(); drafts.len()],
            drafts: Vec::new(),
            lineages: drafts.iter().map(|it| vec![Lineage::default(); it.classes.len()]).collect(),
            orphan: Lineage::default(),
            below: OnceCell::new(),
            stores: Stores::default(),
        };
        for (at, draft) in drafts.iter().copied().enumerate() {
            let at = at as u32;
            let module = &*draft.module;
            names.modules.entry(module).or_default().push(at);
            // A package is imported by its whole name.
            let ends = module.match_indices('.').filter(|_| draft.place != Place::Package);
            for (dot, _) in ends {
                names.modules.entry(&module[dot + 1..]).or_default().push(at);
            }
            let classes = draft.classes.iter().enumerate().filter(|(_, class)| class.within.is_none());
            names.classes.push(classes.map(|(at, class)| (&*class.name, at as u32)).collect());
            let mut functions = HashMap::default();
            let mut nested: HashMap<&str, Vec<(&str, u32)>> = HashMap::default();
            let mut methods = vec![HashMap::default(); draft.classes.len()];
            for (place, function) in draft.functions.iter().enumerate() {
                match function.owner {
                    // A read comes to the method before it.
                    Some(_) if is_called_to_write(function) => {}
                    Some(owner) => {
                        if let Some(own) = methods.get_mut(owner as usize) {
                            own.insert(&*function.name, place as u32);
                        }
                    }
                    None if function.within.is_none() => {
                        functions.insert(&*function.name, place as u32);
                    }
                    None => {
                        let within = function.within.as_deref().unwrap_or("");
                        nested.entry(&*function.name).or_default().push((within, place as u32));
                    }
                }
            }
            names.functions.push(functions);
            names.nested.push(nested);
            names.methods.push(methods);
            let attributes = draft
                .classes
                .iter()
                .map(|class| class.attributes.iter().enumerate().map(|(at, it)| (&*it.name, at as u32)).collect());
            names.attributes.push(attributes.collect());
            names.globals.push(draft.globals.iter().map(|(name, node)| (&**name, *node)).collect());
            names.imports.push(draft.imports.iter().enumerate().map(|(at, it)| (&*it.name, at)).collect());
            let stars = draft.imports.iter().filter(|it| &*it.name == "*");
            names.stars.push(stars.map(|it| &*it.module).collect());
        }
        names.drafts = drafts;
        for id in names.all_classes() {
            let lineage = names.trace(id);
            names.lineages[id.draft as usize][id.at as usize] = lineage;
        }
        names.stores = Stores::read(&names.drafts);
        names
    }

    /// All functions and methods, in the order of files.
    pub(super) fn all_functions(&self) -> impl Iterator<Item = FunctionId> + use<'_, 'a> {
        self.drafts.iter().enumerate().flat_map(|(draft, it)| {
            (0..it.functions.len()).map(move |at| FunctionId { draft: draft as u32, at: at as u32 })
        })
    }

    /// The classes that derive from a class, however far below it.
    pub(super) fn below(&self, class: ClassId) -> &[ClassId] {
        let read = || {
            let mut below: HashMap<ClassId, Vec<ClassId>> = HashMap::default();
            for id in self.all_classes() {
                for of in self.lineage(id).classes.iter().filter(|of| **of != id) {
                    below.entry(*of).or_default().push(id);
                }
            }
            below
        };
        self.below.get_or_init(read).get(&class).map_or(&[], Vec::as_slice)
    }

    /// The name of a function within its file: `ThreadListView.get`. No lambda has one.
    pub(super) fn path_of(&self, id: FunctionId) -> String {
        let path = self.place_of(id);
        let named = |part: &&str| !part.starts_with('<');
        match path.contains('<') {
            true => path.split('.').take_while(named).chain(["lambda"]).collect::<Vec<_>>().join("."),
            false => path,
        }
    }

    /// The same, with what lambdas are known by here.
    fn place_of(&self, id: FunctionId) -> String {
        let function = self.function(id);
        match (&function.within, function.owner) {
            (Some(within), _) => format!("{within}.{}", function.name),
            (None, Some(owner)) => {
                format!("{}.{}", self.draft(id.draft).classes[owner as usize].name, function.name)
            }
            (None, None) => function.name.to_string(),
        }
    }

    /// What a name means in a function: what is defined within it, or within those around it.
    pub(super) fn nested(&self, id: FunctionId, name: &str) -> Option<FunctionId> {
        let all = self.nested.get(id.draft as usize)?.get(name)?;
        let own = self.place_of(id);
        let mut path = own.as_str();
        loop {
            // Of two of one name the last is meant.
            if let Some((_, at)) = all.iter().rfind(|(within, _)| *within == path) {
                return Some(FunctionId { draft: id.draft, at: *at });
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// The function that another lies in.
    pub(super) fn outer(&self, id: FunctionId) -> Option<FunctionId> {
        let within = self.function(id).within.as_deref()?;
        let (path, name) = within.rsplit_once('.').unwrap_or(("", within));
        let draft = self.draft(id.draft);
        let is_it = |it: &FunctionDraft| {
            *it.name == *name
                && match (&it.within, it.owner) {
                    (Some(around), _) => **around == *path,
                    (None, Some(owner)) => *draft.classes[owner as usize].name == *path,
                    (None, None) => path.is_empty(),
                }
        };
        // What lies within stands before what it lies in.
        let at = draft.functions.iter().skip(id.at as usize).position(is_it)?;
        Some(FunctionId { draft: id.draft, at: id.at + at as u32 })
    }

    /// Every class, in the order of files.
    pub(super) fn all_classes(&self) -> Vec<ClassId> {
        let each = |(draft, it): (usize, &&OrmDraft)| {
            (0..it.classes.len()).map(move |at| ClassId { draft: draft as u32, at: at as u32 })
        };
        self.drafts.iter().enumerate().flat_map(each).collect()
    }

    /// Whether a class is declared for a package that the repository builds upon.
    pub(super) fn is_of_package(&self, id: ClassId) -> bool {
        self.drafts.get(id.draft as usize).is_some_and(|draft| draft.place == Place::Package)
    }

    pub(super) fn draft(&self, at: u32) -> &'a OrmDraft {
        self.drafts[at as usize]
    }

    pub(super) fn class(&self, id: ClassId) -> &'a ClassDraft {
        &self.draft(id.draft).classes[id.at as usize]
    }

    pub(super) fn function(&self, id: FunctionId) -> &'a FunctionDraft {
        &self.draft(id.draft).functions[id.at as usize]
    }

    pub(super) fn lineage(&self, id: ClassId) -> &Lineage {
        let of_file = self.lineages.get(id.draft as usize);
        of_file.and_then(|all| all.get(id.at as usize)).unwrap_or(&self.orphan)
    }

    /// Whether a class derives from one of the repository, or is it.
    pub(super) fn derives(&self, id: ClassId, from: ClassId) -> bool {
        self.lineage(id).classes.contains(&from)
    }

    /// Whether a class derives from something of this name (the last part of a dotted one) outside the repository.
    pub(super) fn derives_external(&self, id: ClassId, last: &str) -> bool {
        self.lineage(id).external.iter().any(|name| last_of(name) == last)
    }

    /// Whether calls of a class may give an instance that is there already: its metaclass says what a call does.
    pub(super) fn shares_instances(&self, id: ClassId) -> bool {
        self.lineage(id).classes.iter().any(|class| {
            let metaclass = self.class(*class).metaclass.as_deref();
            let def = metaclass.and_then(|name| self.resolve_dotted(class.draft, name));
            matches!(def, Some(Def::Class(of)) if self.method(of, "__call__", None).is_some())
        })
    }

    /// The method of a class, its own or inherited, but none of `after` (or before it in the lineage).
    pub(super) fn method(&self, id: ClassId, name: &str, after: Option<ClassId>) -> Option<FunctionId> {
        let mut skip = after.is_some();
        for class in &self.lineage(id).classes {
            if skip {
                skip = Some(*class) != after;
                continue;
            }
            if let Some(at) = self.methods[class.draft as usize][class.at as usize].get(name) {
                return Some(FunctionId { draft: class.draft, at: *at });
            }
        }
        None
    }

    /// A method that a class has itself, whatever it inherits.
    pub(super) fn own_method(&self, id: ClassId, name: &str) -> Option<FunctionId> {
        let at = self.methods.get(id.draft as usize)?.get(id.at as usize)?.get(name)?;
        Some(FunctionId { draft: id.draft, at: *at })
    }

    /// What the body of a class, or of what it inherits from, binds a name to: the class, and its place there.
    pub(super) fn attribute(&self, id: ClassId, name: &str) -> Option<(ClassId, usize)> {
        self.lineage(id).classes.iter().find_map(|class| {
            let at = self.attributes[class.draft as usize][class.at as usize].get(name)?;
            Some((*class, *at as usize))
        })
    }

    /// A class that lies within another, or within what it inherits from: `Meta`.
    pub(super) fn inner(&self, id: ClassId, name: &str) -> Option<ClassId> {
        self.lineage(id).classes.iter().find_map(|class| {
            let draft = self.draft(class.draft);
            let at = draft.classes.iter().position(|it| it.within == Some(class.at) && &*it.name == name)?;
            Some(ClassId { draft: class.draft, at: at as u32 })
        })
    }

    /// What a name means at the top of a module.
    pub(super) fn resolve(&self, draft: u32, name: &str) -> Option<Def> {
        let known = self.known.get(draft as usize)?;
        if let Some(def) = known.borrow().get(name) {
            return def.clone();
        }
        let def = self.lookup(draft, name, 0, &mut Vec::new());
        known.borrow_mut().insert(name.into(), def.clone());
        def
    }

    /// What a dotted name means there.
    pub(super) fn resolve_dotted(&self, draft: u32, dotted: &str) -> Option<Def> {
        let mut parts = dotted.split('.');
        let mut def = self.resolve(draft, parts.next()?)?;
        for part in parts {
            def = self.member(&def, part)?;
        }
        Some(def)
    }

    /// What a dotted path means to a program that imports it by name, as settings do.
    pub(super) fn by_path(&self, dotted: &str) -> Option<Def> {
        let (module, name) = dotted.rsplit_once('.')?;
        self.modules.get(module)?.iter().find_map(|at| self.within_module(*at, name, 0, &mut Vec::new()))
    }

    /// `def.name`, where `def` is a module, a class, or outside the repository.
    pub(super) fn member(&self, def: &Def, name: &str) -> Option<Def> {
        match def {
            Def::Module(draft) => self.within_module(*draft, name, 0, &mut Vec::new()),
            Def::External(dotted) => {
                let whole = format!("{dotted}.{name}");
                let exact =
                    self.modules.get(&*whole).and_then(|all| all.iter().find(|at| *self.draft(**at).module == *whole));
                Some(exact.map_or_else(|| Def::External(whole.as_str().into()), |at| Def::Module(*at)))
            }
            Def::Class(id) => self.inner(*id, name).map(Def::Class),
            Def::Global(draft, node) => {
                // `db = SQLAlchemy()`, and then `db.Model`.
                let flow = &self.draft(*draft).top;
                let called = flow.dotted(flow.call(*node)?.func)?;
                let whole: Rc<str> = format!("{called}().{name}").into();
                Some(Def::External(whole))
            }
            Def::Function(_) => None,
        }
    }

    fn lookup(&self, at: u32, name: &str, hops: u32, seen: &mut Vec<u32>) -> Option<Def> {
        if hops > MOST_HOPS {
            return None;
        }
        let index = at as usize;
        if let Some(class) = self.classes.get(index)?.get(name) {
            return Some(Def::Class(ClassId { draft: at, at: *class }));
        }
        if let Some(function) = self.functions[index].get(name) {
            return Some(Def::Function(FunctionId { draft: at, at: *function }));
        }
        if let Some(node) = self.globals[index].get(name) {
            // `Name = OtherName` is the other.
            let top = &self.drafts[index].top;
            if let NodeKind::Name(other) = &top.node(*node).kind
                && **other != *name
            {
                return self.lookup(at, other, hops + 1, seen);
            }
            return Some(Def::Global(at, *node));
        }
        if let Some(import) = self.imports[index].get(name) {
            let import = &self.drafts[index].imports[*import];
            return Some(match &import.item {
                None => self.absolute(at, &import.module),
                Some(item) => match self.module(at, &import.module) {
                    Some(module) => self
                        .within_module(module, item, hops + 1, seen)
                        .unwrap_or_else(|| external(&import.module, item)),
                    None => self.absolute(at, &format!("{}.{item}", import.module)),
                },
            });
        }
        // `from .models import *`
        self.stars[index].iter().find_map(|whole| {
            let module = self.module(at, whole).filter(|module| *module != at)?;
            if seen.contains(&module) || seen.len() > MOST_STARS {
                return None;
            }
            seen.push(module);
            self.lookup(module, name, hops + 1, seen)
        })
    }

    fn within_module(&self, module: u32, name: &str, hops: u32, seen: &mut Vec<u32>) -> Option<Def> {
        if let Some(def) = self.lookup(module, name, hops + 1, seen) {
            return Some(def);
        }
        let draft = self.draft(module);
        if !draft.is_package {
            return None;
        }
        self.module(module, &format!("{}.{name}", draft.module)).map(Def::Module)
    }

    /// A dotted name from the root of imports: the longest part of it that is a module, then what lies within.
    fn absolute(&self, from: u32, dotted: &str) -> Def {
        self.module(from, dotted).map_or_else(|| Def::External(dotted.into()), Def::Module)
    }

    /// The module of an absolute name, as a file imports it. A repository has its packages at the root, or in folders
    /// that are put on the path: those above the file that imports, or `src`.
    fn module(&self, from: u32, name: &str) -> Option<u32> {
        let importer = &*self.draft(from).module;
        let candidates = self.modules.get(name)?;
        let reach = |at: &&u32| {
            let module = &*self.draft(**at).module;
            let root = module.strip_suffix(name)?.trim_end_matches('.');
            // `routers/auth.py` does not mean itself by `auth`.
            if **at == from && !root.is_empty() {
                return None;
            }
            let above = root.is_empty() || importer.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'));
            let known = matches!(root, "src" | "app" | "backend" | "server" | "api") || name.contains('.');
            (above || known).then_some((above, root.len()))
        };
        candidates
            .iter()
            .filter(|at| reach(at).is_some())
            .max_by_key(|at| (reach(at), std::cmp::Reverse(**at)))
            .copied()
    }

    fn trace(&self, id: ClassId) -> Lineage {
        let mut lineage = Lineage { classes: vec![id], external: Vec::new() };
        let mut todo = vec![id];
        while let Some(next) = todo.pop() {
            if lineage.classes.len() > MOST_ANCESTORS {
                break;
            }
            // What is not declared of a package's class is known as little as of any other from outside.
            if self.is_of_package(next) {
                let whole = format!("{}.{}", self.draft(next.draft).module, self.class(next).name);
                lineage.external.push(whole.as_str().into());
            }
            let mut found = Vec::new();
            for base in &self.class(next).bases {
                match self.resolve_dotted(next.draft, base) {
                    Some(Def::Class(class)) => {
                        if !lineage.classes.contains(&class) {
                            lineage.classes.push(class);
                            found.push(class);
                        }
                    }
                    Some(Def::External(name)) => lineage.external.push(name),
                    Some(Def::Global(draft, node)) => lineage.external.push(self.made(draft, node)),
                    Some(Def::Module(_) | Def::Function(_)) | None => lineage.external.push((**base).into()),
                }
            }
            todo.extend(found.into_iter().rev());
        }
        lineage
    }

    /// A value at the top of a module that is used as a base: `Base = declarative_base()`.
    fn made(&self, draft: u32, node: NodeId) -> Rc<str> {
        let flow = &self.draft(draft).top;
        let called = flow.call(node).and_then(|call| flow.dotted(call.func));
        called.map_or_else(|| "?".into(), |called| format!("{called}()").into())
    }

    /// What a node that spells a dotted name means.
    pub(super) fn of_node(&self, draft: u32, flow: &Flow, node: NodeId) -> Option<Def> {
        self.resolve_dotted(draft, &flow.dotted(node)?)
    }

    /// What stands behind a name for an annotation: `BooksDep = Annotated[Books, Depends(Books)]`.
    pub(super) fn behind_alias<'f>(&self, draft: u32, flow: &'f Flow, node: NodeId) -> (u32, &'f Flow, NodeId)
    where
        'a: 'f,
    {
        match self.of_node(draft, flow, node) {
            Some(Def::Global(draft, node)) => (draft, &self.draft(draft).top, node),
            _ => (draft, flow, node),
        }
    }
}

/// Whether a method is what an attribute of its name is written or deleted by: `@name.setter`.
fn is_called_to_write(function: &FunctionDraft) -> bool {
    function.decorators.iter().any(|it| matches!(last_of(it), "setter" | "deleter") && it.contains('.'))
}

fn external(module: &str, item: &str) -> Def {
    Def::External(format!("{module}.{item}").into())
}
