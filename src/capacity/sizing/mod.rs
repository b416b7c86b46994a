//! Sizing for a goal: the smallest numbers of processes, replicas, threads, connections and CPUs with which the model
//! reaches it.
//!
//! `X ≤ m / S` turned round: `m ≥ X · S / η`, in the order in which one number asks for the next. CPU of the application
//! asks for processes and replicas, these divide the slots and the pool, pools add up against what the database accepts,
//! and what is left is CPU of the database, which replicas do not multiply. It is done at the likely values, and again so
//! that nine of ten draws of what nobody knows reach the goal; that set is found from quantiles of what each resource asks
//! for, and then cut down until nothing in it can be one less.

mod settle;
mod solve;

pub use settle::{Settled, settle};
use solve::Sizes;

use super::band::{Band, Pcg};
use super::demand::Demand;
use super::input::{Input, InputId, Read, Source, Unit, Values};
use super::load::UNEVEN;
use super::model::Model;
use super::resource::{Count, Hold, Kind, Resource, Term, WhenFull};
use super::study::{DRAWS, SEED};

/// The share of draws that the cautious sizes reach the goal in.
pub const SAFE: f64 = 0.9;
/// For what sums of fractions lose.
const SLACK: f64 = 1e-9;

/// What load is to be carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Requests a second.
    Rate(f64),
    /// Users, who think as long as the model says between two requests.
    Users(f64),
    /// Users, each of whom sends so many requests a minute.
    Usage(f64, Band),
}

/// What one number must come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// The number.
    pub input: InputId,
    /// The resource that asks for it.
    pub resource: usize,
    /// At the likely values.
    pub likely: f64,
    /// So that nine of ten draws reach the goal.
    pub safe: f64,
    /// Whether it only follows another: the connections that a process can open are those of its pool.
    pub follows: bool,
}

/// What a goal asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// The goal.
    pub goal: Goal,
    /// The requests a second that it comes to.
    pub rate: Band,
    /// Whether it is reached as it is, at the likely values.
    pub met: bool,
    /// The share of draws in which it is reached as it is (0 to 1).
    pub now: f64,
    /// What keeps it from being reached as it is, at the likely values: what refuses requests before what gives out.
    pub stopped: Option<usize>,
    /// What is sized: the model, with a pool of connections where it had none and nothing limits them.
    pub model: Model,
    /// The numbers that must change or that nobody knows, in the order in which they follow from each other.
    pub sizes: Vec<Size>,
}

/// One set of values, with what the goal asks of the capacity.
struct Case {
    values: Values,
    demand: Demand,
    /// The requests a second that the capacity must come to: the goal by the headroom.
    need: f64,
    /// The headroom.
    headroom: f64,
}

impl Goal {
    /// The requests a second, with these values; `u` draws what the goal itself leaves open.
    pub(super) fn rate(self, model: &Model, values: &Values, demand: &Demand, u: Option<f64>) -> Option<f64> {
        let rate = match self {
            Goal::Rate(rate) => rate,
            Goal::Users(users) => {
                let cycle = values[model.think?] + (demand.slot + demand.transfer) / 1000.0;
                if cycle > 0.0 { users / cycle } else { return None }
            }
            Goal::Usage(users, band) => users * u.map_or(band.likely, |u| band.at(u)) / 60.0,
        };
        rate.is_finite().then_some(rate)
    }
}

impl Case {
    fn of(model: &Model, values: Values, goal: Goal, u: Option<f64>) -> Option<Self> {
        let demand = model.demand(&values);
        let headroom = values[model.headroom].clamp(0.01, 1.0);
        let need = goal.rate(model, &values, &demand, u)? / headroom;
        Some(Self { values, demand, need, headroom })
    }

    /// Every draw of what nobody knows, as the study has them; what the goal itself leaves open is drawn by a generator
    /// of its own.
    fn drawn(model: &Model, goal: Goal) -> Option<Vec<Self>> {
        let (mut random, mut of_goal) = (Pcg::new(SEED), Pcg::new(SEED ^ 1));
        (0..DRAWS).map(|_| Self::of(model, model.inputs.draw(&mut random), goal, Some(of_goal.unit()))).collect()
    }

