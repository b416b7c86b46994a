//! Entries of `DATABASES`, with the connections that each process opens by them.

use crate::link::apps::{self, Apps, Choice, Seat};
use crate::link::endpoint;
use crate::link::network::{Address, Network, Reached};
use crate::link::values::{self, Dict, PyValue};
use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, DjangoDatabase, Engine, Mode};
use crate::stack::{Fact, Slot, Sourced, Stack, Truth, Version, Why, Writer, defaults};

use super::pool;
use super::slots::Writable;

/// Adds an entity for each alias, and its term of the budget.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, choice: &Choice, network: &mut Network) {
    let databases = seat.evaluator.setting(choice.first(), &["DATABASES"]);
    let settings = choice.only();
    for alias in values::keys(&databases) {
        let value = values::entry(databases.clone(), &alias);
        let path = ["DATABASES", &alias];
        let written = Writable { apps, settings, path: &path };
        let Some(span) = place(&written, &value) else { continue };
        let file = &apps.sources.file(span.file).path;
        let entry = Entry { value: &value, written, span };
        let mut database = entry.read(stack, seat);
        database.about = About {
            name: format!("DATABASES[\"{alias}\"] of {}", seat.service()).into(),
            anchor: Anchor::new(file.clone(), format!("DATABASES.{alias}@{}", seat.service())),
            span: Some(span),
            owner: Some(seat.service().into()),
            writers: Vec::new(),
        };
        let address = entry.address(&alias, file);
        let reached = match address {
            Some(address) if address.engine.known() != Some(&Engine::Sqlite) => network.database(stack, &address),
            _ => Reached::default(),
        };
        database.pooler = reached.pooler;
        database.about.writers.extend(pool::writer(stack, seat, &database, &entry));
        database.about.writers.extend(not_kept(apps, &database));
        add_with_client(stack, seat, database, span, reached);
    }
}

/// The writer `close_connections`, which sets `CONN_MAX_AGE` to 0 for all who share it: offered where nobody among them
/// serves in a way that gains by connections that are kept.
fn not_kept(apps: &Apps<'_>, database: &DjangoDatabase) -> Option<Writer> {
    let age = &database.conn_max_age;
    let slot = age.slots().first().filter(|_| age.known() != Some(&0.0))?;
    let gains = [Mode::WsgiSync, Mode::WsgiThreads];
    apps.reach.none_serves(slot.span.file, &gains).then(|| Writer {
        name: "close_connections".into(),
        edits: vec![(slot.span, format!("{}0{}", slot.before, slot.after).into())],
        display_only: None,
    })
}

/// Where an entry stands: its dict, or the statement that last touches it.
fn place(written: &Writable<'_>, value: &Fact<PyValue>) -> Option<Span> {
    match value.known() {
        Some(PyValue::Dict(dict)) => match dict.made {
            values::Made::Display(span) | values::Made::Call(span) => Some(span),
            values::Made::Statements => value.span().or_else(|| written.behind().map(|it| it.0)),
        },
        _ => value.span(),
    }
}

fn add_with_client(stack: &mut Stack, seat: &Seat<'_>, database: DjangoDatabase, span: Span, reached: Reached) {
    let is_file = database.engine.known() == Some(&Engine::Sqlite);
    let connections = connections(stack, seat, &database);
    let anchor = database.about.anchor.clone();
    let id = stack.add(database);
    if is_file {
        return;
    }
    let mut client = apps::client(stack, seat.process, anchor, Some(span), connections, reached);
    client.django_database = Some(id);
    stack.add(client);
}

/// The connections that one process opens at most.
fn connections(stack: &Stack, seat: &Seat<'_>, database: &DjangoDatabase) -> Fact<u64> {
    match database.pooled.known() {
        Some(true) => match &database.pool_max {
            Fact::Known(it) => Fact::Known(Sourced { slots: Vec::new(), ..it.clone() }),
            other => other.clone(),
        },
        Some(false) => apps::one_each(
            &stack[seat.process],
            "traffic: each request that is being answered holds a connection of its own",
        ),
        None => Fact::unknown("whether Django's pool is on is not known"),
    }
}

/// An entry of `DATABASES` as it is read.
pub(super) struct Entry<'a> {
    /// Its dict, or what branches leave of it.
    pub(super) value: &'a Fact<PyValue>,
    pub(super) written: Writable<'a>,
    pub(super) span: Span,
}

