//! The smallest sizes that reach a goal: what each resource asks for by itself, in the order in which one number asks for
//! the next, and then cut down until nothing in it can be one less.

use super::{Case, SLACK, order, quantile, up};
use crate::capacity::convoy;
use crate::capacity::input::{InputId, Values};
use crate::capacity::model::Model;
use crate::capacity::resource::{Count, Hold, Kind, Resource, WhenFull};

/// Event loops get processes enough for a pool of this size or of the present one to do: SQLAlchemy's default. Short of
/// that, connections wait for the loop, and no pool is large enough.
const LOOP_POOL: f64 = 15.0;
/// The numbers that were set, each with the resource that asked for it and whether it only follows another.
#[derive(Clone, Debug, Default)]
pub(super) struct Sizes(pub(super) Vec<(InputId, f64, usize, bool)>);

impl Sizes {
    pub(super) fn get(&self, id: InputId) -> Option<f64> {
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
    /// Whether the capacity comes to what is needed, and the database is not asked for more connections than it has.
    pub(super) fn reaches(&self, case: &Case, values: &Values) -> bool {
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
            if resource.kind != Kind::Pool {
                return true;
            }
            let processes = values[self.app.replicas] * values[self.app.processes];
            let each = case.pool(resource.hold, self.about_pool(resource, values), self.app.looped);
            if servers < each * processes * (1.0 - SLACK) {
                return false;
            }
            if !self.app.looped {
                return true;
            }
            let low = convoy::lower(processes, servers / processes.max(1.0), hold, case.demand.held_cpu);
            low >= case.need * (1.0 - SLACK)
        })
    }

    /// The processes, the requests that each works on at once, and the connections of each one's pool as it is; without
    /// limit where nobody knows them or there are none.
    fn about_pool(&self, resource: &Resource, values: &Values) -> [f64; 3] {
        let processes = (values[self.app.replicas] * values[self.app.processes]).max(1.0);
        let slots = self.resources.iter().filter(|it| it.kind == Kind::Slots);
        let slots = slots.map(|it| it.servers.at(values)).fold(f64::INFINITY, f64::min) / processes;
        let last = resource.reads().last().copied();
        let now = last.and_then(|id| self.now(id)).filter(|it| *it > 0.0).unwrap_or(f64::INFINITY);
        [processes, slots, now]
    }

    /// The share of cases in which these sizes reach what is needed.
    pub(super) fn share(&self, cases: &[Case], sizes: &Sizes) -> f64 {
        let reached = cases.iter().filter(|case| self.reaches(case, &sizes.on(&case.values))).count();
        reached as f64 / cases.len() as f64
    }

    /// The smallest sizes that reach it in this share of the cases.
    pub(super) fn solve(&self, cases: &[Case], level: f64) -> Sizes {
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

    /// The connections that a process can open, where they are as many as this and have no other number of their own.
    fn following(&self, id: InputId) -> Vec<InputId> {
        let held: Vec<InputId> = self.resources.iter().flat_map(Resource::reads).collect();
        let same = |other: &InputId| {
            ![id, self.app.replicas, self.app.processes].contains(other)
                && !held.contains(other)
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
                Count::Less(most, _) if resource.asked.is_some() => self.room(&mut sizes, cases, at, *most),
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
                Count::Sum(_) | Count::Split(..) => {}
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
            if resource.kind == Kind::Pool {
                let processes = values[self.app.replicas] * values[self.app.processes];
                let each = case.pool(resource.hold, self.about_pool(resource, &values), self.app.looped);
                if !self.app.looped {
                    return each * processes / one;
                }
                let (hold, cpu) = (resource.hold.of(&case.demand), case.demand.held_cpu);
                let free = processes - case.need * cpu / 1000.0;
                let loops = if free > 0.0 { case.need * (hold - cpu) / 1000.0 / free } else { f64::INFINITY };
                return loops.max(each * processes / one);
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

/// Whether it is a database, or a pooler, that refuses whom it has no connection for.
pub(super) fn refuses(resource: &Resource) -> bool {
    resource.kind == Kind::Backends && resource.when_full == WhenFull::Reject && resource.asked.is_some()
}
