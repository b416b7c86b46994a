//! django-configurations: settings that stand in a class, which `DJANGO_CONFIGURATION` names.

use super::lift::{self, at};
use super::scope::is_missing;
use super::{Evaluator, ModuleId, Object, PyValue};
use crate::stack::{Fact, Why};

const VARIABLE: &str = "DJANGO_CONFIGURATION";

impl Evaluator<'_> {
    /// A setting of the class that the environment names; none when the module has no such classes.
    pub(super) fn configured(&self, module: ModuleId, name: &str) -> Option<Fact<PyValue>> {
        let draft = self.code.module(module)?;
        if !draft.imports.iter().any(|it| &**it == "configurations" || it.starts_with("configurations.")) {
            return None;
        }
        let mut classes =
            (0..draft.classes.len() as u32).map(|at| (module, at)).filter(|it| self.is_configuration(*it, 0));
        let first = classes.next()?;
        let set = self.environment.variables.iter().rfind(|it| &*it.name == VARIABLE);
        let chosen = match set {
            Some(set) => match set.value.known() {
                Some(name) => self.class_called(module, name),
                None => return Some(Fact::Unknown(Why::at(format!("set by the environment ({VARIABLE})"), set.span))),
            },
            None => classes.next().is_none().then_some(first),
        };
        let Some(class) = chosen else {
            return Some(Fact::Unknown(Why::new(format!("which class of settings is used is set by {VARIABLE}"))));
        };
        let draft = self.class(class)?;
        let instance = Object {
            of: draft.name.value.clone(),
            class: Some(class),
            args: Vec::new(),
            keywords: Vec::new(),
            attributes: super::scope::empty(),
            span: draft.name.span,
        };
        let found = self.of_class(class, name, Some(&instance));
        Some(lift::then(found, |it| match &it.value {
            PyValue::Object(value)
                if value.of.contains("configurations.values.") || value.of.starts_with("values.") =>
            {
                self.configured_value(value, name)
            }
            _ => Fact::Known(it.clone()),
        }))
    }

    fn class_called(&self, module: ModuleId, name: &str) -> Option<(ModuleId, u32)> {
        match self.global(module, name).known() {
            Some(PyValue::Class(module, at)) => Some((*module, *at)),
            _ => None,
        }
    }

    fn is_configuration(&self, class: (ModuleId, u32), depth: u32) -> bool {
        let Some(draft) = self.class(class).filter(|_| depth < 16) else { return false };
        let frame = self.whole(class.0);
        draft.bases.iter().any(|base| match self.eval(&frame, base).known() {
            Some(PyValue::Outside(name)) => name.starts_with("configurations.") && name.ends_with("Configuration"),
            Some(PyValue::Class(module, at)) if (*module, *at) != class => {
                self.is_configuration((*module, *at), depth + 1)
            }
            _ => false,
        })
    }

    /// `values.IntegerValue(3, environ_name="X", environ_prefix="APP")`; the name is the setting's, with `DJANGO_`.
    fn configured_value(&self, value: &Object, setting: &str) -> Fact<PyValue> {
        let keyword = |name: &str| value.keywords.iter().find(|it| &*it.0 == name).map(|it| it.1.clone());
        let text = |name: &str| match keyword(name)?.known()? {
            PyValue::Str(text) => Some(text.to_string()),
            _ => None,
        };
        let kind = value.of.rsplit('.').next().unwrap_or_default();
        let default = value.args.first().cloned().or_else(|| keyword("default"));
        let is = |name: &str, truth: bool| keyword(name).is_some_and(|it| it.known() == Some(&PyValue::Bool(truth)));
        if is("environ", false) {
            return default.unwrap_or_else(|| at(PyValue::None, value.span));
        }
        let own = match kind {
            "DatabaseURLValue" => "DATABASE_URL".to_owned(),
            "CacheURLValue" => "CACHE_URL".to_owned(),
            _ => setting.to_owned(),
        };
        let url = matches!(kind, "DatabaseURLValue" | "CacheURLValue");
        let prefix = match keyword("environ_prefix").map(|it| it.known().cloned()) {
            None if url => String::new(),
            None => "DJANGO".to_owned(),
            Some(Some(PyValue::None)) => String::new(),
            Some(Some(PyValue::Str(text))) => text.to_string(),
            Some(_) => return self.unknown_at(value.span),
        };
        let own = text("environ_name").unwrap_or(own);
        let name = if prefix.is_empty() { own } else { format!("{prefix}_{own}") };
        let none = || at(PyValue::None, value.span);
        let read = self.variable(&name, Some(default.unwrap_or_else(none)), value.span);
        if is_missing(&read) {
            return read;
        }
        let wrapped = |made: Fact<PyValue>| {
            let mut dict = super::scope::empty();
            dict.set("default", made);
            at(PyValue::Dict(dict.into()), value.span)
        };
        match kind {
            "DatabaseURLValue" => wrapped(self.database(&read, value.span)),
            "CacheURLValue" => wrapped(self.cache(&read, value.span)),
            "IntegerValue" | "PositiveIntegerValue" => self.cast(read, "int", value.span),
            "FloatValue" => self.cast(read, "float", value.span),
            "BooleanValue" => self.cast(read, "bool", value.span),
            "ListValue" | "TupleValue" | "SetValue" => self.cast(read, "list", value.span),
            "Value" | "SecretValue" | "URLValue" | "PathValue" => read,
            _ => self.unknown_at(value.span),
        }
    }
}
