//! Settings classes: fields that pydantic fills from the environment.

use super::convert::truthy;
use super::lift;
use super::scope::is_missing;
use super::{Evaluator, ModuleId, Object, PyValue};
use crate::facts::python::{EventKind, Field, Function};
use crate::source::Span;
use crate::stack::{Fact, Why};

/// What a validator sees of the model: its fields, as they are before they are checked.
const VALIDATED: &str = "the fields of the model";

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
        // A validator that looks at other fields sees them as they are given.
        if !is_validated(instance)
            && let Some((module, method)) = self.validator(instance.class.unwrap_or(class), name)
        {
            let value = self.plain_field(class, field, instance);
            return Some(self.validated((module, method), name, value, instance));
        }
        Some(self.plain_field(class, field, instance))
    }

    /// The method that makes or checks a field, when there is one.
    fn validator(&self, class: (ModuleId, u32), name: &str) -> Option<(ModuleId, &'a Function)> {
        let mut todo = vec![class];
        for _ in 0..16 {
            let class = todo.pop()?;
            let named = |it: &&Function| it.validates.iter().any(|field| &**field == name) || sets(it, name);
            if let Some(method) = self.class(class)?.methods.iter().find(named) {
                return Some((class.0, method));
            }
            todo.extend(self.bases(class).into_iter().rev());
        }
        None
    }

    /// What a validator makes of a field's value.
    fn validated(
        &self,
        (module, method): (ModuleId, &Function),
        name: &str,
        value: Fact<PyValue>,
        instance: &Object,
    ) -> Fact<PyValue> {
        let seen = Object { of: VALIDATED.into(), ..instance.clone() };
        let seen = Fact::derived(PyValue::Object(seen.into()), vec![instance.span]);
        let span = method.name.span;
        if method.validates.iter().any(|it| &**it == "*") {
            return self.deeper(|| {
                let given: Vec<_> = method.params.iter().take(1).map(|it| (it.0.clone(), seen.clone())).collect();
                let local = super::scope::Local::body(&method.events, &given);
                let frame = super::scope::Frame { local: Some(local), ..self.whole(module) };
                let made = self.lookup_local(&frame, method.params.first().map_or("self", |it| &it.0));
                match super::entry(made, name) {
                    Fact::Absent => value,
                    set => set,
                }
            });
        }
        // `(cls, v, values)`, `(cls, v, info)`: `info.data` holds the fields.
        let is_static = method.params.first().is_some_and(|it| &*it.0 != "cls" && &*it.0 != "self");
        let class = (!is_static).then(|| Fact::unknown("the class of a model"));
        let args = class.into_iter().chain([value, seen]).collect();
        self.call_function(module, method, args, Vec::new(), span)
    }

    /// The value of a field before any validator.
    fn plain_field(&self, class: (ModuleId, u32), field: &Field, instance: &Object) -> Fact<PyValue> {
        let name = &*field.name.value;
        if let Some((_, given)) = instance.keywords.iter().find(|it| &*it.0 == name) {
            return given.clone();
        }
        let default = self.class_name(class, name);
        let (default, mut names) = self.field_call(default);
        // The instance's own class says the prefix, also for fields of its bases.
        let outermost = instance.class.unwrap_or(class);
        if !self.is_settings(outermost, 0) {
            return default.unwrap_or_else(|| self.nested(class, field, None));
        }
        if names.is_empty() {
            names.push(format!("{}{name}", self.prefix(outermost)));
        }
        let variables = &self.environment.variables;
        let set = names.iter().find_map(|name| variables.iter().find(|it| it.name.eq_ignore_ascii_case(name)));
        if let Some(variable) = set {
            let text = variable.value.clone().map(PyValue::Str).by_way_of([field.name.span]);
            return typed(text, &field.annotation);
        }
        let name = names.first().map(|it| it.to_uppercase()).unwrap_or_default();
        if let Some(text) =
            self.dotenv(&name, field.name.span).or_else(|| self.dotenv(&name.to_lowercase(), field.name.span))
        {
            return typed(self.variable(&name, Some(text), field.name.span), &field.annotation);
        }
        let delimiter = self.setting_of(outermost, "env_nested_delimiter");
        let within = delimiter.map(|it| (name.clone(), it));
        // Each field of a nested model has a variable of its own.
        match (default, within) {
            (Some(default), Some(within)) => match default.known() {
                Some(PyValue::Object(object)) if object.class.is_some() => {
                    self.refilled(object, &within, default.span().unwrap_or(field.name.span))
                }
                _ => self.variable(&name, Some(default), field.name.span),
            },
            (Some(default), None) => match default.known() {
                Some(PyValue::Object(object)) if object.class.is_some() => default,
                _ => self.variable(&name, Some(default), field.name.span),
            },
            (None, within) => match self.nested(class, field, within.as_ref()) {
                Fact::Unknown(_) => Fact::Unknown(Why::at(format!("set by the environment ({name})"), field.name.span)),
                nested => nested,
            },
        }
    }

    /// A nested model with those of its fields that have a variable of their own: `DB__POOL_SIZE`.
    fn refilled(&self, object: &Object, (prefix, delimiter): &(String, String), span: Span) -> Fact<PyValue> {
        let mut filled = object.clone();
        let mut classes: Vec<(ModuleId, u32)> = object.class.into_iter().collect();
        let mut at = 0;
        while let (Some(&class), true) = (classes.get(at), at < 16) {
            classes.extend(self.bases(class));
            at += 1;
        }
        for (class, field) in classes
            .iter()
            .filter_map(|it| Some((*it, self.class(*it)?)))
            .flat_map(|(id, it)| it.fields.iter().map(move |field| (id, field)))
        {
            let value = self.refilled_field(class, field, object, (prefix, delimiter));
            filled.keywords.retain(|it| it.0 != field.name.value);
            filled.keywords.extend(value.map(|value| (field.name.value.clone(), value)));
        }
        Fact::derived(PyValue::Object(filled.into()), vec![span])
    }

    /// A field of a nested model; none where only its class says it.
    fn refilled_field(
        &self,
        class: (ModuleId, u32),
        field: &Field,
        object: &Object,
        (prefix, delimiter): (&str, &str),
    ) -> Option<Fact<PyValue>> {
        let name = format!("{prefix}{delimiter}{}", field.name.value).to_uppercase();
        let set = self.environment.variables.iter().rfind(|it| it.name.eq_ignore_ascii_case(&name));
        if let Some(set) = set {
            let text = set.value.clone().map(PyValue::Str).by_way_of([field.name.span]);
            return Some(typed(text, &field.annotation));
        }
        if let Some(text) = self.dotenv(&name, field.name.span) {
            return Some(typed(text, &field.annotation));
        }
        let given = object.keywords.iter().find(|it| it.0 == field.name.value).map(|it| it.1.clone());
        let current = given.clone().or_else(|| self.field_call(self.class_name(class, &field.name.value)).0);
        let within = (name.clone(), delimiter.to_owned());
        match current.as_ref().map(|it| it.known()) {
            Some(Some(PyValue::Object(inner))) if inner.class.is_some() => {
                Some(self.deeper(|| self.refilled(inner, &within, field.name.span)))
            }
            None => match self.deeper(|| self.nested(class, field, Some(&within))) {
                Fact::Unknown(_) => None,
                nested => Some(nested),
            },
            _ if self.environment.complete => given,
            _ => Some(self.variable(&name, current, field.name.span)),
        }
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
    fn nested(&self, class: (ModuleId, u32), field: &Field, within: Option<&(String, String)>) -> Fact<PyValue> {
        let unknown = || Fact::Unknown(Why::at("given when the program runs", field.name.span));
        let found = self.global(class.0, &field.annotation);
        match found.known() {
            Some(PyValue::Class(module, place)) if self.is_settings((*module, *place), 0) => {
                self.instance((*module, *place), Vec::new(), Vec::new(), field.name.span)
            }
            Some(PyValue::Class(module, place)) if self.is_model((*module, *place), 0) => {
                let made = self.instance((*module, *place), Vec::new(), Vec::new(), field.name.span);
                match (made.known(), within) {
                    (Some(PyValue::Object(object)), Some(within)) => self.refilled(object, within, field.name.span),
                    _ => unknown(),
                }
            }
            _ => unknown(),
        }
    }

    fn prefix(&self, class: (ModuleId, u32)) -> String {
        self.setting_of(class, "env_prefix").unwrap_or_default()
    }

    /// A key of `model_config`, or of the class `Config` within, as text.
    fn setting_of(&self, class: (ModuleId, u32), key: &str) -> Option<String> {
        let config = self.of_class(class, "model_config", None);
        let text = |value: &Fact<PyValue>| match value.known() {
            Some(PyValue::Str(text)) => Some(text.to_string()),
            _ => None,
        };
        let new = match config.known() {
            Some(PyValue::Object(it)) => it.keywords.iter().find(|it| &*it.0 == key).and_then(|it| text(&it.1)),
            Some(PyValue::Dict(it)) => it.entries.iter().find(|it| &*it.0 == key).and_then(|it| text(&it.1)),
            _ => None,
        };
        new.or_else(|| {
            let mut todo = vec![class];
            for _ in 0..16 {
                let class = todo.pop()?;
                let old = self.class(class)?.classes.iter().find(|it| &*it.name.value == "Config");
                let said = old.into_iter().flat_map(|it| &it.events).find_map(|event| match &event.kind {
                    EventKind::Set { path, value } if &*path.root == key => value.str().map(str::to_owned),
                    _ => None,
                });
                if said.is_some() {
                    return said;
                }
                todo.extend(self.bases(class).into_iter().rev());
            }
            None
        })
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

/// Whether an object is what a validator sees of its model.
pub(super) fn is_validated(object: &Object) -> bool {
    &*object.of == VALIDATED
}

/// Whether a method that looks at the whole model sets a field of it.
fn sets(method: &Function, name: &str) -> bool {
    method.validates.iter().any(|it| &**it == "*")
        && method.events.iter().any(|event| match &event.kind {
            EventKind::Set { path, .. } => {
                matches!(path.steps.as_slice(), [crate::facts::python::Step::Key(key)] if **key == *name)
            }
            _ => false,
        })
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
