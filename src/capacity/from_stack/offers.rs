//! Which parts a stack has not got and could be given, as far as its files can tell.
//!
//! Nothing is offered that the files show to be there, nor where they cannot show it: what a cloud runs may have its
//! standby, its balancer and its pooler on a page that no file holds.

use super::Builder;
use crate::capacity::architecture::{Offer, Part};
use crate::capacity::band::Band;
use crate::capacity::input::{Input, Unit};
use crate::capacity::resource::Hold;
use crate::capacity::workload::Typical;
use crate::stack::{Database, Engine, Id, RedisLibrary, RedisServer, Service, Stack, Storage};

impl Builder<'_> {
    /// The parts that the application of this process could be given; with those of the whole stack where it is the first.
    pub(super) fn offers(mut self, first: bool) -> Vec<Offer> {
        let mut out = Vec::new();
        out.extend(self.pooler_offer());
        out.extend(self.replica_offer());
        out.extend(self.cache_offer());
        out.extend(self.read_replica_offer());
        if first {
            let servers = (0..self.stack.redis_servers.len()).map(Id::<RedisServer>::new);
            out.extend(servers.filter_map(|id| self.sentinel_offer(id)));
        }
        out
    }

    /// The database that queries are counted against, where a service of the stack runs it and it is PostgreSQL.
    fn own_postgres(&self) -> Option<(&Database, Id<Service>)> {
        let id = self.process.clients.iter().find_map(|client| self.stack[*client].database)?;
        let database = &self.stack[id];
        (database.engine.known() == Some(&Engine::Postgres)).then_some(())?;
        Some((database, database.service?))
    }

    fn pooler_offer(&self) -> Option<Offer> {
        let (database, _) = self.own_postgres()?;
        if !self.stack.poolers.is_empty() {
            return None;
        }
        let client = self.process.clients.iter().map(|id| &self.stack[*id]).find(|it| it.database.is_some())?;
        let by_session = match client.django_database {
            Some(django) => self.stack[django].atomic_requests.known() == Some(&true),
            None => true,
        };
        let hold = if by_session { Hold::Transaction } else { Hold::Queries };
        let mut needs: Vec<Box<str>> = Vec::new();
        if let Some(django) = client.django_database {
            let settings = &self.stack[django];
            if settings.server_side_cursors_off.known() != Some(&true) {
                needs.push(
                    "`DISABLE_SERVER_SIDE_CURSORS` must be `True`, for a cursor does not outlive its transaction."
                        .into(),
                );
            }
            if settings.pooled.known() == Some(&true) {
                needs
                    .push("The application's own pool stays, and its connections are then PgBouncer's clients.".into());
            }
        }
        Some(Offer { part: Part::Pooler, owner: database.about.name.clone(), inputs: Vec::new(), hold, needs })
    }

    /// A second container, where the files say that there is one.
    fn replica_offer(&self) -> Option<Offer> {
        let service = self.process.service?;
        let about = &self.stack[service];
        let in_file = self.stack.in_pods || by_compose(about);
        if !in_file || self.process.replicas.known() != Some(&1) {
            return None;
        }
        let mut needs: Vec<Box<str>> = Vec::new();
        let name = &about.about.name;
        needs.push(self.balancer(service));
        if let Some(own) = about.container_name.known() {
            needs.push(format!("`container_name: {own}` must go: a name belongs to one container.").into());
        }
        if let Some(port) = about.host_port.known() {
            needs.push(format!("What balances takes port {port} of the host: two containers cannot bind it.").into());
        }
        if about.migrates.known() == Some(&true) {
            needs.push(
                format!("`{name}` runs migrations when it starts, and two would run them at once: run them before it.")
                    .into(),
            );
        }
        needs.extend(self.kept_apart());
        let inputs = Vec::new();
        Some(Offer { part: Part::Replica, owner: name.clone(), inputs, hold: Hold::Slot, needs })
    }

    /// What would pass requests to both.
    fn balancer(&self, service: Id<Service>) -> Box<str> {
        let name = &self.stack[service].about.name;
        if self.stack.in_pods {
            return format!(
                "The `Service` of Kubernetes passes requests to both pods, once `{name}` has a readiness probe."
            )
            .into();
        }
        let mut ways = self.stack.locations.iter().filter(|it| it.process == Some(self.id)).peekable();
        if ways.peek().is_some() {
            let asks = ways.all(|it| {
                let upstream = it.upstream.map(|id| &self.stack[id]);
                it.by_variable.known() == Some(&true) || upstream.is_some_and(|it| it.resolves.known() == Some(&true))
            });
            return match asks {
                true => format!("nginx asks DNS for `{name}` again while it runs, and finds the second by itself.").into(),
                false => format!(
                    "nginx passes to each address that `{name}` has when nginx starts: it must be reloaded when the second is up, \
                     and whenever one gets another address."
                )
                .into(),
            };
        }
        let route = self.stack.routes.iter().find(|it| it.service == Some(service)).and_then(|it| it.proxy);
        match route {
            Some(proxy) => {
                format!("`{}` must pass to both containers of `{name}`.", self.stack[proxy].about.name).into()
            }
            None => format!(
                "Nothing in these files stands before `{name}`: a balancer is needed (nginx, HAProxy, Traefik), and is one more part \
                 that can stop."
            )
            .into(),
        }
    }

    /// What two containers would not share.
    fn kept_apart(&self) -> Vec<Box<str>> {
        let mut out: Vec<Box<str>> = Vec::new();
        let own = Some(self.id);
        let in_process = |storage: Option<&Storage>| matches!(storage, Some(Storage::Memory));
        if self
            .stack
            .settings
            .iter()
            .any(|it| it.process == own && matches!(it.sessions.known(), Some(Storage::Memory | Storage::File)))
        {
            out.push("Sessions are kept in the container: the next request of a user may come to the other.".into());
        }
        if self.stack.channel_layers.iter().any(|it| it.process == own && in_process(it.storage.known())) {
            out.push(
                "The channel layer is in memory: a message to a group ends at its process; it must be Redis.".into(),
            );
        }
        if self.stack.limiters.iter().any(|it| it.process == own && in_process(it.storage.known())) {
            out.push("Limits of a rate are counted in each process: with twice as many, twice as much passes.".into());
        }
        let mut caches = self.stack.caches.iter().filter(|it| it.process == own && it.used.known() != Some(&false));
        if caches.any(|it| in_process(it.storage.known())) {
            out.push("The cache is in each process's memory: what one takes out of it the other still answers.".into());
        }
        let files = self.process.clients.iter().filter_map(|id| self.stack[*id].django_database);
        if files.map(|id| &self.stack[id]).any(|it| it.engine.known() == Some(&Engine::Sqlite)) {
            out.push("The database is a file in the container: it must be a server first.".into());
        }
        out
    }

    /// A cache, where none is used, or none is known to be.
    fn cache_offer(&mut self) -> Option<Offer> {
        let (database, _) = self.own_postgres()?;
        let owner = database.about.name.clone();
        let own = Some(self.id);
        let shared = |storage: Option<&Storage>| !matches!(storage, Some(Storage::Memory | Storage::Dummy) | None);
        let caches: Vec<_> = self.stack.caches.iter().filter(|it| it.process == own).collect();
        let used = caches.iter().any(|it| shared(it.storage.known()) && it.used.known() != Some(&false));
        // What code asks of Redis itself may be a cache, and no file says.
        let asks = self.stack.redis_clients.iter().any(|it| {
            it.process == own
                && it.only_checked.known() != Some(&true)
                && matches!(it.library.known(), Some(RedisLibrary::RedisPy) | None)
        });
        if used || asks {
            return None;
        }
        let mut needs: Vec<Box<str>> = Vec::new();
        match (caches.iter().find(|it| shared(it.storage.known())), self.stack.redis_servers.first()) {
            (Some(cache), _) => {
                needs.push(format!("`{}` is set up already, and no code names it.", cache.about.name).into())
            }
            (None, Some(redis)) => needs.push(
                format!(
                    "`{}` is there; a cache wants a server of its own, for it may lose keys and a queue must not.",
                    redis.about.name
                )
                .into(),
            ),
            (None, None) => needs.push("A server for it is needed: Redis or memcached, with a limit of memory.".into()),
        }
        let hits =
            self.extra("hits", "share of the queries that a cache answers", Unit::Share, [0.2, 0.5, 0.8], JUDGED);
        let time = self.extra("g", "time of a read of the cache", Unit::Milliseconds, [0.1, 0.5, 2.0], READ);
        let what = "CPU of the application for a read of the cache";
        let cpu = self.extra("g_c", what, Unit::Milliseconds, [0.03, 0.1, 0.3], READ_CPU);
        Some(Offer { part: Part::Cache, owner, inputs: vec![hits, time, cpu], hold: Hold::Queries, needs })
    }

    /// A copy of the database, where there is one server that nothing takes over for.
    fn read_replica_offer(&mut self) -> Option<Offer> {
        let (database, service) = self.own_postgres()?;
        let owner = database.about.name.clone();
        let others = self.stack.databases.iter().filter(|it| it.engine.known() == Some(&Engine::Postgres)).count();
        if others != 1 || !single(self.stack, service) {
            return None;
        }
        let mut needs: Vec<Box<str>> = vec!["The code must say which queries may read what is a moment old.".into()];
        if self.process.clients.iter().any(|id| self.stack[*id].pooler.is_some()) {
            needs.push("PgBouncer needs an entry for the copy, with a pool of its own.".into());
        }
        let reads = self.extra(
            "reads",
            "share of the queries that a copy of the database may answer",
            Unit::Share,
            [0.3, 0.6, 0.9],
            "judgement: those that only read, and not what the same user has just written",
        );
        Some(Offer { part: Part::ReadReplica, owner, inputs: vec![reads], hold: Hold::Connection, needs })
    }

    /// Sentinels, where one Redis server holds what others wait for.
    fn sentinel_offer(&self, id: Id<RedisServer>) -> Option<Offer> {
        let redis = &self.stack[id];
        if !single(self.stack, redis.service?) {
            return None;
        }
        let cache = redis.is_cache.known() == Some(&true);
        let queue = redis.is_broker.known() == Some(&true);
        let name = &redis.about.name;
        let needs: Box<str> = match (queue, cache) {
            (true, true) => {
                format!("`{name}` holds a cache and a queue: while it is gone no task is taken and none is sent.")
                    .into()
            }
            (true, false) => {
                format!("`{name}` holds a queue: while it is gone no task is taken and none is sent.").into()
            }
            (false, true) => {
                format!("`{name}` holds a cache: while it is gone requests fail that do not expect it.").into()
            }
            (false, false) => format!("What `{name}` holds is not known: what stops with it, its clients say.").into(),
        };
        let owner = name.clone();
        Some(Offer { part: Part::Sentinel, owner, inputs: Vec::new(), hold: Hold::Redis, needs: vec![needs] })
    }

    /// A number that a part brings along.
    fn extra(
        &mut self,
        symbol: &'static str,
        what: &'static str,
        unit: Unit,
        band: [f64; 3],
        because: &'static str,
    ) -> Input {
        let [low, likely, high] = band;
        let usual = Typical { symbol, what, unit, band: Band { low, likely, high }, because };
        let id = self.workload_as(symbol, usual);
        self.inputs.get(id).clone()
    }
}

const READ: &str = "0.1 ms were measured over loopback; between hosts it is judgement";
const READ_CPU: &str = "0.03 ms were measured for 2 KB by redis-py, 0.05 with reading its JSON; the rest is judgement";
const JUDGED: &str = "judgement: it depends on what is read how often, and how old it may be";

/// Whether one container runs a service, and nothing takes over for it: where the files hold all of the deployment.
fn single(stack: &Stack, service: Id<Service>) -> bool {
    let name = format!("`{}`", stack[service].about.name);
    stack.upkeeps.iter().any(|it| it.singles.known().is_some_and(|names| names.contains(&name)))
}

/// Whether Docker Compose starts it: platforms' files that look alike have names of their own.
fn by_compose(service: &Service) -> bool {
    let anchor = &service.about.anchor;
    let name = anchor.file.rsplit('/').next().unwrap_or("");
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let platform = name.starts_with("render.") || name.starts_with("app.") || anchor.file.contains(".do/");
    yaml && !platform && anchor.entity.starts_with("services.")
}
