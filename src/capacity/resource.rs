//! Something that a request holds for a while: how many there are, for how long, and what happens when all are held.

use super::demand::Demand;
use super::input::{InputId, Values};

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Requests that the server's processes and threads work on at once.
    Slots,
    /// CPU that the application's processes can use: a process of Python uses one core at most.
    AppCpu,
    /// The CPU of a host that all share.
    HostCpu,
    /// Connections of the application's own pools.
    Pool,
    /// Server connections of a pooler.
    Pooler,
    /// Connections that the database accepts.
    Backends,
    /// The database's CPU.
    DbCpu,
    /// Connections of the clients of Redis.
    RedisPool,
    /// Connections of the proxy, two for each request that it passes on.
    ProxyConnections,
    /// The proxy's CPU.
    ProxyCpu,
    /// Megabits a second of the line to clients.
    Line,
    /// Requests a second that are let through.
    RateLimit,
}

impl Kind {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Slots => "worker slots",
            Kind::AppCpu => "CPU of the application",
            Kind::HostCpu => "CPU of the host",
            Kind::Pool => "connection pool",
            Kind::Pooler => "pooler's connections",
            Kind::Backends => "connections of the database",
            Kind::DbCpu => "CPU of the database",
            Kind::RedisPool => "Redis connections",
            Kind::ProxyConnections => "proxy's connections",
            Kind::ProxyCpu => "CPU of the proxy",
            Kind::Line => "line to clients",
            Kind::RateLimit => "rate limit",
        }
    }

    /// Whether it is a connection to the database, or stands for one.
    pub fn is_connection(self) -> bool {
        matches!(self, Kind::Pool | Kind::Pooler | Kind::Backends)
    }
}

/// A part of what may be asked for at once: all of `each` multiplied, and by the smallest of `least`, if there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Replicas, processes.
    pub each: Vec<InputId>,
    /// What limits one of them: its pool, and the requests that it works on at once.
    pub least: Vec<InputId>,
}

impl Term {
    fn at(&self, values: &Values) -> f64 {
        let least = self.least.iter().map(|id| values[*id]).reduce(f64::min).unwrap_or(1.0);
        times(product(&self.each, values), least)
    }

    fn inputs(&self) -> impl Iterator<Item = InputId> {
        self.each.iter().chain(&self.least).copied()
    }
}

/// Nothing of what has no limit is nothing.
fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

fn product(ids: &[InputId], values: &Values) -> f64 {
    ids.iter().map(|id| values[*id]).fold(1.0, times)
}

/// How many there are, worked out from inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum Count {
    /// All multiplied: replicas × processes × threads.
    Product(Vec<InputId>),
    /// The CPU that processes of one core each can use: `replicas × min(processes, cpus)`.
    Cores {
        /// The replicas.
        replicas: InputId,
        /// The processes in each.
        processes: InputId,
        /// The CPUs of each.
        cpus: InputId,
    },
    /// What is left of a limit: the first without the products, and not below 0.
    Less(InputId, Vec<Vec<InputId>>),
    /// All multiplied and divided by two: a proxy has a connection to each side.
    Half(Vec<InputId>),
    /// The sum of what several ways may ask for at once.
    Sum(Vec<Term>),
    /// All multiplied, and as much again beside it: the second takes this share of each request, and the first the rest.
    Split(Vec<InputId>, InputId),
}

impl Count {
    /// The number, with these inputs.
    pub fn at(&self, values: &Values) -> f64 {
        let product = |ids: &[InputId]| product(ids, values);
        match self {
            Count::Product(ids) => product(ids),
            Count::Cores { replicas, processes, cpus } => values[*replicas] * values[*processes].min(values[*cpus]),
            Count::Less(whole, others) => {
                others.iter().fold(values[*whole], |left, other| left - product(other)).max(0.0)
            }
            Count::Half(ids) => product(ids) / 2.0,
            Count::Sum(terms) => terms.iter().map(|term| term.at(values)).sum(),
            Count::Split(ids, share) => {
                let share = values[*share].clamp(0.0, 1.0);
                product(ids) / share.max(1.0 - share)
            }
        }
    }

