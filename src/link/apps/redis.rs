//! Pools of connections to Redis: those of redis-py that the code makes, and what all of them share.

use std::collections::BTreeMap;

use crate::facts::python::{CallSite, Module, When};
use crate::link::endpoint;
use crate::link::network::Network;
use crate::link::values::{self, Evaluator, HOLE, ModuleId, PyValue};
use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, RedisClient, RedisLibrary};
use crate::stack::{Fact, Slot, Sourced, Stack, Version, Why, defaults};
use crate::syntax::python::{Expr, ExprKind};

use super::terms::{bare, one_each};
use super::{Apps, Seat, callers, total_processes, uses};

/// Adds the pools that the code of a process makes.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, network: &Network) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for &id in &seat.loaded {
        let Some(module) = apps.code.module(id) else { continue };
        for site in module.calls.iter().filter(|it| makes_pool(&it.name) || sentinel_of(module, it).is_some()) {
            // A client on another's pool has none of its own.
            if site.call.keyword("connection_pool").is_some() || callers::are_elsewhere(apps, seat, stack, module, site)
            {
                continue;
            }
            let mut name = match (&site.bound, &*site.within) {
                (Some(bound), _) => bound.to_string(),
                (None, "") => "redis".to_owned(),
                (None, within) => format!("redis in {within}"),
            };
            let same = names.entry(format!("{}#{name}", module.path)).or_default();
            *same += 1;
            if *same > 1 {
                name = format!("{name} ({same})");
            }
            let about = About {
                name: format!("{name} of {}", seat.service()).into(),
                anchor: Anchor::new(module.path.clone(), format!("{name}@{}", seat.service())),
                span: Some(site.span),
                owner: Some(seat.service().into()),
                writers: Vec::new(),
            };
            let sentinel = sentinel_of(module, site);
            let pool = of_site(apps, seat, id, site, sentinel);
            let mut client = pool.client(stack, seat, about);
            let evaluator = &seat.evaluator;
            let location = match (sentinel, site.call.args.first()) {
                (Some(sentinel), _) => {
                    client.endpoint = watched(evaluator, id, site, sentinel);
                    Fact::Absent
                }
                (None, Some(url)) if site.name.ends_with("from_url") => evaluator.expr(id, url),
                _ => host(evaluator, id, site),
            };
            put(stack, network, client, &location, false);
        }
    }
}

/// Whether a call makes a pool of connections to Redis.
fn makes_pool(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    matches!(first, "redis" | "aioredis")
        && matches!(
            name.rsplit('.').next(),
            Some(
                "Redis"
                    | "StrictRedis"
                    | "from_url"
                    | "ConnectionPool"
                    | "BlockingConnectionPool"
                    | "create_redis_pool"
                    // A pool for each node.
                    | "RedisCluster"
            )
        )
}

/// The Sentinels by which a call makes a client: `sentinel.master_for(...)`, where `sentinel` is made in the same module.
fn sentinel_of<'m>(module: &'m Module, site: &CallSite) -> Option<&'m CallSite> {
    let (receiver, method) = site.name.rsplit_once('.')?;
    let is_of_sentinel = matches!(method, "master_for" | "slave_for");
    let makes = |it: &&CallSite| it.name.ends_with(".Sentinel") && it.bound.as_deref() == Some(receiver);
    module.calls.iter().filter(|_| is_of_sentinel).find(makes)
}

/// The master that Sentinels are asked for, and where they are.
fn watched(evaluator: &Evaluator<'_>, id: ModuleId, site: &CallSite, sentinel: &CallSite) -> Fact<Box<str>> {
    let name = site.call.args.first().or_else(|| site.call.keyword("service_name"));
    let hosts = sentinel.call.args.first().or_else(|| sentinel.call.keyword("sentinels"));
    let expr = |it: Option<&Expr>| it.map_or(Fact::Absent, |it| evaluator.expr(id, it));
    endpoint::by_sentinels(&expr(hosts), values::text(expr(name)))
}

