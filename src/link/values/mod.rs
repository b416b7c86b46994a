//! What Python's expressions come to in the environment of a service: constants, `os.environ`, settings classes,
//! modules that import each other.
//!
//! Nothing is run. What cannot be told is unknown, with the reason; where an `if` is left open, both branches are kept.

mod attribute;
mod call;
mod code;
mod configurations;
mod convert;
pub(in crate::link) mod data;
mod environ;
mod eval;
mod flow;
mod libraries;
mod lift;
mod names;
mod operators;
mod outside;
mod pydantic;
mod scope;
mod text;
mod url;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::plan::{Running, ServicePlan, Variable};
use super::versions::Versions;
use crate::facts::python::{Function, Guard};
use crate::source::Span;
use crate::stack::{Condition, Fact, Truth, Why};
use crate::syntax::python::Expr;

pub use code::{Code, ModuleId};
pub use convert::{count, number, off, text, truth};
pub use url::{Address, address};

/// A value of Python, as far as it can be told.
#[derive(Clone, Debug, PartialEq)]
pub enum PyValue {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text; each [`HOLE`] in it stands for a part that nobody knows.
    Str(Box<str>),
    /// A list, a tuple or a set.
    List(Arc<Vec<Fact<PyValue>>>),
    /// A dict.
    Dict(Arc<Dict>),
    /// What is defined outside of the repository, by its dotted name: `os.environ`.
    Outside(Box<str>),
    /// A module of the repository.
    Module(ModuleId),
    /// A function of a module: its place among the module's.
    Function(ModuleId, u32),
    /// A class of a module: its place among the module's.
    Class(ModuleId, u32),
    /// What a call made.
    Object(Arc<Object>),
    /// Nothing is there: an entry that only some branch writes, seen from the other.
    Missing,
}

/// Stands in a text for a part that nobody knows.
pub const HOLE: char = '\0';

/// A dict.
#[derive(Clone, Debug, PartialEq)]
pub struct Dict {
    /// Its entries, in order.
    pub entries: Vec<(Box<str>, Fact<PyValue>)>,
    /// Why there may be others.
    pub open: Option<Why>,
    /// What makes it.
    pub made: Made,
}

/// What makes a dict: it says where another entry could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// `{...}`
    Display(Span),
    /// A call that takes some of the entries as keywords: `dj_database_url.config(conn_max_age=60)`.
    Call(Span),
    /// Statements that put entries into it.
    Statements,
}

/// What a call made.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// What was called: the dotted name of something outside.
    pub of: Box<str>,
    /// The class, when it is of the repository.
    pub class: Option<(ModuleId, u32)>,
    /// Its positional arguments.
    pub args: Vec<Fact<PyValue>>,
    /// Its keyword arguments.
    pub keywords: Vec<(Box<str>, Fact<PyValue>)>,
    /// What was set on it since.
    pub attributes: Dict,
    /// The call.
    pub span: Span,
}

/// The variables that a process sees.
#[derive(Clone, Debug)]
pub struct Environment<'a> {
    /// Those that are known, sorted by name or not; of one that is there twice the last counts.
    pub variables: Cow<'a, [Variable]>,
    /// Whether they are all: then what is not among them is not set.
    pub complete: bool,
    /// Files of variables that are not there for it to read.
    pub absent: &'a [Box<str>],
}

impl<'a> Environment<'a> {
    /// What a command of a service sees: what its start script sets for it stands over what its container has.
    pub fn of(plan: &'a ServicePlan, running: Option<&Running>) -> Self {
        let set = running.map_or(&[][..], |it| &it.assignments);
        let variables = if set.is_empty() {
            Cow::Borrowed(&*plan.environment)
        } else {
            let own = set.iter().map(|(name, word)| Variable {
                name: name.clone(),
                value: word.text.clone(),
                span: word.span,
            });
            plan.environment.iter().cloned().chain(own).collect()
        };
        Self { variables, complete: plan.environment_open.is_none(), absent: &plan.absent }
    }
}

/// How many expressions are evaluated for one question, at most.
const MOST_STEPS: u32 = 50_000;

/// How deep calls and names lead to each other, at most.
const MOST_DEPTH: u32 = 64;

/// What names of loaded modules stand for.
type Known = BTreeMap<(ModuleId, Box<str>), Fact<PyValue>>;

