//! Libraries that read settings from the environment: django-environ, environs, decouple, Starlette's,
//! mitol-django-common, and what their URLs of databases and caches mean.

use std::sync::Arc;

use super::call::{Args, Keywords};
use super::lift::{self, at};
use super::outside::Given;
use super::pydantic::{as_bool, as_number};
use super::{Address, Dict, Evaluator, Made, Object, PyValue};
use crate::source::Span;
use crate::stack::{Engine, Fact, Truth, Why};

impl<'a> Evaluator<'a> {
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
        if super::data::is_dynaconf(object) && matches!(name, "get" | "__call__" | "as_int" | "as_float" | "as_bool") {
            let Some(key) = given.text(0, "key") else { return self.unknown_at(span) };
            return self.cast(self.of_dynaconf(object, key, span), name.strip_prefix("as_").unwrap_or(""), span);
        }
        match (of, name) {
            ("Env" | "FileAwareEnv" | "DatabaseUrlEnv", "db" | "db_url" | "dj_db_url") => {
                let variable = given.text(0, "var").unwrap_or("DATABASE_URL");
                let default = given.at(1, "default").cloned();
                let url = self.variable(variable, default, span);
                if object.of.starts_with("environs") {
                    self.dj_database(&url, &given, usize::MAX, span)
                } else {
                    self.database(&url, span)
                }
            }
            ("Env" | "FileAwareEnv" | "FileAwareMapping", "cache" | "cache_url" | "dj_cache_url") => {
                let variable = given.text(0, "var").unwrap_or("CACHE_URL");
                let url = self.variable(variable, given.at(1, "default").cloned(), span);
                self.cache(&url, span)
            }
            ("Env" | "FileAwareEnv", "read_env" | "prefixed") => self.unknown_at(span),
            ("Env" | "FileAwareEnv", "db_url_config") => {
                given.args.first().map_or_else(|| self.unknown_at(span), |url| self.database(url, span))
            }
            ("Env" | "FileAwareEnv", kind) => self.typed_variable(object, &given, kind, span),
            ("Config" | "AutoConfig", "__call__" | "get") => self.read_variable(&given, "cast", span),
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
        // django-environ's second argument of `env(...)` is the type; environs' is the default.
        let is_environ = !env.of.starts_with("environs");
        let place = if kind == "__call__" && is_environ { 2 } else { 1 };
        let default = given.named("default").or_else(|| given.args.get(place));
        let default = default.cloned().or_else(|| scheme.as_ref().and_then(|pair| pair.get(1).cloned()));
        let cast = match kind {
            "__call__" | "get_value" => {
                let second = given.args.get(1).filter(|_| is_environ);
                let cast = given.named("cast").or(second).or_else(|| scheme.as_ref().and_then(|pair| pair.first()));
                match cast.and_then(|it| it.known()) {
                    Some(PyValue::Outside(name)) => name.to_string(),
                    _ => String::new(),
                }
            }
            kind => kind.to_owned(),
        };
        let value = self.variable(name, default, span);
        if cast == "bool" && is_environ { environ_bool(value) } else { self.cast(value, &cast, span) }
    }

