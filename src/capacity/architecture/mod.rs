//! Parts that a deployment has not got: a second container of the application, a copy of the database for reading, a cache,
//! a pooler, Sentinels for Redis. Each is put into the model, and the model is worked out again.
//!
//! What a part does to the model is said here and nowhere else ([`Offer::put`]); which parts could be added is read from the
//! stack (`from_stack`). The order is greedy, as the plan's: what stops requests from failing first, then what gains most
//! for its effort. A gain is drawn, too: every draw is worked out with and without the part, so that what nobody knows of
//! both drops out of the ratio.

#[cfg(test)]
mod tests;

use super::band::{Band, Pcg};
use super::demand::Cached;
use super::input::{Input, InputId};
use super::model::Model;
use super::resource::{Count, Hold, Kind, Resource, WhenFull};
use super::sizing::quantile;
use super::study::{DRAWS, SEED};

/// Gains smaller than this are none.
const NOTICED: f64 = 0.005;

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// PgBouncer, by transaction.
    Pooler,
    /// A second container of the application, and what balances between the two.
    Replica,
    /// A cache of what queries find.
    Cache,
    /// A copy of the database that answers queries which only read.
    ReadReplica,
    /// A second Redis server, and Sentinels that put it in the place of the first.
    Sentinel,
}

impl Part {
    /// The hours that it takes a person, for the order.
    fn hours(self) -> f64 {
        match self {
            Part::Pooler => 4.0,
            Part::Replica => 8.0,
            Part::Cache | Part::Sentinel => 16.0,
            Part::ReadReplica => 24.0,
        }
    }
}

/// A part that could be added to what an application's requests pass through.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The part.
    pub part: Part,
    /// What it is put beside: the service, the database, the Redis server.
    pub owner: Box<str>,
    /// The numbers that it brings along, in the order in which [`Offer::put`] asks for them.
    pub inputs: Vec<Input>,
    /// For how long a request would hold a connection of a pooler.
    pub hold: Hold,
    /// What must be so before it works, as the files show it, each a sentence.
    pub needs: Vec<Box<str>>,
}

/// What an application comes to, with or without a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Requests a second: the 10th percentile, at the likely values, the 90th.
    pub rate: Band,
    /// What binds at the likely values.
    pub binds: Option<(Kind, Box<str>)>,
    /// What refuses connections that can be asked for: whose it is, how many can be asked for, and how many there are.
    pub failing: Vec<(Box<str>, f64, f64)>,
}

/// A part, and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The place of the deployment.
    pub stack: usize,
    /// The application.
    pub app: Box<str>,
    /// The part.
    pub offer: Offer,
    /// Before it, with all fixes made and the parts that stand before it.
    pub before: Reach,
    /// After it.
    pub after: Reach,
    /// Requests a second after it by those before it, draw by draw: 1 for no gain.
    pub gain: Band,
    /// The same with it alone, of what there is now.
    pub alone: Band,
    /// What it lifts that does not bind before it, and the requests a second at which that gives out.
    pub lifts: Vec<(Kind, Box<str>, f64)>,
    /// Connections that may be asked for, and the room for them, where it is a pooler's.
    pub asked: Option<(f64, f64)>,
    /// Whether it is among those to make for the load.
    pub made: bool,
    /// The share of the capacity at which the load is to be carried.
    pub headroom: f64,
}

impl Offer {
    /// Puts the part into a model.
    fn put(&self, model: &mut Model) {
        let ids = self.ids(model);
        match (self.part, ids.as_slice()) {
            (Part::Replica, _) => {
                let band = &mut model.inputs.get_mut(model.app.replicas).band;
                *band = Band::point(band.likely + 1.0);
            }
            (Part::ReadReplica, [reads]) => {
                for resource in model.resources.iter_mut().filter(|it| it.kind == Kind::DbCpu && it.owner == self.owner)
                {
                    if let Count::Product(ids) = &resource.servers {
                        resource.servers = Count::Split(ids.clone(), *reads);
                    }
                }
            }
            (Part::Cache, [hits, time, cpu]) => {
                let cached = Some(Cached { hits: *hits, time: *time, cpu: *cpu });
                model.work.cached = cached;
                if let Some(slow) = &mut model.slow {
                    slow.work.cached = cached;
                }
            }
            (Part::Pooler, _) => {
                for resource in model.resources.iter_mut().filter(|it| refused_by(it, &self.owner)) {
                    resource.kind = Kind::Pooler;
                    resource.hold = self.hold;
                    resource.when_full = WhenFull::Queue { timeout: None };
                    resource.asked = None;
                    resource.owner = "pgbouncer".into();
                }
            }
            _ => {}
        }
    }

