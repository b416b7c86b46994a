//! Pools of database connections that code makes: SQLAlchemy's engines and the drivers' own pools, one for each process
//! that loads them, and the term that each adds to its database's budget.

mod address;
mod flask;
mod given;
mod maker;
mod sizes;
#[cfg(test)]
mod tests;
mod tortoise;

use std::collections::{BTreeMap, BTreeSet};

use address::database_driver;
use given::Given;
use maker::{Driver, Maker};
use sizes::{connections, limit, sum, where_made};

use super::endpoint;
use super::network::Network;
use super::plan::{Running, ServicePlan};
use super::values::{self, Code, Environment, Evaluator, ModuleId, PyValue};
use super::versions::Versions;
use crate::facts::python::{CallSite, Guard, Module, When};
use crate::source::Span;
use crate::stack::defaults;
use crate::stack::{
    About, Anchor, Client, Engine, Fact, Id, Mode, Origin, Pool, PoolClass, Process, Service, Slot, Sourced, Stack,
    Truth, Why, Writer,
};

/// The program whose defaults an engine has.
const SQLALCHEMY: &str = "SQLAlchemy";

/// A service as its pools need to see it.
pub struct Seen<'a> {
    /// Its plan; the environment is that of its commands.
    pub plan: &'a ServicePlan,
    /// What runs in it.
    pub running: &'a [Running],
    /// Its entity; its processes stand in the stack.
    pub id: Id<Service>,
    /// The folder of the repository that its code lies in.
    pub folder: &'a str,
    /// The packages of that folder.
    pub versions: &'a Versions<'a>,
}

