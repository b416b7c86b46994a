//! The rows: cliffs, bounds, loads, inputs.

use super::words::number;
use super::{BoundRow, CliffRow, InputRow, LoadRow, Teller, rounded};
use crate::capacity::{Input, InputId, Load, Source, Unit, WhenFull};
use crate::source::Span;
use crate::view::Place;
use crate::view::mask::clean;

/// Beyond so many users no curve is worked out, for it takes a step for each.
const MOST_USERS: f64 = 200_000.0;

impl Teller<'_> {
    pub(super) fn cliffs(&self) -> Vec<CliffRow> {
        let row = |(cliff, met): (&crate::capacity::Cliff, &f64)| CliffRow {
            resource: self.name(cliff.resource),
            text: self.fall(cliff),
            room: cliff.servers,
            asked: cliff.asked.is_finite().then_some(cliff.asked),
            rate: self.round(cliff.rate),
            certainty: if *met >= 1.0 { "certain" } else { "possible" }.to_owned(),
            places: self.places_of(cliff.resource),
        };
        self.study.cliffs.iter().zip(&self.study.met).map(row).collect()
    }

    pub(super) fn bounds(&self) -> Vec<BoundRow> {
        let row = |bound: &crate::capacity::Bound| {
            let resource = self.model.resources.get(bound.resource)?;
            let because = resource.reads().into_iter().map(|id| self.said(id)).filter(|it| !it.is_empty()).collect();
            Some(BoundRow {
                resource: self.name(bound.resource),
                when_full: if resource.when_full == WhenFull::Reject { "fail" } else { "wait" }.to_owned(),
                servers: bound.servers,
                because,
                hold: rounded(bound.hold, 3),
                formula: resource.hold.formula().to_owned(),
                rate: self.round(bound.rate),
                binds: self
                    .study
                    .shares
                    .iter()
                    .find(|it| it.resource == bound.resource)
                    .map_or(0.0, |it| rounded(it.share, 2)),
                places: self.places_of(bound.resource),
            })
        };
        self.bounds.all.iter().filter(|it| it.rate.is_finite()).filter_map(row).collect()
    }

    /// The users of the table: parts of the knee, and the number that is asked for.
    pub(super) fn loads(&self) -> Vec<LoadRow> {
        let Some((think, knee)) = self.knee() else { return Vec::new() };
        let steps = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0];
        let users = steps.iter().map(|step| rounded(step * knee, 2)).chain(self.asked());
        self.under(users.collect(), think, 0)
    }

    /// The users of the drawing, finer than is known: a line through rounded numbers has kinks that nothing has.
    pub(super) fn curve(&self) -> Vec<LoadRow> {
        const STEPS: u32 = 40;
        let Some((think, knee)) = self.knee() else { return Vec::new() };
        let end = rounded(2.5 * knee, 2);
        let step = |at| (end * f64::from(at) / f64::from(STEPS)).round();
        self.under((0..=STEPS).map(step).chain([rounded(knee, 2)]).collect(), think, 2)
    }

    /// The think time, and the users at the knee; nothing where the first is not stated, or the second is no number.
    fn knee(&self) -> Option<(f64, f64)> {
        let think = self.values[self.model.think?];
        let knee = self.bounds.knee(think);
        (knee.is_finite() && knee <= MOST_USERS).then_some((think, knee))
    }

    fn asked(&self) -> Option<f64> {
        self.model.users.map(|id| self.values[id]).filter(|users| *users <= MOST_USERS)
    }

    /// The load of so many users, with so many more digits than are known.
    fn under(&self, users: Vec<f64>, think: f64, more: i32) -> Vec<LoadRow> {
        let mut users: Vec<usize> = users.into_iter().map(|it| (it as usize).max(1)).collect();
        users.sort_unstable();
        users.dedup();
        let row = |load: Load| LoadRow {
            users: load.users,
            rate: rounded(load.rate, self.digits() + more),
            response: rounded(load.response, 2 + more),
            binds: load.bottleneck.map(|at| self.name(at)),
            fails: load.falls.iter().map(|(at, _)| self.name(*at)).collect(),
        };
        self.model.loads(self.values, self.bounds, &users, think).into_iter().map(row).collect()
    }

    /// What is assumed, and what is read.
    pub(super) fn inputs(&self) -> (Vec<InputRow>, Vec<InputRow>) {
        let mut used: Vec<InputId> = self.model.work_inputs();
        for resource in &self.model.resources {
            used.extend(resource.reads());
            used.extend(resource.asked.iter().flat_map(|it| it.inputs()));
        }
        used.extend(self.model.think.iter().chain(&self.model.users));
        // Nobody is counted without a think time.
        used.extend(self.model.think.map(|_| self.model.headroom));
        let (mut assumed, mut read) = (Vec::new(), Vec::new());
        for (id, input) in self.model.inputs.iter().filter(|(id, _)| used.contains(id)) {
            let row = self.input(input);
            match &input.source {
                // What the model brings along by itself is no news.
                Source::Read(it) if it.text.is_empty() => {}
                Source::Read(_) => read.push(row),
                Source::Said(_) | Source::Measured(_) | Source::Typical(_) => assumed.push(row),
            }
            debug_assert!(used.contains(&id));
        }
        (assumed, read)
    }

    fn input(&self, input: &Input) -> InputRow {
        let spans: &[Span] = match &input.source {
            Source::Read(read) => &read.spans,
            Source::Said(_) | Source::Measured(_) | Source::Typical(_) => &[],
        };
        InputRow { places: self.places(spans), ..assumed(input) }
    }

    /// A number in a bound's words: what was read, or what is assumed.
    fn said(&self, id: InputId) -> String {
        let input = self.model.inputs.get(id);
        let text = match &input.source {
            Source::Read(read) => read.text.to_string(),
            Source::Said(key) => format!("{} {} (`{key}`)", value(input), input.what),
            Source::Measured(_) => format!("{} {} (measured)", value(input), input.what),
            Source::Typical(_) => format!("{} {} (assumed)", value(input), input.what),
        };
        clean(&text).into_owned()
    }

    fn places_of(&self, resource: usize) -> Vec<Place> {
        let Some(resource) = self.model.resources.get(resource) else { return Vec::new() };
        let mut ids = resource.reads();
        ids.extend(resource.asked.iter().flat_map(|it| it.inputs()));
        let mut out: Vec<Place> = Vec::new();
        for id in ids {
            if let Source::Read(read) = &self.model.inputs.get(id).source {
                for place in self.places(&read.spans).into_iter().take(1) {
                    if !out.iter().any(|it| (&it.path, it.line) == (&place.path, place.line)) {
                        out.push(place);
                    }
                }
            }
        }
        out
    }

    fn places(&self, spans: &[Span]) -> Vec<Place> {
        spans.iter().map(|span| Place::of(self.sources, *span)).collect()
    }
}