    /// `config("X", default=4, cast=int)`.
    pub(super) fn read_variable(&self, given: &Given<'_>, cast: &str, span: Span) -> Fact<PyValue> {
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

    /// `get_int(name="X", default=4)` of mitol-django-common, whose default is `None` where none is given.
    pub(super) fn mitol_variable(&self, function: &str, given: &Given<'_>, span: Span) -> Fact<PyValue> {
        let Some(name) = given.text(0, "name") else { return self.unknown_at(span) };
        let default = given.named("default").cloned().unwrap_or_else(|| at(PyValue::None, span));
        let cast = match function.rsplit("get_").next() {
            Some("delimited_list") => "list",
            Some(kind @ ("int" | "bool")) => kind,
            _ => "",
        };
        self.cast(self.variable(name, Some(default), span), cast, span)
    }

    pub(super) fn cast(&self, value: Fact<PyValue>, cast: &str, span: Span) -> Fact<PyValue> {
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

    /// What a database URL means as an entry of `DATABASES`.
    pub(super) fn database(&self, url: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
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
                    "CONN_HEALTH_CHECKS" | "ATOMIC_REQUESTS" | "DISABLE_SERVER_SIDE_CURSORS" => {
                        dict.set(&setting, as_bool(value));
                    }
                    _ => options.set(key, option(value)),
                }
            }
        }
        if !options.entries.is_empty() {
            dict.set("OPTIONS", at(PyValue::Dict(options.into()), span));
        }
        at(PyValue::Dict(dict.into()), span)
    }

    /// The same as dj-database-url reads it, with its arguments; `conn_max_age` may stand at `place`. What stands in the
    /// query is an option of the driver, whatever its name.
    pub(super) fn dj_database(
        &self,
        url: &Fact<PyValue>,
        given: &Given<'_>,
        place: usize,
        span: Span,
    ) -> Fact<PyValue> {
        lift::then(self.database(url, span), |made| {
            let PyValue::Dict(dict) = &made.value else { return Fact::Known(made.clone()) };
            let mut dict = (**dict).clone();
            let mut options = match dict.entries.iter().find(|it| &*it.0 == "OPTIONS").and_then(|it| it.1.known()) {
                Some(PyValue::Dict(options)) => (**options).clone(),
                _ => super::scope::empty(),
            };
            let from_query = ["CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "ATOMIC_REQUESTS", "DISABLE_SERVER_SIDE_CURSORS"];
            for (key, value) in dict.entries.extract_if(.., |it| from_query.contains(&&*it.0)) {
                options.set(&key.to_ascii_lowercase(), value);
            }
            if let Some(require) = given.named("ssl_require") {
                match self.truth(require.clone()) {
                    Truth::Yes => options.set("sslmode", at(PyValue::Str("require".into()), span)),
                    Truth::No => {}
                    Truth::Maybe => options.set("sslmode", self.unknown_at(span)),
                }
            }
            if !options.entries.is_empty() {
                dict.set("OPTIONS", at(PyValue::Dict(options.into()), span));
            }
            for (name, value) in dj_keywords(given, place) {
                dict.set(name, value);
            }
            Fact::Known(crate::stack::Sourced { value: PyValue::Dict(dict.into()), ..made.clone() })
        })
    }

    /// What a cache URL means as an entry of `CACHES`, as django-environ reads it.
    pub(super) fn cache(&self, url: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
        let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Call(span) };
        let address = super::url::address(url);
        let backend = match &address {
            Fact::Known(address) => match self.cache_backend(&address.value.scheme, span) {
                Ok(backend) => lift::like(PyValue::Str(backend.into()), &address.origin).by_way_of([span]),
                Err(why) => Fact::Unknown(why),
            },
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            _ => self.unknown_at(span),
        };
        dict.set("BACKEND", backend);
        let location = lift::then(url.clone(), |it| match &it.value {
            PyValue::Str(url) => match url.split_once("://") {
                // The scheme says the backend, the rest the place; a query is for options.
                Some((scheme, rest)) => {
                    let rest = rest.split('?').next().unwrap_or(rest);
                    let place = match scheme.starts_with("redis") {
                        true => format!("{}://{rest}", scheme.replace("cache", "")),
                        false => rest.split('/').next().unwrap_or(rest).to_owned(),
                    };
                    Fact::Known(crate::stack::Sourced { value: PyValue::Str(place.into()), ..it.clone() })
                }
                None => self.unknown_at(span),
            },
            _ => self.unknown_at(span),
        });
        dict.set("LOCATION", location);
        if let Fact::Known(address) = &address {
            let mut options = super::scope::empty();
            for (key, value) in &address.value.query {
                let value = option(lift::like(PyValue::Str(value.clone()), &address.origin));
                let key = key.to_ascii_uppercase();
                let own = ["TIMEOUT", "KEY_PREFIX", "VERSION", "KEY_FUNCTION", "BINARY"].contains(&key.as_str());
                if own { dict.set(&key, value) } else { options.set(&key, value) }
            }
            if !options.entries.is_empty() {
                dict.set("OPTIONS", at(PyValue::Dict(options.into()), span));
            }
        }
        at(PyValue::Dict(dict.into()), span)
    }

    fn cache_backend(&self, scheme: &str, span: Span) -> Result<&'static str, Why> {
        Ok(match scheme {
            // It takes django-redis where that is installed.
            "rediscache" | "redis" | "rediss" => match self.packages.map(|it| it.has("django-redis")) {
                Some(Fact::Known(it)) if it.value => "django_redis.cache.RedisCache",
                Some(Fact::Known(_)) => "django.core.cache.backends.redis.RedisCache",
                _ => return Err(Why::at("that of django-redis, where that is installed, which is not known", span)),
            },
            "locmemcache" => "django.core.cache.backends.locmem.LocMemCache",
            "dummycache" => "django.core.cache.backends.dummy.DummyCache",
            "dbcache" => "django.core.cache.backends.db.DatabaseCache",
            "filecache" => "django.core.cache.backends.filebased.FileBasedCache",
            "pymemcache" => "django.core.cache.backends.memcached.PyMemcacheCache",
            "memcache" | "pymemcached" | "pylibmc" => "django.core.cache.backends.memcached.PyLibMCCache",
            _ => return Err(Why::at("worked out when the program runs", span)),
        })
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

/// An option of the query: whole numbers and truths as such.
fn option(value: Fact<PyValue>) -> Fact<PyValue> {
    value.map(|it| match &it {
        PyValue::Str(text) => match (text.parse(), &*text.to_ascii_lowercase()) {
            (Ok(int), _) => PyValue::Int(int),
            (_, "true") => PyValue::Bool(true),
            (_, "false") => PyValue::Bool(false),
            _ => it,
        },
        _ => it,
    })
}

/// A text as django-environ takes it for a truth: what is no number and none of its words is false.
fn environ_bool(value: Fact<PyValue>) -> Fact<PyValue> {
    lift::then(value, |it| match &it.value {
        PyValue::Str(text) => {
            let words = ["true", "on", "ok", "y", "yes", "1"];
            let truth = match text.trim().parse::<i64>() {
                Ok(int) => int != 0,
                Err(_) => words.contains(&text.trim().to_ascii_lowercase().as_str()),
            };
            Fact::Known(it.clone().map(|_| PyValue::Bool(truth)))
        }
        _ => as_bool(Fact::Known(it.clone())),
    })
}
