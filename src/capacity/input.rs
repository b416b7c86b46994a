//! The numbers that a model rests on, each with where it came from and where a better one would be said.

use super::band::{Band, Pcg};
use crate::source::Span;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things: processes, connections, queries.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// A share between 0 and 1.
    Share,
    /// Kilobytes, of 1000 bytes.
    Kilobytes,
    /// Megabytes, of 1000 kilobytes.
    Megabytes,
    /// Megabits a second.
    Megabits,
    /// Things a second.
    PerSecond,
}

/// A value that was read, or is a program's default: in a report's words, and its places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// In words, with the program whose default it is: `3 worker processes`.
    pub text: Box<str>,
    /// Where it is written; empty for a default that shows nowhere.
    pub spans: Vec<Span>,
}

/// Where a number came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The files say it, or a program's default does.
    Read(Read),
    /// The user says so; the key by which.
    Said(Box<str>),
    /// The user's measurements say it; what of, as the rest of a sentence that starts with the number.
    Measured(Box<str>),
    /// Nobody says it, and this is what is usual; why, as the rest of a sentence that starts with the number.
    Typical(Box<str>),
}

/// A number that a model rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// What it is called in formulae, and by who states it: `c`, `d`, `web.cpus`.
    pub symbol: Box<str>,
    /// What it is, in words: `CPU of the application for each request`.
    pub what: Box<str>,
    /// What it counts.
    pub unit: Unit,
    /// What is known of it.
    pub band: Band,
    /// Where it came from.
    pub source: Source,
    /// The key by which a better one is said, if it can be: `assume.workload.d`.
    pub key: Option<Box<str>>,
}

/// An input of a model, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputId(pub(super) usize);

/// All inputs of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs(Vec<Input>);

impl Inputs {
    /// Puts one behind those there are.
    pub fn add(&mut self, input: Input) -> InputId {
        self.0.push(input);
        InputId(self.0.len() - 1)
    }

    /// A number that is known and needs no word, for what the model itself brings along.
    pub fn known(&mut self, what: &str, value: f64) -> InputId {
        self.add(Input {
            symbol: what.into(),
            what: what.into(),
            unit: Unit::Count,
            band: Band::point(value),
            source: Source::Read(Read::default()),
            key: None,
        })
    }

    /// All of them, with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (InputId, &Input)> {
        self.0.iter().enumerate().map(|(at, input)| (InputId(at), input))
    }

    /// One of them.
    pub fn get(&self, id: InputId) -> &Input {
        &self.0[id.0]
    }

    /// One of them, to change: what if it were another.
    pub fn get_mut(&mut self, id: InputId) -> &mut Input {
        &mut self.0[id.0]
    }

    /// The input of this symbol.
    pub fn by_symbol(&self, symbol: &str) -> Option<InputId> {
        self.0.iter().position(|it| &*it.symbol == symbol).map(InputId)
    }

    /// Every input at its likely value.
    pub fn likely(&self) -> Values {
        Values(self.0.iter().map(|it| it.band.likely).collect())
    }

    /// Every input drawn once. A known one takes no number from the generator's sequence away from the others: each
    /// takes one, so that stating one input leaves the draws of the others as they are.
    pub fn draw(&self, random: &mut Pcg) -> Values {
        Values(self.0.iter().map(|it| it.band.at(random.unit())).collect())
    }

    /// The same, with all behind the first `own` drawn by another generator: what is put in beside them leaves their
    /// draws as they are.
    pub(super) fn draw_apart(&self, own: usize, random: &mut Pcg, rest: &mut Pcg) -> Values {
        let draw = |(at, it): (usize, &Input)| it.band.at(if at < own { random.unit() } else { rest.unit() });
        Values(self.0.iter().enumerate().map(draw).collect())
    }
}

/// A value for every input of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(Vec<f64>);

impl Values {
    /// The same with another value for one.
    #[must_use]
    pub fn with(mut self, id: InputId, value: f64) -> Self {
        self.0[id.0] = value;
        self
    }
}

impl std::ops::Index<InputId> for Values {
    type Output = f64;
    fn index(&self, id: InputId) -> &f64 {
        &self.0[id.0]
    }
}
