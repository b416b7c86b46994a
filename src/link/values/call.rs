//! Calls: of functions and classes of the repository, of methods of known values.

use std::sync::Arc;

use super::lift::{self, at};
use super::scope::{Frame, Local, missing};
use super::{Dict, Evaluator, Made, ModuleId, Object, PyValue};
use crate::facts::python::Function;
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::python::{Call, ExprKind};

/// Positional arguments of a call.
pub(super) type Args = Vec<Fact<PyValue>>;
/// Stands among the keywords of a call for those that nobody knows: `f(**options)`.
pub(super) const SPREAD: &str = "**";
/// Keyword arguments of a call.
pub(super) type Keywords = Vec<(Box<str>, Fact<PyValue>)>;

impl<'a> Evaluator<'a> {
    /// `func(args)`
    pub(super) fn call(&self, frame: &Frame<'_>, call: &Call, span: Span) -> Fact<PyValue> {
        let ExprKind::Attribute { value, name } = &call.func.kind else {
            let callee = self.eval(frame, &call.func);
            let (args, keywords) = self.arguments(frame, call);
            return self.call_value(callee, args, keywords, span);
        };
        let on = self.eval(frame, value);
        let (args, keywords) = self.arguments(frame, call);
        lift::then(on, |on| match &on.value {
            PyValue::Object(object) => self.call_method(object, &name.value, args.clone(), keywords.clone(), span),
            PyValue::Str(text) => self.text_method(on, text, &name.value, (&args, &keywords), span),
            PyValue::Dict(dict) => self.dict_method(on, dict, &name.value, &args, span),
            PyValue::Int(_) | PyValue::Float(_) | PyValue::None | PyValue::Bool(_) | PyValue::List(_) => {
                self.unknown_at(span)
            }
            _ => {
                let callee = self.attribute(Fact::Known(on.clone()), &name.value, call.func.span);
                self.call_value(callee, args.clone(), keywords.clone(), span)
            }
        })
    }

    /// The arguments of a call; `None` stands for what is missing. What is spread and not known is left out.
    pub(super) fn arguments(&self, frame: &Frame<'_>, call: &Call) -> (Args, Keywords) {
        let mut args = Vec::new();
        for arg in &call.args {
            let value = self.eval(frame, arg);
            match (&arg.kind, value.known()) {
                (ExprKind::Starred(_), Some(PyValue::List(items))) => args.extend(items.iter().cloned()),
                (ExprKind::Starred(_), _) => {}
                _ => args.push(value),
            }
        }
        let mut keywords: Keywords = Vec::new();
        for keyword in &call.keywords {
            let value = self.eval(frame, &keyword.value);
            match (&keyword.name, value.known()) {
                (Some(name), _) => keywords.push((name.value.clone(), value)),
                (None, Some(PyValue::Dict(dict))) => {
                    keywords.extend(dict.entries.iter().filter(|it| it.1.known() != Some(&PyValue::Missing)).cloned());
                    keywords.extend(dict.open.clone().map(|why| (SPREAD.into(), Fact::Unknown(why))));
                }
                (None, Some(PyValue::None)) => {}
                (None, _) => {
                    let why = Why::at("what is spread into the call is not known", keyword.value.span);
                    keywords.push((SPREAD.into(), Fact::Unknown(why)));
                }
            }
        }
        (args, keywords)
    }

    /// Calls a value.
    pub(super) fn call_value(
        &self,
        callee: Fact<PyValue>,
        args: Args,
        keywords: Keywords,
        span: Span,
    ) -> Fact<PyValue> {
        lift::then(callee, |callee| match &callee.value {
            PyValue::Outside(name) => self.outside(name, args.clone(), keywords.clone(), span),
            PyValue::Function(module, place) => {
                let function = self.code.module(*module).and_then(|it| it.functions.get(*place as usize));
                match function {
                    Some(function) => self.call_function(*module, function, args.clone(), keywords.clone(), span),
                    None => self.unknown_at(span),
                }
            }
            PyValue::Class(module, place) => self.instance((*module, *place), args.clone(), keywords.clone(), span),
            PyValue::Object(object) => self.call_method(object, "__call__", args.clone(), keywords.clone(), span),
            // `root("x")` of django-environ's paths.
            PyValue::Str(text) => self.text_method(callee, text, "__call__", (&args, &keywords), span),
            _ => self.unknown_at(span),
        })
    }

    /// Calls a function of the repository: the first `return` whose conditions hold.
    pub(super) fn call_function(
        &self,
        module: ModuleId,
        function: &Function,
        args: Args,
        keywords: Keywords,
        span: Span,
    ) -> Fact<PyValue> {
        if !function.plain {
            return self.unknown_at(span);
        }
        self.deeper(|| {
            let whole = self.whole(module);
            let given = self.bind(&whole, function, &args, &keywords, span);
            let local = Local::body(&function.events, &given);
            self.returned(&Frame { local: Some(local), ..whole }, &function.events, at(PyValue::None, span))
        })
    }

