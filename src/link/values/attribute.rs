//! Attributes: of modules, of objects and their classes.

use super::data;
use super::lift::{self, at};
use super::scope::{Frame, Local, is_missing, missing};
use super::{Evaluator, ModuleId, Object, PyValue};
use crate::facts::python::{Class, EventKind, Function};
use crate::source::Span;
use crate::stack::{Fact, Why};

impl<'a> Evaluator<'a> {
    /// `on.name`
    pub(super) fn attribute(&self, on: Fact<PyValue>, name: &str, span: Span) -> Fact<PyValue> {
        lift::then(on, |on| match &on.value {
            PyValue::Module(module) => self.of_module(*module, name, span),
            PyValue::Outside(outside) => match (&**outside, self.settings()) {
                ("dynaconf.settings", _) => self.of_dynaconf(&data::plain(span), name, span),
                ("django.conf.settings", Some(settings)) => {
                    let found = self.in_settings(settings, |id| self.global(id, name));
                    if is_missing(&found) { self.outside_name(outside, name, span) } else { found }
                }
                _ => self.outside_name(outside, name, span),
            },
            PyValue::Object(object) => {
                let set = object.attributes.get(name, &on.origin);
                if !is_missing(&set) {
                    return set;
                }
                if data::is_dynaconf(object) {
                    return self.of_dynaconf(object, name, span);
                }
                if data::is_box(object) {
                    return self.unknown_at(span);
                }
                // `info.data` of a validator.
                if name == "data" && super::pydantic::is_validated(object) {
                    return Fact::Known(on.clone());
                }
                let found = object.class.map_or_else(missing, |class| self.of_class(class, name, Some(object)));
                if is_missing(&found) {
                    return at(PyValue::Outside(format!("{}().{name}", object.of).into()), span);
                }
                found
            }
            PyValue::Class(module, place) => {
                let found = self.of_class((*module, *place), name, None);
                if is_missing(&found) { self.unknown_at(span) } else { found }
            }
            PyValue::Str(text) => self.path_attribute(on, text, name, span),
            // `.value` of an enumeration's member, of a secret.
            value if name == "value" => lift::like(value.clone(), &on.origin),
            _ => self.unknown_at(span),
        })
    }

    fn outside_name(&self, outside: &str, name: &str, span: Span) -> Fact<PyValue> {
        at(PyValue::Outside(format!("{outside}.{name}").into()), span)
    }

    pub(super) fn unknown_at(&self, span: Span) -> Fact<PyValue> {
        Fact::Unknown(Why::at("worked out when the program runs", span))
    }

    /// A name of a module, or a module within a package.
    pub(super) fn of_module(&self, module: ModuleId, name: &str, span: Span) -> Fact<PyValue> {
        let found = self.global(module, name);
        if !is_missing(&found) {
            return found;
        }
        let path = self.code.module(module).map_or("", |it| &it.path);
        let package = path.strip_suffix("/__init__.py").unwrap_or(path).replace('/', ".");
        match self.code.resolve("", &format!(".{package}.{name}")) {
            Some(inner) => at(PyValue::Module(inner), span),
            None => self.unknown_at(span),
        }
    }

    pub(super) fn class(&self, (module, place): (ModuleId, u32)) -> Option<&'a Class> {
        self.code.module(module)?.classes.get(place as usize)
    }

    /// The classes that a class is made from, those of the repository.
    pub(super) fn bases(&self, class: (ModuleId, u32)) -> Vec<(ModuleId, u32)> {
        let Some(draft) = self.class(class) else { return Vec::new() };
        let frame = self.whole(class.0);
        let found = draft.bases.iter().filter_map(|base| match self.eval(&frame, base).known() {
            Some(PyValue::Class(module, place)) => Some((*module, *place)),
            _ => None,
        });
        found.filter(|base| *base != class).collect()
    }

    /// An attribute of a class, or, with an instance, of that; missing when there is none.
    pub(super) fn of_class(&self, class: (ModuleId, u32), name: &str, instance: Option<&Object>) -> Fact<PyValue> {
        self.deeper(|| self.of_class_inner(class, name, instance))
    }

    fn of_class_inner(&self, class: (ModuleId, u32), name: &str, instance: Option<&Object>) -> Fact<PyValue> {
        let Some(draft) = self.class(class) else { return missing() };
        if let Some(instance) = instance {
            if let Some(field) = self.settings_field(class, name, instance) {
                return field;
            }
            let is_property =
                |it: &&Function| &*it.name.value == name && it.decorators.iter().any(|it| is_property(it));
            if let Some(property) = draft.methods.iter().find(is_property) {
                let object = at(PyValue::Object(instance.clone().into()), instance.span);
                return self.call_function(class.0, property, vec![object], Vec::new(), instance.span);
            }
        }
        let found = self.class_name(class, name);
        if !is_missing(&found) {
            return found;
        }
        for base in self.bases(class) {
            let found = self.of_class(base, name, instance);
            if !is_missing(&found) {
                return found;
            }
        }
        missing()
    }

    /// A name that the body of a class itself binds.
    pub(super) fn class_name(&self, class: (ModuleId, u32), name: &str) -> Fact<PyValue> {
        let Some(draft) = self.class(class) else { return missing() };
        let bound = draft.events.iter().any(|event| match &event.kind {
            EventKind::Set { path, .. } | EventKind::Merge { path, .. } | EventKind::Change { path, .. } => {
                &*path.root == name
            }
            _ => false,
        });
        if !bound {
            return missing();
        }
        let local = Local::body(&draft.events, &[]);
        self.lookup_local(&Frame { local: Some(local), ..self.whole(class.0) }, name)
    }

    /// A method of a class or of what it is made from.
    pub(super) fn method_of(&self, class: (ModuleId, u32), name: &str) -> Option<(ModuleId, &'a Function)> {
        let mut todo = vec![class];
        // Classes that are made from each other end the search, too.
        for _ in 0..16 {
            let class = todo.pop()?;
            if let Some(method) = self.class(class)?.methods.iter().find(|it| &*it.name.value == name) {
                return Some((class.0, method));
            }
            todo.extend(self.bases(class).into_iter().rev());
        }
        None
    }
}

fn is_property(decorator: &str) -> bool {
    let last = decorator.rsplit('.').next().unwrap_or(decorator);
    matches!(last, "property" | "cached_property" | "computed_field")
}
