//! What a call gives.

use std::rc::Rc;

use super::{Called, Code, is_decorated};
use crate::facts::orm::flow::{NodeKind, last_of};
use crate::link::orm::event_loop::value::{ASYNC_SESSION, KEPT_SESSION, Value};
use crate::link::orm::names::{ClassId, FunctionId};

impl<'a> Code<'a> {
    pub(super) fn call(&self, func: &Value, called: &Called<'_>) -> Value {
        match func {
            Value::Outside(path) => self.call_outside(path, called),
            Value::Class(class) => Value::Instance(*class, true),
            Value::Function(function) => self.returned(*function, &self.given(*function, None, called)),
            Value::Method(function, class, exact) => {
                let this = self.this(*function, *class, *exact);
                self.returned(*function, &self.given(*function, Some(this), called))
            }
            Value::Bound(of, name) => bound(of, name),
            // An object that is called.
            Value::Instance(class, exact) => match self.names.method(*class, "__call__", None) {
                Some(method) => {
                    let this = Value::Instance(*class, *exact);
                    self.returned(method, &self.given(method, Some(this), called))
                }
                None => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// What a method is called on.
    pub(in crate::link::orm::event_loop) fn this(&self, method: FunctionId, class: ClassId, exact: bool) -> Value {
        match is_decorated(self.names.function(method), "classmethod") {
            true => Value::Class(class),
            false => Value::Instance(class, exact),
        }
    }

    pub(super) fn call_outside(&self, path: &str, called: &Called<'_>) -> Value {
        let last = last_of(path);
        let first = called.args.first().map(|it| called.value(*it)).unwrap_or_default();
        match path {
            "fastapi.Depends" | "fastapi.Security" | "fastapi.param_functions.Depends" => {
                return self.dependency(&first);
            }
            "typing.cast" => return called.args.get(1).map_or(Value::Unknown, |it| called.value(*it)),
            "sqlalchemy.orm.sessionmaker"
            | "sqlalchemy.ext.asyncio.async_sessionmaker"
            | "sqlalchemy.ext.asyncio.AsyncSession"
            | "sqlmodel.ext.asyncio.session.AsyncSession" => {
                let class = called.keyword("class_").map(|it| called.value(it));
                let is_async = path.contains(".asyncio.")
                    || class.is_some_and(|it| it.path().is_some_and(|it| it.ends_with(".AsyncSession")));
                if is_async {
                    let kept = if self.expires(called) { "" } else { ":kept" };
                    let what = if last == "AsyncSession" { "AsyncSession" } else { "async_sessionmaker" };
                    return Value::outside(&format!("sqlalchemy.ext.asyncio.{what}{kept}()"));
                }
            }
            "sqlalchemy.select" | "sqlmodel.select" | "sqlalchemy.future.select" | "sqlmodel.sql.expression.select" => {
                return match (first, called.args) {
                    (Value::Class(model), [_]) => Value::Select(model, false),
                    _ => Value::Unknown,
                };
            }
            _ => {}
        }
        if let Some(method) = path.strip_prefix(ASYNC_SESSION).or_else(|| path.strip_prefix(KEPT_SESSION)) {
            return match (method, first) {
                (".get" | ".get_one", Value::Class(model)) => Value::Row(model, called.keyword("options").is_some()),
                (".scalar", Value::Select(model, told)) => Value::Row(model, told),
                (".execute", Value::Select(model, told)) => Value::Result(model, told),
                (".scalars" | ".exec", Value::Select(model, told)) => Value::Rows(model, told),
                (".merge", Value::Instance(model, _) | Value::Row(model, _)) => Value::Row(model, false),
                _ => Value::Unknown,
            };
        }
        Value::outside(&format!("{path}()"))
    }

    /// What FastAPI hands on for a dependency: what it returns, or yields.
    pub(super) fn dependency(&self, of: &Value) -> Value {
        match of {
            Value::Function(function) => {
                let values = self.function(*function, Rc::from([]));
                let flow = &self.names.function(*function).flow;
                let given = if flow.yields.is_empty() { &flow.returns } else { &flow.yields };
                Value::either(given.iter().map(|it| values.get(*it as usize).cloned().unwrap_or_default()))
            }
            Value::Method(function, class, exact) => self.returned(*function, &[Value::Instance(*class, *exact)]),
            Value::Class(class) => Value::Instance(*class, true),
            _ => Value::Unknown,
        }
    }

    /// What a call of a function gives, awaited where it must be.
    pub(super) fn returned(&self, id: FunctionId, args: &[Value]) -> Value {
        let function = self.names.function(id);
        let opens = function.decorators.iter().any(|it| it.ends_with("contextmanager"));
        if !opens && !function.flow.yields.is_empty() {
            return Value::Unknown;
        }
        let given = if opens { &function.flow.yields } else { &function.flow.returns };
        if given.is_empty() {
            return Value::Unknown;
        }
        let values = self.function(id, known(args));
        Value::either(given.iter().map(|it| values.get(*it as usize).cloned().unwrap_or_default()))
    }

    /// The arguments of a call, at the places of the parameters.
    pub(in crate::link::orm::event_loop) fn given(
        &self,
        function: FunctionId,
        this: Option<Value>,
        called: &Called<'_>,
    ) -> Vec<Value> {
        let params = &self.names.function(function).params;
        let mut given = vec![Value::Unknown; params.len()];
        let mut at = 0;
        if let Some(this) = this.filter(|_| !is_decorated(self.names.function(function), "staticmethod")) {
            if let Some(first) = given.first_mut() {
                *first = this;
            }
            at = 1;
        }
        for (slot, node) in given.iter_mut().skip(at).zip(called.args) {
            *slot = called.value(*node);
        }
        for (name, node) in called.keywords {
            if let Some(at) = params.iter().position(|it| it.name == *name) {
                given[at] = called.value(*node);
            }
        }
        for (slot, param) in given.iter_mut().zip(params).skip(at) {
            let flow = &self.names.function(function).flow;
            if param.name.starts_with('*') {
                *slot = Value::Unknown;
            } else if *slot == Value::Unknown
                && !called.open
                && let Some(default) = param.default
            {
                *slot = match flow.node(default).kind {
                    NodeKind::Flag(flag) => Value::Flag(flag),
                    NodeKind::Nothing => Value::Nothing,
                    _ => Value::Unknown,
                };
            }
        }
        given
    }
}

/// What of arguments may tell what a function waits for: the object that a method is called on, sessions and clients. Calls
/// that say the same of these are evaluated once.
pub(in crate::link::orm::event_loop) fn known(args: &[Value]) -> Rc<[Value]> {
    let says = |at: usize, it: &Value| match it {
        Value::Outside(path) => TELLING.iter().any(|known| path.starts_with(known)),
        Value::Instance(..) | Value::Class(_) => at == 0,
        Value::Row(..) | Value::Rows(..) | Value::Select(..) => true,
        _ => false,
    };
    let end = args.iter().enumerate().rposition(|(at, it)| says(at, it)).map_or(0, |at| at + 1);
    let each = args.iter().enumerate().take(end);
    each.map(|(at, it)| if says(at, it) { it.clone() } else { Value::Unknown }).collect()
}

/// Packages whose objects are handed from function to function.
const TELLING: &[&str] = &[
    "sqlalchemy.",
    "httpx.",
    "requests.",
    "aiohttp.",
    "redis.",
    "boto3.",
    "psycopg",
    "pymysql.",
    "sqlite3.",
    "pymongo.",
    "django.Manager",
    "concurrent.",
    "smtplib.",
    "openai.",
    "anthropic.",
    "urllib3.",
    "asyncio.",
];

/// What a method of a `select`, or of what came of it, gives.
fn bound(of: &Value, name: &str) -> Value {
    match of {
        Value::Select(model, _) if name == "options" => Value::Select(*model, true),
        Value::Select(..) if SELECTS.contains(&name) => of.clone(),
        Value::Result(model, told) => match name {
            "scalars" => Value::Rows(*model, *told),
            "scalar" | "scalar_one" | "scalar_one_or_none" => Value::Row(*model, *told),
            "unique" => of.clone(),
            _ => Value::Unknown,
        },
        Value::Rows(model, told) => match name {
            "first" | "one" | "one_or_none" => Value::Row(*model, *told),
            "all" | "unique" | "fetchall" => of.clone(),
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

/// Methods of a `select` that make another of the same model.
const SELECTS: &[&str] = &[
    "where",
    "filter",
    "filter_by",
    "order_by",
    "limit",
    "offset",
    "join",
    "outerjoin",
    "distinct",
    "group_by",
    "having",
    "with_for_update",
    "select_from",
];