    /// How many of a resource must be there.
    fn asks(&self, hold: Hold) -> f64 {
        self.need * hold.of(&self.demand) / 1000.0
    }

    /// How many connections each pool must have, in the `processes` that have one each, where a process works on `slots`
    /// requests at once and the pool has `now`.
    ///
    /// The headroom leaves a large pool room enough for chance; a small one needs more: with `b` in use on average and
    /// `b + √b` there, a request seldom waits (square-root staffing, Halfin and Whitt 1981). And clients stick to an event
    /// loop, so that the fullest has more than its share. Neither makes a pool that there is too small; it says how large
    /// one is made.
    fn pool(&self, hold: Hold, [processes, slots, now]: [f64; 3], looped: bool) -> f64 {
        let asked = self.asks(hold) / processes;
        let busy = asked * self.headroom;
        let uneven = if looped && processes > 1.0 { UNEVEN } else { 1.0 };
        let comfortable = (asked / uneven).max((busy + busy.sqrt()).min(slots.max(1.0)));
        asked.max(comfortable.min(now))
    }
}

impl Model {
    /// What the goal asks for; nothing where that is no number: users without a think time.
    pub fn size(&self, goal: Goal) -> Option<Sizing> {
        let model = self.with_pool();
        let likely = [Case::of(&model, model.inputs.likely(), goal, None)?];
        let drawn = Case::drawn(&model, goal)?;
        let (first, safe) = (model.solve(&likely, 1.0), model.solve(&drawn, SAFE));
        let now = Sizes::default();
        let before = self.connects_as_it_is();
        let rate = |case: &Case| case.need * case.headroom;
        let middle = rate(&likely[0]);
        let rates: Vec<f64> = drawn.iter().map(rate).collect();
        let rate =
            Band { low: quantile(&rates, 0.1).min(middle), likely: middle, high: quantile(&rates, 0.9).max(middle) };
        let mut sizes: Vec<Size> = Vec::new();
        for (input, _, resource, follows) in first.0.iter().chain(&safe.0) {
            if sizes.iter().all(|it| it.input != *input) {
                let or_now = |sizes: &Sizes| sizes.get(*input).unwrap_or_else(|| likely[0].values[*input]);
                let (likely, safe) = (or_now(&first), or_now(&safe));
                sizes.push(Size { input: *input, resource: *resource, likely, safe, follows: *follows });
            }
        }
        let met = before && model.share(&likely, &now) >= 1.0;
        sizes.sort_by_key(|it| (order(model.resources[it.resource].kind), it.resource, it.follows));
        Some(Sizing {
            goal,
            rate,
            met,
            stopped: if met { None } else { self.stopped(&likely[0].values) },
            now: if before { model.share(&drawn, &now) } else { 0.0 },
            model,
            sizes,
        })
    }

    /// What gives out first of what replicas do not multiply, and the requests a second at the headroom: the 10th
    /// percentile, at the likely values, the 90th.
    pub fn end(&self) -> Option<(usize, Band)> {
        let fixed = |kind| matches!(kind, Kind::DbCpu | Kind::HostCpu | Kind::Line | Kind::RateLimit);
        let of = |values: &Values| {
            let bounds = self.bounds(values);
            let first = bounds.all.iter().find(|it| fixed(self.resources[it.resource].kind) && it.rate.is_finite())?;
            Some((first.resource, first.rate * values[self.headroom]))
        };
        let (at, likely) = of(&self.inputs.likely())?;
        let mut random = Pcg::new(SEED);
        let rates: Vec<f64> = (0..DRAWS).filter_map(|_| of(&self.inputs.draw(&mut random))).map(|it| it.1).collect();
        Some((at, Band { low: quantile(&rates, 0.1).min(likely), likely, high: quantile(&rates, 0.9).max(likely) }))
    }

    /// Whether its connections have a limit, without which it is never enough of them.
    fn connects_as_it_is(&self) -> bool {
        !self.app.connects_freely
    }

