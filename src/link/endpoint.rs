//! Where a connection leads, as people write it: `host:port/name`. A part that nobody knows is a `?`; user and password
//! never stand in it. Where the host itself is not known, so is the whole; a default that the environment may replace is
//! told as such.

use super::values::{self, Address, HOLE, PyValue};
use crate::source::Span;
use crate::stack::{Engine, Fact, Origin, Sourced, Why};

/// The endpoint that a value names: a URL, `host:port`, a pair of both, a dict that holds one, a list of them.
pub(super) fn of(location: &Fact<PyValue>) -> Fact<Box<str>> {
    match location {
        Fact::Known(it) => of_branch(it).map_or_else(Fact::Unknown, Fact::Known),
        Fact::OneOf(branches) => {
            let told = branches.iter().map(|(when, it)| Ok((when.clone(), of_branch(it)?)));
            told.collect::<Result<Vec<_>, Why>>().map_or_else(Fact::Unknown, Fact::OneOf)
        }
        Fact::Unknown(why) | Fact::Unbounded(why) => Fact::Unknown(why.clone()),
        Fact::Absent => Fact::Absent,
    }
}

fn of_branch(it: &Sourced<PyValue>) -> Result<Sourced<Box<str>>, Why> {
    let at = || it.origin.span().into_iter().collect();
    match spelled(&it.value, 0) {
        Some(text) => {
            let mut origin = it.origin.clone();
            if let Origin::Written(spans) = &mut origin {
                inner_places(&it.value, spans, 0);
            }
            Ok(Sourced { value: text.into(), origin, slots: Vec::new() })
        }
        None => Err(Why { reason: "its host is worked out when the program runs".into(), at: at(), ..Why::default() }),
    }
}

/// The places of what stands in a list or dict, behind those of the whole.
fn inner_places(value: &PyValue, spans: &mut Vec<Span>, depth: u32) {
    let all: Vec<&Fact<PyValue>> = match value {
        PyValue::List(items) => items.iter().collect(),
        PyValue::Dict(dict) => dict.entries.iter().map(|it| &it.1).collect(),
        _ => return,
    };
    for item in all {
        item.visit_spans(&mut |span| {
            if !spans.contains(&span) {
                spans.push(span);
            }
        });
        if let Some(value) = item.known().filter(|_| depth < 3) {
            inner_places(value, spans, depth + 1);
        }
    }
}

fn spelled(value: &PyValue, depth: u32) -> Option<String> {
    let sure = |it: &Fact<PyValue>| it.sourced().is_none_or(|it| it.origin.unless_set().is_none());
    let inner = |it: &Fact<PyValue>| it.known().filter(|_| depth < 3 && sure(it)).and_then(|it| spelled(it, depth + 1));
    match value {
        PyValue::Str(text) => of_text(text),
        PyValue::List(items) => match items.as_slice() {
            // `("redis", 6379)`
            [host, port] if matches!(port.known(), Some(PyValue::Int(_))) => {
                let (Some(PyValue::Str(host)), Some(PyValue::Int(port))) = (host.known(), port.known()) else {
                    return None;
                };
                (!host.contains(HOLE) && items.iter().all(sure)).then(|| format!("{host}:{port}"))
            }
            items => {
                let all: Option<Vec<String>> = items.iter().map(inner).collect();
                all.filter(|it| !it.is_empty()).map(|it| it.join(", "))
            }
        },
        PyValue::Dict(dict) => {
            let get = |key: &str| dict.entries.iter().find(|it| &*it.0 == key).map(|it| &it.1);
            // channels_redis
            if let Some(sentinels) = get("sentinels") {
                let master = get("master_name").and_then(|it| values::text(it.clone()).known().cloned());
                return Some(watched(master.as_deref().unwrap_or(""), &inner(sentinels)?));
            }
            if let Some(address) = get("address") {
                return inner(address);
            }
            let Some(PyValue::Str(host)) = get("host")?.known() else { return None };
            let port = match get("port").map(|it| it.known()) {
                None => "6379".to_owned(),
                Some(Some(PyValue::Int(port))) => port.to_string(),
                Some(_) => "?".to_owned(),
            };
            (!host.contains(HOLE)).then(|| format!("{host}:{port}"))
        }
        _ => None,
    }
}

