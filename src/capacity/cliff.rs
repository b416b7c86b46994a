//! Cliffs: where requests fail instead of waiting. They are reported as such, with the load at which they are met, and
//! never as capacity; what is still served beyond them is not promised, for it falls (by 12 to 38 % where it was measured).

use super::bounds::Bounds;
use super::input::Values;
use super::model::Model;
use super::resource::{Kind, Resource, WhenFull};

/// How much more room than the capacity asks for makes a cliff not worth a word.
const FAR: f64 = 10.0;

/// What a request that falls is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fall {
    /// The database refuses the connection: `sorry, too many clients already`.
    TooManyConnections,
    /// The pool of Redis connections raises: `Too many connections`.
    RedisPool,
    /// The server answers 503 from a number of requests on.
    Concurrency,
    /// The proxy has no connection left.
    ProxyConnections,
    /// The proxy or application answers 429 or 503 from a rate on.
    Rate,
    /// The pool has none for longer than a request waits: `QueuePool limit of size`.
    PoolTimeout,
}

impl Fall {
    /// What a full resource does.
    pub(super) fn of(resource: &Resource) -> Self {
        match (resource.kind, resource.when_full) {
            (_, WhenFull::Queue { .. }) => Fall::PoolTimeout,
            (Kind::Backends | Kind::Pooler, _) => Fall::TooManyConnections,
            (Kind::RedisPool, _) => Fall::RedisPool,
            (Kind::ProxyConnections, _) => Fall::ProxyConnections,
            (Kind::RateLimit, _) => Fall::Rate,
            _ => Fall::Concurrency,
        }
    }
}

/// A cliff of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cliff {
    /// The resource that gives out.
    pub resource: usize,
    /// How requests fail.
    pub fall: Fall,
    /// The requests a second at which all of it is held: by those that are served, or, where something else gives out
    /// before, by those that wait for that.
    pub rate: f64,
    /// How many there are.
    pub servers: f64,
    /// The most that may be asked for at once; infinite where nothing limits it.
    pub asked: f64,
}

impl Model {
    /// Everything that rejects and that can be asked for more than there is, with these values: connections to the
    /// database first, then by the rate at which it is met. What has room for ten times the requests that are in progress
    /// at the capacity is left out, save where what the files say contradicts itself.
    pub fn cliffs(&self, values: &Values, bounds: &Bounds) -> Vec<Cliff> {
        let mut out: Vec<Cliff> = Vec::new();
        for bound in &bounds.all {
            let resource = &self.resources[bound.resource];
            if resource.when_full != WhenFull::Reject {
                continue;
            }
            let capacity = bounds.capacity();
            let in_progress = capacity * bounds.demand.slot / 1000.0;
            let contradicts = resource.kind == Kind::Backends && resource.asked.is_some();
            let far = match resource.kind {
                Kind::RateLimit => bound.rate > FAR * capacity,
                _ => bound.servers > FAR * in_progress,
            };
            if far && !contradicts {
                continue;
            }
            let asked = resource.asked.as_ref().map_or(f64::INFINITY, |it| it.at(values));
            let fall = Fall::of(resource);
            out.push(Cliff {
                resource: bound.resource,
                fall,
                rate: bound.rate.min(capacity),
                servers: bound.servers,
                asked,
            });
        }
        out.sort_by(|a, b| a.fall.cmp(&b.fall).then(a.rate.total_cmp(&b.rate)));
        out
    }
}
