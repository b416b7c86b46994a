//! Pools of database connections that code makes: SQLAlchemy's engines and the drivers' own pools, one for each process
//! that loads them, and the term that each adds to its database's budget.

use std::collections::{BTreeMap, BTreeSet};

use super::network::{Address, Network};
use super::plan::ServicePlan;
use super::values::{self, Code, Environment, Evaluator, ModuleId, PyValue};
use crate::facts::python::{CallSite, Module, When};
use crate::source::Span;
use crate::stack::defaults;
use crate::stack::{
    About, Anchor, Client, Engine, Fact, Id, Mode, Origin, Pool, PoolClass, Process, Service, Slot, Sourced, Stack,
    Why, Writer,
};

/// The program whose defaults an engine has.
const SQLALCHEMY: &str = "SQLAlchemy";

/// A service as its pools need to see it.
pub struct Seen<'a> {
    /// Its plan; the environment is that of its commands.
    pub plan: &'a ServicePlan,
    /// Its entity; its processes stand in the stack.
    pub id: Id<Service>,
    /// The folder of the repository that its code lies in.
    pub folder: &'a str,
}

/// Which calls make a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// `sqlalchemy.create_engine` and its kin.
    Engine {
        /// Whether it is asynchronous.
        is_async: bool,
    },
    /// A driver's pool: its program, and how many connections it opens at most when told nothing.
    Driver(&'static str, u64),
}

impl Maker {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "sqlalchemy.create_engine"
            | "sqlalchemy.engine.create_engine"
            | "sqlmodel.create_engine"
            | "sqlalchemy.engine_from_config" => Maker::Engine { is_async: false },
            "sqlalchemy.ext.asyncio.create_async_engine"
            | "sqlalchemy.ext.asyncio.engine.create_async_engine"
            | "sqlalchemy.ext.asyncio.async_engine_from_config" => Maker::Engine { is_async: true },
            "asyncpg.create_pool" => Maker::Driver("asyncpg", 10),
            "psycopg_pool.ConnectionPool" | "psycopg_pool.AsyncConnectionPool" => Maker::Driver("psycopg_pool", 4),
            _ => return None,
        })
    }
}

/// Puts the pools of all processes into the stack, with their terms.
pub fn add(stack: &mut Stack, code: &Code, network: &mut Network, services: &[Seen<'_>]) {
    let makers: Vec<(ModuleId, &Module, &CallSite, Maker)> = code
        .iter()
        .flat_map(|(id, module)| {
            module.calls.iter().filter_map(move |site| Some((id, module, site, Maker::of(&site.name)?)))
        })
        .collect();
    if makers.is_empty() {
        return;
    }
    let mut first = Vec::new();
    let mut users: BTreeMap<Span, BTreeSet<Box<str>>> = BTreeMap::new();
    for service in services {
        for process in stack[service.id].processes.clone() {
            let loaded = loaded(code, service.folder, &stack[process]);
            for (module, draft, site, maker) in makers.iter().filter(|(id, ..)| loaded.contains(id)) {
                users.entry(site.span).or_default().insert(service.plan.name.value.clone());
                first.push((service, process, *module, *draft, *site, *maker));
            }
        }
    }
    for (service, process, module, draft, site, maker) in first {
        let reaches: Vec<Box<str>> = users.get(&site.span).into_iter().flatten().cloned().collect();
        let complete = service.plan.environment_open.is_none();
        let environment = Environment { variables: &service.plan.environment, complete };
        let evaluator = Evaluator::new(code, environment, None);
        let reader = Reader { evaluator, module, draft, site, maker, reaches };
        reader.add(stack, network, service, process);
    }
}

/// The modules that a process loads. Celery finds its tasks by name, so a worker loads what lies in its folder.
fn loaded(code: &Code, folder: &str, process: &Process) -> BTreeSet<ModuleId> {
    let below = |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let all = || code.iter().filter(|(_, module)| below(&module.path)).map(|(id, _)| id).collect();
    let worker = process
        .mode
        .known()
        .is_some_and(|mode| matches!(mode, Mode::CeleryPrefork | Mode::CeleryThreads | Mode::CeleryGevent));
    let named = process.application.known().map(|it| it.split(':').next().unwrap_or(it));
    match named.and_then(|name| code.resolve(folder, name)) {
        Some(start) if !worker => code.reached(start),
        _ => all(),
    }
}

/// A call that makes a pool, read for one process.
struct Reader<'a> {
    evaluator: Evaluator<'a>,
    module: ModuleId,
    draft: &'a Module,
    site: &'a CallSite,
    maker: Maker,
    /// The services that a change of the call reaches.
    reaches: Vec<Box<str>>,
}

