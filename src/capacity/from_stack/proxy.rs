//! nginx before the application: its connections, its CPU for compressing, its limits of a rate; and the line to clients.

use super::Builder;
use super::reading::Guess;
use crate::capacity::band::Band;
use crate::capacity::input::{InputId, Unit};
use crate::capacity::resource::{Count, Hold, Kind, Resource, WhenFull};
use crate::capacity::workload::Typical;
use crate::stack::{Host, Id, LimitUse, Nginx};

impl Builder<'_> {
    /// The nginx that passes requests to the application; its CPU for each answer, when it compresses.
    pub(super) fn proxy(&mut self) -> Option<InputId> {
        let ways = self.stack.locations.iter().filter(|it| it.process == Some(self.id));
        let ordinary = ways.filter(|it| it.sockets.known() != Some(&true));
        let hosts: Vec<Id<Host>> = ordinary.filter_map(|it| it.host).collect();
        let host = *hosts.first()?;
        let nginx: Id<Nginx> = self.stack[host].nginx?;
        let name = self.stack[nginx].about.owner.clone().unwrap_or_else(|| self.stack[nginx].about.name.clone());
        let workers = self.nginx_workers(nginx);
        let connections = self.count(nginx, "worker_connections", "connections of each worker of nginx", None, None);
        if let (Some(workers), Some(connections)) = (workers, connections) {
            self.resources.push(Resource {
                kind: Kind::ProxyConnections,
                owner: name.clone(),
                servers: Count::Half(vec![workers, connections]),
                hold: Hold::Answer,
                when_full: WhenFull::Reject,
                asked: None,
            });
        }
        self.limits(&name);
        let gzip = self.stack[host].gzip.known() == Some(&true) && self.stack[host].gzip_json.known() == Some(&true);
        let workers = workers.filter(|_| gzip || self.assume.workload("p").is_some())?;
        let level = self.stack[host].gzip_level.known().copied().unwrap_or(1);
        // 0.35 ms for 50 KB were measured at level 1, 1.0 ms at level 6; answers have 5 to 100 KB.
        let each = if level <= 4 { 0.007 } else { 0.02 };
        let usual = Typical {
            symbol: "p",
            what: "CPU of nginx for each answer",
            unit: Unit::Milliseconds,
            band: Band { low: 0.05 + 5.0 * each, likely: 0.1 + 20.0 * each, high: 0.15 + 100.0 * each },
            because: "measured: 0.1 ms to pass an answer on, 0.35 ms to compress 50 KB at level 1 and 1.0 ms at level 6",
        };
        let cpu = self.workload_as("p", usual);
        self.resources.push(Resource {
            kind: Kind::ProxyCpu,
            owner: name,
            servers: Count::Product(vec![workers]),
            hold: Hold::ProxyCpu,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
        Some(cpu)
    }

    /// The line to clients, where the user says what it carries: how large answers are.
    pub(super) fn line(&mut self) -> Option<InputId> {
        let line = self.stated("link", "what the line to clients carries", Unit::Megabits)?;
        self.resources.push(Resource {
            kind: Kind::Line,
            owner: self.owner.clone(),
            servers: Count::Product(vec![line]),
            hold: Hold::Line,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
        Some(self.workload("b"))
    }

    /// The workers: with `auto` as many as the host has CPUs, whatever the container may use.
    pub(super) fn nginx_workers(&mut self, id: Id<Nginx>) -> Option<InputId> {
        let host = self.assume.workload("host_cpus").map(|it| it.value);
        let auto = self.stack[id].auto_workers.known() == Some(&true);
        let guess = Some(Guess { band: host.filter(|_| auto).unwrap_or([2.0, 4.0, 8.0]) });
        self.count(id, "worker_processes", "worker processes of nginx", guess, None)
    }

    /// Limits of a rate, where the user says of how many keys requests come. A limit holds for one key, a client's
    /// address mostly: by itself it says nothing of the whole.
    fn limits(&mut self, owner: &str) {
        let limits: Vec<usize> = (0..self.stack.limit_uses.len()).collect();
        for at in limits {
            let limit = &self.stack.limit_uses[at];
            if limit.rate.known().is_none() || limit.about.owner.as_deref().is_some_and(|it| it != owner) {
                continue;
            }
            let id = Id::<LimitUse>::new(at);
            let Some(keys) = self.stated("keys", "keys that requests come from", Unit::Count) else {
                self.open.push(
                    "Limits of a rate hold for one key each, mostly a client's address; they are not counted as capacity. State \
                     `--assume keys=10` to see what they let through in all."
                        .into(),
                );
                return;
            };
            let per_second = (Unit::PerSecond, 1.0);
            let Some(rate) = self.fact(id.into(), "rate", "requests a second of one key", None, None, per_second)
            else {
                continue;
            };
            let waits = self.stack[id].delays.known() == Some(&true) && self.stack[id].burst.known() != Some(&0);
            self.resources.push(Resource {
                kind: Kind::RateLimit,
                owner: owner.into(),
                servers: Count::Product(vec![keys, rate]),
                hold: Hold::Second,
                when_full: if waits { WhenFull::Queue { timeout: None } } else { WhenFull::Reject },
                asked: None,
            });
        }
    }
}