    /// What keeps a goal from being reached with these values: what refuses connections, or else what gives out first.
    fn stopped(&self, values: &Values) -> Option<usize> {
        let refused = |it: &Resource| solve::refuses(it) && it.can_fill(values);
        self.resources.iter().position(refused).or_else(|| self.bounds(values).bottleneck().map(|it| it.resource))
    }

    /// The same with a pool of connections, where nothing limits them: without one no number of them is enough.
    fn with_pool(&self) -> Model {
        let mut model = self.clone();
        if !self.app.connects_freely {
            return model;
        }
        let pool = model.inputs.add(Input {
            symbol: format!("{}.pool", self.app.name).into(),
            what: "connections of a pool in each process, which has none".into(),
            unit: Unit::Count,
            band: Band::point(0.0),
            source: Source::Read(Read::default()),
            key: None,
        });
        model.app.connects_freely = false;
        model.app.leaks = None;
        model.work.connects = false;
        if let Some(slow) = &mut model.slow {
            slow.work.connects = false;
        }
        let all = Count::Product(vec![self.app.replicas, self.app.processes, pool]);
        for resource in &mut model.resources {
            if resource.kind == Kind::Backends && resource.asked.is_some() {
                let each = vec![self.app.replicas, self.app.processes, pool];
                resource.asked = Some(Count::Sum(vec![Term { each, least: Vec::new() }]));
            }
        }
        model.resources.push(Resource {
            kind: Kind::Pool,
            owner: self.app.name.clone(),
            servers: all,
            hold: Hold::Connection,
            when_full: WhenFull::Queue { timeout: None },
            asked: None,
        });
        model
    }
}

impl Sizing {
    /// The model with the sizes of one column put in.
    pub fn sized(&self, of: impl Fn(&Size) -> f64) -> Model {
        let mut model = self.model.clone();
        for size in &self.sizes {
            model.inputs.get_mut(size.input).band = Band::point(of(size));
        }
        model
    }

    /// The server connections of a pooler that stood before the database: at the likely values, and in nine of ten draws.
    pub fn pooled(&self, hold: Hold) -> (f64, f64) {
        let model = &self.model;
        let likely = Case::of(model, model.inputs.likely(), self.goal, None).map_or(0.0, |it| it.asks(hold));
        let asked: Vec<f64> = self.cases(model).iter().map(|it| it.asks(hold)).collect();
        (up(likely), up(quantile(&asked, SAFE)))
    }

    fn cases(&self, model: &Model) -> Vec<Case> {
        Case::drawn(model, self.goal).unwrap_or_default()
    }

    /// Whether a model of this shape reaches the goal at its likely values.
    pub fn reached_by(&self, model: &Model) -> bool {
        let case = Case::of(model, model.inputs.likely(), self.goal, None);
        case.is_some_and(|case| self.model.reaches(&case, &case.values))
    }

    /// The share of draws in which a model of this shape reaches the goal.
    pub fn share_of(&self, model: &Model) -> f64 {
        let cases = self.cases(model);
        if cases.is_empty() { 0.0 } else { self.model.share(&cases, &Sizes::default()) }
    }
}

/// The next whole number, but for what sums of fractions add.
fn up(value: f64) -> f64 {
    (value * (1.0 - SLACK)).ceil()
}

pub(in crate::capacity) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut all = values.to_vec();
    all.sort_by(f64::total_cmp);
    let at = ((all.len().saturating_sub(1)) as f64 * share).ceil() as usize;
    all.get(at).copied().unwrap_or(0.0)
}

/// In which order one number asks for the next.
fn order(kind: Kind) -> u8 {
    match kind {
        Kind::AppCpu => 0,
        Kind::Slots => 1,
        Kind::Pool => 2,
        Kind::RedisPool => 3,
        Kind::Pooler => 4,
        Kind::Backends => 5,
        Kind::DbCpu => 6,
        Kind::HostCpu => 7,
        Kind::ProxyConnections => 8,
        Kind::ProxyCpu => 9,
        Kind::Line => 10,
        Kind::RateLimit => 11,
    }
}