/// A number that the model rests on, without its places.
pub(in crate::view) fn assumed(input: &Input) -> InputRow {
    let because = match &input.source {
        Source::Read(read) => read.text.to_string(),
        Source::Said(key) => format!("stated by `{key}`"),
        Source::Measured(of) => format!("measured: {of}"),
        Source::Typical(why) => why.to_string(),
    };
    InputRow {
        symbol: clean(&input.symbol).into_owned(),
        what: clean(&input.what).into_owned(),
        value: value(input),
        because: clean(&because).into_owned(),
        better: input.key.as_ref().map(|key| better(key, input)),
        places: Vec::new(),
    }
}

/// `8 ms`, or `3 / 8 / 25 ms`.
fn value(input: &Input) -> String {
    let unit = unit(input.unit);
    let show = |value: f64| number(rounded(if input.unit == Unit::Share { 100.0 * value } else { value }, 4));
    let band = input.band;
    if band.is_point() {
        return format!("{}{unit}", show(band.likely));
    }
    format!("{} / {} / {}{unit}", show(band.low), show(band.likely), show(band.high))
}

/// What stands behind a number of this unit.
pub(in crate::view) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "",
        Unit::Milliseconds => " ms",
        Unit::Seconds => " s",
        Unit::Share => " %",
        Unit::Kilobytes => " KB",
        Unit::Megabytes => " MB",
        Unit::Megabits => " Mbit/s",
        Unit::PerSecond => " a second",
    }
}

/// The flag that says a better one, with the value that is taken now, or one of its kind.
fn better(key: &str, input: &Input) -> String {
    let short = key.strip_prefix("assume.workload.").or_else(|| key.strip_prefix("assume.")).unwrap_or(key);
    let (scale, suffix, other) = match input.unit {
        Unit::Count | Unit::PerSecond => (1.0, "", 4.0),
        Unit::Milliseconds => (1.0, "ms", 8.0),
        Unit::Seconds => (1.0, "s", 15.0),
        Unit::Share => (100.0, "%", 75.0),
        Unit::Kilobytes => (1.0, "KB", 20.0),
        Unit::Megabytes => (1.0, "MB", 150.0),
        Unit::Megabits => (1.0, "Mbit", 1000.0),
    };
    let taken = rounded(scale * input.band.likely, 2);
    // Nobody states that there is nothing.
    let example = if taken > 0.0 && taken.is_finite() { taken } else { other };
    format!("--assume {short}={example}{suffix}")
}
