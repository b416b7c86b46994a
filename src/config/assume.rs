//! What is true of the world and stands in no file: the CPUs of a container, a managed database's limit.

use std::ops::Range;

/// A value that the user gives, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// The whole key: `assume.database.max_connections`.
    pub key: Box<str>,
    /// Its bytes in the configuration's file.
    pub at: Range<usize>,
}

/// What is assumed of one service or database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumed {
    /// The CPUs of one container.
    pub cpus: Option<Said<f64>>,
    /// The memory of one container, in bytes.
    pub memory: Option<Said<u64>>,
    /// The containers that run at once.
    pub replicas: Option<Said<u64>>,
    /// The connections that a database accepts in all.
    pub max_connections: Option<Said<u64>>,
}

impl Assumed {
    /// Takes over what the other says.
    pub(super) fn take(&mut self, other: Assumed) {
        self.cpus = other.cpus.or(self.cpus.take());
        self.memory = other.memory.or(self.memory.take());
        self.replicas = other.replicas.or(self.replicas.take());
        self.max_connections = other.max_connections.or(self.max_connections.take());
    }
}

/// How many rows a table has: low, likely, high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rows {
    /// In all.
    All([f64; 3]),
    /// For each user.
    EachUser([f64; 3]),
}

/// What things cost for a month, in a currency of the user's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// What stands before the numbers: `EUR`.
    pub currency: Option<Box<str>>,
    /// A CPU.
    pub cpu: Option<f64>,
    /// A GB of memory.
    pub memory: Option<f64>,
    /// A GB of storage.
    pub storage: Option<f64>,
    /// A GB of traffic to clients.
    pub traffic: Option<f64>,
}

impl Prices {
    /// Takes over what the other says.
    pub(super) fn take(&mut self, other: Prices) {
        self.currency = other.currency.or(self.currency.take());
        self.cpu = other.cpu.or(self.cpu);
        self.memory = other.memory.or(self.memory);
        self.storage = other.storage.or(self.storage);
        self.traffic = other.traffic.or(self.traffic);
    }
}

/// What is assumed of the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assume {
    /// By the name of the service or database, in the file's order.
    pub(super) named: Vec<(Box<str>, Assumed)>,
    /// Variables of the environment in which all services run, where no file sets them.
    pub(super) env: Vec<(Box<str>, Said<Box<str>>)>,
    /// What is said of the load, by key: low, likely, high, in the key's unit.
    pub(super) workload: Vec<(&'static str, Said<[f64; 3]>)>,
    /// The rows of tables, by their models: `Order`, `shop.Order`, `Order.tags`.
    pub(super) rows: Vec<(Box<str>, Said<Rows>)>,
    /// What things cost.
    pub(super) prices: Prices,
    /// What was measured of it; what is said stands over it.
    measured: Vec<Measurement>,
}

/// A number of the load that a file of measurements gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What it is of.
    pub of: Measure,
    /// Low, likely, high, in milliseconds.
    pub value: [f64; 3],
    /// What it is worked out from, as the rest of a sentence that starts with the number: `of 48,210 requests in access.log`.
    pub words: Box<str>,
    /// The number of samples that it is the mean of.
    pub samples: f64,
}

impl Measurement {
    /// The mean of both, each counted by its samples.
    fn and(&mut self, other: Measurement) {
        let all = self.samples + other.samples;
        for (own, its) in self.value.iter_mut().zip(other.value) {
            *own = (*own * self.samples + its * other.samples) / all.max(f64::MIN_POSITIVE);
        }
        self.samples = all;
        self.words = format!("{}; and {}", self.words, other.words).into();
    }
}

/// What a file of measurements can give, each a mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// `d`: the time of a query, with its way there and back.
    Query,
    /// `d_c`: the database's CPU for a query.
    QueryCpu,
    /// How long a request held its worker slot, in an application that was not saturated.
    Response,
    /// The same with time in it that no slot was held: waiting for one, or the client's.
    ResponseAtMost,
    /// The application's CPU for a request, its queries' counted.
    AppCpu,
}

impl Assume {
    /// The name under which is said what holds for every database without a word of its own.
    pub const ANY_DATABASE: &str = "database";
    /// The name under which variables of the environment are said.
    pub const ENV: &str = "env";
    /// The name under which the load is described.
    pub const WORKLOAD: &str = "workload";
    /// The name under which the rows of tables are said.
    pub const ROWS: &str = "rows";
    /// The name under which is said what things cost.
    pub const PRICES: &str = "prices";

    /// What is assumed of the service or database of this name.
    pub fn of(&self, name: &str) -> Option<&Assumed> {
        self.named.iter().find(|(own, _)| &**own == name).map(|(_, assumed)| assumed)
    }

    /// The connections that the database of this name accepts: by its own name, or as any database.
    pub fn max_connections(&self, name: &str) -> Option<&Said<u64>> {
        let by = |name| self.of(name).and_then(|it| it.max_connections.as_ref());
        by(name).or_else(|| by(Self::ANY_DATABASE))
    }

    /// What is said of the load by this key: low, likely, high.
    pub fn workload(&self, key: &str) -> Option<&Said<[f64; 3]>> {
        self.workload.iter().find(|(own, _)| *own == key).map(|(_, said)| said)
    }

    /// Takes over what was measured; two measurements of one thing are one of all their samples.
    pub fn measure(&mut self, measurement: Measurement) {
        match self.measured.iter_mut().find(|it| it.of == measurement.of) {
            Some(same) => same.and(measurement),
            None => self.measured.push(measurement),
        }
    }

    /// What was measured of this.
    pub fn measured(&self, of: Measure) -> Option<&Measurement> {
        self.measured.iter().find(|it| it.of == of)
    }

    /// The variables of the environment, in the file's order.
    pub fn env(&self) -> impl Iterator<Item = (&str, &Said<Box<str>>)> {
        self.env.iter().map(|(name, said)| (&**name, said))
    }

    /// The rows of tables by the names of their models, in the file's order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Said<Rows>)> {
        self.rows.iter().map(|(name, said)| (&**name, said))
    }

    /// What things cost.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// All names, in the file's order, with what is assumed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Assumed)> {
        self.named.iter().map(|(name, assumed)| (&**name, assumed))
    }
}
