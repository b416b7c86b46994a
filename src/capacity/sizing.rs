//! Sizing for a goal: the smallest numbers of processes, replicas, threads, connections and CPUs with which the model
//! reaches it.
//!
//! `X ≤ m / S` turned round: `m ≥ X · S / η`, in the order in which one number asks for the next. CPU of the application
//! asks for processes and replicas, these divide the slots and the pool, pools add up against what the database accepts,
//! and what is left is CPU of the database, which replicas do not multiply. It is done at the likely values, and again so
//! that nine of ten draws of what nobody knows reach the goal; that set is found from quantiles of what each resource asks
//! for, and then cut down until nothing in it can be one less.

use super::band::{Band, Pcg};
use super::convoy;
use super::demand::Demand;
use super::input::{Input, InputId, Read, Source, Unit, Values};
use super::model::Model;
use super::resource::{Count, Hold, Kind, Resource, WhenFull};
use super::study::{DRAWS, SEED};

/// The share of draws that the cautious sizes reach the goal in.
pub const SAFE: f64 = 0.9;
/// Event loops get processes enough for a pool of this size or of the present one to do: SQLAlchemy's default. Short of
/// that, connections wait for the loop, and no pool is large enough.
const LOOP_POOL: f64 = 15.0;
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
}

impl Goal {
    /// The requests a second, with these values; `u` draws what the goal itself leaves open.
    fn rate(self, model: &Model, values: &Values, demand: &Demand, u: Option<f64>) -> Option<f64> {
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
        let need = goal.rate(model, &values, &demand, u)? / values[model.headroom].clamp(0.01, 1.0);
        Some(Self { values, demand, need })
    }

    /// How many of a resource must be there.
    fn asks(&self, hold: Hold) -> f64 {
        self.need * hold.of(&self.demand) / 1000.0
    }
}

/// The numbers that were set, each with the resource that asked for it and whether it only follows another.
#[derive(Clone, Debug, Default)]
struct Sizes(Vec<(InputId, f64, usize, bool)>);

impl Sizes {
    fn get(&self, id: InputId) -> Option<f64> {
        self.0.iter().find(|it| it.0 == id).map(|it| it.1)
    }

    fn set(&mut self, id: InputId, value: f64, resource: usize, follows: bool) {
        match self.0.iter_mut().find(|it| it.0 == id) {
            Some(it) => it.1 = value,
            None => self.0.push((id, value, resource, follows)),
        }
    }

    fn on(&self, values: &Values) -> Values {
        self.0.iter().fold(values.clone(), |values, it| values.with(it.0, it.1))
    }
}

impl Model {
    /// What the goal asks for; nothing where that is no number: users without a think time.
    pub fn size(&self, goal: Goal) -> Option<Sizing> {
        let model = self.with_pool();
        let likely = [Case::of(&model, model.inputs.likely(), goal, None)?];
        let mut random = Pcg::new(SEED);
        // What the goal leaves open is drawn by a generator of its own, so that the draws are those of the study.
        let mut of_goal = Pcg::new(SEED ^ 1);
        let drawn: Option<Vec<Case>> =
            (0..DRAWS).map(|_| Case::of(&model, model.inputs.draw(&mut random), goal, Some(of_goal.unit()))).collect();
        let drawn = drawn?;
        let (first, safe) = (model.solve(&likely, 1.0), model.solve(&drawn, SAFE));
        let now = Sizes::default();
        let before = self.connects_as_it_is();
        let rate = |case: &Case| case.need * case.values[model.headroom].clamp(0.01, 1.0);
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
        sizes.sort_by_key(|it| (order(model.resources[it.resource].kind), it.resource, it.follows));
        Some(Sizing {
            goal,
            rate,
            met: before && model.share(&likely, &now) >= 1.0,
            now: if before { model.share(&drawn, &now) } else { 0.0 },
            model,
            sizes,
        })
    }

