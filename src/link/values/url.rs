//! Addresses of databases and servers as URLs.

use super::{HOLE, PyValue};
use crate::stack::{Engine, Fact};

/// What a URL says; nothing for parts that nobody knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// What stands before `://`.
    pub scheme: Box<str>,
    /// The host; empty for a file or a local socket.
    pub host: Option<Box<str>>,
    /// The port.
    pub port: Option<u16>,
    /// Whether a port is given that nobody knows.
    pub port_is_open: bool,
    /// The database's name.
    pub name: Box<str>,
    /// What stands behind `?`, in order.
    pub query: Vec<(Box<str>, Box<str>)>,
}

impl Address {
    /// Takes a URL apart; none when it is no URL.
    pub fn parse(url: &str) -> Option<Self> {
        let Some((scheme, rest)) = url.split_once("://") else { return Self::conninfo(url) };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        // Of several hosts the first is tried first.
        let host = host.split(',').next().unwrap_or(host);
        let (host, port) = match host.strip_prefix('[').and_then(|it| it.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        };
        let known = !host.contains(HOLE);
        Some(Self {
            scheme: scheme.into(),
            host: known.then(|| decoded(host)),
            port_is_open: port.is_some_and(|it| !it.is_empty() && it.parse::<u16>().is_err()),
            port: port.and_then(|it| it.parse().ok()),
            name: decoded(name),
            query: query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        })
    }

    /// What libpq reads, too: `host=db port=5432 dbname=shop`.
    fn conninfo(text: &str) -> Option<Self> {
        let pairs: Vec<(&str, &str)> = text.split_whitespace().map_while(|it| it.split_once('=')).collect();
        let get = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.trim_matches('\''));
        if pairs.len() != text.split_whitespace().count() || (get("host").is_none() && get("dbname").is_none()) {
            return None;
        }
        let (host, port) = (get("host").unwrap_or(""), get("port"));
        Some(Self {
            scheme: "postgresql".into(),
            host: (!host.contains(HOLE)).then(|| host.into()),
            port_is_open: port.is_some_and(|it| it.parse::<u16>().is_err()),
            port: port.and_then(|it| it.parse().ok()),
            name: get("dbname").unwrap_or("").into(),
            query: Vec::new(),
        })
    }

    /// What answers there, by the scheme: `postgresql+asyncpg`.
    pub fn engine(&self) -> Option<Engine> {
        engine_of(&self.scheme)
    }

    /// The driver that the scheme names: `asyncpg`.
    pub fn driver(&self) -> Option<&str> {
        self.scheme.split_once('+').map(|(_, driver)| driver)
    }
}

/// A part of a URL without its percent signs.
fn decoded(part: &str) -> Box<str> {
    let mut out = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|it| std::str::from_utf8(it).ok()).filter(|_| first == b'%');
        match hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &behind[2..];
            }
            None => {
                out.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8(out).map_or_else(|_| part.into(), Into::into)
}

/// What answers under a scheme; none when that is not known.
fn engine_of(scheme: &str) -> Option<Engine> {
    if scheme.contains(HOLE) {
        return None;
    }
    Some(match scheme.split('+').next().unwrap_or(scheme) {
        "postgres" | "postgresql" | "pgsql" | "postgis" | "psql" | "timescale" | "timescalegis" => Engine::Postgres,
        "mysql" | "mysql2" | "mariadb" | "mysqlgis" => Engine::Mysql,
        "sqlite" | "sqlite3" | "spatialite" => Engine::Sqlite,
        _ => Engine::Other,
    })
}

/// The URL of a value, with the places it came by.
pub fn address(fact: &Fact<PyValue>) -> Fact<Address> {
    let url = match fact {
        Fact::Known(sourced) => sourced,
        Fact::OneOf(_) => return Fact::unknown("branches give it"),
        Fact::Unknown(why) => return Fact::Unknown(why.clone()),
        _ => return Fact::Absent,
    };
    match &url.value {
        PyValue::Str(text) => match Address::parse(text) {
            Some(address) => {
                Fact::Known(crate::stack::Sourced { value: address, origin: url.origin.clone(), slots: Vec::new() })
            }
            None => Fact::unknown("not a URL"),
        },
        PyValue::None | PyValue::Missing => Fact::Absent,
        _ => super::text(fact.clone()).map(|_| Address::default()),
    }
}