    fn bind(&self, whole: &Frame<'_>, function: &Function, args: &Args, keywords: &Keywords, span: Span) -> Keywords {
        let mut args = args.iter();
        let mut given = Vec::new();
        for (name, default) in &function.params {
            if let Some(name) = name.strip_prefix("**") {
                let named = |key: &str| function.params.iter().any(|it| &*it.0 == key);
                let rest = keywords.iter().filter(|it| !named(&it.0)).cloned().collect();
                let rest = Dict { entries: rest, open: None, made: Made::Statements };
                given.push((name.into(), at(PyValue::Dict(rest.into()), span)));
                continue;
            }
            if let Some(name) = name.strip_prefix('*') {
                given.push((name.into(), at(PyValue::List(Arc::new(args.by_ref().cloned().collect())), span)));
                continue;
            }
            let value = args
                .next()
                .or_else(|| keywords.iter().find(|it| it.0 == *name).map(|it| &it.1))
                .cloned()
                .or_else(|| keywords.iter().find(|it| &*it.0 == SPREAD).map(|it| it.1.clone()))
                .or_else(|| default.as_ref().map(|it| self.eval(whole, it)));
            let unknown = || Fact::Unknown(Why::at(format!("what `{name}` is called with is not known"), span));
            given.push((name.clone(), value.unwrap_or_else(unknown)));
        }
        given
    }

    /// Makes an instance of a class of the repository.
    pub(super) fn instance(&self, class: (ModuleId, u32), args: Args, keywords: Keywords, span: Span) -> Fact<PyValue> {
        let Some(draft) = self.class(class) else { return self.unknown_at(span) };
        let object = Object {
            of: draft.name.value.clone(),
            class: Some(class),
            args: args.clone(),
            keywords: keywords.clone(),
            attributes: Dict { entries: Vec::new(), open: None, made: Made::Statements },
            span,
        };
        let object = at(PyValue::Object(object.into()), span);
        let Some((module, init)) = self.method_of(class, "__init__") else { return object };
        self.deeper(|| {
            let whole = self.whole(module);
            let with_self: Args = std::iter::once(object.clone()).chain(args.iter().cloned()).collect();
            let given = self.bind(&whole, init, &with_self, &keywords, span);
            let local = Local::body(&init.events, &given);
            self.lookup_local(&Frame { local: Some(local), ..whole }, "self")
        })
    }

    fn call_method(&self, object: &Object, name: &str, args: Args, keywords: Keywords, span: Span) -> Fact<PyValue> {
        let Some(class) = object.class else { return self.outside_method(object, name, args, keywords, span) };
        let Some((module, method)) = self.method_of(class, name) else {
            // `values.get("HOST")` of a validator: the fields of the model.
            return match (name, args.first().and_then(|it| it.known())) {
                ("get", Some(PyValue::Str(field))) if self.is_settings(class, 0) => {
                    self.attribute(at(PyValue::Object(Arc::new(object.clone())), object.span), field, span)
                }
                _ => self.unknown_at(span),
            };
        };
        let is_static = method.decorators.iter().any(|it| &**it == "staticmethod");
        let itself = (!is_static).then(|| at(PyValue::Object(Arc::new(object.clone())), object.span));
        self.call_function(module, method, itself.into_iter().chain(args).collect(), keywords, span)
    }

    fn dict_method(
        &self,
        on: &crate::stack::Sourced<PyValue>,
        dict: &Dict,
        method: &str,
        args: &Args,
        span: Span,
    ) -> Fact<PyValue> {
        match (method, args.first().and_then(|it| it.known())) {
            ("get" | "setdefault" | "pop", Some(PyValue::Str(key))) => {
                let found = dict.get(key, &on.origin);
                lift::or_else(found, || args.get(1).cloned().unwrap_or_else(|| at(PyValue::None, span)))
            }
            ("copy", _) => Fact::Known(on.clone()),
            ("keys" | "values" | "items", _) if dict.open.is_none() => {
                let there = dict.entries.iter().filter(|it| it.1.known() != Some(&PyValue::Missing));
                let key = |it: &str| lift::like(PyValue::Str(it.into()), &on.origin);
                let items = there.map(|(name, value)| match (&**name, value) {
                    (name, _) if method == "keys" => key(name),
                    (_, value) if method == "values" => value.clone(),
                    (name, value) => lift::like(PyValue::List(Arc::new(vec![key(name), value.clone()])), &on.origin),
                });
                lift::like(PyValue::List(Arc::new(items.collect())), &on.origin)
            }
            _ => self.unknown_at(span),
        }
    }

    /// What a name of a class's body or a function's stands for, nothing of the module.
    pub(super) fn lookup_local(&self, frame: &Frame<'_>, name: &str) -> Fact<PyValue> {
        let Some(local) = frame.local else { return missing() };
        let given = local.given.iter().rfind(|it| &*it.0 == name).map(|it| it.1.clone());
        self.run(frame, local.events, local.before, name, given)
    }
}
