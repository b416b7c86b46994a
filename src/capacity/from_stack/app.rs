//! The application: its processes, how many requests they work on at once, their CPU, and their connections to Redis.

use super::Builder;
use super::reading::Guess;
use crate::capacity::band::Band;
use crate::capacity::input::{InputId, Unit};
use crate::capacity::resource::{Count, Hold, Kind, Resource, WhenFull};
use crate::capacity::workload::{Typical, typical};
use crate::stack::{EntityId, Fact, Id, Mode, Process, Stack};

/// Whether a process answers requests, and not only those of WebSockets.
pub(super) fn answers(stack: &Stack, id: Id<Process>) -> bool {
    let process = &stack[id];
    let serves = match process.mode.known() {
        Some(mode) => matches!(
            mode,
            Mode::WsgiSync
                | Mode::WsgiThreads
                | Mode::WsgiGevent
                | Mode::AsgiDjango
                | Mode::AsgiStarlette
                | Mode::AsgiOther
                | Mode::WsgiOnAsgi
        ),
        // Who listens answers; a worker or a command does not.
        None => !process.mode.is_absent() && !process.port.is_absent(),
    };
    let worker = process.program.known().is_some_and(|it| it.is_worker());
    let mut ways = stack.locations.iter().filter(|it| it.process == Some(id)).peekable();
    let only_sockets = ways.peek().is_some() && ways.all(|it| it.sockets.known() == Some(&true));
    serves && !worker && !only_sockets
}