/// The endpoint of an entry of Django's `CACHES`. With `SENTINELS` the host of its location is no host: it is the name
/// that they know the master by (django-redis 5.4, django-valkey: `redis://service_name/db`).
pub(super) fn of_cache(entry: &Fact<PyValue>) -> Fact<Box<str>> {
    let location = values::entry(entry.clone(), "LOCATION");
    let sentinels = values::entry(values::entry(entry.clone(), "OPTIONS"), "SENTINELS");
    if sentinels.is_absent() {
        return of(&location);
    }
    let address = values::address(&location);
    let Some(it) = address.sourced() else { return of(&location) };
    let hosts = of(&sentinels).known().cloned();
    let master = match (it.value.host.as_deref(), &*it.value.name) {
        (Some(host), "") => host.to_owned(),
        (Some(host), name) => format!("{host}/{name}"),
        (None, _) => return of(&location),
    };
    let value = watched(&master, hosts.as_deref().unwrap_or("?")).into();
    Fact::Known(Sourced { value, origin: it.origin.clone(), slots: Vec::new() }).by_way_of(sentinels.span())
}

/// A master that Sentinels watch, by what code says of both.
pub(super) fn by_sentinels(sentinels: &Fact<PyValue>, master: Fact<Box<str>>) -> Fact<Box<str>> {
    let hosts = of(sentinels).known().cloned();
    let value = master.map(|master| watched(&master, hosts.as_deref().unwrap_or("?")).into());
    value.by_way_of(sentinels.span())
}

/// A master that Sentinels watch.
fn watched(master: &str, sentinels: &str) -> String {
    let master = master.replace(HOLE, "?");
    if master.is_empty() { format!("Sentinel at {sentinels}") } else { format!("{master} by Sentinel at {sentinels}") }
}

/// URLs of Sentinels: several hosts in one (`redis+sentinel://a:26379,b:26379/master/0`), or several parted by `;`, as
/// Celery has them.
fn of_sentinels(text: &str) -> Option<String> {
    let mut hosts: Vec<String> = Vec::new();
    let mut master = "";
    for url in text.split(';').map(str::trim).filter(|url| !url.is_empty()) {
        let (_, rest) = url.split_once("://").filter(|(scheme, _)| scheme.contains("sentinel"))?;
        let rest = rest.split('?').next().unwrap_or(rest);
        let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = authority.rsplit('@').next().unwrap_or(authority);
        for host in authority.split(',') {
            if host.is_empty() || host.contains(HOLE) {
                return None;
            }
            hosts.push(if host.contains(':') { host.to_owned() } else { format!("{host}:26379") });
        }
        if !name.is_empty() {
            master = name;
        }
    }
    (!hosts.is_empty()).then(|| watched(master, &hosts.join(", ")))
}

/// A URL, or `host:port` alone.
fn of_text(text: &str) -> Option<String> {
    if text.contains("sentinel://") {
        return of_sentinels(text);
    }
    let Some(address) = Address::parse(text) else {
        let plain = text.trim();
        return (!plain.is_empty() && !plain.contains([HOLE, ' ', '@'])).then(|| plain.to_owned());
    };
    let scheme = address.scheme.split('+').next().unwrap_or(&address.scheme);
    if address.engine() == Some(Engine::Sqlite) {
        return Some(file(&address.name));
    }
    let host = address.host.as_deref()?;
    if host.is_empty() && !matches!(address.engine(), Some(Engine::Postgres | Engine::Mysql)) {
        let known = |it: &str| it.replace(HOLE, "?");
        return Some(match &*address.name {
            "" => format!("{}:", known(scheme)),
            name => format!("{}: {}", known(scheme), known(name)),
        });
    }
    let port = match (address.port, address.port_is_open) {
        (Some(port), _) => Some(port.to_string()),
        (None, true) => Some("?".to_owned()),
        (None, false) => match default_port(scheme) {
            Some(port) => Some(port.to_string()),
            None if scheme.contains(HOLE) => Some("?".to_owned()),
            None => None,
        },
    };
    let name = match scheme {
        "redis" | "rediss" | "valkey" | "valkeys" if address.name.is_empty() => "0",
        _ => &address.name,
    };
    let sql = matches!(address.engine(), Some(Engine::Postgres | Engine::Mysql));
    Some(joined(host, port.as_deref(), name, sql))
}