    /// What gives out first of what replicas do not multiply, and the requests a second at the headroom: the 10th
    /// percentile, at the likely values, the 90th.
    pub fn end(&self) -> Option<(usize, Band)> {
        let fixed = |kind| matches!(kind, Kind::DbCpu | Kind::HostCpu | Kind::RateLimit);
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
                resource.asked = Some(all.clone());
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

    /// Whether the capacity comes to what is needed, and the database is not asked for more connections than it has.
    fn reaches(&self, case: &Case, values: &Values) -> bool {
        self.resources.iter().all(|resource| {
            let servers = resource.servers.at(values);
            if !servers.is_finite() {
                return true;
            }
            if refuses(resource) {
                return !resource.can_fill(values);
            }
            if !resource.can_fill(values) {
                return true;
            }
            let hold = resource.hold.of(&case.demand);
            if 1000.0 * servers < case.need * hold * (1.0 - SLACK) {
                return false;
            }
            if resource.kind != Kind::Pool || !self.app.looped {
                return true;
            }
            let processes = values[self.app.replicas] * values[self.app.processes];
            let low = convoy::lower(processes, servers / processes.max(1.0), hold, case.demand.held_cpu);
            low >= case.need * (1.0 - SLACK)
        })
    }

    /// The share of cases in which these sizes reach what is needed.
    fn share(&self, cases: &[Case], sizes: &Sizes) -> f64 {
        let reached = cases.iter().filter(|case| self.reaches(case, &sizes.on(&case.values))).count();
        reached as f64 / cases.len() as f64
    }

    /// The smallest sizes that reach it in this share of the cases.
    fn solve(&self, cases: &[Case], level: f64) -> Sizes {
        const STEPS: u32 = 8;
        // What is enough for nine of ten draws by itself is enough for fewer together with the rest.
        let at = |step: u32| self.sizes(cases, level + (1.0 - level) * f64::from(step) / f64::from(STEPS));
        let mut sizes = (0..STEPS).map(at).find(|it| self.share(cases, it) >= level).unwrap_or_else(|| at(STEPS));
        for at in 0..sizes.0.len() {
            self.trim(&mut sizes, at, cases, level);
        }
        sizes
    }

    /// Takes away from one size, and what follows it, what nothing needs.
    fn trim(&self, sizes: &mut Sizes, at: usize, cases: &[Case], level: f64) {
        let (id, value, resource, follows) = sizes.0[at];
        // What is less than now has been cut down to what fits, and is no more than that.
        if follows || self.now(id).is_some_and(|now| value < now) {
            return;
        }
        let least = self.now(id).map_or(1.0, |now| now.min(value)).max(1.0).min(value);
        let with = |value: f64| {
            let mut other = sizes.clone();
            self.put(&mut other, id, value, resource);
            other
        };
        let enough = |value: f64| self.share(cases, &with(value)) >= level;
        if value - 1.0 < least || !enough(value - 1.0) {
            return;
        }
        let (mut low, mut high) = (least, value - 1.0);
        while low < high {
            let middle = ((low + high) / 2.0).floor();
            if enough(middle) {
                high = middle;
            } else {
                low = middle + 1.0;
            }
        }
        *sizes = with(high);
    }

    /// What a number is, where that is known.
    fn now(&self, id: InputId) -> Option<f64> {
        let band = self.inputs.get(id).band;
        band.is_point().then_some(band.likely)
    }

    /// Sets a number, and what follows it.
    fn put(&self, sizes: &mut Sizes, id: InputId, value: f64, resource: usize) {
        sizes.set(id, value, resource, false);
        if matches!(self.resources[resource].kind, Kind::Pool | Kind::Slots) {
            for other in self.following(id) {
                sizes.set(other, value, resource, true);
            }
        }
    }

    /// The connections that a process can open, where they are as many as this.
    fn following(&self, id: InputId) -> Vec<InputId> {
        let same = |other: &InputId| {
            ![id, self.app.replicas, self.app.processes].contains(other)
                && self.inputs.get(*other).band == self.inputs.get(id).band
        };
        let mut all: Vec<InputId> =
            self.resources.iter().filter_map(|it| it.asked.as_ref()).flat_map(Count::inputs).collect();
        all.retain(same);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Sizes such that each resource by itself is enough in this share of the cases.
    fn sizes(&self, cases: &[Case], level: f64) -> Sizes {
        let mut sizes = Sizes::default();
        let mut turn: Vec<usize> = (0..self.resources.len()).collect();
        turn.sort_by_key(|at| (order(self.resources[*at].kind), *at));
        for at in turn {
            let resource = &self.resources[at];
            match &resource.servers {
                Count::Cores { replicas, processes, cpus } => {
                    self.cores(&mut sizes, cases, level, at, [*replicas, *processes, *cpus]);
                }
                Count::Less(most, _) if refuses(resource) => self.room(&mut sizes, cases, at, *most),
                Count::Product(ids) if refuses(resource) => {
                    if let Some(most) = ids.last() {
                        self.room(&mut sizes, cases, at, *most);
                    }
                }
                Count::Product(ids) | Count::Half(ids) => {
                    if let Some(id) = self.knob(resource, ids) {
                        self.enough(&mut sizes, cases, level, at, id);
                    }
                }
                Count::Less(id, _) => self.enough(&mut sizes, cases, level, at, *id),
                Count::Sum(_) => {}
            }
        }
        sizes
    }

    /// What to have more of: the last factor, which belongs to the resource alone; where a process works on one request
    /// at a time, processes.
    fn knob(&self, resource: &Resource, ids: &[InputId]) -> Option<InputId> {
        let last = *ids.last()?;
        let one = resource.kind == Kind::Slots && self.now(last) == Some(1.0) && ids.contains(&self.app.processes);
        Some(if one { self.app.processes } else { last })
    }

    /// CPU of the application: processes up to the CPUs of a replica, then replicas. Where nobody knows the CPUs of a
    /// replica it has the likely number of them at most, and one for each process that needs it.
    fn cores(
        &self,
        sizes: &mut Sizes,
        cases: &[Case],
        level: f64,
        at: usize,
        [replicas, processes, cpus]: [InputId; 3],
    ) {
        let asked = quantile(&cases.iter().map(|case| self.processors(case)).collect::<Vec<_>>(), level);
        let known = self.now(cpus);
        let each = known.unwrap_or_else(|| self.inputs.get(cpus).band.likely).max(0.01);
        let (some, many) = (self.now(processes), self.now(replicas));
        let copies = up(asked / each).max(many.unwrap_or(1.0));
        let of_each = up(asked / copies).max(some.unwrap_or(1.0));
        if many != Some(copies) {
            sizes.set(replicas, copies, at, false);
        }
        if some != Some(of_each) {
            sizes.set(processes, of_each, at, false);
        }
        if known.is_none() {
            sizes.set(cpus, up(asked / copies).max(1.0), at, false);
        }
    }

    /// The CPUs that the application needs, and for event loops the processes with which a pool of the present size does.
    fn processors(&self, case: &Case) -> f64 {
        let mut most = case.asks(Hold::AppCpu);
        for resource in self.resources.iter().filter(|it| it.kind == Kind::Pool && self.app.looped) {
            let Count::Product(ids) = &resource.servers else { continue };
            let each = ids.last().map_or(LOOP_POOL, |id| self.inputs.get(*id).band.likely.max(LOOP_POOL));
            if each.is_finite() {
                let rate = convoy::lower(1.0, each, resource.hold.of(&case.demand), case.demand.held_cpu);
                most = most.max(case.need / rate);
            }
        }
        most
    }

    /// So many of one number that its resource is enough.
    fn enough(&self, sizes: &mut Sizes, cases: &[Case], level: f64, at: usize, id: InputId) {
        let resource = &self.resources[at];
        let of = |case: &Case| {
            let values = sizes.on(&case.values);
            let one = resource.servers.at(&values.clone().with(id, 1.0));
            let asked = case.asks(resource.hold);
            if resource.kind == Kind::Pool && self.app.looped {
                let processes = values[self.app.replicas] * values[self.app.processes];
                let (hold, cpu) = (resource.hold.of(&case.demand), case.demand.held_cpu);
                let free = processes - case.need * cpu / 1000.0;
                let loops = if free > 0.0 { case.need * (hold - cpu) / 1000.0 / free } else { f64::INFINITY };
                return loops.max(asked / one);
            }
            asked / one
        };
        let wanted = up(quantile(&cases.iter().map(of).collect::<Vec<_>>(), level)).max(1.0);
        let now = sizes.get(id).or_else(|| self.now(id));
        let pool = resource.kind == Kind::Pool;
        // A pool that asks for more than the database has is cut down to what fits, or to what is needed.
        let fits = now.filter(|now| pool && *now > wanted).and_then(|now| self.fitting(sizes, cases, now));
        let shrinks = fits.is_some();
        let wanted = wanted.max(fits.unwrap_or(0.0));
        if wanted.is_finite() && (shrinks || now.is_none_or(|now| now < wanted)) {
            self.put(sizes, id, wanted, at);
        }
    }

    /// The largest pool of which all together are no more than the database has room for, where the present one is.
    fn fitting(&self, sizes: &Sizes, cases: &[Case], now: f64) -> Option<f64> {
        let of = |case: &Case| {
            let values = sizes.on(&case.values);
            let full = self.resources.iter().filter(|it| refuses(it) && it.can_fill(&values));
            let fits = full.filter_map(|it| {
                let asked = it.asked.as_ref()?.at(&values);
                Some((it.servers.at(&values) * now / asked).floor())
            });
            fits.reduce(f64::min)
        };
        cases.iter().filter_map(of).reduce(f64::min)
    }

    /// Room for all connections that can be asked for at once.
    fn room(&self, sizes: &mut Sizes, cases: &[Case], at: usize, most: InputId) {
        let resource = &self.resources[at];
        let missing = |case: &Case| {
            let values = sizes.on(&case.values);
            let room = resource.servers.at(&values.clone().with(most, 1e9));
            resource.asked.as_ref().map_or(0.0, |it| it.at(&values)) + (1e9 - room)
        };
        let wanted = up(cases.iter().map(missing).fold(0.0, f64::max));
        if wanted.is_finite() && self.now(most).is_none_or(|now| now < wanted) {
            sizes.set(most, wanted, at, false);
        }
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
        let (mut random, mut of_goal) = (Pcg::new(SEED), Pcg::new(SEED ^ 1));
        let draw = |_| Case::of(model, model.inputs.draw(&mut random), self.goal, Some(of_goal.unit()));
        (0..DRAWS).filter_map(draw).collect()
    }

    /// Whether a model of this shape reaches the goal at its likely values.
    pub fn reached_by(&self, model: &Model) -> bool {
        let case = Case::of(model, model.inputs.likely(), self.goal, None);
        case.is_some_and(|case| model.reaches(&case, &case.values))
    }

    /// The share of draws in which a model of this shape reaches the goal.
    pub fn share_of(&self, model: &Model) -> f64 {
        let cases = self.cases(model);
        if cases.is_empty() { 0.0 } else { model.share(&cases, &Sizes::default()) }
    }
}

/// Whether it is a database, or a pooler, that refuses whom it has no connection for.
fn refuses(resource: &Resource) -> bool {
    resource.kind == Kind::Backends && resource.when_full == WhenFull::Reject && resource.asked.is_some()
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
        Kind::RateLimit => 10,
    }
}

/// The next whole number, but for what sums of fractions add.
fn up(value: f64) -> f64 {
    (value * (1.0 - SLACK)).ceil()
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut all = values.to_vec();
    all.sort_by(f64::total_cmp);
    let at = ((all.len().saturating_sub(1)) as f64 * share).ceil() as usize;
    all.get(at).copied().unwrap_or(0.0)
}