impl Builder<'_> {
    /// The replicas, and the processes in each.
    pub(super) fn processes(&mut self) -> (InputId, InputId) {
        let owner = self.owner.clone();
        let key = |field: &str| Some(format!("assume.{owner}.{field}").into());
        let guess = Some(Guess { band: [1.0, 2.0, 4.0] });
        let replicas = self.count(self.id, "replicas", "replicas", guess, key("replicas"));
        let guess = Some(Guess { band: [1.0, 4.0, 9.0] });
        let processes = self.count(self.id, "processes", "worker processes of each replica", guess, None);
        let replicas = replicas.unwrap_or_else(|| self.inputs.known("replicas", 1.0));
        let processes = processes.unwrap_or_else(|| self.inputs.known("processes", 1.0));
        (replicas, processes)
    }

    /// The CPUs of a replica.
    pub(super) fn cpus(&mut self) -> InputId {
        let key = format!("assume.{}.cpus", self.owner);
        self.cpus_of(self.id.into(), key)
    }

    /// The CPUs of what runs in containers of its own; those of the host where they are not limited.
    pub(super) fn cpus_of(&mut self, id: EntityId, key: String) -> InputId {
        let usual =
            typical("cpus", self.django).map_or([2.0, 4.0, 8.0], |it| [it.band.low, it.band.likely, it.band.high]);
        let host = self.assume.workload("host_cpus").map(|it| it.value);
        let guess = Some(Guess { band: host.unwrap_or(usual) });
        let what = format!("CPUs of a container of {}", self.stack.about(id).name);
        match self.count(id, "cpus", &what, guess, Some(key.into())) {
            Some(input) => input,
            None => self.workload("cpus"),
        }
    }

    /// Requests that are worked on at once. Whether they run in threads or processes of their own, and not in an event
    /// loop that they share.
    pub(super) fn slots(&mut self, replicas: InputId, processes: InputId) -> bool {
        let mode = self.process.mode.known().copied();
        let looped = match mode {
            Some(Mode::AsgiStarlette) => !self.synchronous(),
            Some(Mode::WsgiGevent | Mode::AsgiDjango | Mode::AsgiOther) => true,
            _ => false,
        };
        let guess = Some(Guess { band: [1.0, 4.0, 40.0] });
        let limit = self.process.limit_concurrency.known().is_some();
        let (field, what) = match mode {
            Some(Mode::AsgiStarlette) if !looped => ("thread_tokens", "threads of each process for `def` endpoints"),
            _ => ("slots", "requests that each process works on at once"),
        };
        let stated = self.stated("slots", "requests that each process works on at once", Unit::Count);
        let looped = looped && stated.is_none();
        if looped {
            self.shares_a_loop(mode);
        }
        if let Some(slots) = stated.or_else(|| self.count(self.id, field, what, guess, None)) {
            let servers = vec![replicas, processes, slots];
            let limited = limit && field == "slots";
            self.resources.push(Resource {
                kind: Kind::Slots,
                owner: self.owner.clone(),
                servers: Count::Product(servers),
                hold: Hold::Slot,
                when_full: if limited { WhenFull::Reject } else { WhenFull::Queue { timeout: None } },
                asked: None,
            });
        }
        if limit
            && field != "slots"
            && let Some(most) = self.count(self.id, "limit_concurrency", "requests at once", None, None)
        {
            self.resources.push(Resource {
                kind: Kind::Slots,
                owner: self.owner.clone(),
                servers: Count::Product(vec![replicas, processes, most]),
                hold: Hold::Slot,
                when_full: WhenFull::Reject,
                asked: None,
            });
        }
        !looped
    }

    /// What holds all requests of an event loop up, and is not in the figures: nobody knows which share of them runs it.
    fn shares_a_loop(&mut self, mode: Option<Mode>) {
        if self.code.blocking > 0 {
            let places = if self.code.blocking == 1 { "place" } else { "places" };
            self.open.push(
                format!(
                    "The code waits in {} {places} of `async def` functions that serve requests, and every other request of the \
                     process waits with it. The figures take requests to wait side by side; `--assume slots=1` shows the other end.",
                    self.code.blocking
                )
                .into(),
            );
        }
        let has_layer = self.stack.channel_layers.iter().any(|it| it.process == Some(self.id));
        if mode == Some(Mode::AsgiDjango) && has_layer {
            // asgiref 3.13, channels 4.3.1: ten sockets that each worked for 0.2 s took 2.0 s.
            self.open.push(
                "What consumers of Channels ask the database for runs in one thread of each process, one after the other, and \
                 beside the figures, which are of requests."
                    .into(),
            );
        }
    }

    /// Whether the endpoints are `def` and run in threads: their engine is synchronous, which nobody awaits.
    fn synchronous(&mut self) -> bool {
        let own = |it: &&crate::stack::Pool| it.process == Some(self.id);
        let pools: Vec<_> = self.stack.pools.iter().filter(own).collect();
        let all = !pools.is_empty() && pools.iter().all(|it| it.is_async.known() == Some(&false));
        if all {
            self.open.push(
                "The engine is synchronous, so endpoints are taken to be `def`, which run in threads; an `async def` that \
                 uses it stops all requests of its process for as long as a query runs."
                    .into(),
            );
        }
        all
    }

    /// The CPU that the processes can use.
    pub(super) fn application_cpu(&mut self, replicas: InputId, processes: InputId, cpus: InputId) {
        self.resources.push(Resource {
            kind: Kind::AppCpu,
            owner: self.owner.clone(),
            servers: Count::Cores { replicas, processes, cpus },
            hold: Hold::AppCpu,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
    }

    /// The CPU of a host that all share, where the user says that there is one.
    pub(super) fn host(&mut self) {
        let Some(cpus) = self.stated("host_cpus", "CPUs of the host, which all share", Unit::Count) else { return };
        self.resources.push(Resource {
            kind: Kind::HostCpu,
            owner: "host".into(),
            servers: Count::Product(vec![cpus]),
            hold: Hold::HostCpu,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
    }

    /// The pools of connections to Redis; the time that a request asks Redis for, when it does.
    pub(super) fn redis(&mut self, replicas: InputId, processes: InputId) -> Option<InputId> {
        let mut used = None;
        for (at, client) in self.stack.redis_clients.iter().enumerate() {
            if client.process != Some(self.id)
                || client.only_checked.known() == Some(&true)
                || client.per_call.known() == Some(&true)
            {
                continue;
            }
            let id = Id::<crate::stack::RedisClient>::new(at);
            let what = "connections to Redis of each process";
            let Some(most) = self.count(id, "max_connections", what, None, None) else { continue };
            let usual = typical("r", self.django).unwrap_or(Typical {
                symbol: "r",
                what: "time of each request's commands to Redis",
                unit: Unit::Milliseconds,
                band: Band::point(0.0),
                because: "",
            });
            used = Some(self.workload_as("r", usual));
            let blocking = client.blocking.known() == Some(&true);
            let slots = self.count(self.id, "slots", "requests that each process works on at once", None, None);
            self.resources.push(Resource {
                kind: Kind::RedisPool,
                owner: self.owner.clone(),
                servers: Count::Product(vec![replicas, processes, most]),
                hold: Hold::Redis,
                when_full: if blocking { WhenFull::Queue { timeout: None } } else { WhenFull::Reject },
                asked: slots.map(|slots| Count::Product(vec![replicas, processes, slots])),
            });
        }
        used
    }
}

/// Whether a fact is known to be more than nothing.
pub(super) fn positive(fact: &Fact<f64>) -> bool {
    matches!(fact, Fact::Unbounded(_)) || fact.known().is_some_and(|it| *it > 0.0)
}
