//! What a call that makes a pool is given: by the call itself, by what a function is called with that makes it, or by
//! the application's configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::maker::Maker;
use crate::facts::python::{CallSite, EventKind};
use crate::link::values::{self, Evaluator, HOLE, ModuleId, Object, PyValue};
use crate::source::Span;
use crate::stack::{Fact, Why};

/// Where the arguments come from.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// The call as it stands.
    Call,
    /// What the call made when a function around it was called.
    Made(Arc<Object>),
    /// Options that another program hands to the call: the URL, and the rest.
    Options(Fact<PyValue>, Vec<Fact<PyValue>>),
}

impl Given {
    /// A keyword argument, also one that comes by `**options`; absent when it is not given.
    pub(super) fn keyword(
        &self,
        evaluator: &Evaluator<'_>,
        module: ModuleId,
        site: &CallSite,
        name: &str,
    ) -> Fact<PyValue> {
        match self {
            Given::Call => called(evaluator, module, site, name),
            Given::Made(object) => {
                let named = |name: &str| object.keywords.iter().rfind(|it| &*it.0 == name).map(|it| it.1.clone());
                let rest = || named("**").map(|_| by_options(object.span));
                let found = named(name).or_else(rest).unwrap_or(Fact::Absent);
                prefixed(found, object.args.first(), named("prefix").as_ref().or(object.args.get(1)), &object.of, name)
            }
            Given::Options(_, options) => {
                let found = options.iter().map(|it| match it {
                    Fact::Unknown(why) => Fact::Unknown(why.clone()),
                    it => values::entry(it.clone(), name),
                });
                found.into_iter().find(|it| !it.is_absent()).unwrap_or(Fact::Absent)
            }
        }
    }

    /// An argument at a place; absent when it is not given.
    pub(super) fn at(
        &self,
        evaluator: &Evaluator<'_>,
        module: ModuleId,
        site: &CallSite,
        place: usize,
    ) -> Fact<PyValue> {
        match self {
            Given::Call => {
                let arg = site.call.args.get(place);
                arg.map_or(Fact::Absent, |it| evaluator.expr_within(module, &site.within, it))
            }
            Given::Made(object) => object.args.get(place).cloned().unwrap_or(Fact::Absent),
            Given::Options(url, _) => {
                if place == 0 {
                    url.clone()
                } else {
                    Fact::Absent
                }
            }
        }
    }
}

fn by_options(span: Span) -> Fact<PyValue> {
    Fact::Unknown(Why::at("given by options that are worked out elsewhere", span))
}

fn called(evaluator: &Evaluator<'_>, module: ModuleId, site: &CallSite, name: &str) -> Fact<PyValue> {
    let call = &site.call;
    let value = |expr| evaluator.expr_within(module, &site.within, expr);
    if let Some(expr) = call.keyword(name) {
        return value(expr);
    }
    for keyword in call.keywords.iter().filter(|it| it.name.is_none()) {
        let options = value(&keyword.value);
        match &options {
            Fact::Known(it) if it.value == PyValue::None => continue,
            Fact::Known(it) if !matches!(it.value, PyValue::Dict(_)) => return by_options(keyword.value.span),
            Fact::Unknown(_) => return by_options(keyword.value.span),
            _ => {}
        }
        let given = values::entry(options, name);
        if !given.is_absent() {
            return given;
        }
    }
    let config = call.args.first().map(value);
    let prefix = call.keyword("prefix").or_else(|| call.args.get(1)).map(value);
    prefixed(Fact::Absent, config.as_ref(), prefix.as_ref(), &site.name, name)
}

/// What `engine_from_config` takes from its dict, where no keyword says it.
fn prefixed(
    found: Fact<PyValue>,
    config: Option<&Fact<PyValue>>,
    prefix: Option<&Fact<PyValue>>,
    called: &str,
    name: &str,
) -> Fact<PyValue> {
    let Some(config) = config.filter(|_| found.is_absent() && called.ends_with("engine_from_config")) else {
        return found;
    };
    let prefix = match prefix.map(|it| it.known()) {
        None => "sqlalchemy.",
        Some(Some(PyValue::Str(prefix))) => prefix,
        Some(_) => return Fact::unknown("the prefix of its options is worked out when the program runs"),
    };
    values::entry(config.clone(), &format!("{prefix}{name}"))
}

/// The pools that are made when the modules are loaded, by the calls within functions that make them: each with the
/// name it is bound to.
pub(super) fn made(evaluator: &Evaluator<'_>, loaded: &BTreeSet<ModuleId>) -> Vec<(ModuleId, Box<str>, Arc<Object>)> {
    let mut all = Vec::new();
    for &id in loaded {
        let Some(module) = evaluator.code().module(id) else { continue };
        for event in &module.events {
            let EventKind::Set { path, value } = &event.kind else { continue };
            if path.steps.is_empty() && value.call().is_some() {
                collect(&evaluator.name(id, &path.root), &path.root, 0, &mut |name, object| {
                    all.push((id, name, object))
                });
            }
        }
    }
    all
}

fn collect(value: &Fact<PyValue>, name: &str, depth: u32, found: &mut dyn FnMut(Box<str>, Arc<Object>)) {
    let Some(PyValue::Object(object)) = value.known() else { return };
    if object.class.is_none() {
        if Maker::named(&object.of).is_some() {
            found(name.into(), object.clone());
        }
        return;
    }
    if depth < 2 {
        for (attribute, value) in &object.attributes.entries {
            collect(value, &format!("{name}.{attribute}"), depth + 1, found);
        }
    }
}

/// An address in parts as one text: `host=..., port=..., database=...`.
pub(super) fn from_parts(scheme: &str, part: impl Fn(&[&str]) -> Fact<PyValue>) -> Fact<PyValue> {
    let text = |it: Fact<PyValue>| match values::text(it) {
        Fact::Known(it) => it.value.to_string(),
        Fact::Absent => String::new(),
        _ => HOLE.to_string(),
    };
    let host = part(&["host"]);
    let port = match text(part(&["port"])) {
        port if port.is_empty() => port,
        port => format!(":{port}"),
    };
    let name = text(part(&["database", "dbname", "db"]));
    values::text(host).map(|host| PyValue::Str(format!("{scheme}://{host}{port}/{name}").into()))
}
