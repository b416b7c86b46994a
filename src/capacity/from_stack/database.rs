//! The way to the database: the application's pool, a pooler, the connections that the database accepts, its CPU.

use super::Builder;
use super::app::positive;
use crate::capacity::input::{InputId, Unit};
use crate::capacity::resource::{Count, Hold, Kind, Resource, Term, WhenFull};
use crate::stack::{Client, Database, Id, Mode, PoolClass, PoolMode, Pooler};

/// What the way to the database says of a request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    /// Whether every request opens a connection of its own.
    pub(super) connects: bool,
    /// Whether nothing limits the connections but the requests.
    pub(super) freely: bool,
    /// For how many seconds connections stay open that nobody will use again.
    pub(super) leaks: Option<InputId>,
}

impl Builder<'_> {
    pub(super) fn database(&mut self, replicas: InputId, processes: InputId) -> Way {
        let mut way = Way::default();
        let clients: Vec<Id<Client>> = self.process.clients.clone();
        // The first is the one that is meant when nobody says which; how many queries go to the others is not known.
        let first = clients.iter().find_map(|client| self.stack[*client].database);
        let mut refused: Vec<(Id<Database>, Vec<Id<Client>>)> = Vec::new();
        let mut others: Vec<Box<str>> = Vec::new();
        for client in clients {
            let it = &self.stack[client];
            let through = it.pooler.filter(|_| it.bypasses.known() != Some(&true));
            let asked_first = it.database.is_none() || it.database == first;
            if asked_first {
                let transaction = self.own_pool(client, replicas, processes, &mut way);
                if let Some(pooler) = through {
                    let hold = self.pooler(pooler, client, replicas, processes, transaction);
                    self.behind(pooler, hold);
                }
            } else if let Some(database) = it.database {
                others.push(self.stack[database].about.name.clone());
            }
            if let (None, Some(database)) = (through, it.database) {
                match refused.iter_mut().find(|(id, _)| *id == database) {
                    Some((_, all)) => all.push(client),
                    None => refused.push((database, vec![client])),
                }
            }
        }
        for (database, clients) in &refused {
            match self.asked(clients, replicas, processes) {
                Some(asked) => self.backends(*database, clients, asked, Hold::Connection, WhenFull::Reject),
                None => {
                    let name = &self.stack[*database].about.name;
                    let why = format!(
                        "How many connections the application can open to `{name}` is not known, so no limit is compared."
                    );
                    self.open.push(why.into());
                }
            }
        }
        if let Some(database) = first {
            self.database_cpu(database);
        }
        others.sort();
        others.dedup();
        if let (Some(first), false) = (first, others.is_empty()) {
            let first = &self.stack[first].about.name;
            let others: Vec<String> = others.iter().map(|it| format!("`{it}`")).collect();
            self.open.push(
                format!(
                    "All queries are counted against `{first}`: how many of them go to {} instead is not known.",
                    others.join(" and ")
                )
                .into(),
            );
        }
        way
    }

    /// The pool that this way has, and whether a transaction lasts as long as its session.
    fn own_pool(&mut self, id: Id<Client>, replicas: InputId, processes: InputId, way: &mut Way) -> bool {
        let client = &self.stack[id];
        let asgi = matches!(self.process.mode.known(), Some(Mode::AsgiDjango | Mode::AsgiOther));
        if let Some(django) = client.django_database {
            let settings = &self.stack[django];
            let atomic = settings.atomic_requests.known() == Some(&true);
            if settings.pooled.known() == Some(&true) {
                if let Some(most) = self.count(django, "pool_max", "connections of each process's pool", None, None) {
                    self.push_pool(vec![replicas, processes, most], None);
                }
            } else if asgi {
                // Each request has a thread or context of its own, and a connection of its own with it.
                way.connects = true;
                way.freely = true;
                if positive(&settings.conn_max_age) {
                    let seconds = (Unit::Seconds, 1.0);
                    way.leaks = self.fact(django.into(), "conn_max_age", "age of a connection", None, None, seconds);
                }
            } else {
                way.connects = !positive(&settings.conn_max_age);
            }
            return atomic;
        }
        let Some(pool) = client.pool else { return false };
        match self.stack[pool].class.known() {
            Some(PoolClass::Null) => way.connects = true,
            Some(PoolClass::None) | None => {}
            Some(_) => {
                if let Some(most) = self.count(pool, "max", "connections of each process's pool", None, None) {
                    let unit = (Unit::Milliseconds, 1000.0);
                    let timeout = self.fact(pool.into(), "timeout", "wait for a connection", None, None, unit);
                    self.push_pool(vec![replicas, processes, most], timeout);
                }
            }
        }
        // A session begins a transaction with its first query, and ends it with itself.
        true
    }

    fn push_pool(&mut self, servers: Vec<InputId>, timeout: Option<InputId>) {
        self.resources.push(Resource {
            kind: Kind::Pool,
            owner: self.owner.clone(),
            servers: Count::Product(servers),
            hold: Hold::Connection,
            when_full: WhenFull::Queue { timeout },
            asked: None,
        });
    }

    /// What these may ask for at once: all that the application's processes can open by them.
    fn asked(&mut self, clients: &[Id<Client>], replicas: InputId, processes: InputId) -> Option<Count> {
        let mut terms = Vec::new();
        for client in clients {
            let least = match self.of_pool(*client) {
                Some(least) => least,
                None => {
                    vec![self.count(*client, "connections", "connections that each process can open", None, None)?]
                }
            };
            terms.push(Term { each: vec![replicas, processes], least });
        }
        Some(Count::Sum(terms))
    }

    /// What a process can open where it has a pool: the pool's own number, so that both change together, and no more than
    /// it has requests at work.
    fn of_pool(&mut self, id: Id<Client>) -> Option<Vec<InputId>> {
        let client = &self.stack[id];
        client.connections.known()?;
        let what = "connections of each process's pool";
        if let Some(django) = client.django_database {
            let pooled =
                self.stack[django].pooled.known() == Some(&true) && self.stack[django].pool_max.known().is_some();
            return if pooled { Some(vec![self.count(django, "pool_max", what, None, None)?]) } else { None };
        }
        let pool = client.pool?;
        let counted = !matches!(self.stack[pool].class.known(), None | Some(PoolClass::Null | PoolClass::None));
        if !counted || self.stack[pool].max.known().is_none() {
            return None;
        }
        let mut least = vec![self.count(pool, "max", what, None, None)?];
        if self.process.slots.known().is_some() {
            least.extend(self.count(self.id, "slots", "requests that each process works on at once", None, None));
        }
        Some(least)
    }

    /// What a pooler asks of the database behind it. Where it is refused a connection its clients wait for those that it
    /// has: with a pool of 60 before a database with room for 47, PgBouncer 1.18 served what 47 do, and nobody failed.
    fn behind(&mut self, id: Id<Pooler>, hold: Hold) {
        let pooler = &self.stack[id];
        let Some(database) = pooler.database else { return };
        let own =
            |it: &&Id<Client>| self.stack[**it].process.is_none() && self.stack[**it].about.name == pooler.about.name;
        let Some(term) = self.stack[database].clients.iter().find(own).copied() else { return };
        let what = "server connections that the pooler can open";
        let mut each: Vec<InputId> = Vec::new();
        for field in ["replicas", "processes", "connections"] {
            match self.count(term, field, what, None, None) {
                Some(id) => each.push(id),
                None if field == "connections" => return,
                None => {}
            }
        }
        let unit = (Unit::Milliseconds, 1000.0);
        let timeout = self.fact(id.into(), "query_wait_timeout", "wait for a server connection", None, None, unit);
        let asked = Count::Sum(vec![Term { each, least: Vec::new() }]);
        self.backends(database, &[term], asked, hold, WhenFull::Queue { timeout });
    }

    /// The pooler's own connections, and what it accepts; for how long a request holds one of the first.
    fn pooler(
        &mut self,
        id: Id<Pooler>,
        client: Id<Client>,
        replicas: InputId,
        processes: InputId,
        transaction: bool,
    ) -> Hold {
        let pooler = &self.stack[id];
        let name = pooler.about.name.clone();
        let hold = match pooler.pool_mode.known() {
            Some(PoolMode::Transaction) if transaction => Hold::Transaction,
            Some(PoolMode::Transaction | PoolMode::Statement) => Hold::Queries,
            _ => Hold::Connection,
        };
        if let Some(size) = self.count(
            id,
            "default_pool_size",
            "server connections for each user and database; the database must accept as many",
            None,
            None,
        ) {
            let unit = (Unit::Milliseconds, 1000.0);
            let timeout = self.fact(id.into(), "query_wait_timeout", "wait for a server connection", None, None, unit);
            self.resources.push(Resource {
                kind: Kind::Pooler,
                owner: name.clone(),
                // The application is one user of one database.
                servers: Count::Product(vec![size]),
                hold,
                when_full: WhenFull::Queue { timeout },
                asked: None,
            });
        }
        let asked = self.asked(&[client], replicas, processes);
        if let Some(most) = self.count(id, "max_client_conn", "clients that it accepts", None, None) {
            self.resources.push(Resource {
                kind: Kind::Backends,
                owner: name,
                servers: Count::Product(vec![most]),
                hold: Hold::Connection,
                when_full: WhenFull::Reject,
                asked,
            });
        }
        hold
    }

    /// The connections that a database accepts, of which these clients ask for so many.
    fn backends(&mut self, id: Id<Database>, clients: &[Id<Client>], asked: Count, hold: Hold, when_full: WhenFull) {
        let database = &self.stack[id];
        let name = database.about.name.clone();
        let key = || Some("assume.database.max_connections".into());
        let Some(most) = self.count(id, "max_connections", "connections that the database accepts", None, key()) else {
            self.open.push(
                format!(
                    "How many connections `{name}` accepts is not known, so it is not said whether the application can ask \
                     for more: state `assume.database.max_connections`."
                )
                .into(),
            );
            return;
        };
        let mut others: Vec<Vec<InputId>> = Vec::new();
        others.extend(self.count(id, "reserved_connections", "kept for superusers", None, None).map(|it| vec![it]));
        // What workers hold is gone; other applications compete, and who comes first is not known.
        let all = database.clients.clone();
        for other in all.into_iter().filter(|it| !clients.contains(it)) {
            let it = &self.stack[other];
            let worker = it.process.and_then(|id| self.stack[id].program.known()).is_some_and(|it| it.is_worker());
            if !worker {
                continue;
            }
            let fields = ["replicas", "processes", "connections"];
            let known = |ids: &[Option<InputId>], inputs: &crate::capacity::Inputs| {
                ids.iter().flatten().all(|id| inputs.get(*id).band.high.is_finite())
            };
            let ids: Vec<Option<InputId>> =
                fields.iter().map(|field| self.count(other, field, "connections of workers", None, None)).collect();
            if ids.iter().all(Option::is_some) && known(&ids, &self.inputs) {
                others.push(ids.into_iter().flatten().collect());
            }
        }
        self.resources.push(Resource {
            kind: Kind::Backends,
            owner: name,
            servers: Count::Less(most, others),
            hold,
            when_full,
            asked: Some(asked),
        });
    }

    fn database_cpu(&mut self, id: Id<Database>) {
        let database = &self.stack[id];
        let name = database.about.name.clone();
        let cpus = match database.service {
            Some(service) => self.cpus_of(service.into(), format!("assume.{name}.cpus")),
            None => {
                let key = format!("assume.{}.cpus", crate::config::Assume::ANY_DATABASE);
                self.outside_cpus(&name, &key)
            }
        };
        self.resources.push(Resource {
            kind: Kind::DbCpu,
            owner: name,
            servers: Count::Product(vec![cpus]),
            hold: Hold::DbCpu,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
    }
}
