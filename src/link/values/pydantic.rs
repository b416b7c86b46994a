//! Settings classes: fields that pydantic fills from the environment.

use super::convert::truthy;
use super::lift;
use super::scope::is_missing;
use super::{Evaluator, ModuleId, Object, PyValue};
use crate::facts::python::Field;
use crate::stack::{Fact, Why};

impl<'a> Evaluator<'a> {
    /// The value of a settings field of an instance; none when the class is no settings class or has no such field.
    pub(super) fn settings_field(
        &self,
        class: (ModuleId, u32),
        name: &str,
        instance: &Object,
    ) -> Option<Fact<PyValue>> {
        let field = self.class(class)?.fields.iter().find(|it| &*it.name.value == name)?;
        if !self.is_model(class, 0) {
            return None;
        }
        if let Some((_, given)) = instance.keywords.iter().find(|it| &*it.0 == name) {
            return Some(given.clone());
        }
        let default = self.class_name(class, name);
        let (default, mut names) = self.field_call(default);
        // The instance's own class says the prefix, also for fields of its bases.
        let outermost = instance.class.unwrap_or(class);
        if !self.is_settings(outermost, 0) {
            return Some(default.unwrap_or_else(|| self.nested(class, field)));
        }
        if names.is_empty() {
            names.push(format!("{}{name}", self.prefix(outermost)));
        }
        let variables = self.environment.variables;
        let set = names.iter().find_map(|name| variables.iter().find(|it| it.name.eq_ignore_ascii_case(name)));
        if let Some(variable) = set {
            let text = variable.value.clone().map(PyValue::Str).by_way_of([field.name.span]);
            return Some(typed(text, &field.annotation));
        }
        let name = names.first().map(|it| it.to_uppercase()).unwrap_or_default();
        let default = default.or_else(|| match self.nested(class, field) {
            Fact::Unknown(_) => None,
            nested => Some(nested),
        });
        let unknown = || Fact::Unknown(Why::at(format!("set by the environment ({name})"), field.name.span));
        Some(default.map_or_else(unknown, |default| self.variable(&name, Some(default), field.name.span)))
    }

    /// The default of a field and the variables that `Field(...)` names for it.
    fn field_call(&self, value: Fact<PyValue>) -> (Option<Fact<PyValue>>, Vec<String>) {
        let Some(PyValue::Object(field)) = value.known().filter(|it| is_field_call(it)) else {
            return ((!is_missing(&value)).then_some(value), Vec::new());
        };
        let keyword = |name: &str| field.keywords.iter().find(|it| &*it.0 == name).map(|it| it.1.clone());
        let mut names = Vec::new();
        for alias in ["validation_alias", "env", "alias"].iter().filter_map(|it| keyword(it)) {
            match alias.known() {
                Some(PyValue::Str(name)) => names.push(name.to_string()),
                Some(PyValue::Object(choices)) => names.extend(choices.args.iter().filter_map(|it| match it.known() {
                    Some(PyValue::Str(name)) => Some(name.to_string()),
                    _ => None,
                })),
                Some(PyValue::List(choices)) => names.extend(choices.iter().filter_map(|it| match it.known() {
                    Some(PyValue::Str(name)) => Some(name.to_string()),
                    _ => None,
                })),
                _ => {}
            }
        }
        let first = field.args.first().cloned().filter(|it| !matches!(it.known(), Some(PyValue::Outside(_))));
        let made =
            keyword("default_factory").map(|factory| self.call_value(factory, Vec::new(), Vec::new(), field.span));
        (keyword("default").or(first).or(made), names)
    }

    /// What a field without a default is, when its annotation names a settings class.
    fn nested(&self, class: (ModuleId, u32), field: &Field) -> Fact<PyValue> {
        let unknown = || Fact::Unknown(Why::at("given when the program runs", field.name.span));
        let found = self.global(class.0, &field.annotation);
        match found.known() {
            Some(PyValue::Class(module, place)) if self.is_settings((*module, *place), 0) => {
                self.instance((*module, *place), Vec::new(), Vec::new(), field.name.span)
            }
            _ => unknown(),
        }
    }

