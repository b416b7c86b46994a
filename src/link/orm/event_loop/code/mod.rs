//! The values of functions, module tops and classes, each evaluated once and when it is first asked for.

mod attribute;
mod call;
mod declared;
mod makers;

pub(super) use call::known;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::value::Value;
use crate::facts::orm::FunctionDraft;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::link::orm::models::Models;
use crate::link::orm::names::{ClassId, Def, FunctionId, Names};
use crate::link::orm::types::Unit;
use crate::source::Span;

/// Bodies that need the values of others are followed so deep.
const MOST_DEPTH: u32 = 10;
/// So many bodies are evaluated, with what each is given.
const MOST_BODIES: usize = 200_000;

/// Functions of Python's that read a queryset whole.
const BUILT_IN: &[&str] = &["list", "len", "set", "tuple", "sorted", "dict", "bool"];

/// A body and what it is called with.
type Key = (Unit, Rc<[Value]>);

/// The code of a repository.
pub(in crate::link::orm) struct Code<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) models: &'a Models,
    bodies: RefCell<HashMap<Key, Rc<Vec<Value>>>>,
    attributes: RefCell<HashMap<(ClassId, Box<str>), Value>>,
    /// What names mean at the tops of modules.
    named: RefCell<HashMap<u32, HashMap<Box<str>, Value>>>,
    /// The names of functions within functions, by draft.
    nested: HashSet<(u32, &'a str)>,
    /// Whether every maker of awaited sessions in the repository lets rows expire when they commit.
    all_expire: Cell<bool>,
    /// Those makers, each with the place behind its last argument.
    makers: RefCell<Vec<Option<Span>>>,
    depth: Cell<u32>,
}

impl<'a> Code<'a> {
    pub(in crate::link::orm) fn new(names: &'a Names<'a>, models: &'a Models) -> Self {
        let inner = names.all_functions().filter_map(|id| {
            let function = names.function(id);
            function.within.as_ref().map(|_| (id.draft, &*function.name))
        });
        let code = Self {
            names,
            models,
            bodies: RefCell::default(),
            attributes: RefCell::default(),
            named: RefCell::default(),
            nested: inner.collect(),
            all_expire: Cell::new(false),
            makers: RefCell::default(),
            depth: Cell::new(0),
        };
        code.all_expire.set(code.makers_expire());
        code
    }

    /// The values of a function that is called with these, or by whom nobody knows.
    pub(super) fn function(&self, id: FunctionId, args: Rc<[Value]>) -> Rc<Vec<Value>> {
        self.body(Unit::Function(id), &self.names.function(id).flow, args)
    }

    /// What a function is given when it is entered by itself: `self` is an instance of its class.
    pub(super) fn alone(&self, id: FunctionId) -> Rc<[Value]> {
        let function = self.names.function(id);
        match function.owner {
            Some(at) if !is_decorated(function, "staticmethod") => {
                let class = ClassId { draft: id.draft, at };
                let this = match is_decorated(function, "classmethod") {
                    true => Value::Class(class),
                    false => Value::Instance(class, false),
                };
                Rc::from([this])
            }
            _ => Rc::from([]),
        }
    }

    fn top(&self, draft: u32) -> Rc<Vec<Value>> {
        self.body(Unit::Top(draft), &self.names.draft(draft).top, Rc::from([]))
    }

    fn body(&self, unit: Unit, flow: &'a Flow, args: Rc<[Value]>) -> Rc<Vec<Value>> {
        let key = (unit, args);
        if let Some(values) = self.bodies.borrow().get(&key) {
            return values.clone();
        }
        if self.depth.get() >= MOST_DEPTH || self.bodies.borrow().len() >= MOST_BODIES {
            return Rc::default();
        }
        // Bodies that need each other know nothing of each other.
        self.bodies.borrow_mut().insert(key.clone(), Rc::default());
        self.depth.set(self.depth.get() + 1);
        let mut values = Vec::with_capacity(flow.nodes.len());
        for id in 0..flow.nodes.len() {
            let value = self.node(unit, flow, &values, id as NodeId, &key.1);
            values.push(value);
        }
        self.depth.set(self.depth.get() - 1);
        let values = Rc::new(values);
        self.bodies.borrow_mut().insert(key, values.clone());
        values
    }