/// Evaluates expressions in one environment.
pub struct Evaluator<'a> {
    code: &'a Code,
    environment: Environment<'a>,
    /// The modules that `django.conf.settings` may be: several where nothing says which.
    settings: Vec<ModuleId>,
    /// The packages that are installed, as far as that is known.
    packages: Option<&'a Versions<'a>>,
    steps: Cell<u32>,
    depth: Cell<u32>,
    /// Names that are being worked out: one that needs itself has no value.
    open: RefCell<BTreeSet<(ModuleId, Box<str>, usize)>>,
    known: RefCell<Known>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator for a service's environment; `settings` is the module that `django.conf.settings` stands for, or
    /// several: what they agree on is known then, and where they differ it is one of what they say.
    pub fn new(code: &'a Code, environment: Environment<'a>, settings: impl IntoIterator<Item = ModuleId>) -> Self {
        Self {
            code,
            environment,
            settings: settings.into_iter().collect(),
            packages: None,
            steps: Cell::new(0),
            depth: Cell::new(0),
            open: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// The same, where these packages are installed: some libraries look for others.
    #[must_use]
    pub fn with_packages(self, packages: &'a Versions<'a>) -> Self {
        Self { packages: Some(packages), ..self }
    }

    /// The code it evaluates.
    pub fn code(&self) -> &'a Code {
        self.code
    }

    /// The module that `django.conf.settings` stands for; the first where it may be several, which stands for all.
    pub fn settings(&self) -> Option<ModuleId> {
        self.settings.first().copied()
    }

    /// Whether several modules may be the settings.
    pub fn is_open(&self) -> bool {
        self.settings.len() > 1
    }

    /// What `ask` finds in the settings `module`; what is found in each of them where it stands for several.
    fn in_settings(&self, module: ModuleId, ask: impl Fn(ModuleId) -> Fact<PyValue>) -> Fact<PyValue> {
        if !self.is_open() || self.settings() != Some(module) {
            return ask(module);
        }
        let told = self.settings.iter().filter_map(|&id| {
            let draft = self.code.module(id)?;
            let when = Condition {
                text: format!("the settings are `{}`", draft.path).into(),
                at: Some(Span::at(draft.file, 0)),
            };
            Some((when, ask(id)))
        });
        lift::alternatives(told.collect())
    }

    /// What a module's name stands for when the module is loaded; absent when it has no such name.
    pub fn name(&self, module: ModuleId, name: &str) -> Fact<PyValue> {
        self.steps.set(0);
        present(self.global(module, name))
    }

    /// What Django finds under the name of a setting: in the class that `DJANGO_CONFIGURATION` names, where the module
    /// has classes of django-configurations.
    fn setting_name(&self, module: ModuleId, name: &str) -> Fact<PyValue> {
        present(self.in_settings(module, |id| match self.own_setting(id, name) {
            Fact::Absent => scope::missing(),
            found => found,
        }))
    }

    fn own_setting(&self, module: ModuleId, name: &str) -> Fact<PyValue> {
        self.steps.set(0);
        match self.configured(module, name) {
            Some(found) => present(found),
            None => match present(self.global(module, name)) {
                Fact::Absent => self.in_a_class(module, name),
                found => found,
            },
        }
    }

    /// A variable that the environment is known to set.
    pub fn set_variable(&self, name: &str) -> Option<Fact<PyValue>> {
        let variable = self.environment.variables.iter().rfind(|it| &*it.name == name)?;
        Some(variable.value.clone().map(PyValue::Str)).filter(|it| it.known() != Some(&PyValue::Str("".into())))
    }

    /// A setting with keys: `["DATABASES", "default", "CONN_MAX_AGE"]`. Absent when a key is not there.
    pub fn setting(&self, module: ModuleId, path: &[&str]) -> Fact<PyValue> {
        let Some((name, keys)) = path.split_first() else { return Fact::Absent };
        keys.iter().fold(self.setting_name(module, name), |value, key| entry(value, key))
    }

    /// Goes one level down, unless that leads too far.
    fn deeper(&self, evaluate: impl FnOnce() -> Fact<PyValue>) -> Fact<PyValue> {
        if self.depth.get() >= MOST_DEPTH || self.steps.get() >= MOST_STEPS {
            return Fact::unknown("it takes too many steps to tell");
        }
        self.steps.set(self.steps.get() + 1);
        self.depth.set(self.depth.get() + 1);
        let value = evaluate();
        self.depth.set(self.depth.get() - 1);
        value
    }

    /// What an expression comes to that stands within a function or method (`Store.connect`), of which nobody knows what
    /// it is called with.
    pub fn expr_within(&self, module: ModuleId, within: &str, expr: &Expr) -> Fact<PyValue> {
        self.steps.set(0);
        let whole = self.whole(module);
        let Some((function, class)) = self.function_at(module, within) else {
            return present(self.eval(&whole, expr));
        };
        let unknown =
            |name: &str, span| Fact::Unknown(Why::at(format!("what `{name}` is called with is not known"), span));
        let span = function.name.span;
        let open = |function: &Function| {
            let params = function.params.iter().map(|it| it.0.trim_start_matches('*'));
            params.map(|name| (Box::from(name), unknown(name, function.name.span))).collect::<Vec<_>>()
        };
        let mut given = open(function);
        if let (Some(class), Some(first)) = (class, given.first_mut().filter(|it| &*it.0 == "self")) {
            let init = self.method_of(class, "__init__").map(|it| open(it.1)).unwrap_or_default();
            first.1 = self.instance(class, Vec::new(), init.into_iter().skip(1).collect(), span);
        }
        let local = scope::Local::body(&function.events, &given);
        present(self.eval(&scope::Frame { local: Some(local), ..whole }, expr))
    }

    /// Whether the conditions hold that a place within a function stands under.
    pub fn holds(&self, module: ModuleId, within: &str, guards: &[Guard]) -> Truth {
        guards.iter().fold(Truth::Yes, |all, guard| {
            let test = guard.test.as_ref();
            let holds = test.map_or(Truth::Maybe, |it| self.truth(self.expr_within(module, within, it)));
            all.and(if guard.holds { holds } else { !holds })
        })
    }

    /// A setting that an object brings which `from_object` is given: a class, a module, or the dotted name of one.
    pub fn object_setting(&self, module: ModuleId, object: Fact<PyValue>, name: &str) -> Fact<PyValue> {
        self.steps.set(0);
        let class = |at, name: &str| match self.global(at, name).known() {
            Some(PyValue::Class(module, place)) => Some((*module, *place)),
            _ => None,
        };
        present(lift::then(object, |it| match &it.value {
            PyValue::Class(module, place) => self.of_class((*module, *place), name, None),
            PyValue::Module(module) => self.global(*module, name),
            PyValue::Object(object) => object.class.map_or_else(
                || Fact::unknown("its configuration is worked out when the program runs"),
                |class| self.of_class(class, name, Some(object)),
            ),
            PyValue::Str(dotted) => match (self.resolve(module, dotted), dotted.rsplit_once('.')) {
                (Some(module), _) => self.global(module, name),
                (None, Some((module_name, class_name))) => {
                    let found = self.resolve(module, module_name).and_then(|it| class(it, class_name));
                    found.map_or_else(
                        || Fact::unknown("its configuration is not in these files"),
                        |class| self.of_class(class, name, None),
                    )
                }
                _ => Fact::unknown("its configuration is not in these files"),
            },
            _ => Fact::unknown("its configuration is worked out when the program runs"),
        }))
    }

    /// The function around a place, by its dotted name, and the class that it is a method of.
    fn function_at(&self, module: ModuleId, within: &str) -> Option<(&'a Function, Option<(ModuleId, u32)>)> {
        let draft = self.code.module(module)?;
        let (first, rest) = within.split_once('.').unwrap_or((within, ""));
        if let Some(function) = draft.functions.iter().rfind(|it| &*it.name.value == first) {
            return Some((function, None));
        }
        let place = draft.classes.iter().rposition(|it| &*it.name.value == first)?;
        let method = rest.split('.').next().unwrap_or(rest);
        let function = draft.classes.get(place)?.methods.iter().rfind(|it| &*it.name.value == method)?;
        Some((function, Some((module, place as u32))))
    }

    /// What an expression of a module comes to once the module is loaded.
    pub fn expr(&self, module: ModuleId, expr: &Expr) -> Fact<PyValue> {
        self.steps.set(0);
        present(self.eval(&self.whole(module), expr))
    }
}