    /// Its numbers among those of a model, put there where they are not yet.
    fn ids(&self, model: &mut Model) -> Vec<InputId> {
        let of = |input: &Input| {
            let known = model.inputs.by_symbol(&input.symbol);
            known.unwrap_or_else(|| model.inputs.add(input.clone()))
        };
        self.inputs.iter().map(of).collect()
    }
}

/// Whether it is a database that refuses whom it has no connection for.
fn refused_by(resource: &Resource, database: &str) -> bool {
    resource.kind == Kind::Backends && resource.when_full == WhenFull::Reject && *resource.owner == *database
}

/// The models of an application, all with the same numbers in the same places.
struct Chain<'a> {
    offers: &'a [Offer],
    /// As it is, and with all fixes made.
    now: Model,
    then: Model,
    /// How many of the numbers are the model's own.
    own: [usize; 2],
}

/// What the parts do to one application: `now` as it is, `then` with all fixes made.
pub(super) fn add(stack: usize, now: &Model, then: &Model, offers: &[Offer]) -> Vec<Added> {
    let own = [now, then].map(|it| it.inputs.iter().count());
    let mut chain = Chain { offers, now: now.clone(), then: then.clone(), own };
    for offer in offers {
        offer.ids(&mut chain.now);
        offer.ids(&mut chain.then);
    }
    chain.added(stack)
}

impl Chain<'_> {
    fn added(&self, stack: usize) -> Vec<Added> {
        let mut open: Vec<usize> = (0..self.offers.len()).collect();
        let mut made: Vec<usize> = Vec::new();
        let mut out: Vec<Added> = Vec::new();
        while let Some(at) = self.best(&made, &open) {
            open.retain(|it| *it != at);
            out.push(self.one(stack, &made, at, true));
            made.push(at);
        }
        let left = open.into_iter().map(|at| self.one(stack, &made, at, false));
        // A pooler is for pools that ask for more than there is: where they never do, it is none of the advice.
        out.extend(left.filter(|it| it.offer.part != Part::Pooler));
        out
    }

    /// The part to add next: what mends, then what gains most for its effort. A part that makes pools ask for more than
    /// there is waits for the pooler that makes room for them.
    fn best(&self, made: &[usize], open: &[usize]) -> Option<usize> {
        let before = self.with(&self.then, made);
        let worth = |at: usize| {
            let after = self.with(&self.then, &beside(made, at));
            (
                failing(&before).len() as isize - failing(&after).len() as isize,
                (capacity(&after) / capacity(&before)).ln(),
            )
        };
        let gains = |gain: f64| gain.is_finite() && gain > NOTICED;
        let worths: Vec<(usize, isize, f64)> = open
            .iter()
            .map(|at| {
                let (mends, gain) = worth(*at);
                (*at, mends, gain)
            })
            .collect();
        let good = worths.iter().filter(|(_, mends, gain)| *mends > 0 || (*mends == 0 && gains(*gain)));
        let by_effort = |it: &&(usize, isize, f64)| it.2 / self.offers[it.0].part.hours();
        let best = good.max_by(|a, b| a.1.cmp(&b.1).then(by_effort(a).total_cmp(&by_effort(b))).then(b.0.cmp(&a.0)));
        best.map(|it| it.0).or_else(|| {
            let pooler = open.iter().copied().find(|at| self.offers[*at].part == Part::Pooler)?;
            let waits = worths.iter().any(|(_, mends, gain)| *mends < 0 && gains(*gain));
            waits.then_some(pooler)
        })
    }

    fn with(&self, model: &Model, parts: &[usize]) -> Model {
        let mut model = model.clone();
        parts.iter().for_each(|at| self.offers[*at].put(&mut model));
        model
    }

    fn one(&self, stack: usize, made: &[usize], at: usize, is_made: bool) -> Added {
        let offer = &self.offers[at];
        let before = self.with(&self.then, made);
        let after = self.with(&self.then, &beside(made, at));
        let alone = self.with(&self.now, &[at]);
        let [own_now, own_then] = self.own;
        let (old, new) = (drawn(&before, own_then), drawn(&after, own_then));
        let (was, single) = (drawn(&self.now, own_now), drawn(&alone, own_now));
        let values = before.inputs.likely();
        let refusing = before.resources.iter().find(|it| refused_by(it, &offer.owner));
        Added {
            stack,
            app: before.app.name.clone(),
            offer: offer.clone(),
            gain: ratio(&old, &new, capacity(&after) / capacity(&before)),
            alone: ratio(&was, &single, capacity(&alone) / capacity(&self.now)),
            lifts: lifts(&before, &after),
            asked: refusing.filter(|_| offer.part == Part::Pooler).map(|it| {
                let most = it.asked.as_ref().map_or(f64::INFINITY, |asked| asked.at(&values));
                (most, it.servers.at(&values))
            }),
            made: is_made,
            headroom: values[before.headroom],
            before: reach(&before, &old),
            after: reach(&after, &new),
        }
    }
}