/// Puts the pools of all processes into the stack, with their terms.
pub fn add(stack: &mut Stack, code: &Code, network: &mut Network, services: &[Seen<'_>]) {
    let makers: Vec<(ModuleId, &Module, &CallSite, Maker)> = code
        .iter()
        .flat_map(|(id, module)| module.calls.iter().filter_map(move |site| Some((id, module, site, Maker::of(site)?))))
        .collect();
    if makers.is_empty() {
        return;
    }
    let mut seats = Vec::new();
    let mut users: BTreeMap<Span, BTreeSet<Box<str>>> = BTreeMap::new();
    for service in services {
        for process in stack[service.id].processes.clone() {
            let loaded = loaded(code, service.folder, &stack[process]);
            for (_, _, site, _) in makers.iter().filter(|(id, ..)| loaded.contains(id)) {
                users.entry(site.span).or_default().insert(service.plan.name.value.clone());
            }
            seats.push((service, process, loaded));
        }
    }
    for (service, process, loaded) in seats {
        let running = service.running.iter().find(|it| Some(it.span) == stack[process].about.span);
        let environment = Environment::of(service.plan, running);
        let evaluator = Evaluator::new(code, environment, None);
        let here: Vec<_> = makers.iter().filter(|(id, ..)| loaded.contains(id)).collect();
        let called = here.iter().any(|(_, _, site, _)| !site.within.is_empty());
        let made = if called { given::made(&evaluator, &loaded) } else { Vec::new() };
        for &&(module, draft, site, maker) in &here {
            // What one function makes, asks and lets go is no pool of the process.
            let holds = evaluator.holds(module, &site.within, &site.guards);
            if holds == Truth::No || site.passing && site.when == When::Called {
                continue;
            }
            let reaches: Vec<Box<str>> = users.get(&site.span).into_iter().flatten().cloned().collect();
            let ways: Vec<(Option<Box<str>>, Given)> = match maker {
                Maker::Flask => flask::engines(&evaluator, &loaded, service.versions, module, site),
                Maker::Tortoise => tortoise::connections(&evaluator, module, site),
                _ => {
                    let mine = made.iter().filter(|(_, _, object)| object.span == site.span);
                    let mine: Vec<_> =
                        mine.map(|(_, name, it)| (Some(name.clone()), Given::Made(it.clone()))).collect();
                    if mine.is_empty() { vec![(None, Given::Call)] } else { mine }
                }
            };
            for (name, given) in ways {
                let evaluator = &evaluator;
                // What was made where a function was called has its conditions behind it.
                let only = site.guards.last().filter(|_| holds == Truth::Maybe && !matches!(given, Given::Made(_)));
                let reader =
                    Reader { evaluator, module, draft, site, maker, only, given, name, reaches: reaches.clone() };
                reader.add(stack, network, service, process);
            }
        }
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
struct Reader<'a, 'e> {
    evaluator: &'e Evaluator<'a>,
    module: ModuleId,
    draft: &'a Module,
    site: &'a CallSite,
    maker: Maker,
    /// The condition that decides whether it is made, where the files leave it open.
    only: Option<&'a Guard>,
    /// What it is given.
    given: Given,
    /// What it is bound to, where the call itself does not say it.
    name: Option<Box<str>>,
    /// The services that a change of the call reaches.
    reaches: Vec<Box<str>>,
}

impl Reader<'_, '_> {
    fn add(&self, stack: &mut Stack, network: &mut Network, service: &Seen<'_>, process: Id<Process>) {
        let url = self.url();
        let address = self.address(&url);
        if address.engine.known() == Some(&Engine::Sqlite) {
            return;
        }
        let mut pool = self.pool(service, &url);
        pool.endpoint = endpoint::of(&url);
        pool.engine = address.engine.clone();
        pool.process = Some(process);
        let reached = network.database(stack, &address);
        pool.pooler = reached.pooler;
        pool.database = reached.database;
        let connections = where_made(connections(&pool, &stack[process]), self.only);
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

    fn pool(&self, service: &Seen<'_>, url: &Fact<PyValue>) -> Pool {
        let name: Box<str> =
            self.name.clone().or_else(|| self.site.bound.clone()).unwrap_or_else(|| {
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
            is_async: Fact::derived(self.maker.is_async(), vec![self.callee()]),
            ..Pool::default()
        };
        match self.maker {
            Maker::Engine { .. } | Maker::Flask => self.engine(&mut pool),
            Maker::Driver(driver) => self.driver(&mut pool, &driver),
            Maker::Databases => self.of_url(&mut pool, url, database_driver(url), ("max_size", "min_size")),
            Maker::Tortoise => self.of_url(&mut pool, url, "Tortoise", ("maxsize", "minsize")),
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
            // An engine without a pool beside others is most often that of tests.
            Some(PoolClass::Null) => {
                if let Some(guard) = self.only {
                    let text = guard.text.split_whitespace().collect::<Vec<_>>().join(" ");
                    pool.class = Fact::Unknown(Why::at(format!("made only as `{text}` decides"), guard.span));
                }
            }
            _ => {}
        }
        if written.is_none() {
            pool.about.writers.extend(self.sizes());
        }
    }

    /// Both sizes in one: one alone would change the sum. None where other services run the same call.
    fn sizes(&self) -> Option<Writer> {
        let own = !matches!(self.given, Given::Options(..)) && self.reaches.len() == 1;
        let insertion = self.draft.insertion(self.site.span).filter(|_| own)?;
        Some(Writer {
            name: "sizes".into(),
            edits: vec![insertion.edit("pool_size={size}, max_overflow={overflow}")],
            display_only: None,
        })
    }

    fn driver(&self, pool: &mut Pool, driver: &Driver) {
        let (name, place) = driver.most;
        let most = match self.argument(name) {
            Fact::Absent => place.map_or(Fact::Absent, |it| self.at(it)),
            given => given,
        };
        // psycopg_pool's `max_size` is its `min_size` unless given.
        let default = match driver.program {
            "psycopg_pool" => match values::count(self.argument(driver.least)) {
                Fact::Absent => defaults::count(driver.program, driver.least, Some(self.callee())),
                given => given,
            },
            program => defaults::count(program, name, Some(self.callee())),
        };
        self.sized(pool, most, default, name);
        if driver.program == "psycopg_pool" {
            pool.timeout = match values::number(self.argument("timeout")) {
                Fact::Absent => defaults::number("psycopg_pool", "timeout", Some(self.callee())),
                given => given,
            };
        }
    }

    /// A pool whose sizes may stand in the query of its URL.
    fn of_url(&self, pool: &mut Pool, url: &Fact<PyValue>, program: &str, (most, _): (&'static str, &str)) {
        let query = match values::address(url) {
            Fact::Known(address) => {
                let pair = address.value.query.iter().rfind(|it| &*it.0 == most).map(|it| it.1.clone());
                let spans = address.origin.span().into_iter().collect();
                pair.map_or(Fact::Absent, |it| Fact::derived(PyValue::Str(it), spans))
            }
            Fact::Unknown(why) => Fact::Unknown(why),
            _ => Fact::Absent,
        };
        let given = match self.argument(most) {
            Fact::Absent => query,
            given => given,
        };
        let setting = if program == "aiomysql" || program == "aiopg" { "maxsize" } else { most };
        self.sized(pool, given, defaults::count(program, setting, Some(self.callee())), most);
    }

    fn sized(&self, pool: &mut Pool, most: Fact<PyValue>, default: Fact<u64>, name: &'static str) {
        pool.class = Fact::derived(PoolClass::Driver, vec![self.callee()]);
        pool.sized = match most.span().filter(|_| !matches!(most, Fact::Unknown(_))) {
            Some(span) => Fact::derived(true, vec![span]),
            None => Fact::derived(false, vec![self.callee()]),
        };
        pool.max = match values::count(most) {
            Fact::Absent if matches!(&default, Fact::Known(it) if matches!(it.origin, Origin::Default(_))) => {
                default.with_slots(self.keyword_slot(name))
            }
            Fact::Absent => default,
            given => self.reaching(given),
        };
        pool.size = pool.max.clone();
    }

    /// `poolclass=NullPool`, under whatever name it is imported.
    fn class(&self) -> Fact<PoolClass> {
        let given = match self.argument("poolclass") {
            Fact::Absent => {
                return Fact::default_of(PoolClass::Queue, SQLALCHEMY, "poolclass", Some(self.callee()));
            }
            given => given,
        };
        let at = given.span().unwrap_or_else(|| self.callee());
        let unknown = || Fact::Unknown(Why::at("its class is worked out when the program runs", at));
        let class = |value: &PyValue| match value {
            PyValue::Outside(name) => class_of(name),
            PyValue::None => Some(PoolClass::Queue),
            _ => None,
        };
        match given {
            Fact::Known(it) => class(&it.value).map_or_else(unknown, |class| Fact::derived(class, vec![at])),
            Fact::OneOf(branches) => {
                let told: Option<Vec<_>> =
                    branches.into_iter().map(|(when, it)| Some((when, class(&it.value)?, it.origin))).collect();
                let sourced = |(when, value, origin)| (when, Sourced { value, origin, slots: Vec::new() });
                told.map_or_else(unknown, |all| Fact::OneOf(all.into_iter().map(sourced).collect()))
            }
            _ => unknown(),
        }
    }

    /// A keyword argument, wherever it comes from; absent when it is not given.
    fn argument(&self, name: &str) -> Fact<PyValue> {
        self.given.keyword(self.evaluator, self.module, self.site, name)
    }

    /// An argument without a name.
    fn at(&self, place: usize) -> Fact<PyValue> {
        self.given.at(self.evaluator, self.module, self.site, place)
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
        // What another program hands on is not written at the call.
        if matches!(self.given, Given::Options(..)) {
            return None;
        }
        let mut slot = self.draft.insertion(self.site.span)?.keyword(name);
        slot.reaches.clone_from(&self.reaches);
        Some(slot)
    }

    /// The name that is called, where the call is told of as a whole.
    fn callee(&self) -> Span {
        self.site.call.func.span
    }
}

/// The kind of a pool by the dotted name of its class.
fn class_of(name: &str) -> Option<PoolClass> {
    Some(match name.rsplit('.').next()? {
        "NullPool" => PoolClass::Null,
        "StaticPool" | "SingletonThreadPool" | "AssertionPool" => PoolClass::Static,
        "QueuePool" | "AsyncAdaptedQueuePool" | "FallbackAsyncAdaptedQueuePool" => PoolClass::Queue,
        _ => return None,
    })
}