impl Reader<'_> {
    fn add(&self, stack: &mut Stack, network: &mut Network, service: &Seen<'_>, process: Id<Process>) {
        let address = self.address();
        if address.engine == Engine::Sqlite {
            return;
        }
        let mut pool = self.pool(service);
        pool.engine = Fact::derived(address.engine, vec![address.span]);
        pool.process = Some(process);
        let reached = network.database(stack, &address);
        pool.pooler = reached.pooler;
        pool.database = reached.database;
        let connections = connections(&pool, &stack[process]);
        let (replicas, processes) = (stack[process].replicas.clone(), stack[process].processes.clone());
        let name = pool.about.name.clone();
        // A pool that stands in a function is made there, as often as it is called: its sum says nothing.
        let once = pool.per_call.known() != Some(&true);
        let pool = stack.add(pool);
        if once {
            stack.add(Client {
                about: About {
                    name: service.plan.name.value.clone(),
                    anchor: Anchor::new(
                        service.plan.anchor.file.clone(),
                        format!("{}.pool[{name}]", service.plan.anchor.entity),
                    ),
                    span: Some(address.span),
                    owner: Some(service.plan.name.value.clone()),
                    writers: Vec::new(),
                },
                replicas,
                processes,
                connections,
                process: Some(process),
                pool: Some(pool),
                database: reached.database,
                pooler: reached.pooler,
                ..Client::default()
            });
        }
    }

    fn pool(&self, service: &Seen<'_>) -> Pool {
        let name: Box<str> =
            self.site.bound.clone().unwrap_or_else(|| {
                if self.site.within.is_empty() { "engine".into() } else { self.site.within.clone() }
            });
        let about = About {
            anchor: Anchor::new(self.draft.path.clone(), name.clone()),
            name,
            span: Some(self.callee()),
            owner: Some(service.plan.name.value.clone()),
            writers: Vec::new(),
        };
        let mut pool = Pool {
            about,
            per_call: Fact::derived(self.site.when == When::Request, vec![self.callee()]),
            is_async: Fact::derived(self.maker == Maker::Engine { is_async: true }, vec![self.callee()]),
            ..Pool::default()
        };
        match self.maker {
            Maker::Engine { .. } => self.engine(&mut pool),
            Maker::Driver(program, most) => self.driver(&mut pool, program, most),
        }
        pool
    }

    fn engine(&self, pool: &mut Pool) {
        let at = Some(self.callee());
        pool.class = self.class();
        pool.echo = self.or_default(values::truth(self.argument("echo")), false, "echo");
        pool.pre_ping = self.or_default(values::truth(self.argument("pool_pre_ping")), false, "pool_pre_ping");
        pool.recycle = self.or_default(values::number(self.argument("pool_recycle")), -1.0, "pool_recycle");
        let (size, overflow) = (self.argument("pool_size"), self.argument("max_overflow"));
        let written = size.span().or_else(|| overflow.span());
        pool.sized = match written {
            Some(span) => Fact::derived(true, vec![span]),
            None => Fact::derived(false, vec![self.callee()]),
        };
        match pool.class.known() {
            Some(PoolClass::Queue) => {
                pool.size = self.or(limit(size, 0), defaults::count(SQLALCHEMY, "pool_size", at), "pool_size");
                pool.max_overflow =
                    self.or(limit(overflow, -1), defaults::count(SQLALCHEMY, "max_overflow", at), "max_overflow");
                pool.max = sum(&pool.size, &pool.max_overflow);
                pool.timeout = self.or(
                    values::number(self.argument("pool_timeout")),
                    defaults::number(SQLALCHEMY, "pool_timeout", at),
                    "pool_timeout",
                );
            }
            Some(PoolClass::Static) => pool.max = pool.class.clone().map(|_| 1),
            _ => {}
        }
        if written.is_none() {
            pool.about.writers.extend(self.sizes());
        }
    }

    /// Both sizes in one: one alone would change the sum. None where other services run the same call.
    fn sizes(&self) -> Option<Writer> {
        let insertion = self.draft.insertion(self.site.span).filter(|_| self.reaches.len() == 1)?;
        Some(Writer {
            name: "sizes".into(),
            edits: vec![insertion.edit("pool_size={size}, max_overflow={overflow}")],
            display_only: None,
        })
    }

    fn driver(&self, pool: &mut Pool, program: &str, most: u64) {
        pool.class = Fact::derived(PoolClass::Driver, vec![self.callee()]);
        let (least, max) = (self.argument("min_size"), self.argument("max_size"));
        pool.sized = match max.span() {
            Some(span) => Fact::derived(true, vec![span]),
            None => Fact::derived(false, vec![self.callee()]),
        };
        let default = match (&max, program) {
            // psycopg_pool's `max_size` is its `min_size` unless given.
            (Fact::Absent, "psycopg_pool") => values::count(least),
            _ => Fact::Absent,
        };
        pool.max = match values::count(max) {
            Fact::Absent if !default.is_absent() => default,
            Fact::Absent => Fact::default_of(most, program, "max_size", Some(self.callee()))
                .with_slots(self.keyword_slot("max_size")),
            given => self.reaching(given),
        };
        pool.size = pool.max.clone();
        if program == "psycopg_pool" {
            let timeout = values::number(self.argument("timeout"));
            pool.timeout = match timeout {
                Fact::Absent => Fact::default_of(30.0, program, "timeout", Some(self.callee())),
                given => given,
            };
        }
    }

    /// `poolclass=NullPool`.
    fn class(&self) -> Fact<PoolClass> {
        let given = self.site.call.keyword("poolclass");
        let Some(expr) = given else {
            return Fact::default_of(PoolClass::Queue, "SQLAlchemy", "poolclass", Some(self.callee()));
        };
        match expr.dotted().as_deref().and_then(|name| name.rsplit('.').next()) {
            Some("NullPool") => Fact::derived(PoolClass::Null, vec![expr.span]),
            Some("StaticPool" | "SingletonThreadPool") => Fact::derived(PoolClass::Static, vec![expr.span]),
            Some("QueuePool" | "AsyncAdaptedQueuePool") => Fact::derived(PoolClass::Queue, vec![expr.span]),
            _ => Fact::Unknown(Why::at("its class is worked out when the program runs", expr.span)),
        }
    }

    /// A keyword argument, also one that comes by `**options`; absent when it is not given.
    fn argument(&self, name: &str) -> Fact<PyValue> {
        let call = &self.site.call;
        if let Some(expr) = call.keyword(name) {
            return self.evaluator.expr(self.module, expr);
        }
        for it in call.keywords.iter().filter(|it| it.name.is_none()) {
            let options = self.evaluator.expr(self.module, &it.value);
            match values::entry(options.clone(), name) {
                Fact::Absent if matches!(options, Fact::Unknown(_)) => {
                    return Fact::Unknown(Why::at("given by options that are worked out elsewhere", it.span));
                }
                Fact::Absent => {}
                given => return given,
            }
        }
        Fact::Absent
    }

    /// What is given, else SQLAlchemy's default, with the place where it would be given.
    fn or_default<T: Clone>(&self, given: Fact<T>, default: T, name: &'static str) -> Fact<T> {
        self.or(given, Fact::default_of(default, SQLALCHEMY, name, Some(self.callee())), name)
    }

    /// What is given, else `default`, with the place where it would be given.
    fn or<T: Clone>(&self, given: Fact<T>, default: Fact<T>, name: &'static str) -> Fact<T> {
        match given {
            Fact::Absent => default.with_slots(self.keyword_slot(name)),
            given => self.reaching(given),
        }
    }

    /// The same fact, whose slots say whom they reach.
    fn reaching<T>(&self, mut fact: Fact<T>) -> Fact<T> {
        if let Fact::Known(Sourced { slots, .. }) | Fact::Unbounded(Why { slots, .. }) = &mut fact {
            for slot in slots.iter_mut().filter(|slot| slot.span.file == self.draft.file) {
                slot.reaches.clone_from(&self.reaches);
            }
        }
        fact
    }

    fn keyword_slot(&self, name: &str) -> Option<Slot> {
        let mut slot = self.draft.insertion(self.site.span)?.keyword(name);
        slot.reaches.clone_from(&self.reaches);
        Some(slot)
    }

    /// The name that is called, where the call is told of as a whole.
    fn callee(&self) -> Span {
        self.site.call.func.span
    }

    /// Where it connects to.
    fn address(&self) -> Address {
        let call = &self.site.call;
        let url = match call.keyword("url").or_else(|| call.keyword("dsn")).or_else(|| call.keyword("conninfo")) {
            Some(expr) => self.evaluator.expr(self.module, expr),
            None => match call.args.first() {
                Some(expr) if !self.site.name.ends_with("engine_from_config") => self.evaluator.expr(self.module, expr),
                _ => Fact::unknown("its address is worked out when the program runs"),
            },
        };
        let parts = url_parts(&url);
        let span = url.span().unwrap_or_else(|| self.callee());
        let name = self.site.bound.as_deref().unwrap_or("engine");
        Address {
            host: parts.0,
            port: parts.1,
            engine: parts.2.unwrap_or(Engine::Postgres),
            span,
            anchor: Anchor::new(self.draft.path.clone(), format!("{name}.url")),
        }
    }
}

