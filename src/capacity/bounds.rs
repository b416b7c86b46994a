//! The asymptotic bounds: `X ≤ m / S` for everything that is held, the smallest of which is the capacity.

use super::convoy;
use super::demand::Demand;
use super::input::Values;
use super::model::Model;
use super::resource::Kind;

/// The bound of one resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The resource's place in the model.
    pub resource: usize,
    /// `m`: how many there are.
    pub servers: f64,
    /// `S`: for how many milliseconds each request holds one.
    pub hold: f64,
    /// `m / S`, in requests a second.
    pub rate: f64,
}

/// All bounds of a model, with one set of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    /// From the smallest to the largest; those of resources that nobody can fill are left out.
    pub all: Vec<Bound>,
    /// What is left of the capacity where event loops hold connections while others compute (requests a second).
    pub convoy: Option<f64>,
    /// What a request asks for.
    pub demand: Demand,
}

impl Model {
    /// The bounds with these values.
    pub fn bounds(&self, values: &Values) -> Bounds {
        let demand = self.demand(values);
        let mut all = Vec::with_capacity(self.resources.len());
        let mut convoy: Option<f64> = None;
        for (at, resource) in self.resources.iter().enumerate() {
            let (servers, hold) = (resource.servers.at(values), resource.hold.of(&demand));
            if !servers.is_finite() || !resource.can_fill(values) {
                continue;
            }
            let rate = if hold > 0.0 { 1000.0 * servers / hold } else { f64::INFINITY };
            all.push(Bound { resource: at, servers, hold, rate });
            if resource.kind == Kind::Pool && self.app.looped {
                let processes = values[self.app.replicas] * values[self.app.processes];
                let each = servers / processes.max(1.0);
                let low = convoy::lower(processes, each, hold, demand.held_cpu);
                convoy = Some(convoy.map_or(low, |other| other.min(low)));
            }
        }
        all.sort_by(|a, b| a.rate.total_cmp(&b.rate).then(a.resource.cmp(&b.resource)));
        Bounds { all, convoy, demand }
    }
}

impl Bounds {
    /// The smallest.
    pub fn bottleneck(&self) -> Option<&Bound> {
        self.all.first()
    }

    /// The smallest but one: what binds when the bottleneck is gone.
    pub fn next(&self) -> Option<&Bound> {
        self.all.get(1)
    }

    /// `X_max`: the requests a second that no load goes beyond.
    pub fn most(&self) -> f64 {
        self.bottleneck().map_or(f64::INFINITY, |it| it.rate)
    }

    /// The requests a second to count on: `X_max`, or less where event loops hold connections while others compute.
    pub fn capacity(&self) -> f64 {
        self.most().min(self.convoy.unwrap_or(f64::INFINITY))
    }

    /// `N*`: the users from which on requests wait, each thinking for `think` seconds between two.
    pub fn knee(&self, think: f64) -> f64 {
        self.capacity() * self.cycle(think)
    }

    /// The users at a share `headroom` of the capacity: `η · X · (Z + S)`.
    pub fn users(&self, think: f64, headroom: f64) -> f64 {
        headroom * self.knee(think)
    }

    /// The seconds from one request of a user to the next when nobody waits.
    pub fn cycle(&self, think: f64) -> f64 {
        think + (self.demand.slot + self.demand.transfer) / 1000.0
    }
}