impl Entry<'_> {
    fn get(&self, key: &str) -> Fact<PyValue> {
        self.written.apps.reach.fact(values::entry(self.value.clone(), key))
    }

    /// Its dict, when there is one and no branch.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self.value.known() {
            Some(PyValue::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// `OPTIONS`, when it is known to be a dict.
    pub(super) fn options(&self) -> Option<Dict> {
        match self.get("OPTIONS").known() {
            Some(PyValue::Dict(options)) => Some((**options).clone()),
            _ => None,
        }
    }

    /// A setting with Django's default where nothing says it.
    fn or_default<T>(&self, fact: Fact<T>, key: &str, default: T) -> Fact<T> {
        match fact {
            Fact::Absent => Fact::default_of(default, "Django", key, Some(self.span))
                .with_slots(self.dict().and_then(|it| self.written.entry(it, key))),
            fact => fact,
        }
    }

    fn truth(&self, key: &str) -> Fact<bool> {
        let value = values::or_default(self.get(key), PyValue::Bool(false), "Django", key);
        self.or_default(values::truth(value), key, false)
    }

    fn read(&self, stack: &Stack, seat: &Seat<'_>) -> DjangoDatabase {
        let process = &stack[seat.process];
        let versions = seat.place.versions;
        let pool = self.pool();
        let is_celery =
            matches!(process.mode.known(), Some(Mode::CeleryPrefork | Mode::CeleryThreads | Mode::CeleryGevent));
        DjangoDatabase {
            engine: self.engine(),
            conn_max_age: self.conn_max_age(),
            conn_health_checks: self.truth("CONN_HEALTH_CHECKS"),
            pool_max: pool.max,
            pool_min: pool.min,
            pool_sized: pool.sized,
            pooled: pool.on,
            atomic_requests: self.truth("ATOMIC_REQUESTS"),
            endpoint: self.endpoint(),
            server_side_cursors_off: self.truth("DISABLE_SERVER_SIDE_CURSORS"),
            mode: process.mode.clone(),
            django: versions.version("django"),
            psycopg3: versions.has("psycopg"),
            psycopg_pool: versions.has("psycopg-pool"),
            celery: if is_celery { versions.version("celery") } else { Fact::Absent },
            process: Some(seat.process),
            ..DjangoDatabase::default()
        }
    }

    /// What answers. SQLite is what a developer has who sets no variable: where one may be set, it is not known.
    fn engine(&self) -> Fact<Engine> {
        let engine = engine_of(self.get("ENGINE"));
        let by_default = engine.sourced().and_then(|it| it.origin.unless_set()).map(Box::<str>::from);
        match (engine.known(), by_default) {
            (Some(Engine::Sqlite), Some(name)) => {
                let reason = format!("set by the environment ({name}; without it, SQLite)");
                Fact::Unknown(Why::shown(reason, engine.span()))
            }
            _ => engine,
        }
    }

    fn conn_max_age(&self) -> Fact<f64> {
        let value = self.get("CONN_MAX_AGE");
        if let Fact::Known(Sourced { value: PyValue::None, origin, slots }) = &value {
            let why = Why::shown("`None` keeps connections for ever", origin.span());
            return Fact::Unbounded(why).with_slots(slots.iter().cloned());
        }
        let value = values::or_default(value, PyValue::Int(0), "Django", "CONN_MAX_AGE");
        self.or_default(values::number(value), "CONN_MAX_AGE", 0.0)
    }

    fn pool(&self) -> Pool {
        let options = self.get("OPTIONS");
        let value = match options {
            Fact::Unknown(why) => Fact::Unknown(why),
            Fact::Absent => Fact::Absent,
            options => self.written.apps.reach.fact(values::entry(options, "pool")),
        };
        let value = values::or_default(value, PyValue::Bool(false), "Django", "OPTIONS[\"pool\"]");
        let on = match values::truth(value.clone()) {
            Fact::Absent => Fact::default_of(false, "Django", "OPTIONS[\"pool\"]", Some(self.span)),
            fact => fact,
        };
        if on.known() != Some(&true) {
            return Pool { on, max: Fact::Absent, min: Fact::Absent, sized: Fact::Absent };
        }
        let at = value.span();
        let min = match values::count(values::entry(value.clone(), "min_size")) {
            Fact::Absent | Fact::Unknown(_) if is_true(&value) => smallest(at),
            Fact::Absent => smallest(at),
            fact => self.written.apps.reach.fact(fact),
        };
        let written = if is_true(&value) { Fact::Absent } else { values::entry(value.clone(), "max_size") };
        let sized = Fact::derived(!written.is_absent(), at.into_iter().collect());
        let slot = self.max_slot(&value);
        let max = match values::count(written) {
            // The pool does not grow past its smallest size unless it is told to.
            Fact::Absent => match &min {
                Fact::Known(min) => psycopg_default("max_size", min.value, at).with_slots(slot),
                other => other.clone(),
            },
            fact => self.written.apps.reach.fact(fact),
        };
        Pool { on, max, min, sized }
    }

    /// Where the size of a pool that has none could be said: in its dict, or in the place of `True`.
    fn max_slot(&self, value: &Fact<PyValue>) -> Option<Slot> {
        let slot = match value.sourced()? {
            Sourced { value: PyValue::Dict(dict), .. } => self.written.insertion(dict)?.entry("max_size"),
            Sourced { value: PyValue::Bool(true), slots, .. } => {
                let place = slots.first()?;
                let insertion = self.dict().and_then(|it| self.written.insertion(it));
                let quote = insertion.map_or('"', |it| it.quote);
                let before = format!("{}{{{quote}max_size{quote}: ", place.before);
                Slot { before: before.into(), after: format!("}}{}", place.after).into(), ..place.clone() }
            }
            _ => return None,
        };
        Some(self.written.apps.reach.slot(slot))
    }

    /// Where it connects, as people write it.
    fn endpoint(&self) -> Fact<Box<str>> {
        let engine = self.engine();
        match engine {
            Fact::Absent => return Fact::Absent,
            Fact::Unknown(ref why) if engine_of(self.get("ENGINE")).known() == Some(&Engine::Sqlite) => {
                return Fact::Unknown(why.clone());
            }
            _ => {}
        }
        let (port, name) = (self.get("PORT"), self.get("NAME"));
        endpoint::of_parts(engine.known().copied(), &self.told_host(), &port, &name, self.span)
    }

    /// Its host as it is told; the empty text is Django's default.
    fn told_host(&self) -> Fact<Box<str>> {
        match values::text(self.get("HOST")) {
            Fact::Absent => Fact::default_of("".into(), "Django", "HOST", Some(self.span)),
            host => host,
        }
    }

    /// The host that it surely connects to.
    fn host(&self) -> Fact<Box<str>> {
        let host = self.told_host();
        let at = host.span().unwrap_or(self.span);
        // What holds only while the environment says nothing names no server.
        match host.sourced().and_then(|it| it.origin.unless_set()) {
            Some(name) => Fact::Unknown(Why::at(format!("set by the environment ({name})"), at)),
            None => host,
        }
    }

    /// Where the entry leads.
    fn address(&self, alias: &str, file: &str) -> Option<Address> {
        let engine = self.engine();
        if engine.is_absent() {
            return None;
        }
        let host = self.host();
        let at = host.span().unwrap_or(self.span);
        let port = values::count(self.get("PORT")).known().copied();
        let anchor = Anchor::new(file, format!("DATABASES.{alias}"));
        Some(Address { host, port, engine, span: at, anchor })
    }
}