/// `host:port/name`; a server of SQL always has a name, even when nobody knows it.
fn joined(host: &str, port: Option<&str>, name: &str, sql: bool) -> String {
    let mut out = match host {
        "" => "local socket".to_owned(),
        path if path.starts_with('/') => path.to_owned(),
        address if address.contains(':') => format!("[{address}]"),
        host => host.to_owned(),
    };
    if let Some(port) = port.filter(|_| !host.is_empty() && !host.starts_with('/')) {
        out = format!("{out}:{port}");
    }
    let name = name.trim_start_matches('/');
    match name {
        "" if sql => out + "/?",
        "" => out,
        name => format!("{out}/{}", if name.contains(HOLE) { "?" } else { name }),
    }
}

/// A file's database. A path of the repository stands without what is above it.
fn file(path: &str) -> String {
    let path = path.strip_prefix(HOLE).map_or(path, |it| it.trim_start_matches('/'));
    match path {
        "" => "sqlite: :memory:".to_owned(),
        path => format!("sqlite: {}", path.replace(HOLE, "?")),
    }
}

/// The port that a scheme's server listens on when no other is named.
fn default_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "postgres" | "postgresql" | "pgsql" | "psql" | "postgis" => 5432,
        "mysql" | "mysql2" | "mysqlgis" | "mariadb" => 3306,
        "redis" | "rediss" | "valkey" | "valkeys" | "rediscache" => 6379,
        "amqp" | "pyamqp" | "librabbitmq" => 5672,
        "amqps" => 5671,
        "memcache" | "pymemcache" | "pymemcached" | "pylibmc" => 11211,
        "mongodb" => 27017,
        "mssql" => 1433,
        "oracle" => 1521,
        _ => return None,
    })
}

