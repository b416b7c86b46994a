//! Calls of what is defined outside of the repository: the environment, conversions, URLs that are put together.

use std::sync::Arc;

use super::call::{Args, Keywords};
use super::convert::{shown, truthy};
use super::lift::{self, at};
use super::pydantic::{as_bool, as_number};
use super::{Dict, Evaluator, HOLE, Made, Object, PyValue};
use crate::source::Span;
use crate::stack::{Fact, Sourced, Truth};

/// The arguments of a call, by place and by name.
pub(super) struct Given<'g> {
    pub(super) args: &'g Args,
    pub(super) keywords: &'g Keywords,
}

impl Given<'_> {
    pub(super) fn at(&self, place: usize, name: &str) -> Option<&Fact<PyValue>> {
        self.args.get(place).or_else(|| self.named(name))
    }

    pub(super) fn named(&self, name: &str) -> Option<&Fact<PyValue>> {
        self.keywords.iter().find(|it| &*it.0 == name).map(|it| &it.1)
    }

    pub(super) fn text(&self, place: usize, name: &str) -> Option<&str> {
        match self.at(place, name)?.known()? {
            PyValue::Str(text) => Some(text),
            _ => None,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Calls a function or makes an object of something outside.
    pub(super) fn outside(&self, name: &str, args: Args, keywords: Keywords, span: Span) -> Fact<PyValue> {
        let given = Given { args: &args, keywords: &keywords };
        let first = || given.args.first().cloned();
        let last = name.rsplit('.').next().unwrap_or(name);
        let result = match name {
            "os.getenv" | "os.environ.get" | "os.environ.setdefault" | "os.environ.pop" => {
                let default = given.at(1, "default").cloned().unwrap_or_else(|| at(PyValue::None, span));
                given.text(0, "key").map(|name| self.variable(name, Some(default), span))
            }
            "int" => first().map(|it| as_number(it, true)),
            "float" => first().map(|it| as_number(it, false)),
            "bool" => first().map(|it| {
                lift::then(it, |it| match truthy(&it.value) {
                    Some(truth) => lift::like(PyValue::Bool(truth), &it.origin),
                    None => self.unknown_at(span),
                })
            }),
            "str" => first().map(|it| {
                let text = shown(&it);
                match it {
                    Fact::Known(sourced) if sourced.value != PyValue::Missing => {
                        Fact::Known(sourced.map(|_| PyValue::Str(text)))
                    }
                    _ => at(PyValue::Str(text), span),
                }
            }),
            "list" | "tuple" | "set" | "frozenset" | "bool_" | "typing.cast" => given.args.last().cloned(),
            "dict" => Some(self.dict_call(&given, span)),
            "len" => first().map(|it| {
                lift::then(it, |it| match &it.value {
                    PyValue::List(items) => lift::like(PyValue::Int(items.len() as i64), &it.origin),
                    _ => self.unknown_at(span),
                })
            }),
            "max" | "min" if given.args.len() == 2 => Some(self.extreme(&args, name == "max", span)),
            "getattr" => given.text(1, "name").and_then(|name| {
                let found = self.attribute(first()?, name, span);
                let is_there = !matches!(found.known(), Some(PyValue::Outside(_)) | None);
                Some(if is_there { found } else { given.at(2, "default").cloned()? })
            }),
            "importlib.import_module" | "__import__" => given.text(0, "name").and_then(|name| {
                let module = self.code.of_file(span.file).and_then(|from| self.resolve(from, name))?;
                Some(at(PyValue::Module(module), span))
            }),
            "dir" | "vars" => match first().as_ref().map(|it| it.known()) {
                Some(Some(PyValue::Module(module))) => Some(self.names_of(*module, name == "vars", span)),
                _ => None,
            },
            "isinstance" => Some(self.is_instance(&args, span)),
            "any" | "all" => first().map(|it| self.folded(it, name == "any", span)),
            "range" => self.range(&args, span),
            "sorted" | "reversed" => first(),
            "yaml.safe_load" | "yaml.load" | "yaml.full_load" | "yaml.unsafe_load" | "tomllib.load" | "tomli.load"
            | "toml.load" => first().map(|it| self.loaded(&it, span)),
            "json.loads" => first().map(|it| self.json_loaded(it, span)),
            "os.path.join" | "posixpath.join" => first().map(|it| self.joined_path(&it, &args[1..], span)),
            "os.path.dirname" => first().map(|it| {
                lift::then(it, |it| match &it.value {
                    PyValue::Str(text) => lift::like(PyValue::Str(super::text::parent(text).into()), &it.origin),
                    _ => self.unknown_at(span),
                })
            }),
            "os.path.abspath" | "os.path.realpath" | "os.fspath" | "os.path.normpath" => first(),
            "pathlib.Path" | "pathlib.PurePath" | "environ.Path" | "environ.environ.Path" | "unipath.Path" => {
                first().map(|it| self.joined_path(&it, &args[1..], span))
            }
            "decouple.config" | "starlette.config.config" => Some(self.read_variable(&given, "cast", span)),
            "mitol.common.envs.get_string"
            | "mitol.common.envs.get_int"
            | "mitol.common.envs.get_bool"
            | "mitol.common.envs.get_delimited_list" => Some(self.mitol_variable(name, &given, span)),
            "dj_database_url.config" => {
                let variable = given.text(0, "env").unwrap_or("DATABASE_URL");
                let default = given.at(1, "default").cloned().unwrap_or_else(|| at(PyValue::None, span));
                let url = self.variable(variable, Some(default), span);
                Some(match url.known() {
                    // Without a URL there is no database.
                    Some(PyValue::None) => at(PyValue::Dict(super::scope::empty().into()), span),
                    Some(PyValue::Str(text)) if text.is_empty() => {
                        at(PyValue::Dict(super::scope::empty().into()), span)
                    }
                    _ => self.dj_database(&url, &given, 3, span),
                })
            }
            "dj_database_url.parse" => first().map(|url| self.dj_database(&url, &given, 2, span)),
            "django_cache_url.config" => {
                let variable = given.text(0, "env").unwrap_or("CACHE_URL");
                let default = given.at(1, "default").cloned();
                Some(self.cache(&self.variable(variable, default, span), span))
            }
            "django_cache_url.parse" => first().map(|url| self.cache(&url, span)),
            _ => None,
        };
        if let Some(result) = result {
            return result;
        }
        match last {
            "strtobool" => first().map_or_else(|| self.unknown_at(span), |it| self.strtobool(it)),
            "build" if given.named("host").is_some() => self.built_url(&given, span),
            "create" if name.ends_with("URL.create") || given.named("host").is_some() => self.built_url(&given, span),
            "make_url" | "SecretStr" | "PostgresDsn" | "RedisDsn" | "AnyUrl" | "MultiHostUrl" | "Secret" | "URL" => {
                first().unwrap_or_else(|| self.unknown_at(span))
            }
            _ => at(
                PyValue::Object(Arc::new(Object {
                    of: name.into(),
                    class: None,
                    args,
                    keywords,
                    attributes: Dict { entries: Vec::new(), open: None, made: Made::Statements },
                    span,
                })),
                span,
            ),
        }
    }

    fn extreme(&self, args: &Args, largest: bool, span: Span) -> Fact<PyValue> {
        let [left, right] = args.as_slice() else { return self.unknown_at(span) };
        lift::both_then(left.clone(), right, |left, right| {
            let pick = |it: &Sourced<PyValue>| lift::like(it.value.clone(), &it.origin).by_way_of([span]);
            match (&left.value, &right.value) {
                (PyValue::Int(a), PyValue::Int(b)) if (a >= b) == largest => pick(left),
                (PyValue::Int(_), PyValue::Int(_)) => pick(right),
                _ => self.unknown_at(span),
            }
        })
    }

    fn dict_call(&self, given: &Given<'_>, span: Span) -> Fact<PyValue> {
        let mut dict = match given.args.first().map(|it| it.known()) {
            Some(Some(PyValue::Dict(dict))) => (**dict).clone(),
            Some(_) => return self.unknown_at(span),
            None => Dict { entries: Vec::new(), open: None, made: Made::Statements },
        };
        for (name, value) in given.keywords {
            match value {
                Fact::Unknown(why) if &**name == super::call::SPREAD => dict.opened(why.clone()),
                value => dict.set(name, value.clone()),
            }
        }
        at(PyValue::Dict(dict.into()), span)
    }

    /// `URL.create(drivername=..., host=...)`, `PostgresDsn.build(scheme=..., host=...)`: as a URL's text.
    fn built_url(&self, given: &Given<'_>, span: Span) -> Fact<PyValue> {
        let part = |names: &[&str]| names.iter().find_map(|name| given.named(name)).map(shown);
        let scheme = part(&["drivername", "scheme"]).or_else(|| given.args.first().map(shown));
        let host = part(&["host"]).unwrap_or_default();
        let port = part(&["port"]).filter(|it| &**it != "None").map(|it| format!(":{it}")).unwrap_or_default();
        let name = part(&["database", "path"]).unwrap_or_default();
        let url = format!("{}://{HOLE}@{host}{port}/{}", scheme.unwrap_or_default(), name.trim_start_matches('/'));
        let mut spans = vec![span];
        for value in ["host", "port"].iter().filter_map(|it| given.named(it)) {
            spans.extend(value.span().filter(|it| !spans.contains(it)));
        }
        Fact::derived(PyValue::Str(url.into()), spans)
    }

    /// `strtobool` of distutils and of what took its place: 1 or 0.
    fn strtobool(&self, text: Fact<PyValue>) -> Fact<PyValue> {
        as_bool(text).map(|it| if it == PyValue::Bool(true) { PyValue::Int(1) } else { PyValue::Int(0) })
    }

    /// `any(list)`, `all(list)`
    fn folded(&self, list: Fact<PyValue>, any: bool, span: Span) -> Fact<PyValue> {
        let Some(PyValue::List(items)) = list.known() else { return self.unknown_at(span) };
        let mut all = Truth::of(!any);
        for item in items.iter() {
            let truth = self.truth(item.clone());
            all = if any { all.or(truth) } else { all.and(truth) };
        }
        match all {
            Truth::Maybe => self.unknown_at(span),
            truth => at(PyValue::Bool(truth == Truth::Yes), span),
        }
    }

    /// `range(stop)`, `range(start, stop)`, of a few.
    fn range(&self, args: &Args, span: Span) -> Option<Fact<PyValue>> {
        let ints: Vec<i64> = args
            .iter()
            .map_while(|it| match it.known() {
                Some(PyValue::Int(int)) => Some(*int),
                _ => None,
            })
            .collect();
        let (start, stop) = match (ints.as_slice(), args.len()) {
            ([stop], 1) => (0, *stop),
            ([start, stop], 2) => (*start, *stop),
            _ => return None,
        };
        (stop.checked_sub(start)? <= 200)
            .then(|| at(PyValue::List(Arc::new((start..stop).map(|it| at(PyValue::Int(it), span)).collect())), span))
    }

    /// `isinstance(value, str)`, of plain values.
    fn is_instance(&self, args: &Args, span: Span) -> Fact<PyValue> {
        let [value, class] = args.as_slice() else { return self.unknown_at(span) };
        let classes = match class.known() {
            Some(PyValue::List(all)) => all.to_vec(),
            _ => vec![class.clone()],
        };
        let kind = |value: &PyValue| match value {
            PyValue::None => Some("None"),
            PyValue::Bool(_) => Some("bool"),
            PyValue::Int(_) => Some("int"),
            PyValue::Float(_) => Some("float"),
            PyValue::Str(_) => Some("str"),
            PyValue::List(_) => Some("list"),
            PyValue::Dict(_) => Some("dict"),
            _ => None,
        };
        lift::then(value.clone(), |it| {
            let mut is = Some(false);
            for class in &classes {
                match (kind(&it.value), class.known()) {
                    (Some(kind), Some(PyValue::Outside(name))) if **name == *kind => is = Some(true),
                    (Some(_), Some(PyValue::Outside(name)))
                        if matches!(
                            &**name,
                            "str" | "int" | "bool" | "float" | "list" | "dict" | "tuple" | "bytes"
                        ) => {}
                    _ => is = is.filter(|it| *it),
                }
            }
            match is {
                Some(is) => lift::like(PyValue::Bool(is), &it.origin),
                None => self.unknown_at(span),
            }
        })
    }

    /// `json.loads(text)`
    fn json_loaded(&self, text: Fact<PyValue>, span: Span) -> Fact<PyValue> {
        lift::then(text, |it| match &it.value {
            PyValue::Str(text) if !text.contains(HOLE) => match serde_json::from_str(text) {
                Ok(value) => json(&value, it),
                Err(_) => self.unknown_at(span),
            },
            _ => self.unknown_at(span),
        })
    }
}

fn json(value: &serde_json::Value, from: &Sourced<PyValue>) -> Fact<PyValue> {
    use serde_json::Value as J;
    let value = match value {
        J::Null => PyValue::None,
        J::Bool(truth) => PyValue::Bool(*truth),
        J::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => PyValue::Int(int),
            (None, Some(float)) => PyValue::Float(float),
            (None, None) => return Fact::unknown("not a number"),
        },
        J::String(text) => PyValue::Str(text.as_str().into()),
        J::Array(items) => PyValue::List(Arc::new(items.iter().map(|it| json(it, from)).collect())),
        J::Object(entries) => {
            let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Statements };
            entries.iter().for_each(|(key, value)| dict.set(key, json(value, from)));
            PyValue::Dict(dict.into())
        }
    };
    lift::like(value, &from.origin)
}
