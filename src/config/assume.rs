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

/// What is assumed of the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assume {
    /// By the name of the service or database, in the file's order.
    pub(super) named: Vec<(Box<str>, Assumed)>,
    /// Variables of the environment in which all services run, where no file sets them.
    pub(super) env: Vec<(Box<str>, Said<Box<str>>)>,
    /// What is said of the load, by key: low, likely, high, in the key's unit.
    pub(super) workload: Vec<(&'static str, Said<[f64; 3]>)>,
}

impl Assume {
    /// The name under which is said what holds for every database without a word of its own.
    pub const ANY_DATABASE: &str = "database";
    /// The name under which variables of the environment are said.
    pub const ENV: &str = "env";
    /// The name under which the load is described.
    pub const WORKLOAD: &str = "workload";

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

    /// The variables of the environment, in the file's order.
    pub fn env(&self) -> impl Iterator<Item = (&str, &Said<Box<str>>)> {
        self.env.iter().map(|(name, said)| (&**name, said))
    }

    /// All names, in the file's order, with what is assumed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Assumed)> {
        self.named.iter().map(|(name, assumed)| (&**name, assumed))
    }
}
