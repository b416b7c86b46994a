//! The same model many times, each unknown drawn: how wide the answer is, and what binds how often.

use super::band::{Band, Pcg};
use super::cliff::Cliff;
use super::input::{InputId, Values};
use super::model::Model;

/// How often the unknown numbers are drawn.
pub(super) const DRAWS: usize = 2000;
/// Where the generator starts: the same tree, the same bytes.
pub(super) const SEED: u64 = 0x0070_6c69_6d73_6f6c;
/// A cliff that fewer draws than this share of them meet is no word worth: which they are is chance.
const RARE: f64 = 0.01;
/// The share of draws from which on a bottleneck is named without reserve.
const CLEAR: f64 = 0.6;

/// How often a resource binds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Its place in the model.
    pub resource: usize,
    /// The share of draws (0 to 1).
    pub share: f64,
}

/// What binds.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// This resource, in at least six of ten draws.
    Clear(usize),
    /// Nobody knows: none binds in six of ten. With the input whose value would settle it soonest, if one would.
    Undetermined(Option<InputId>),
    /// Nothing that is known has an end.
    Nothing,
}

/// What many draws of a model come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Requests a second to count on: the 10th percentile, at the likely values, the 90th percentile.
    pub rate: Band,
    /// The users at the headroom, when a think time is known.
    pub users: Option<Band>,
    /// How often each resource binds, the most frequent first.
    pub shares: Vec<Share>,
    /// What binds.
    pub verdict: Verdict,
    /// What rejects at the likely values, the worst first.
    pub cliffs: Vec<Cliff>,
    /// Of each of them the share of draws in which it can be met at all (0 to 1).
    pub met: Vec<f64>,
}

struct Drawn {
    values: Values,
    rate: f64,
    users: f64,
    binds: Option<usize>,
}

impl Model {
    /// Draws what is not known, and says what comes of it.
    pub fn study(&self) -> Study {
        let mut random = Pcg::new(SEED);
        let mut possible = vec![0_usize; self.resources.len()];
        let draws: Vec<Drawn> = (0..DRAWS)
            .map(|_| {
                let values = self.inputs.draw(&mut random);
                let bounds = self.bounds(&values);
                for cliff in self.cliffs(&values, &bounds) {
                    possible[cliff.resource] += 1;
                }
                let users = self.think.map_or(0.0, |z| bounds.users(values[z], values[self.headroom]));
                let binds = bounds.bottleneck().map(|it| it.resource);
                Drawn { rate: bounds.capacity(), users, binds, values }
            })
            .collect();
        let likely = self.inputs.likely();
        let bounds = self.bounds(&likely);
        let around = |of: &dyn Fn(&Drawn) -> f64, middle: f64| {
            let mut all: Vec<f64> = draws.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
            let (low, high) = (at(0.1), at(0.9));
            // The likely values may together lie outside of what most draws come to: they are no draw.
            Band { low: low.min(middle), likely: middle, high: high.max(middle) }
        };
        let shares = self.shares(&draws);
        let verdict = match shares.first() {
            None => Verdict::Nothing,
            Some(first) if first.share >= CLEAR => Verdict::Clear(first.resource),
            Some(_) => Verdict::Undetermined(self.settling(&draws)),
        };
        // A cliff that only some draws meet is named too: what is left open is said, never passed over.
        let mut cliffs = self.cliffs(&likely, &bounds);
        for (resource, times) in possible.iter().enumerate() {
            if *times as f64 >= RARE * DRAWS as f64 && !cliffs.iter().any(|it| it.resource == resource) {
                let values = draws.iter().map(|it| &it.values).find(|values| self.resources[resource].can_fill(values));
                let found = values.map(|values| self.cliffs(values, &self.bounds(values)));
                cliffs.extend(found.into_iter().flatten().filter(|it| it.resource == resource));
            }
        }
        let met = cliffs.iter().map(|it| possible[it.resource] as f64 / DRAWS as f64).collect();
        let users = self.think.map(|z| around(&|it| it.users, bounds.users(likely[z], likely[self.headroom])));
        Study { rate: around(&|it| it.rate, bounds.capacity()), users, shares, verdict, cliffs, met }
    }

    fn shares(&self, draws: &[Drawn]) -> Vec<Share> {
        let mut shares: Vec<Share> = counts(self.resources.len(), draws.iter())
            .into_iter()
            .enumerate()
            .filter(|(_, times)| *times > 0)
            .map(|(resource, times)| Share { resource, share: times as f64 / draws.len() as f64 })
            .collect();
        shares.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.resource.cmp(&b.resource)));
        shares
    }

    /// The unknown input after whose measurement one resource binds in most draws: the draws are cut into thirds by its
    /// value, and the largest share of each third is averaged.
    fn settling(&self, draws: &[Drawn]) -> Option<InputId> {
        let mut best: Option<(f64, InputId)> = None;
        for (id, input) in self.inputs.iter().filter(|(_, input)| !input.band.is_point()) {
            let mut order: Vec<&Drawn> = draws.iter().collect();
            order.sort_by(|a, b| a.values[id].total_cmp(&b.values[id]));
            let third = order.len().div_ceil(3);
            let purity: f64 = order
                .chunks(third)
                .map(|part| counts(self.resources.len(), part.iter().copied()).into_iter().max().unwrap_or(0))
                .sum::<usize>() as f64
                / draws.len() as f64;
            if input.key.is_some() && best.is_none_or(|(most, _)| purity > most + 1e-9) {
                best = Some((purity, id));
            }
        }
        best.map(|(_, id)| id)
    }
}

fn counts<'a>(resources: usize, draws: impl Iterator<Item = &'a Drawn>) -> Vec<usize> {
    let mut out = vec![0; resources];
    for resource in draws.filter_map(|it| it.binds) {
        out[resource] += 1;
    }
    out
}