/// What `OPTIONS["pool"]` says.
struct Pool {
    on: Fact<bool>,
    max: Fact<u64>,
    min: Fact<u64>,
    sized: Fact<bool>,
}

fn is_true(value: &Fact<PyValue>) -> bool {
    value.known() == Some(&PyValue::Bool(true))
}

fn smallest(at: Option<Span>) -> Fact<u64> {
    defaults::count("psycopg_pool", "min_size", at)
}

fn psycopg_default(setting: &str, value: u64, at: Option<Span>) -> Fact<u64> {
    Fact::default_of(value, "psycopg_pool", setting, at)
}

/// What answers, by the backend's dotted name.
fn engine_of(backend: Fact<PyValue>) -> Fact<Engine> {
    values::text(backend).map(|name| {
        let name = name.to_ascii_lowercase();
        if name.contains("postg") {
            Engine::Postgres
        } else if name.contains("mysql") {
            Engine::Mysql
        } else if name.contains("sqlite") || name.contains("spatialite") {
            Engine::Sqlite
        } else {
            Engine::Other
        }
    })
}

/// Whether a version is known to be at least this one.
pub(super) fn at_least(version: &Fact<Version>, least: &[u64]) -> bool {
    version.known().is_some_and(|it| it.less(least) == Truth::No)
}
