//! How much load each application takes, as rows: the answer in sentences, cliffs, bounds, the curve, and every number
//! that it rests on.
//!
//! Figures are rounded to what the model can know: two digits while service times are unknown, three when they are not.

mod rows;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

pub(super) use rows::{assumed, unit};
pub(super) use words::{named, number};

use super::mask::clean;
use super::{Place, Report, View};
use crate::capacity::{Band, Model, Study, Verdict, from_stacks};
use crate::config::Assume;
use crate::source::Sources;

/// A figure with its bounds. What nothing limits is infinite, and `null` in JSON, which has no such number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Range {
    /// Nine of ten draws of what is not known come to more.
    #[schemars(schema_with = "number_or_null")]
    pub low: f64,
    /// With every number at its likely value.
    #[schemars(schema_with = "number_or_null")]
    pub likely: f64,
    /// Nine of ten draws come to less.
    #[schemars(schema_with = "number_or_null")]
    pub high: f64,
}

impl Range {
    /// With two digits, as figures are known whose service times are not.
    pub(in crate::view) fn of(band: Band) -> Self {
        Self { low: rounded(band.low, 2), likely: rounded(band.likely, 2), high: rounded(band.high, 2) }
    }
}

fn number_or_null(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": ["number", "null"] })
}

/// How much load one application takes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Capacity {
    /// The deployment.
    pub stack: String,
    /// The service.
    pub service: String,
    /// `error` when requests are known to fail before anything else gives out, else `fine`.
    pub state: String,
    /// The answer in sentences.
    pub answer: Vec<String>,
    /// Requests a second to count on.
    pub rate: Range,
    /// Users at the headroom; only when a think time is stated.
    pub users: Option<Range>,
    /// `clear`, `undetermined`, or `nothing` where nothing that is known has an end.
    pub verdict: String,
    /// What rejects requests, the worst first.
    pub cliffs: Vec<CliffRow>,
    /// The bounds at the likely values, the smallest first.
    pub bounds: Vec<BoundRow>,
    /// Throughput and response time against users; only when a think time is stated.
    pub loads: Vec<LoadRow>,
    /// The same from one user to two and a half times the knee, in about forty steps, for a drawing.
    #[serde(skip)]
    pub curve: Vec<LoadRow>,
    /// What is assumed: by the user, or because nobody says it.
    pub assumptions: Vec<InputRow>,
    /// What is read in the files.
    pub facts: Vec<InputRow>,
    /// What is left out because nobody knows it.
    pub open: Vec<String>,
}

/// Something that rejects requests.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CliffRow {
    /// What gives out: `connections of the database postgres`.
    pub resource: String,
    /// What happens, in a sentence.
    pub text: String,
    /// How many there are.
    pub room: f64,
    /// The most that may be asked for at once; nothing when that has no limit.
    pub asked: Option<f64>,
    /// The requests a second at which all are held, at the likely values.
    pub rate: f64,
    /// `certain` when it can be met whatever the unknown numbers are, `possible` when with some.
    pub certainty: String,
    /// Where its numbers are written.
    pub places: Vec<Place>,
}

/// The bound of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BoundRow {
    /// Its name: `worker slots of web`.
    pub resource: String,
    /// What happens when all are held: `wait` or `fail`.
    pub when_full: String,
    /// How many there are.
    pub servers: f64,
    /// What that is worked out from, in words.
    pub because: Vec<String>,
    /// For how many milliseconds each request holds one.
    pub hold: f64,
    /// The formula of that.
    pub formula: String,
    /// The requests a second: servers by hold.
    pub rate: f64,
    /// The share of draws in which it is the smallest (0 to 1).
    pub binds: f64,
    /// Where its numbers are written.
    pub places: Vec<Place>,
}

/// What happens under a number of users.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LoadRow {
    /// The users.
    pub users: usize,
    /// Requests a second.
    pub rate: f64,
    /// The mean response time in milliseconds.
    pub response: f64,
    /// What binds; nothing while the users ask for no more.
    pub binds: Option<String>,
    /// The cliffs that are met, each by what gives out.
    pub fails: Vec<String>,
}

/// A number that the model rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct InputRow {
    /// What it is called in formulae.
    pub symbol: String,
    /// What it is, in words.
    pub what: String,
    /// Its value, or low, likely and high, with the unit.
    pub value: String,
    /// Why that: whose default, which key, what is usual.
    pub because: String,
    /// How a better one is said, if it can be: `--assume d=8ms`.
    pub better: Option<String>,
    /// Where it is written.
    pub places: Vec<Place>,
}

