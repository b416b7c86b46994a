//! What a load asks for beside requests: background tasks and open WebSockets. Each has a room of its own, which no request
//! passes through: a worker holds a task for as long as it takes, and a WebSocket holds its connections for as long as it is
//! open.

use super::band::{Band, Pcg};
use super::demand::Demand;
use super::input::{InputId, Inputs, Values};
use super::model::Model;
use super::resource::Count;
use super::sizing::{Goal, quantile};
use super::study::{DRAWS, SEED};

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Places of workers, by background tasks.
    Tasks,
    /// Connections of a proxy, by WebSockets.
    Sockets,
}

/// What there is for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What is held.
    pub what: Held,
    /// Whose it is: the service.
    pub owner: Box<str>,
    /// The numbers.
    pub inputs: Inputs,
    /// How many there are at once.
    pub room: Count,
    /// For how many seconds a task holds its place; nothing for sockets, and where nobody says.
    pub time: Option<InputId>,
    /// How many each request starts, or each user keeps open, where somebody says.
    pub each: Option<InputId>,
}

/// What a goal asks of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Tasks a second, or open sockets, at the likely values.
    pub load: f64,
    /// How many must be there at once, at the likely values and with the headroom.
    pub likely: f64,
    /// The same in nine of ten draws.
    pub safe: f64,
    /// The share of draws in which what there is is enough (0 to 1).
    pub enough: f64,
}

impl Beside {
    /// How many there are at once: the 10th percentile, at the likely values, the 90th.
    pub fn at_once(&self) -> Band {
        self.band(|values| self.room.at(values))
    }

    /// Tasks a second that the workers get through; nothing where nobody says how long one takes.
    pub fn rate(&self) -> Option<Band> {
        let time = self.time?;
        Some(self.band(|values| self.room.at(values) / values[time].max(1e-9)))
    }

    fn band(&self, of: impl Fn(&Values) -> f64) -> Band {
        let mut random = Pcg::new(SEED);
        let all: Vec<f64> = (0..DRAWS).map(|_| of(&self.inputs.draw(&mut random))).collect();
        let likely = of(&self.inputs.likely());
        Band { low: quantile(&all, 0.1).min(likely), likely, high: quantile(&all, 0.9).max(likely) }
    }

    /// What a goal of the application asks for; nothing where nobody says how much each request or user takes, and where a
    /// goal of requests says nothing of users.
    pub fn asked(&self, app: &Model, goal: Goal) -> Option<Asked> {
        let each = self.each?;
        let of = |values: &Values, own: &Values, u: Option<f64>| {
            let demand: Demand = app.demand(values);
            let load = own[each]
                * match (self.what, goal) {
                    (Held::Tasks, goal) => goal.rate(app, values, &demand, u)?,
                    (Held::Sockets, Goal::Users(users) | Goal::Usage(users, _)) => users,
                    (Held::Sockets, Goal::Rate(_)) => return None,
                };
            let hold = match self.what {
                Held::Tasks => own[self.time?],
                Held::Sockets => 1.0,
            };
            Some((load, load * hold / values[app.headroom].clamp(0.01, 1.0)))
        };
        let (load, likely) = of(&app.inputs.likely(), &self.inputs.likely(), None)?;
        let (mut one, mut other, mut third) = (Pcg::new(SEED), Pcg::new(SEED ^ 2), Pcg::new(SEED ^ 1));
        let (mut asked, mut enough) = (Vec::with_capacity(DRAWS), 0);
        for _ in 0..DRAWS {
            let (values, own) = (app.inputs.draw(&mut one), self.inputs.draw(&mut other));
            let (_, at_once) = of(&values, &own, Some(third.unit()))?;
            enough += usize::from(self.room.at(&own) >= at_once);
            asked.push(at_once);
        }
        let up = |value: f64| (value - 1e-9).ceil();
        Some(Asked {
            load,
            likely: up(likely),
            safe: up(quantile(&asked, super::SAFE)),
            enough: f64::from(enough as u32) / DRAWS as f64,
        })
    }
}