/// A dict without entries.
pub fn empty_dict() -> PyValue {
    PyValue::Dict(scope::empty().into())
}

/// An entry of a dict, an attribute set on an object; absent when it is not there.
pub fn entry(value: Fact<PyValue>, key: &str) -> Fact<PyValue> {
    if value.is_absent() {
        return Fact::Absent;
    }
    present(lift::then(value, |sourced| match &sourced.value {
        PyValue::Dict(dict) => dict.get(key, &sourced.origin),
        PyValue::Object(object) => object.attributes.get(key, &sourced.origin),
        PyValue::None | PyValue::Missing => lift::like(PyValue::Missing, &sourced.origin),
        _ => Fact::unknown("not a dict"),
    }))
}

/// The keys that a dict has in any branch, in order.
pub fn keys(value: &Fact<PyValue>) -> Vec<Box<str>> {
    let mut all: Vec<Box<str>> = Vec::new();
    let mut add = |value: &PyValue| {
        if let PyValue::Dict(dict) = value {
            let new: Vec<_> = dict.entries.iter().map(|it| it.0.clone()).filter(|key| !all.contains(key)).collect();
            all.extend(new);
        }
    };
    match value {
        Fact::Known(sourced) => add(&sourced.value),
        Fact::OneOf(branches) => branches.iter().for_each(|(_, sourced)| add(&sourced.value)),
        _ => {}
    }
    all
}

/// A value with a program's default in those branches where nothing is there.
pub fn or_default(value: Fact<PyValue>, default: PyValue, program: &str, setting: &str) -> Fact<PyValue> {
    lift::then(value, |it| match it.value {
        PyValue::Missing => Fact::default_of(default.clone(), program, setting, it.origin.span()),
        _ => Fact::Known(it.clone()),
    })
}

/// A value that is certainly not there is absent.
fn present(fact: Fact<PyValue>) -> Fact<PyValue> {
    match fact {
        Fact::Known(sourced) if sourced.value == PyValue::Missing => Fact::Absent,
        fact => fact,
    }
}

#[cfg(test)]
mod tests;