    /// The inputs that it is worked out from.
    pub fn inputs(&self) -> Vec<InputId> {
        match self {
            Count::Product(ids) | Count::Half(ids) => ids.clone(),
            Count::Cores { replicas, processes, cpus } => vec![*replicas, *processes, *cpus],
            Count::Less(whole, others) => std::iter::once(*whole).chain(others.iter().flatten().copied()).collect(),
            Count::Sum(terms) => terms.iter().flat_map(Term::inputs).collect(),
            Count::Split(ids, share) => ids.iter().copied().chain([*share]).collect(),
        }
    }
}

/// For how long a request holds one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hold {
    /// From its start in the server to its end.
    Slot,
    /// From the first query to where the connection is given back, with opening one where none is kept.
    Connection,
    /// As [`Hold::Connection`], without opening one: a transaction that lasts as long as the session.
    Transaction,
    /// While queries run.
    Queries,
    /// The application's CPU.
    AppCpu,
    /// The database's CPU.
    DbCpu,
    /// All CPU of the host.
    HostCpu,
    /// While Redis is asked.
    Redis,
    /// From its start at the proxy to the last byte that the client takes.
    Answer,
    /// The proxy's CPU.
    ProxyCpu,
    /// Of a line of one megabit a second.
    Line,
    /// A second, for limits of a rate.
    Second,
}

impl Hold {
    /// The time in milliseconds, with these demands.
    pub fn of(self, demand: &Demand) -> f64 {
        match self {
            Hold::Slot => demand.slot,
            Hold::Connection => demand.connection,
            Hold::Transaction => demand.connection - demand.connect,
            Hold::Queries => demand.queries,
            Hold::AppCpu => demand.app_cpu,
            Hold::DbCpu => demand.db_cpu,
            Hold::HostCpu => demand.host_cpu,
            Hold::Redis => demand.redis,
            Hold::Answer => demand.slot + demand.transfer,
            Hold::ProxyCpu => demand.proxy_cpu,
            Hold::Line => demand.line,
            Hold::Second => 1000.0,
        }
    }

    /// The formula in words and symbols.
    pub fn formula(self) -> &'static str {
        match self {
            Hold::Slot => "c + k + q·(c_q + d) + e + r",
            Hold::Connection => "k + q·(c_q + d) + h·c + h_e·e",
            Hold::Transaction => "q·(c_q + d) + h·c + h_e·e",
            Hold::Queries => "q·d",
            Hold::AppCpu => "c + q·c_q + k_a",
            Hold::DbCpu => "q·d_c + k_d",
            Hold::HostCpu => "c + q·(c_q + d_c) + k_a + k_d",
            Hold::Redis => "r",
            Hold::Answer => "c + k + q·(c_q + d) + e + r, and the transfer",
            Hold::ProxyCpu => "CPU for passing on and compressing",
            Hold::Line => "8·b",
            Hold::Second => "1 s",
        }
    }
}

/// What happens to a request that finds all held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WhenFull {
    /// It waits; with an error after so many milliseconds, where that has an end.
    Queue {
        /// The milliseconds, if there is an end.
        timeout: Option<InputId>,
    },
    /// It fails at once.
    Reject,
}

/// Something that a request holds for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whose it is: the service or database.
    pub owner: Box<str>,
    /// How many there are (m).
    pub servers: Count,
    /// For how long a request holds one (S).
    pub hold: Hold,
    /// What happens when all are held.
    pub when_full: WhenFull,
    /// The most that may be asked for at once; [`None`] for no limit, as clients have none.
    pub asked: Option<Count>,
}

impl Resource {
    /// Whether anybody can find all of them held: what is asked for at most is more than there is.
    pub fn can_fill(&self, values: &Values) -> bool {
        self.asked.as_ref().is_none_or(|asked| asked.at(values) > self.servers.at(values))
    }

    /// The inputs that its number is worked out from.
    pub fn reads(&self) -> Vec<InputId> {
        self.servers.inputs()
    }
}