/// Host, port and engine of a URL, be it text or what `URL.create` makes.
fn url_parts(url: &Fact<PyValue>) -> (Fact<Box<str>>, Option<u64>, Option<Engine>) {
    if let Some(PyValue::Object(object)) = url.known()
        && object.of.ends_with("URL.create")
    {
        let keyword = |name: &str| {
            object.keywords.iter().find(|(key, _)| &**key == name).map_or(Fact::Absent, |(_, value)| value.clone())
        };
        let scheme = values::text(keyword("drivername"));
        let engine = scheme
            .known()
            .and_then(|scheme| values::Address::parse(&format!("{scheme}://h/")).and_then(|address| address.engine()));
        return (values::text(keyword("host")), values::count(keyword("port")).known().copied(), engine);
    }
    match values::address(url) {
        Fact::Known(address) => {
            let host = match &address.value.host {
                // What holds only while the environment says nothing names no server.
                Some(_) if matches!(address.origin, Origin::Assumed(_)) => Fact::unknown("set by the environment"),
                Some(host) => {
                    Fact::Known(Sourced { value: host.clone(), origin: address.origin.clone(), slots: Vec::new() })
                }
                None => Fact::unknown("the host is worked out when the program runs"),
            };
            (host, address.value.port.map(u64::from), address.value.engine())
        }
        Fact::Unknown(why) => (Fact::Unknown(why), None, None),
        _ => (Fact::unknown("the address is worked out when the program runs"), None, None),
    }
}