/// `host=..., port=..., db=...` as a URL.
fn host(evaluator: &Evaluator<'_>, id: ModuleId, site: &CallSite) -> Fact<PyValue> {
    // Any node of a cluster tells of the others.
    let node = site.call.keyword("startup_nodes").map(|it| &it.kind);
    let node = match node {
        Some(ExprKind::List(nodes)) => nodes.first().map(|it| &it.kind),
        _ => None,
    };
    let call = if let Some(ExprKind::Call(node)) = node { node } else { &site.call };
    let part =
        |place: usize, name: &str| call.keyword(name).or_else(|| call.args.get(place)).map(|it| evaluator.expr(id, it));
    let whole = |it: Option<Fact<PyValue>>, default: &str| match it.map(values::text) {
        None | Some(Fact::Absent) => default.to_owned(),
        Some(Fact::Known(it)) => it.value.into(),
        Some(_) => HOLE.to_string(),
    };
    let behind = format!("{}/{}", whole(part(1, "port"), "6379"), whole(part(2, "db"), "0"));
    match part(0, "host").map(values::text) {
        Some(host) => host.map(|host| PyValue::Str(format!("redis://{host}:{behind}").into())),
        None => Fact::derived(PyValue::Str(format!("redis://localhost:{behind}").into()), vec![site.span]),
    }
}

fn of_site(apps: &Apps<'_>, seat: &Seat<'_>, id: ModuleId, site: &CallSite, sentinel: Option<&CallSite>) -> Pool {
    // What the URL's query says stands over the arguments.
    let url = match site.call.args.first() {
        Some(url) if site.name.ends_with("from_url") => seat.evaluator.expr(id, url),
        _ => Fact::Absent,
    };
    let keyword = |name: &str| match in_query(&url, name) {
        // What Sentinels are told holds for the clients that they make.
        Fact::Absent => site
            .call
            .keyword(name)
            .or_else(|| sentinel?.call.keyword(name))
            .map_or(Fact::Absent, |it| seat.evaluator.expr(id, it)),
        said => said,
    };
    let insertion = apps.code.module(id).and_then(|it| it.insertion(site.span));
    let slot = |name: &str| insertion.map(|it| apps.reach.slot(it.keyword(name)));
    let is_blocking = site.name.contains("BlockingConnectionPool");
    Pool {
        library: RedisLibrary::RedisPy,
        max_connections: apps.reach.fact(values::count(keyword("max_connections"))),
        blocking: Some(Fact::derived(is_blocking, vec![site.span])),
        socket_timeout: apps.reach.fact(values::number(keyword("socket_timeout"))),
        waits: uses::waits(apps, id, site),
        timeout_slot: slot("socket_timeout"),
        most_slot: slot("max_connections"),
        retry_on_timeout: apps.reach.fact(values::truth(keyword("retry_on_timeout"))),
        only_checked: Fact::derived(uses::only_checks(apps, seat, id, site), vec![site.span]),
        per_call: match site.when {
            When::Request => Fact::derived(true, vec![site.span]),
            When::Import | When::Once => Fact::derived(false, vec![site.span]),
            When::Called => Fact::Unknown(Why::at(format!("who calls `{}` is not known", site.within), site.span)),
        },
        at: Some(site.span),
    }
}

/// What the query of a URL says of an option; absent when it says nothing.
pub(super) fn in_query(url: &Fact<PyValue>, name: &str) -> Fact<PyValue> {
    let Fact::Known(address) = values::address(url) else { return Fact::Absent };
    let said = address.value.query.iter().rfind(|it| &*it.0 == name).map(|it| PyValue::Str(it.1.clone()));
    said.map_or(Fact::Absent, |value| Fact::Known(Sourced { value, origin: address.origin, slots: Vec::new() }))
}