impl View {
    /// The same with how much load each application takes, under what the user assumes of the world.
    #[must_use]
    pub fn with_capacity(mut self, report: &Report, assume: &Assume) -> Self {
        let models = from_stacks(&report.stacks, assume);
        let of = |(stack, models): (&crate::stack::Stack, Vec<Model>)| {
            models.into_iter().map(|model| Capacity::of(&report.sources, &stack.name, &model)).collect::<Vec<_>>()
        };
        self.capacity = report.stacks.iter().zip(models).flat_map(of).collect();
        self
    }
}

/// A bound that is so many times the smallest is only named.
const FAR: f64 = 20.0;

impl Capacity {
    /// The bounds near the smallest, and the names of those that are more than twenty times as far off.
    pub fn near_and_far(&self) -> (Vec<&BoundRow>, Vec<&str>) {
        let most = self.bounds.first().map_or(f64::INFINITY, |it| FAR * it.rate);
        let (near, far): (Vec<&BoundRow>, Vec<&BoundRow>) = self.bounds.iter().partition(|row| row.rate <= most);
        let mut far: Vec<&str> = far.into_iter().map(|row| row.resource.as_str()).collect();
        far.dedup();
        (near, far)
    }

    fn of(sources: &Sources, stack: &str, model: &Model) -> Self {
        let study = model.study();
        let values = model.inputs.likely();
        let bounds = model.bounds(&values);
        let teller = Teller { sources, model, study: &study, bounds: &bounds, values: &values };
        let (assumptions, facts) = teller.inputs();
        Self {
            stack: clean(stack).into_owned(),
            service: clean(&model.app.name).into_owned(),
            state: if teller.in_error() { "error" } else { "fine" }.to_owned(),
            answer: teller.answer(),
            rate: teller.range(study.rate),
            users: study.users.map(|users| teller.range(users)),
            verdict: match study.verdict {
                Verdict::Clear(_) => "clear",
                Verdict::Undetermined(_) => "undetermined",
                Verdict::Nothing => "nothing",
            }
            .to_owned(),
            cliffs: teller.cliffs(),
            bounds: teller.bounds(),
            loads: teller.loads(),
            curve: teller.curve(),
            assumptions,
            facts,
            open: model.open.iter().map(|it| clean(it).into_owned()).collect(),
        }
    }
}

/// A curve at evenly spaced numbers of users, from none on.
#[derive(Clone, Debug, PartialEq)]
pub struct EvenCurve {
    /// The last number of users.
    pub users: f64,
    /// Requests a second.
    pub rates: Vec<f64>,
    /// Mean response times, in milliseconds.
    pub responses: Vec<f64>,
}

impl Capacity {
    /// The curve in so many even steps, for drawings that know no other; nothing where no think time is stated.
    pub fn even_curve(&self, steps: u32) -> Option<EvenCurve> {
        let (first, last) = (self.curve.first()?, self.curve.last()?);
        let users = last.users as f64;
        if last.users <= first.users || !self.curve.iter().all(|it| it.rate.is_finite() && it.response.is_finite()) {
            return None;
        }
        let at = |step: u32, of: &dyn Fn(&LoadRow) -> f64| {
            let wanted = users * f64::from(step) / f64::from(steps);
            let above = self.curve.iter().position(|it| it.users as f64 >= wanted).unwrap_or(0);
            let (left, right) = (&self.curve[above.saturating_sub(1)], &self.curve[above]);
            let width = right.users.saturating_sub(left.users) as f64;
            let share = if width > 0.0 { ((wanted - left.users as f64) / width).clamp(0.0, 1.0) } else { 1.0 };
            rounded(of(left) * (1.0 - share) + of(right) * share, 3)
        };
        let rate = |step| if step == 0 { 0.0 } else { at(step, &|it| it.rate) };
        let rates = (0..=steps).map(rate).collect();
        let responses = (0..=steps).map(|step| at(step, &|it| it.response)).collect();
        Some(EvenCurve { users, rates, responses })
    }
}

/// What a capacity is told from.
struct Teller<'a> {
    sources: &'a Sources,
    model: &'a Model,
    study: &'a Study,
    bounds: &'a crate::capacity::Bounds,
    values: &'a crate::capacity::Values,
}

/// A number with so many digits that count.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(digits - 1 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn figures_have_the_digits_that_are_known() {
        assert_eq!(rounded(78.41, 2), 78.0);
        assert_eq!(rounded(1184.0, 2), 1200.0);
        assert_eq!(rounded(0.0377, 2), 0.038);
        assert_eq!(rounded(0.0, 2), 0.0);
    }
}
