//! Who is meant by a host name: the services of a deployment by their aliases, and servers outside of it.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::stack::{Anchor, Database, Engine, Fact, Id, Pooler, RedisServer, Service, Stack, Why};

use super::plan::{Deployment, Managed, Store};
use super::stores;

/// Where a connection goes, as a URL or a settings entry says it.
#[derive(Clone, Debug)]
pub struct Address {
    /// The host.
    pub host: Fact<Box<str>>,
    /// The port, when one is given.
    pub port: Option<u64>,
    /// What answers there.
    pub engine: Fact<Engine>,
    /// Where it is written.
    pub span: Span,
    /// What stands for it in a report when the host is unknown, with its file: `DATABASE_URL`.
    pub anchor: Anchor,
}

/// What answers at an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// The database, in the end.
    pub database: Option<Id<Database>>,
    /// The pooler before it.
    pub pooler: Option<Id<Pooler>>,
}

/// The names of a deployment.
#[derive(Debug, Default)]
pub struct Network {
    services: BTreeMap<Box<str>, Id<Service>>,
    databases: BTreeMap<u32, Id<Database>>,
    poolers: BTreeMap<u32, Id<Pooler>>,
    redis: BTreeMap<u32, Id<RedisServer>>,
    outside: BTreeMap<Box<str>, Id<Database>>,
    /// The database whose address its services are told when they start.
    unnamed: Option<Id<Database>>,
    managed_redis: BTreeMap<Box<str>, Id<RedisServer>>,
}

impl Network {
    /// The names that the services of a deployment answer to; services stand in the stack in the plan's order.
    pub fn of(deployment: &Deployment, services: &[Id<Service>], stack: &Stack) -> Self {
        let mut network = Self::default();
        for (plan, &id) in deployment.services.iter().zip(services) {
            for alias in std::iter::once(&plan.name.value).chain(&plan.aliases) {
                network.services.entry(alias.clone()).or_insert(id);
            }
        }
        for (at, database) in stack.databases.iter().enumerate() {
            network.databases.extend(database.service.map(|service| (service.at, Id::new(at))));
        }
        for (at, pooler) in stack.poolers.iter().enumerate() {
            network.poolers.extend(pooler.service.map(|service| (service.at, Id::new(at))));
        }
        for (at, redis) in stack.redis_servers.iter().enumerate() {
            network.redis.extend(redis.service.map(|service| (service.at, Id::new(at))));
        }
        network
    }

    /// The service that a host name means.
    pub fn service(&self, host: &str) -> Option<Id<Service>> {
        self.services.get(host).copied()
    }

    /// The Redis server that a host name means.
    pub fn redis(&self, host: &str) -> Option<Id<RedisServer>> {
        match self.service(host) {
            Some(service) => self.redis.get(&service.at).copied(),
            None => self.managed_redis.get(host).copied(),
        }
    }

    /// Puts a server that a cloud runs into the stack, and has its hosts mean it.
    pub fn add_managed(&mut self, stack: &mut Stack, managed: &Managed) {
        match &managed.store {
            Store::Database(database) => {
                let id = stack.add((**database).clone());
                if managed.hosts.is_empty() {
                    self.unnamed = Some(id);
                }
                self.outside.extend(managed.hosts.iter().map(|host| (host.clone(), id)));
            }
            Store::Redis(redis) => {
                let id = stack.add((**redis).clone());
                self.managed_redis.extend(managed.hosts.iter().map(|host| (host.clone(), id)));
            }
        }
    }

    /// The database at an address, through the pooler that answers there, if one does. A host that is no service is a
    /// server outside, which is put into the stack; a file's database has no server.
    pub fn database(&mut self, stack: &mut Stack, address: &Address) -> Reached {
        if address.engine.known() == Some(&Engine::Sqlite) {
            return Reached::default();
        }
        if let Some(host) = address.host.known()
            && let Some(service) = self.service(host)
        {
            if let Some(&pooler) = self.poolers.get(&service.at) {
                return Reached { database: stack[pooler].database, pooler: Some(pooler) };
            }
            return Reached { database: self.databases.get(&service.at).copied(), pooler: None };
        }
        if let Some(id) = self.unnamed.filter(|id| {
            matches!(address.host, Fact::Unknown(_))
                && address.engine.known().is_none_or(|it| stack[*id].engine.known() == Some(it))
        }) {
            return Reached { database: Some(id), pooler: None };
        }
        let name: Box<str> = match address.host.known() {
            Some(host) if !is_own_machine(host) => host.clone(),
            _ => address.anchor.entity.clone(),
        };
        let id = *self.outside.entry(name.clone()).or_insert_with(|| {
            stack.add(stores::outside(&name, address.anchor.clone(), Some(address.span), address.engine.clone()))
        });
        Reached { database: Some(id), pooler: None }
    }