/// The endpoint of an entry of `DATABASES`, of its parts. `given` is where the entry stands.
pub(super) fn of_parts(
    engine: Option<Engine>,
    host: &Fact<Box<str>>,
    port: &Fact<PyValue>,
    name: &Fact<PyValue>,
    given: Span,
) -> Fact<Box<str>> {
    let text = |fact: &Fact<PyValue>| match fact.known() {
        Some(PyValue::Str(text)) if !text.contains(HOLE) => Some(text.to_string()),
        Some(PyValue::Int(int)) => Some(int.to_string()),
        Some(PyValue::None | PyValue::Missing) => Some(String::new()),
        None if fact.is_absent() => Some(String::new()),
        _ => None,
    };
    let chain = |host: Option<Span>| {
        let mut spans: Vec<Span> = host.into_iter().collect();
        for span in [port.span(), name.span()].into_iter().flatten() {
            spans.extend((!spans.contains(&span)).then_some(span));
        }
        if spans.is_empty() { vec![given] } else { spans }
    };
    if engine == Some(Engine::Sqlite) {
        return match name.known() {
            Some(PyValue::Str(path)) => Fact::derived(file(path).into(), chain(None)),
            _ => Fact::Unknown(Why::at("its path is worked out when the program runs", name.span().unwrap_or(given))),
        };
    }
    let port = match (text(port).as_deref(), engine) {
        (None, _) => Some("?".to_owned()),
        (Some(""), Some(Engine::Postgres)) => Some("5432".to_owned()),
        (Some(""), Some(Engine::Mysql)) => Some("3306".to_owned()),
        (Some(""), _) => None,
        (Some(port), _) => Some(port.to_owned()),
    };
    let name = text(name).unwrap_or_else(|| HOLE.to_string());
    let sql = engine.is_some();
    let spelled = |host: &str| Box::from(joined(host, port.as_deref(), &name, sql));
    match host {
        Fact::Known(it) => {
            let origin = match &it.origin {
                Origin::Written(spans) => {
                    let mut all = spans.clone();
                    all.extend(chain(None).into_iter().filter(|it| !spans.contains(it)));
                    Origin::Written(all)
                }
                Origin::Default(_) => Origin::Written(chain(Some(given))),
                Origin::Assumed(_) | Origin::Guessed(_) => it.origin.clone(),
            };
            Fact::Known(Sourced { value: spelled(&it.value), origin, slots: Vec::new() })
        }
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        other => other.clone().map(|it| spelled(&it)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn shown(value: PyValue) -> String {
        match of(&Fact::derived(value, Vec::new())) {
            Fact::Known(it) => it.value.into(),
            Fact::Unknown(why) => format!("unknown: {}", why.reason),
            _ => "-".into(),
        }
    }

    fn url(text: &str) -> String {
        shown(PyValue::Str(text.replace('*', "\0").into()))
    }

    #[test]
    fn urls() {
        assert_eq!(url("postgres://u:p@db/shop"), "db:5432/shop");
        assert_eq!(url("postgresql+asyncpg://u:p@db:6432/shop?ssl=true"), "db:6432/shop");
        assert_eq!(url("postgresql://*@db:*/*"), "db:?/?");
        assert_eq!(url("postgresql://u@*/d"), "unknown: its host is worked out when the program runs");
        assert_eq!(url("postgresql:///d"), "local socket/d");
        assert_eq!(url("postgresql://u@db"), "db:5432/?");
        assert_eq!(url("mysql://u:p@[::1]/d"), "[::1]:3306/d");
        assert_eq!(url("redis://:p@cache"), "cache:6379/0");
        assert_eq!(url("rediss://cache:6380/2"), "cache:6380/2");
        assert_eq!(url("sentinel://:p@a:26379;sentinel://b"), "Sentinel at a:26379, b:26379");
        assert_eq!(url("redis+sentinel://u:p@a:1,b:2/main/0"), "main/0 by Sentinel at a:1, b:2");
        assert_eq!(url("sentinel://*"), "unknown: its host is worked out when the program runs");
        assert_eq!(url("amqp://u:p@rabbit//"), "rabbit:5672");
        assert_eq!(url("sqs://"), "sqs:");
        assert_eq!(url("sqlite:///*/db.sqlite3"), "sqlite: db.sqlite3");
        assert_eq!(url("sqlite://"), "sqlite: :memory:");
        assert_eq!(url("memcached:11211"), "memcached:11211");
        assert_eq!(url("host=db port=6000 dbname=d user=u password=p"), "db:6000/d");
    }

    #[test]
    fn secrets_stay_out() {
        for text in ["user:secret@db", "postgres://u:secret@db/d", "redis://:secret@r/1", "amqp://u:secret@q:1/v"] {
            assert!(!url(text).contains("secret"), "{text}: {}", url(text));
        }
    }

    #[test]
    fn parts() {
        let span = Span::at(FileId(0), 0);
        let host = Fact::written(Box::from("db"), span);
        let text = |it: &str| Fact::derived(PyValue::Str(it.into()), vec![span]);
        let of = |engine, host: &Fact<Box<str>>, port, name| match of_parts(Some(engine), host, &port, &name, span) {
            Fact::Known(it) => it.value.to_string(),
            Fact::Unknown(why) => format!("unknown: {}", why.reason),
            _ => "-".into(),
        };
        assert_eq!(of(Engine::Postgres, &host, Fact::Absent, text("d")), "db:5432/d");
        assert_eq!(of(Engine::Mysql, &host, text("3307"), Fact::unknown("x")), "db:3307/?");
        assert_eq!(of(Engine::Postgres, &host, Fact::unknown("x"), text("d")), "db:?/d");
        assert_eq!(
            of(Engine::Postgres, &Fact::unknown("set by the environment (H)"), Fact::Absent, text("d")),
            "unknown: set by the environment (H)"
        );
        assert_eq!(of(Engine::Sqlite, &host, Fact::Absent, text("\0/db.sqlite3")), "sqlite: db.sqlite3");
    }
}