/// What is written of a pool; absent where nothing is.
pub(super) struct Pool {
    pub(super) library: RedisLibrary,
    pub(super) max_connections: Fact<u64>,
    pub(super) blocking: Option<Fact<bool>>,
    pub(super) socket_timeout: Fact<f64>,
    /// Whether code waits with it on purpose: no time is too long then.
    pub(super) waits: bool,
    pub(super) timeout_slot: Option<Slot>,
    pub(super) most_slot: Option<Slot>,
    pub(super) retry_on_timeout: Fact<bool>,
    pub(super) per_call: Fact<bool>,
    pub(super) only_checked: Fact<bool>,
    pub(super) at: Option<Span>,
}

impl Pool {
    /// The pool with the defaults of the version that the service has.
    pub(super) fn client(self, stack: &Stack, seat: &Seat<'_>, about: About) -> RedisClient {
        let process = &stack[seat.process];
        let version = seat.place.versions.version("redis");
        let blocks = self.blocking.as_ref().and_then(|it| it.known()) == Some(&true);
        let at: Vec<Span> = self.at.into_iter().collect();
        RedisClient {
            about,
            library: Fact::derived(self.library, at.clone()),
            max_connections: match self.max_connections {
                Fact::Absent => most_by_default(&version, blocks, self.at).with_slots(self.most_slot),
                fact => fact,
            },
            blocking: self.blocking.unwrap_or_else(|| Fact::default_of(false, "redis-py", "ConnectionPool", self.at)),
            socket_timeout: match self.socket_timeout {
                Fact::Absent if self.waits => Fact::Absent,
                Fact::Absent => timeout_by_default(&version, self.at).with_slots(self.timeout_slot),
                fact => fact,
            },
            version,
            per_call: self.per_call,
            only_checked: self.only_checked,
            retry_on_timeout: self.retry_on_timeout,
            slots: match one_each(process, "traffic: every request that is being answered") {
                Fact::Unbounded(why) if process.slots.known().is_none() => Fact::Unbounded(why),
                _ => bare(process.slots.clone()),
            },
            mode: process.mode.clone(),
            processes: total_processes(process),
            endpoint: Fact::Absent,
            process: Some(seat.process),
            server: None,
        }
    }
}

/// The connections of a pool that is told nothing: as many as are asked for before 8.0, unless it blocks.
fn most_by_default(version: &Fact<Version>, blocks: bool, at: Option<Span>) -> Fact<u64> {
    if blocks {
        return defaults::count("redis-py", "BlockingConnectionPool max_connections", at);
    }
    match defaults::at_version("redis-py", "max_connections", version, at) {
        Fact::Known(most) if most.value.is_infinite() => {
            Fact::Unbounded(Why::shown("redis-py before 8.0 opens as many as are asked for", at))
        }
        most => most.map(|most| most as u64),
    }
}

/// The time that an answer is waited for: without end before 8.0.
fn timeout_by_default(version: &Fact<Version>, at: Option<Span>) -> Fact<f64> {
    defaults::at_version("redis-py", "socket_timeout", version, at)
}

/// Puts a pool into the stack, joined with the server that its URL leads to.
pub(super) fn put(
    stack: &mut Stack,
    network: &Network,
    mut client: RedisClient,
    location: &Fact<PyValue>,
    is_cache: bool,
) {
    if client.endpoint.is_absent() {
        client.endpoint = endpoint::of(location);
    }
    client.server = values::address(location).known().and_then(|it| network.redis(it.host.as_deref()?));
    let (server, at) = (client.server, client.about.span);
    let id = stack.add(client);
    let Some(server) = server else { return };
    stack[server].clients.push(id);
    if is_cache {
        stack[server].is_cache = Fact::derived(true, at.into_iter().collect());
    }
}

/// Notes that a server keeps what must not be lost.
pub(super) fn keeps(stack: &mut Stack, network: &Network, location: &Fact<PyValue>, at: Option<Span>) {
    let server = values::address(location).known().and_then(|it| network.redis(it.host.as_deref()?));
    if let Some(server) = server
        && !matches!(stack[server].is_broker, Fact::Known(Sourced { value: true, .. }))
    {
        stack[server].is_broker = Fact::derived(true, at.into_iter().collect());
    }
}
