//! What `value.name` is.

use super::{Code, is_decorated};
use crate::facts::orm::flow::last_of;
use crate::link::orm::event_loop::value::{MANAGER, Value};
use crate::link::orm::names::{ClassId, Def, FunctionId};
use crate::link::orm::types::Unit;
use crate::stack::vocabulary::Orm;
use std::rc::Rc;

impl<'a> Code<'a> {
    pub(super) fn attribute(&self, base: &Value, name: &str) -> Value {
        match base {
            Value::Outside(path) => Value::outside(&format!("{path}.{name}")),
            Value::Module(module) => {
                self.names.member(&Def::Module(*module), name).map_or(Value::Unknown, |def| self.of(&def))
            }
            Value::Class(class) => match self.names.method(*class, name, None) {
                Some(method) if is_decorated(self.names.function(method), "classmethod") => {
                    Value::Method(method, *class, true)
                }
                Some(method) => Value::Function(method),
                None => self.of_class(*class, name),
            },
            Value::Instance(class, exact) => match self.names.method(*class, name, None) {
                Some(method) => {
                    if !exact && self.is_overridden(*class, name, method) {
                        return Value::Unknown;
                    }
                    let function = self.names.function(method);
                    let computed =
                        function.decorators.iter().any(|it| matches!(last_of(it), "property" | "cached_property"));
                    if computed {
                        return self.returned(method, std::slice::from_ref(base));
                    }
                    Value::Method(method, *class, *exact)
                }
                None => self.of_instance(*class, name),
            },
            // A task is called by `.delay(...)`, whose answer can be waited for.
            Value::Function(id) if matches!(name, "delay" | "apply_async") => {
                let tasks = &self.names.function(*id).decorators;
                let is_task = tasks.iter().any(|it| matches!(last_of(it), "task" | "shared_task"));
                if is_task { Value::outside("celery.result") } else { Value::Unknown }
            }
            Value::Select(..) | Value::Result(..) | Value::Rows(..) => Value::Bound(Rc::new(base.clone()), name.into()),
            _ => Value::Unknown,
        }
    }

    /// Whether a class that derives from this one has another method of that name.
    pub(super) fn is_overridden(&self, class: ClassId, name: &str, method: FunctionId) -> bool {
        self.names.below(class).iter().any(|it| self.names.method(*it, name, None) != Some(method))
    }

    pub(super) fn of_class(&self, class: ClassId, name: &str) -> Value {
        if let Some(inner) = self.names.inner(class, name) {
            return Value::Class(inner);
        }
        let model = self.models.get(class);
        if model
            .is_some_and(|it| it.orm == Orm::Django && it.managers.get(name).is_some_and(|it| it.classes.is_empty()))
        {
            return Value::outside(MANAGER);
        }
        self.bound(class, name)
    }

    /// What an instance has under a name: what its class binds, or what its methods store there.
    pub(super) fn of_instance(&self, class: ClassId, name: &str) -> Value {
        let key = (class, Box::from(name));
        if let Some(value) = self.attributes.borrow().get(&key) {
            return value.clone();
        }
        self.attributes.borrow_mut().insert(key.clone(), Value::Unknown);
        let lineage = &self.names.lineage(class).classes;
        let stored = lineage.iter().map(|it| self.names.stores.of(*it, name)).find(|it| !it.is_empty());
        let value = match stored {
            Some(stores) => Value::either(stores.iter().map(|(method, value)| {
                self.function(*method, self.alone(*method)).get(*value as usize).cloned().unwrap_or_default()
            })),
            None => Value::Nothing,
        };
        let value = match value {
            Value::Nothing => self.bound(class, name),
            value => value,
        };
        let value = match value {
            Value::Unknown | Value::Nothing => self.inherited(class, name),
            value => value,
        };
        self.attributes.borrow_mut().insert(key, value.clone());
        value
    }

    /// What the body of a class binds a name to, or says of it.
    pub(super) fn bound(&self, class: ClassId, name: &str) -> Value {
        let Some((owner, at)) = self.names.attribute(class, name) else { return Value::Unknown };
        let draft = self.names.class(owner);
        let Some(attribute) = draft.attributes.get(at) else { return Value::Unknown };
        let value = attribute.value.map(|node| {
            let values = self.body(Unit::Class(owner), &draft.body, Rc::from([]));
            values.get(node as usize).cloned().unwrap_or_default()
        });
        match value {
            Some(Value::Unknown | Value::Nothing) | None => {
                attribute.annotation.map_or(Value::Unknown, |node| self.annotation(owner.draft, &draft.body, node))
            }
            Some(value) => value,
        }
    }

    /// What comes from a base outside the repository, when the base is one that is known here.
    pub(super) fn inherited(&self, class: ClassId, name: &str) -> Value {
        const BASES: &[&str] = &["sqlalchemy.", "sqlmodel.", "httpx.", "requests.", "redis."];
        let model = self.models.get(class);
        let bases = &self.names.lineage(class).external;
        match bases.iter().find(|base| BASES.iter().any(|known| base.starts_with(known))) {
            Some(base) if model.is_none() => match Value::outside(&format!("{base}()")) {
                Value::Outside(base) => Value::outside(&format!("{base}.{name}")),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }
}