    /// `env_prefix` of `model_config`, or of the class `Config` within.
    fn prefix(&self, class: (ModuleId, u32)) -> String {
        let config = self.of_class(class, "model_config", None);
        let text = |value: &Fact<PyValue>| match value.known() {
            Some(PyValue::Str(text)) => Some(text.to_string()),
            _ => None,
        };
        let new = match config.known() {
            Some(PyValue::Object(it)) => {
                it.keywords.iter().find(|it| &*it.0 == "env_prefix").and_then(|it| text(&it.1))
            }
            Some(PyValue::Dict(it)) => it.entries.iter().find(|it| &*it.0 == "env_prefix").and_then(|it| text(&it.1)),
            _ => None,
        };
        new.or_else(|| {
            let old = self.class(class)?.classes.iter().find(|it| &*it.name.value == "Config")?;
            old.events.iter().find_map(|event| match &event.kind {
                crate::facts::python::EventKind::Set { path, value } if &*path.root == "env_prefix" => {
                    value.str().map(str::to_owned)
                }
                _ => None,
            })
        })
        .unwrap_or_default()
    }

    /// Whether a class takes its fields from the environment.
    pub(super) fn is_settings(&self, class: (ModuleId, u32), depth: u32) -> bool {
        self.is_made_from(class, &["BaseSettings"], depth)
    }

    fn is_model(&self, class: (ModuleId, u32), depth: u32) -> bool {
        self.is_made_from(class, &["BaseSettings", "BaseModel"], depth)
    }

    fn is_made_from(&self, class: (ModuleId, u32), names: &[&str], depth: u32) -> bool {
        let Some(draft) = self.class(class).filter(|_| depth < 16) else { return false };
        let frame = self.whole(class.0);
        draft.bases.iter().any(|base| match self.eval(&frame, base).known() {
            Some(PyValue::Outside(name)) => names.contains(&name.rsplit('.').next().unwrap_or(name)),
            Some(PyValue::Class(module, place)) if (*module, *place) != class => {
                self.is_made_from((*module, *place), names, depth + 1)
            }
            _ => false,
        })
    }
}

fn is_field_call(value: &PyValue) -> bool {
    matches!(value, PyValue::Object(object) if object.of.rsplit('.').next() == Some("Field"))
}

/// A variable's text as the annotation asks for it.
fn typed(text: Fact<PyValue>, annotation: &str) -> Fact<PyValue> {
    let is = |word: &str| annotation.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word);
    if is("bool") {
        return as_bool(text);
    }
    if is("int") || is("PositiveInt") {
        return as_number(text, true);
    }
    if is("float") { as_number(text, false) } else { text }
}

/// A text that says yes or no.
pub(super) fn as_bool(text: Fact<PyValue>) -> Fact<PyValue> {
    lift::then(text, |it| {
        let truth = match &it.value {
            PyValue::Str(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "t" | "yes" | "y" | "on" | "ok" => Some(true),
                "0" | "false" | "f" | "no" | "n" | "off" | "" => Some(false),
                _ => None,
            },
            other => truthy(other),
        };
        match truth {
            Some(truth) => Fact::Known(it.clone().map(|_| PyValue::Bool(truth))),
            None => Fact::unknown("neither true nor false"),
        }
    })
}

/// A text that says a number.
pub(super) fn as_number(text: Fact<PyValue>, whole: bool) -> Fact<PyValue> {
    lift::then(text, |it| {
        let number = match (&it.value, whole) {
            (PyValue::Str(text), true) => text.trim().parse().ok().map(PyValue::Int),
            (PyValue::Str(text), false) => text.trim().parse().ok().map(PyValue::Float),
            (PyValue::Float(float), true) => Some(PyValue::Int(*float as i64)),
            (PyValue::Bool(truth), true) => Some(PyValue::Int(i64::from(*truth))),
            (PyValue::Int(int), false) => Some(PyValue::Float(*int as f64)),
            (PyValue::Int(_), true) | (PyValue::Float(_), false) => Some(it.value.clone()),
            (PyValue::Object(object), _) => {
                return Fact::Unknown(Why::at(format!("given by `{}`", object.of), object.span));
            }
            _ => None,
        };
        match number {
            Some(number) => Fact::Known(it.clone().map(|_| number)),
            None => Fact::unknown("not a number"),
        }
    })
}