    fn node(&self, unit: Unit, flow: &'a Flow, values: &[Value], id: NodeId, args: &[Value]) -> Value {
        let of = |id: &NodeId| values.get(*id as usize).cloned().unwrap_or_default();
        match &flow.node(id).kind {
            NodeKind::Param(at) => match args.get(*at as usize) {
                Some(Value::Unknown | Value::Nothing) | None => self.declared(unit, *at),
                Some(given) => given.clone(),
            },
            NodeKind::Name(name) => self.name(unit, name),
            NodeKind::Attr { of: base, name, .. } => self.attribute(&of(base), name),
            NodeKind::Call { func, args, keywords, open } => {
                let called = Called { values, args, keywords, open: *open };
                self.call(&of(func), &called)
            }
            NodeKind::Await(inner) => of(inner),
            NodeKind::Either(all) => Value::either(all.iter().map(of)),
            NodeKind::Flag(flag) => Value::Flag(*flag),
            NodeKind::Nothing => Value::Nothing,
            NodeKind::Row(iter) => match of(iter) {
                Value::Rows(model, told) => Value::Row(model, told),
                _ => Value::Unknown,
            },
            // Databases and collections of a client of MongoDB.
            NodeKind::Item { of: base, .. } => match of(base).path() {
                Some(path) if path.starts_with("pymongo.") => Value::outside(&format!("{path}.item")),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    fn name(&self, unit: Unit, name: &'a str) -> Value {
        if let Unit::Function(id) = unit
            && self.nested.contains(&(id.draft, name))
            && let Some(function) = self.names.nested(id, name)
        {
            return Value::Function(function);
        }
        self.at_top(unit.draft(), name)
    }

    /// What a name means at the top of a module.
    fn at_top(&self, draft: u32, name: &str) -> Value {
        if let Some(value) = self.named.borrow().get(&draft).and_then(|it| it.get(name)) {
            return value.clone();
        }
        let value = match self.names.resolve(draft, name) {
            Some(_) if self.is_imported_twice(draft, name) => Value::Unknown,
            Some(def) => self.of(&def),
            // What is bound nowhere at the top may be a variable of a function around.
            None if BUILT_IN.contains(&name) => Value::outside(name),
            None => Value::Unknown,
        };
        self.named.borrow_mut().entry(draft).or_default().insert(name.into(), value.clone());
        value
    }

    /// Whether a file imports two things under one name: which of them it is depends on where it stands.
    fn is_imported_twice(&self, draft: u32, name: &str) -> bool {
        let mut all = self.names.draft(draft).imports.iter().filter(|it| &*it.name == name);
        let first = all.next();
        all.any(|it| first.is_some_and(|first| first.module != it.module || first.item != it.item))
    }

    /// The value that a name means.
    fn of(&self, def: &Def) -> Value {
        match def {
            Def::Class(class) => Value::Class(*class),
            Def::Function(function) => Value::Function(*function),
            Def::Module(module) => Value::Module(*module),
            Def::External(path) => Value::outside(path),
            Def::Global(draft, node) => self.top(*draft).get(*node as usize).cloned().unwrap_or_default(),
        }
    }

    /// The value of a dotted name at the top of a module.
    pub(super) fn dotted(&self, draft: u32, dotted: &str) -> Value {
        let mut parts = dotted.split('.');
        let first = parts.next().unwrap_or_default();
        let first = self.at_top(draft, first);
        parts.fold(first, |base, name| self.attribute(&base, name))
    }
}

/// A call, with the values around it.
pub(super) struct Called<'n> {
    pub(super) values: &'n [Value],
    pub(super) args: &'n [NodeId],
    pub(super) keywords: &'n [(Box<str>, NodeId)],
    pub(super) open: bool,
}

impl Called<'_> {
    pub(super) fn value(&self, node: NodeId) -> Value {
        self.values.get(node as usize).cloned().unwrap_or_default()
    }

    pub(super) fn keyword(&self, name: &str) -> Option<NodeId> {
        self.keywords.iter().find(|it| &*it.0 == name).map(|it| it.1)
    }
}

/// Whether a function has a decorator of this name.
pub(super) fn is_decorated(function: &FunctionDraft, name: &str) -> bool {
    function.decorators.iter().any(|it| last_of(it) == name)
}
