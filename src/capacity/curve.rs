//! The curve: throughput against users, on two levels.
//!
//! Within the slots requests share CPU, connections and waits: a closed network ([`super::Network`]), whose throughput
//! `x(n)` with `n` slots in use stands for all of it (flow equivalence). Outside are users who think: a chain of births and
//! deaths over the number of them that want something, of which at most as many as there are slots are served. Both steps are
//! exact for exponential times; that the inner one stands for the whole is exact for a network without the outer.

use super::bounds::Bounds;
use super::input::Values;
use super::model::Model;
use super::network::{Network, Station};
use super::resource::{Hold, Kind, WhenFull};

/// The most requests for which the inner network is solved; beyond, it grows along its asymptotes.
const SOLVED: usize = 512;

/// What the curve is worked out from.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Slots in all; infinite for event loops without a limit.
    pub slots: f64,
    /// What happens within them.
    pub network: Network,
}

/// Throughput against users. The inner network is solved once, for all numbers of users.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    slots: f64,
    alone: f64,
    rates: Vec<f64>,
}

impl Model {
    /// The network of this model, with these values.
    pub fn layout(&self, values: &Values, bounds: &Bounds) -> Layout {
        let demand = &bounds.demand;
        let of = |kind: Kind| bounds.all.iter().find(|it| self.resources[it.resource].kind == kind);
        let station = |kind: Kind| of(kind).map(|it| Station { servers: it.servers, demand: it.hold });
        let mut network = Network::default();
        let (app, db, host) = (station(Kind::AppCpu), station(Kind::DbCpu), of(Kind::HostCpu));
        let app_rate = of(Kind::AppCpu).map_or(f64::INFINITY, |it| it.rate);
        let mut inside = 0.0;
        match host {
            // One of the two stands for the application's CPU: the one that gives out first.
            Some(host) if host.rate < app_rate => {
                network.stations.push(Station { servers: host.servers, demand: host.hold });
                inside += host.hold;
            }
            _ => {
                inside += demand.app_cpu + db.map_or(0.0, |it| it.demand);
                network.stations.extend(app.into_iter().chain(db));
                if app.is_none() {
                    network.delay += demand.app_cpu;
                }
            }
        }
        if let Some(redis) = station(Kind::RedisPool) {
            inside += redis.demand;
            network.stations.push(redis);
        }
        // Of several kinds of connections, one within the other, the scarcest stands for all; what is CPU in its time is
        // at the stations of the CPU.
        let scarce = bounds.all.iter().find(|it| self.resources[it.resource].kind.is_connection());
        if let Some(scarce) = scarce {
            let cpu = demand.db_cpu
                + match self.resources[scarce.resource].hold {
                    Hold::Queries => 0.0,
                    _ => demand.held_cpu,
                };
            let waits = (scarce.hold - cpu).max(0.0);
            inside += waits;
            network.stations.push(Station { servers: scarce.servers, demand: waits });
        }
        network.delay += (demand.slot - inside).max(0.0);
        let slots = self.resources.iter().filter(|it| it.kind == Kind::Slots && it.when_full != WhenFull::Reject);
        let slots = slots.map(|it| it.servers.at(values)).fold(f64::INFINITY, f64::min);
        Layout { slots, network }
    }
}

impl Curve {
    /// The curve of a layout for up to `users`.
    pub fn new(layout: &Layout, users: usize) -> Self {
        let wanted = layout.slots.min(users as f64).max(1.0) as usize;
        let rates = layout.network.throughput(wanted.min(SOLVED));
        Self { slots: layout.slots, alone: layout.network.alone(), rates }
    }

    /// The requests a second while `n` requests want to be served.
    fn inner(&self, n: usize, most: f64) -> f64 {
        let served = (n as f64).min(self.slots);
        let last = self.rates.len() - 1;
        let rate = match self.rates.get(served as usize) {
            Some(rate) => *rate,
            // Beyond what is solved it keeps its distance to the asymptote through the origin.
            None => self.rates[last] * served / last as f64,
        };
        rate.min(most).min(1000.0 * served / self.alone.max(f64::MIN_POSITIVE))
    }

    /// The requests a second of `users` who think for `think` seconds between two requests, where no load lifts them
    /// above `most`.
    pub fn rate(&self, users: usize, think: f64, most: f64) -> f64 {
        if users == 0 || self.inner(1, most) <= 0.0 {
            return 0.0;
        }
        if think <= 0.0 {
            return self.inner(users, most);
        }
        if !self.inner(1, most).is_finite() {
            return users as f64 / think;
        }
        // The logarithms of the weights of n users who want something: births (N − n)/Z, deaths x(n).
        let mut weight = 0.0_f64;
        let mut weights = vec![weight];
        for n in 1..=users {
            let rate = self.inner(n, most);
            weight += ((users - n + 1) as f64 / think).ln() - rate.ln();
            weights.push(weight);
        }
        let top = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut served) = (0.0, 0.0);
        for (n, weight) in weights.iter().enumerate() {
            let share = (weight - top).exp();
            sum += share;
            served += share * self.inner(n, most);
        }
        served / sum
    }
}
