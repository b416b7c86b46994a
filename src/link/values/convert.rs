//! From Python's values to the model's.

use super::{Evaluator, HOLE, PyValue};
use crate::stack::{Assumption, Fact, Origin, Sourced, Truth, Why};

/// A count: an integer, or text that is one.
pub fn count(fact: Fact<PyValue>) -> Fact<u64> {
    convert(fact, |value| match value {
        PyValue::Int(int) => u64::try_from(*int).ok(),
        PyValue::Bool(truth) => Some(u64::from(*truth)),
        PyValue::Float(float) if *float >= 0.0 && float.fract() == 0.0 => Some(*float as u64),
        PyValue::Str(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A number, or text that is one.
pub fn number(fact: Fact<PyValue>) -> Fact<f64> {
    convert(fact, |value| match value {
        PyValue::Int(int) => Some(*int as f64),
        PyValue::Bool(truth) => Some(f64::from(u8::from(*truth))),
        PyValue::Float(float) => Some(*float),
        PyValue::Str(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Whether a value is true in Python's sense. What an environment that nobody has seen may switch is not known: sizes
/// have defaults that are meant to stay, but a switch is what one deployment has on and another off.
pub fn truth(fact: Fact<PyValue>) -> Fact<bool> {
    let truth = convert(fact, truthy);
    let assumed = match &truth {
        Fact::Known(sourced) => assumption(&sourced.origin).map(|it| (it, Some(sourced.value))),
        Fact::OneOf(branches) => branches.iter().find_map(|it| assumption(&it.1.origin)).map(|it| (it, None)),
        _ => None,
    };
    match assumed {
        None => truth,
        Some((assumption, default)) => {
            let name = assumption.unless_set().unwrap_or_default();
            let default = default.map_or_else(String::new, |it| format!("; without it, {it}"));
            Fact::Unknown(Why::shown(format!("set by the environment ({name}{default})"), assumption.at))
        }
    }
}

/// A switch that is off unless a variable of the environment turns it on: what one deployment turns on to look into it,
/// and the others leave.
pub fn off(fact: Fact<PyValue>) -> Option<Fact<bool>> {
    match convert(fact, truthy) {
        Fact::Known(it) if !it.value && assumption(&it.origin).is_some() => Some(Fact::Known(it)),
        _ => None,
    }
}

/// What is taken to hold only as long as nobody says otherwise.
fn assumption(origin: &Origin) -> Option<&Assumption> {
    match origin {
        Origin::Assumed(assumption) if assumption.unless_set().is_some() => Some(assumption),
        _ => None,
    }
}

/// Text without holes.
pub fn text(fact: Fact<PyValue>) -> Fact<Box<str>> {
    convert(fact, |value| match value {
        PyValue::Str(text) if !text.contains(HOLE) => Some(text.clone()),
        PyValue::Int(int) => Some(int.to_string().into()),
        _ => None,
    })
}

/// Each branch's value as the model's; unknown when one of them is none.
fn convert<T>(fact: Fact<PyValue>, each: impl Fn(&PyValue) -> Option<T>) -> Fact<T> {
    let mut odd = None;
    let at = fact.span();
    let converted = fact.map(|value| {
        let converted = each(&value);
        if converted.is_none() && odd.is_none() {
            odd = Some(value);
        }
        converted
    });
    match odd {
        None => match converted {
            Fact::Known(sourced) => sourced.value.map_or(Fact::Absent, |value| {
                Fact::Known(crate::stack::Sourced { value, origin: sourced.origin, slots: sourced.slots })
            }),
            Fact::OneOf(branches) => Fact::OneOf(
                branches
                    .into_iter()
                    .filter_map(|(when, it)| {
                        let value = it.value?;
                        Some((when, crate::stack::Sourced { value, origin: it.origin, slots: it.slots }))
                    })
                    .collect(),
            ),
            Fact::Unbounded(why) => Fact::Unbounded(why),
            Fact::Unknown(why) => Fact::Unknown(why),
            Fact::Absent => Fact::Absent,
        },
        Some(PyValue::Outside(name)) => Fact::Unknown(Why::shown(format!("given by `{name}`"), at)),
        Some(PyValue::Object(object)) => Fact::Unknown(Why::at(format!("given by `{}`", object.of), object.span)),
        Some(_) => Fact::Unknown(Why::shown("not a value of the kind that is needed", at)),
    }
}

/// Whether a dotted name is spelled as a class is.
fn is_class(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with(|first: char| first.is_uppercase())
}

/// Whether a value is true in Python's sense; nothing for what is not told.
pub(super) fn truthy(value: &PyValue) -> Option<bool> {
    Some(match value {
        PyValue::None => false,
        PyValue::Bool(truth) => *truth,
        PyValue::Int(int) => *int != 0,
        PyValue::Float(float) => *float != 0.0,
        // A hole may be empty; any other character is not.
        PyValue::Str(text) if text.contains(|it| it != HOLE) => true,
        PyValue::Str(text) if text.is_empty() => false,
        PyValue::Str(_) => return None,
        PyValue::List(items) => !items.is_empty(),
        PyValue::Dict(dict) => match (&dict.open, dict.entries.is_empty()) {
            (Some(_), true) => return None,
            (_, empty) => !empty,
        },
        // What a function of another package returns may be anything: `DEBUG = get_bool("DEBUG")`.
        PyValue::Object(object) if object.class.is_none() && !is_class(&object.of) => return None,
        PyValue::Object(_) | PyValue::Function(..) | PyValue::Class(..) | PyValue::Module(_) => true,
        PyValue::Outside(name) if super::operators::is_type(name) => true,
        PyValue::Outside(_) | PyValue::Missing => return None,
    })
}

impl Evaluator<'_> {
    /// What a condition comes to over all branches.
    pub(super) fn truth(&self, fact: Fact<PyValue>) -> Truth {
        let told = |it: &Sourced<PyValue>| assumption(&it.origin).is_none().then(|| truthy(&it.value)).flatten();
        let all: Vec<Option<bool>> = match &fact {
            Fact::Known(sourced) => vec![told(sourced)],
            Fact::OneOf(branches) => branches.iter().map(|it| told(&it.1)).collect(),
            _ => return Truth::Maybe,
        };
        match all.first() {
            Some(Some(first)) if all.iter().all(|it| *it == Some(*first)) => Truth::of(*first),
            _ => Truth::Maybe,
        }
    }
}

/// Python's text of a value, with a hole for what is not told.
pub(super) fn shown(fact: &Fact<PyValue>) -> Box<str> {
    match fact.known() {
        Some(PyValue::Str(text)) => text.clone(),
        Some(PyValue::Int(int)) => int.to_string().into(),
        Some(PyValue::Float(float)) if float.fract() == 0.0 => format!("{float:.1}").into(),
        Some(PyValue::Float(float)) => float.to_string().into(),
        Some(PyValue::Bool(true)) => "True".into(),
        Some(PyValue::Bool(false)) => "False".into(),
        Some(PyValue::None) => "None".into(),
        _ => HOLE.to_string().into(),
    }
}