    /// Joins each pooler with the database behind it: the one its environment or file names, else the only one.
    pub fn join_poolers(&self, stack: &mut Stack, hosts: &[(Id<Pooler>, Option<Box<str>>)]) {
        for (pooler, host) in hosts {
            let named = host.as_ref().and_then(|host| self.databases.get(&self.service(host)?.at).copied());
            let only = match (host, self.databases.len()) {
                (None, 1) => self.databases.values().next().copied(),
                _ => None,
            };
            if let Some(database) = named.or(only) {
                stack[*pooler].database = Some(database);
                stack[database].poolers.push(*pooler);
            }
        }
    }
}

/// Whether a host is the machine that asks. What is deployed has no database within its own container, so this is what
/// a developer's machine falls back to, and the real one is named elsewhere.
fn is_own_machine(host: &str) -> bool {
    host.is_empty()
        || host == "localhost"
        || host.starts_with('/')
        || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// Joins every term of the budget with its database and pooler, and gives each database the term of each pooler before
/// it. Call it once, when all clients are in the stack.
pub fn join_clients(stack: &mut Stack) {
    for at in 0..stack.clients.len() {
        let id = Id::new(at);
        let (database, pooler) = (stack.clients[at].database, stack.clients[at].pooler);
        if let Some(process) = stack.clients[at].process {
            stack[process].clients.push(id);
        }
        match (pooler, database) {
            (Some(pooler), _) => {
                stack[pooler].clients.push(id);
                stack.clients[at].bypasses = Fact::derived(false, spans(&stack.clients[at].about.span));
            }
            (None, Some(database)) => {
                stack[database].clients.push(id);
                let poolers = stack[database].poolers.clone();
                if !poolers.is_empty() {
                    stack.clients[at].bypasses = Fact::derived(true, spans(&stack.clients[at].about.span));
                }
                for pooler in poolers {
                    stack[pooler].bypassed_by.push(id);
                }
            }
            (None, None) => {}
        }
    }
    for at in 0..stack.poolers.len() {
        // A pooler that nobody asks opens nothing.
        let Some(database) = stack.poolers[at].database.filter(|_| !stack.poolers[at].clients.is_empty()) else {
            continue;
        };
        let term = pooler_term(stack, Id::new(at), database);
        let id = stack.add(term);
        stack[database].clients.push(id);
    }
}

fn spans(span: &Option<Span>) -> Vec<Span> {
    span.iter().copied().collect()
}

/// The server connections that a pooler opens at most, as a term of its database's budget.
fn pooler_term(stack: &Stack, id: Id<Pooler>, database: Id<Database>) -> crate::stack::Client {
    let pooler = &stack[id];
    let replicas = pooler.service.map_or(Fact::Absent, |service| stack[service].replicas.clone());
    let capped = pooler.max_db_connections.known().is_some_and(|&it| it > 0);
    let connections = if capped {
        pooler.max_db_connections.clone()
    } else {
        match (&pooler.default_pool_size, &pooler.reserve_pool_size, &pooler.pools) {
            (Fact::Known(size), Fact::Known(reserve), Fact::Known(pools)) => {
                let mut sum = size.clone();
                sum.value = (sum.value + reserve.value) * pools.value.max(1);
                Fact::Known(sum).by_way_of(reserve.origin.span().filter(|_| reserve.value > 0))
            }
            (Fact::Known(_), Fact::Known(_), _) => {
                Fact::Unknown(Why::new("the pooler's pairs of user and database are not in these files"))
            }
            (Fact::Known(_), reserve, _) => reserve.clone(),
            (size, ..) => size.clone(),
        }
    };
    crate::stack::Client {
        about: pooler.about.clone(),
        replicas,
        processes: Fact::derived(1, spans(&pooler.about.span)),
        connections,
        bypasses: Fact::Absent,
        database: Some(database),
        ..Default::default()
    }
}
