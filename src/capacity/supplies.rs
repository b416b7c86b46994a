//! What a goal takes that no number of the files says: memory of processes, megabits of the line, and, where the user says
//! what things cost, money.

use super::band::{Band, Pcg};
use super::input::{InputId, Inputs, Values};
use super::model::Model;
use super::resource::Kind;
use super::sizing::{Size, Sizing, quantile};
use super::study::{DRAWS, SEED};
use crate::config::Prices;

/// Seconds of a mean month.
const MONTH: f64 = 365.25 / 12.0 * 86_400.0;

/// What supplies are worked out from, beside the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Supplies {
    /// The numbers.
    pub inputs: Inputs,
    /// Megabytes of one process of the application.
    pub process: InputId,
    /// Kilobytes of an answer.
    pub answer: InputId,
    /// The mean rate of requests over a month, as a share of the goal's.
    pub mean: InputId,
    /// Bytes that each container of the application may use, where a file or the user limits them.
    pub limit: Option<f64>,
}

/// A need: at the likely values, and what nine of ten draws need at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Needed {
    /// At the likely values.
    pub likely: f64,
    /// In nine of ten draws no more.
    pub safe: f64,
}

/// What one goal takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supply {
    /// Megabytes of all processes of the application.
    pub memory: Needed,
    /// Megabits a second to clients, with the headroom.
    pub line: Needed,
    /// Gigabytes to clients in a month.
    pub traffic: Needed,
    /// CPUs of the application and of its database.
    pub cpus: Needed,
}

/// What a goal costs in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// In all.
    pub all: Needed,
    /// What is in it: `4 CPUs`, `1.2 GB of memory`.
    pub of: Vec<(f64, &'static str)>,
}

impl Supplies {
    /// What a goal takes, with the sizes that it asks for.
    pub fn of(&self, sizing: &Sizing) -> Supply {
        let (first, safe) = (sizing.sized(|it: &Size| it.likely), sizing.sized(|it: &Size| it.safe));
        let processes = |model: &Model, values: &Values| values[model.app.replicas] * values[model.app.processes];
        let cpus = |model: &Model, values: &Values| {
            let counted = model.resources.iter().filter(|it| matches!(it.kind, Kind::AppCpu | Kind::DbCpu));
            counted.map(|it| it.servers.at(values)).sum::<f64>()
        };
        let (values, others) = (first.inputs.likely(), self.inputs.likely());
        let headroom = values[sizing.model.headroom].clamp(0.01, 1.0);
        let line = |rate: f64, own: &Values| rate * own[self.answer] * 8.0 / 1000.0 / headroom;
        let traffic = |rate: f64, own: &Values| rate * own[self.mean] * own[self.answer] * MONTH / 1e6;
        let (mut one, mut other, mut third) = (Pcg::new(SEED), Pcg::new(SEED ^ 2), Pcg::new(SEED ^ 1));
        let mut draws: [Vec<f64>; 4] = Default::default();
        for _ in 0..DRAWS {
            let (values, own) = (safe.inputs.draw(&mut one), self.inputs.draw(&mut other));
            let rate = sizing.rate.at(third.unit());
            let drawn = [
                processes(&safe, &values) * own[self.process],
                line(rate, &own),
                traffic(rate, &own),
                cpus(&safe, &values),
            ];
            draws.iter_mut().zip(drawn).for_each(|(all, it)| all.push(it));
        }
        let [memory, lines, traffics, all_cpus] = draws.map(|all| quantile(&all, super::SAFE));
        let needed = |likely: f64, safe: f64| Needed { likely, safe: safe.max(likely) };
        let rate = sizing.rate.likely;
        Supply {
            memory: needed(processes(&first, &values) * others[self.process], memory),
            line: needed(line(rate, &others), lines),
            traffic: needed(traffic(rate, &others), traffics),
            cpus: needed(cpus(&first, &values), all_cpus),
        }
    }
}

impl Supply {
    /// What that costs in a month, with so many bytes stored; nothing where no price is known of anything in it.
    pub fn cost(&self, prices: &Prices, stored: Option<Band>) -> Option<Cost> {
        let storage = stored.map(|it| Needed { likely: it.likely / 1e9, safe: it.high / 1e9 });
        let gigabytes = Needed { likely: self.memory.likely / 1000.0, safe: self.memory.safe / 1000.0 };
        let all = [
            (prices.cpu, Some(self.cpus), "CPUs"),
            (prices.memory, Some(gigabytes), "GB of memory"),
            (prices.storage, storage, "GB of storage"),
            (prices.traffic, Some(self.traffic), "GB of traffic"),
        ];
        let known = all.into_iter().filter_map(|(price, needed, what)| Some((price?, needed?, what)));
        let mut cost = Cost { all: Needed { likely: 0.0, safe: 0.0 }, of: Vec::new() };
        for (price, needed, what) in known {
            cost.all.likely += price * needed.likely;
            cost.all.safe += price * needed.safe;
            cost.of.push((price, what));
        }
        (!cost.of.is_empty()).then_some(cost)
    }
}