fn beside(made: &[usize], at: usize) -> Vec<usize> {
    made.iter().copied().chain([at]).collect()
}

fn capacity(model: &Model) -> f64 {
    model.bounds(&model.inputs.likely()).capacity()
}

/// What refuses connections that can be asked for.
fn failing(model: &Model) -> Vec<(Box<str>, f64, f64)> {
    let values = model.inputs.likely();
    let refuses = |it: &&Resource| it.kind == Kind::Backends && it.when_full == WhenFull::Reject;
    let full = model.resources.iter().filter(refuses).filter(|it| it.can_fill(&values));
    let asked = |it: &Resource| it.asked.as_ref().map_or(f64::INFINITY, |asked| asked.at(&values));
    full.map(|it| (it.owner.clone(), asked(it), it.servers.at(&values))).collect()
}

fn reach(model: &Model, rates: &[f64]) -> Reach {
    let bounds = model.bounds(&model.inputs.likely());
    let of = |at: usize| (model.resources[at].kind, model.resources[at].owner.clone());
    Reach {
        rate: band(rates, bounds.capacity()),
        binds: bounds.bottleneck().map(|it| of(it.resource)),
        failing: failing(model),
    }
}

/// What a part makes more of, or held for a shorter time, save what binds before it.
fn lifts(before: &Model, after: &Model) -> Vec<(Kind, Box<str>, f64)> {
    let (old, new) = (before.bounds(&before.inputs.likely()), after.bounds(&after.inputs.likely()));
    let name = |model: &Model, at: usize| (model.resources[at].kind, model.resources[at].owner.clone());
    let first = old.bottleneck().map(|it| it.resource);
    let lifted = old.all.iter().filter(|it| Some(it.resource) != first && it.rate.is_finite()).filter_map(|it| {
        let (kind, owner) = name(before, it.resource);
        let same = new.all.iter().find(|other| name(after, other.resource) == (kind, owner.clone()))?;
        (same.rate > it.rate * (1.0 + NOTICED)).then_some((kind, owner, it.rate))
    });
    lifted.collect()
}

/// The capacity in each draw: the model's own numbers as the study draws them, what the parts bring along by a generator of
/// its own, so that both models of a pair are drawn alike.
fn drawn(model: &Model, own: usize) -> Vec<f64> {
    let (mut first, mut rest) = (Pcg::new(SEED), Pcg::new(SEED ^ 3));
    (0..DRAWS).map(|_| model.bounds(&model.inputs.draw_apart(own, &mut first, &mut rest)).capacity()).collect()
}

fn ratio(before: &[f64], after: &[f64], likely: f64) -> Band {
    let of = |(a, b): (&f64, &f64)| if *a > 0.0 && a.is_finite() && b.is_finite() { b / a } else { 1.0 };
    let all: Vec<f64> = before.iter().zip(after).map(of).collect();
    band(&all, if likely.is_finite() { likely } else { 1.0 })
}

fn band(all: &[f64], likely: f64) -> Band {
    Band { low: quantile(all, 0.1).min(likely), likely, high: quantile(all, 0.9).max(likely) }
}
