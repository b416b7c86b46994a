//! What happens under a given number of users: throughput, response time, what binds, and which cliffs are met.

use super::bounds::Bounds;
use super::cliff::Fall;
use super::curve::Curve;
use super::input::Values;
use super::model::Model;
use super::resource::{Kind, WhenFull};

/// What is left near the knee when several event loops have a pool each: clients stick to a loop by their connections,
/// so that some pools are full while others idle. 0.88 was measured with 1.33 clients for each connection, and 0.98 with 2.
pub const UNEVEN: f64 = 0.9;
/// Clients for each connection from which on all pools are full all the same.
const EVEN_FROM: f64 = 2.0;
/// Below this share of the capacity it is the users who do not ask for more.
const SATURATED: f64 = 0.95;
/// The users by the knee from which on it is never they who ask for no more, though two resources that are nearly alike keep
/// the throughput below the bound of either.
const CROWDED: f64 = 1.25;
/// The share of a pool's timeout from which on some wait for longer than it: seen at 0.75, certain at 1.
const IMPATIENT: f64 = 0.75;
/// The share of a database's connections from which on processes with pools of their own are refused some, because others
/// keep idle ones: seen at 0.85.
const IDLE_ELSEWHERE: f64 = 0.8;

/// What happens under a given number of users.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// The users.
    pub users: usize,
    /// Requests a second. Past a cliff that is what would be served if nothing failed, and no promise.
    pub rate: f64,
    /// The mean response time in milliseconds: `N/X − Z`.
    pub response: f64,
    /// The resource that binds; [`None`] while the users ask for no more.
    pub bottleneck: Option<usize>,
    /// The cliffs that are met, as places of the model's resources.
    pub falls: Vec<(usize, Fall)>,
}

impl Model {
    /// What happens under `users` who think for `think` seconds, with these values.
    pub fn load(&self, values: &Values, bounds: &Bounds, users: usize, think: f64) -> Load {
        let curve = Curve::new(&self.layout(values, bounds), users);
        self.on_curve(&curve, values, bounds, users, think)
    }

    /// The same for several numbers of users.
    pub fn loads(&self, values: &Values, bounds: &Bounds, users: &[usize], think: f64) -> Vec<Load> {
        let curve = Curve::new(&self.layout(values, bounds), users.iter().copied().max().unwrap_or(1));
        users.iter().map(|users| self.on_curve(&curve, values, bounds, *users, think)).collect()
    }

    fn on_curve(&self, curve: &Curve, values: &Values, bounds: &Bounds, users: usize, think: f64) -> Load {
        let outside = think + bounds.demand.transfer / 1000.0;
        let rejects = |at: usize| self.resources[at].when_full == WhenFull::Reject;
        // What would be asked for if nothing were refused decides whether a cliff is met.
        let patient = bounds.all.iter().find(|it| !rejects(it.resource)).map_or(f64::INFINITY, |it| it.rate);
        let asked = curve.rate(users, outside, patient);
        let within = (users as f64 - asked * outside).max(0.0);
        let falls = self.falls(values, bounds, users as f64, within, outside);

        let mut limit = bounds.capacity();
        if let Some(pool) = bounds.bottleneck().filter(|it| self.resources[it.resource].kind == Kind::Pool)
            && self.app.looped
            && values[self.app.replicas] * values[self.app.processes] > 1.0
            && (users as f64) < EVEN_FROM * pool.servers
        {
            limit = limit.min(UNEVEN * pool.rate);
        }
        let rate = curve.rate(users, outside, limit);
        let crowded = users as f64 >= CROWDED * bounds.knee(think);
        let bottleneck = bounds.bottleneck().map(|it| it.resource).filter(|_| crowded || rate >= SATURATED * limit);
        let response = if rate > 0.0 { (1000.0 * (users as f64 / rate - outside)).max(0.0) } else { 0.0 };
        Load { users, rate, response, bottleneck, falls }
    }

    /// The cliffs that are met while `within` requests want to be served.
    fn falls(&self, values: &Values, bounds: &Bounds, users: f64, within: f64, outside: f64) -> Vec<(usize, Fall)> {
        let slots = self.resources.iter().filter(|it| it.kind == Kind::Slots && it.when_full != WhenFull::Reject);
        let slots = slots.map(|it| it.servers.at(values)).fold(f64::INFINITY, f64::min);
        let mut out = Vec::new();
        for bound in &bounds.all {
            let resource = &self.resources[bound.resource];
            let at_once = within.min(slots);
            let met = match (resource.when_full, resource.kind) {
                (WhenFull::Reject, Kind::Backends) => {
                    let most = resource.asked.as_ref().map_or(f64::INFINITY, |asked| asked.at(values));
                    let leaked = self.app.leaks.map_or(0.0, |age| bounds.capacity() * values[age]);
                    let several = values[self.app.replicas] * values[self.app.processes] > 1.0;
                    let idle = if several { IDLE_ELSEWHERE } else { 1.0 };
                    at_once.min(most) + leaked > bound.servers * idle
                }
                (WhenFull::Reject, Kind::RateLimit) => users / bounds.cycle(outside) > bound.rate,
                (WhenFull::Reject, Kind::Slots | Kind::ProxyConnections) => within > bound.servers,
                (WhenFull::Reject, _) => at_once > bound.servers,
                (WhenFull::Queue { timeout: Some(timeout) }, _) => {
                    let wait = 1000.0 * (users / bound.rate - outside) - bounds.demand.slot;
                    wait >= IMPATIENT * values[timeout]
                        && bounds.bottleneck().is_some_and(|it| it.resource == bound.resource)
                }
                (WhenFull::Queue { timeout: None }, _) => false,
            };
            if met {
                out.push((bound.resource, Fall::of(resource)));
            }
        }
        out
    }
}