/// A size; `unlimited` and what is less stand for no limit.
fn limit(given: Fact<PyValue>, unlimited: i64) -> Fact<u64> {
    if let Fact::Known(sourced) = &given
        && let PyValue::Int(value) = sourced.value
        && (value < 0 || value == unlimited)
    {
        let why = Why::shown(format!("{value} stands for no limit"), sourced.origin.span());
        return Fact::Unbounded(why).with_slots(sourced.slots.iter().cloned());
    }
    values::count(given)
}

/// `pool_size` and `max_overflow` together, with both their origins.
fn sum(size: &Fact<u64>, overflow: &Fact<u64>) -> Fact<u64> {
    match (size, overflow) {
        (Fact::Known(a), Fact::Known(b)) => {
            let value = a.value + b.value;
            match (&a.origin, &b.origin) {
                (Origin::Written(one), Origin::Written(two)) => {
                    let mut spans = one.clone();
                    spans.extend(two.iter().filter(|span| !one.contains(span)));
                    Fact::derived(value, spans)
                }
                (Origin::Written(spans), _) | (_, Origin::Written(spans)) => Fact::derived(value, spans.clone()),
                (Origin::Default(default), _) => {
                    Fact::default_of(value, default.program.clone(), "pool_size + max_overflow", default.at)
                }
                _ => Fact::Known(Sourced { value, origin: a.origin.clone(), slots: Vec::new() }),
            }
        }
        (Fact::Unbounded(why), _) | (_, Fact::Unbounded(why)) => Fact::Unbounded(why.clone()),
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
        _ => Fact::unknown("branches give its size"),
    }
}

/// The connections that one process opens of a pool at most: as many as it holds, and no more than the process has
/// requests or tasks at work.
fn connections(pool: &Pool, process: &Process) -> Fact<u64> {
    let most = match pool.class.known() {
        Some(PoolClass::Null) => process.slots.clone(),
        _ => pool.max.clone(),
    };
    match (&most, &process.slots) {
        (Fact::Known(most), Fact::Known(slots)) if slots.value < most.value => process.slots.clone(),
        (Fact::Unbounded(_) | Fact::Unknown(_), Fact::Known(slots)) if slots.value <= 1 => process.slots.clone(),
        _ => most,
    }
}
