//! Facts to inputs: a known one is a point, branches and what is unknown are bands, what has no limit is infinite.

use super::Builder;
use crate::capacity::band::Band;
use crate::capacity::input::{Input, InputId, Read, Source, Unit};
use crate::capacity::workload::{Typical, typical};
use crate::config::Measure;
use crate::rule::expr::{field_unit, print};
use crate::stack::{EntityId, Fact, Field, FieldInfo, Origin, Sourced, Value};

/// A fact by its entity and the name of its field.
pub(super) type Key = (EntityId, &'static str);

/// What an unknown number is taken for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// Low, likely, high.
    pub(super) band: [f64; 3],
}

impl Builder<'_> {
    /// The input for a field; [`None`] when it means nothing here, or is unknown and nothing is guessed. `factor` turns it
    /// into the input's unit.
    pub(super) fn fact(
        &mut self,
        id: EntityId,
        field: &'static str,
        what: &str,
        guess: Option<Guess>,
        key: Option<Box<str>>,
        (unit, factor): (Unit, f64),
    ) -> Option<InputId> {
        if let Some((_, input)) = self.known.iter().find(|(known, _)| *known == (id, field)) {
            return Some(*input);
        }
        let info = id.kind.info().fields.iter().enumerate().find(|(_, info)| info.name == field)?;
        let Field::Fact(fact) = self.stack.field(id, info.0) else { return None };
        let (band, source) = match &fact {
            Fact::Absent => return None,
            Fact::Known(sourced) => (Band::point(number(sourced)?), source(info.1, sourced)),
            Fact::OneOf(branches) => {
                let values: Vec<f64> = branches.iter().filter_map(|(_, sourced)| number(sourced)).collect();
                let (low, high) = values.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
                let texts: Vec<String> =
                    branches.iter().map(|(when, it)| format!("{} if {}", words(info.1, it), when.text)).collect();
                let spans = branches.iter().filter_map(|(_, it)| it.origin.span()).collect();
                let read = Read { text: texts.join(", or ").into(), spans };
                (Band::new(low, *values.first()?, high), Source::Read(read))
            }
            Fact::Unbounded(why) => {
                let read = Read { text: format!("no limit: {}", why.reason).into(), spans: why.at.clone() };
                (Band::point(f64::INFINITY), Source::Read(read))
            }
            Fact::Unknown(why) => {
                let [low, likely, high] = guess?.band;
                (Band { low, likely, high }, Source::Typical(why.reason.clone()))
            }
        };
        let band = Band { low: band.low * factor, likely: band.likely * factor, high: band.high * factor };
        let name = &self.stack.about(id).name;
        let symbol = format!("{name}.{field}").into();
        let key = key.filter(|_| !matches!(source, Source::Read(_)));
        let input = self.inputs.add(Input { symbol, what: what.into(), unit, band, source, key });
        self.known.push(((id, field), input));
        Some(input)
    }

    /// A count.
    pub(super) fn count(
        &mut self,
        id: impl Into<EntityId>,
        field: &'static str,
        what: &str,
        guess: Option<Guess>,
        key: Option<Box<str>>,
    ) -> Option<InputId> {
        self.fact(id.into(), field, what, guess, key, (Unit::Count, 1.0))
    }

    /// An input of the workload: what the user says, or what is usual.
    pub(super) fn workload(&mut self, symbol: &'static str) -> InputId {
        let usual = typical(symbol, self.django).unwrap_or(Typical {
            symbol,
            what: symbol,
            unit: Unit::Milliseconds,
            band: Band::point(0.0),
            because: "",
        });
        self.workload_as(symbol, usual)
    }

    /// An input of the workload that is usually this.
    pub(super) fn workload_as(&mut self, symbol: &'static str, usual: Typical) -> InputId {
        if let Some(id) = self.inputs.by_symbol(symbol) {
            return id;
        }
        let measure = match symbol {
            "d" => Some(Measure::Query),
            "d_c" => Some(Measure::QueryCpu),
            _ => None,
        };
        let stated = self.stated(symbol, usual.what, usual.unit);
        match stated.or_else(|| self.measured(measure?, symbol, usual.what)) {
            Some(id) => id,
            None => self.inputs.add(Input {
                symbol: symbol.into(),
                what: usual.what.into(),
                unit: usual.unit,
                band: usual.band,
                source: Source::Typical(usual.because.into()),
                key: Some(format!("assume.workload.{symbol}").into()),
            }),
        }
    }

    /// An input in milliseconds that the user's measurements give.
    pub(super) fn measured(&mut self, of: Measure, symbol: &'static str, what: &str) -> Option<InputId> {
        let found = self.assume.measured(of)?;
        let [low, likely, high] = found.value;
        Some(self.inputs.add(Input {
            symbol: symbol.into(),
            what: what.into(),
            unit: Unit::Milliseconds,
            band: Band::new(low, likely, high),
            source: Source::Measured(found.words.clone()),
            key: None,
        }))
    }

    /// An input of the workload that only the user can say.
    pub(super) fn stated(&mut self, symbol: &'static str, what: &str, unit: Unit) -> Option<InputId> {
        let said = self.assume.workload(symbol)?;
        let [low, likely, high] = said.value;
        Some(self.inputs.add(Input {
            symbol: symbol.into(),
            what: what.into(),
            unit,
            band: Band { low, likely, high },
            source: Source::Said(said.key.clone()),
            key: Some(said.key.clone()),
        }))
    }
}

fn number(sourced: &Sourced<Value>) -> Option<f64> {
    match sourced.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn words(info: &FieldInfo, sourced: &Sourced<Value>) -> String {
    print::in_words(info.words, &sourced.value, field_unit(info))
}

fn source(info: &FieldInfo, sourced: &Sourced<Value>) -> Source {
    let text = words(info, sourced);
    match &sourced.origin {
        Origin::Written(spans) => Source::Read(Read { text: text.into(), spans: spans.clone() }),
        Origin::Default(it) => {
            let unless = it.unless.as_ref().map_or_else(String::new, |it| format!(", unless {it}"));
            let text = format!("{text}, {}'s default of `{}`{unless}", it.program, it.setting);
            Source::Read(Read { text: text.into(), spans: it.at.into_iter().collect() })
        }
        Origin::Assumed(it) => Source::Said(it.key.clone()),
        Origin::Guessed(it) => {
            Source::Read(Read { text: format!("{text}, a guess: {}", it.because).into(), spans: it.at.clone() })
        }
    }
}
