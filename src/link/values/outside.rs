//! Calls of what is defined outside of the repository: the environment, conversions, the libraries that read settings.

use std::sync::Arc;

use super::call::{Args, Keywords};
use super::convert::{shown, truthy};
use super::lift::{self, at};
use super::pydantic::{as_bool, as_number};
use super::{Address, Dict, Evaluator, HOLE, Made, Object, PyValue};
use crate::source::Span;
use crate::stack::{Engine, Fact, Sourced};

/// The arguments of a call, by place and by name.
struct Given<'g> {
    args: &'g Args,
    keywords: &'g Keywords,
}

impl Given<'_> {
    fn at(&self, place: usize, name: &str) -> Option<&Fact<PyValue>> {
        self.args.get(place).or_else(|| self.named(name))
    }

    fn named(&self, name: &str) -> Option<&Fact<PyValue>> {
        self.keywords.iter().find(|it| &*it.0 == name).map(|it| &it.1)
    }

    fn text(&self, place: usize, name: &str) -> Option<&str> {
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
            "decouple.config" | "starlette.config.config" => Some(self.read_variable(&given, "cast", span)),
            "dj_database_url.config" => {
                let variable = given.text(0, "env").unwrap_or("DATABASE_URL");
                let default = given.at(1, "default").cloned().unwrap_or_else(|| at(PyValue::None, span));
                let url = self.variable(variable, Some(default), span);
                Some(self.database(&url, &dj_keywords(&given, 3), span))
            }
            "dj_database_url.parse" => first().map(|url| self.database(&url, &dj_keywords(&given, 2), span)),
            _ => None,
        };
        if let Some(result) = result {
            return result;
        }
        match last {
            "build" | "create" if given.named("host").is_some() => self.built_url(&given, span),
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

    /// Calls a method of an object of something outside; `__call__` for the object itself.
    pub(super) fn outside_method(
        &self,
        object: &Object,
        name: &str,
        args: Args,
        keywords: Keywords,
        span: Span,
    ) -> Fact<PyValue> {
        let given = Given { args: &args, keywords: &keywords };
        let of = object.of.rsplit('.').next().unwrap_or(&object.of);
        match (of, name) {
            ("Env" | "FileAwareEnv" | "DatabaseUrlEnv", "db" | "db_url" | "dj_db_url") => {
                let variable = given.text(0, "var").unwrap_or("DATABASE_URL");
                let default = given.at(1, "default").cloned();
                let url = self.variable(variable, default, span);
                self.database(&url, &dj_keywords(&given, usize::MAX), span)
            }
            ("Env" | "FileAwareEnv", "cache" | "cache_url") => {
                let variable = given.text(0, "var").unwrap_or("CACHE_URL");
                let url = self.variable(variable, given.at(1, "default").cloned(), span);
                self.cache(&url, span)
            }
            ("Env" | "FileAwareEnv", "read_env" | "prefixed") => self.unknown_at(span),
            ("Env" | "FileAwareEnv", kind) => self.typed_variable(object, &given, kind, span),
            ("Config", "__call__") => self.read_variable(&given, "cast", span),
            _ => at(PyValue::Outside(format!("{}().{name}()", object.of).into()), span),
        }
    }

    /// `env("X", default=...)`, `env.int("X", 4)`: with the types and defaults that `Env(X=(int, 4))` names.
    fn typed_variable(&self, env: &Object, given: &Given<'_>, kind: &str, span: Span) -> Fact<PyValue> {
        let Some(name) = given.text(0, "var").or_else(|| given.text(0, "name")) else { return self.unknown_at(span) };
        let scheme = env.keywords.iter().find(|it| &*it.0 == name).and_then(|it| match it.1.known() {
            Some(PyValue::List(pair)) => Some(pair.clone()),
            _ => None,
        });
        let default = given.named("default").or_else(|| given.args.get(if kind == "__call__" { 2 } else { 1 }));
        let default = default.cloned().or_else(|| scheme.as_ref().and_then(|pair| pair.get(1).cloned()));
        let cast = match kind {
            "__call__" | "get_value" => {
                let cast = given.named("cast").or_else(|| scheme.as_ref().and_then(|pair| pair.first()));
                match cast.and_then(|it| it.known()) {
                    Some(PyValue::Outside(name)) => name.to_string(),
                    _ => String::new(),
                }
            }
            kind => kind.to_owned(),
        };
        self.cast(self.variable(name, default, span), &cast, span)
    }

    /// `config("X", default=4, cast=int)`.
    fn read_variable(&self, given: &Given<'_>, cast: &str, span: Span) -> Fact<PyValue> {
        let Some(name) = given.text(0, "option").or_else(|| given.text(0, "key")) else { return self.unknown_at(span) };
        let default = given.named("default").cloned();
        let cast = match given.named(cast).and_then(|it| it.known()) {
            Some(PyValue::Outside(name)) => name.to_string(),
            Some(PyValue::Object(object)) if object.of.ends_with("Csv") => "list".to_owned(),
            Some(_) => return self.unknown_at(span),
            None => String::new(),
        };
        self.cast(self.variable(name, default, span), &cast, span)
    }

    fn cast(&self, value: Fact<PyValue>, cast: &str, span: Span) -> Fact<PyValue> {
        if matches!(value.known(), Some(PyValue::None)) {
            return value;
        }
        match cast {
            "int" => as_number(value, true),
            "float" => as_number(value, false),
            "bool" => as_bool(value),
            "list" | "tuple" | "Csv" => lift::then(value, |it| match &it.value {
                PyValue::Str(text) => {
                    let items = text.split(',').map(str::trim).filter(|it| !it.is_empty());
                    let items = items.map(|item| lift::like(PyValue::Str(item.into()), &it.origin)).collect();
                    lift::like(PyValue::List(Arc::new(items)), &it.origin)
                }
                _ => Fact::Known(it.clone()),
            }),
            "" | "str" | "unicode" | "url" | "search_url" => value,
            _ => self.unknown_at(span),
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
            dict.set(name, value.clone());
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

    /// What a database URL means as an entry of `DATABASES`.
    fn database(&self, url: &Fact<PyValue>, given: &[(&'static str, Fact<PyValue>)], span: Span) -> Fact<PyValue> {
        let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Call(span) };
        let address = super::url::address(url).by_way_of([span]);
        let part = |each: &dyn Fn(&Address) -> Option<PyValue>| match &address {
            Fact::Known(address) => match each(&address.value) {
                Some(value) => lift::like(value, &address.origin),
                None => self.unknown_at(span),
            },
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            _ => Fact::unknown("no URL is given"),
        };
        let text = |text: &str| PyValue::Str(text.into());
        dict.set("ENGINE", part(&|it| it.engine().map(|engine| text(django_engine(engine)))));
        dict.set("HOST", part(&|it| it.host.as_deref().map(text)));
        dict.set("PORT", part(&|it| Some(it.port.map_or_else(|| text(""), |port| PyValue::Int(i64::from(port))))));
        dict.set("NAME", part(&|it| Some(text(&it.name))));
        let mut options = Dict { entries: Vec::new(), open: None, made: Made::Statements };
        if let Fact::Known(address) = &address {
            for (key, value) in &address.value.query {
                let value = lift::like(PyValue::Str(value.clone()), &address.origin);
                // django-environ takes these from the query; other names are the driver's options.
                let setting = key.to_ascii_uppercase();
                match setting.as_str() {
                    "CONN_MAX_AGE" => dict.set(&setting, as_number(value, true)),
                    "CONN_HEALTH_CHECKS" | "ATOMIC_REQUESTS" => dict.set(&setting, as_bool(value)),
                    _ => options.set(key, value),
                }
            }
        }
        if !options.entries.is_empty() {
            dict.set("OPTIONS", at(PyValue::Dict(options.into()), span));
        }
        for (name, value) in given {
            dict.set(name, value.clone());
        }
        at(PyValue::Dict(dict.into()), span)
    }

    /// What a cache URL means as an entry of `CACHES`, as django-environ reads it.
    fn cache(&self, url: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
        let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Call(span) };
        let address = super::url::address(url);
        let backend = match &address {
            Fact::Known(address) => {
                let backend = match &*address.value.scheme {
                    "rediscache" | "redis" | "rediss" => "django_redis.cache.RedisCache",
                    "locmemcache" => "django.core.cache.backends.locmem.LocMemCache",
                    "dummycache" => "django.core.cache.backends.dummy.DummyCache",
                    "dbcache" => "django.core.cache.backends.db.DatabaseCache",
                    "filecache" => "django.core.cache.backends.filebased.FileBasedCache",
                    "pymemcache" => "django.core.cache.backends.memcached.PyMemcacheCache",
                    "memcache" | "pymemcached" => "django.core.cache.backends.memcached.PyLibMCCache",
                    _ => "",
                };
                if backend.is_empty() {
                    self.unknown_at(span)
                } else {
                    lift::like(PyValue::Str(backend.into()), &address.origin).by_way_of([span])
                }
            }
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            _ => self.unknown_at(span),
        };
        dict.set("BACKEND", backend);
        dict.set("LOCATION", url.clone());
        at(PyValue::Dict(dict.into()), span)
    }
}

/// The keywords of `dj_database_url` that become entries; `conn_max_age` may also stand at `place`.
fn dj_keywords(given: &Given<'_>, place: usize) -> Vec<(&'static str, Fact<PyValue>)> {
    let names = [("conn_max_age", "CONN_MAX_AGE"), ("conn_health_checks", "CONN_HEALTH_CHECKS"), ("engine", "ENGINE")];
    let disable = [("disable_server_side_cursors", "DISABLE_SERVER_SIDE_CURSORS")];
    names
        .into_iter()
        .chain(disable)
        .filter_map(|(keyword, entry)| {
            let value = match keyword {
                "conn_max_age" if place != usize::MAX => given.at(place, keyword),
                _ => given.named(keyword),
            };
            Some((entry, value?.clone()))
        })
        .collect()
}

/// Django's name for an engine.
fn django_engine(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "django.db.backends.postgresql",
        Engine::Mysql => "django.db.backends.mysql",
        Engine::Sqlite => "django.db.backends.sqlite3",
        Engine::Other => "",
    }
}
