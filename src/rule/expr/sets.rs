//! Arithmetic and comparisons over sets of values.

use super::parse::Op;
use crate::stack::{Interval, Numbers, Set, Truth, Value, Version};

/// Whether nothing is known of the value: `??` takes its other side then.
pub(super) fn is_unknown(set: &Set) -> bool {
    match set {
        Set::Any => true,
        Set::Numbers(numbers) => numbers.low() <= 0.0 && numbers.high().is_infinite() && numbers.single().is_none(),
        Set::Values(_) => false,
    }
}

/// The truth of a condition over the whole set.
pub(super) fn truth_of(set: &Set) -> Truth {
    match set {
        Set::Values(values) if values.iter().all(|it| *it == Value::Bool(true)) => Truth::Yes,
        Set::Values(values) if values.iter().all(|it| *it == Value::Bool(false)) => Truth::No,
        _ => Truth::Maybe,
    }
}

/// The set of a truth.
pub(super) fn set_of_truth(truth: Truth) -> Set {
    match truth {
        Truth::Yes => Set::of(Value::Bool(true)),
        Truth::No => Set::of(Value::Bool(false)),
        Truth::Maybe => Set::Any,
    }
}

/// The numbers of a set; any at all when nothing is known.
pub(super) fn numbers_of(set: &Set) -> Numbers {
    match set {
        Set::Numbers(numbers) => numbers.clone(),
        _ => Numbers::any(),
    }
}

/// Every result of an operation between two sets.
pub(super) fn arithmetic(op: Op, a: &Numbers, b: &Numbers) -> Numbers {
    match op {
        Op::Add => a.combine(b, |a, b| a + b),
        Op::Subtract => a.combine(b, |a, b| a - b),
        Op::Multiply => a.combine(b, |a, b| a * b),
        Op::Divide => a.combine(b, |a, b| a / b),
        _ => match (a.single(), b.single()) {
            (Some(a), Some(b)) if b != 0.0 && a.is_finite() => Numbers::point(a % b),
            // Not monotone: all that is known is that it is less than the divisor.
            _ => Numbers::new([Interval { low: 0.0, high: b.high().max(0.0) }]),
        },
    }
}

/// What a comparison is over every pair of two sets.
pub(super) fn compare_sets(op: Op, a: &Set, b: &Set) -> Truth {
    let less = |a: &Set, b: &Set| match (a, b) {
        (Set::Numbers(a), Set::Numbers(b)) => a.less(b),
        (Set::Values(a), Set::Values(b)) => over(a, b, |a, b| match (a, b) {
            (Value::Version(a), Value::Version(b)) => version_less(a, b),
            _ => Truth::Maybe,
        }),
        _ => Truth::Maybe,
    };
    match op {
        Op::Equal => equal(a, b),
        Op::NotEqual => !equal(a, b),
        Op::Less => less(a, b),
        Op::Greater => less(b, a),
        Op::LessEqual => !less(b, a),
        _ => !less(a, b),
    }
}

fn equal(a: &Set, b: &Set) -> Truth {
    match (a, b) {
        (Set::Numbers(a), Set::Numbers(b)) => a.equal(b),
        (Set::Values(a), Set::Values(b)) => over(a, b, |a, b| match (a, b) {
            (Value::Version(a), Value::Version(b)) => version_equal(a, b),
            _ => Truth::of(a == b),
        }),
        _ => Truth::Maybe,
    }
}

/// What holds of every pair, or of none, or of some.
fn over(a: &[Value], b: &[Value], each: impl Fn(&Value, &Value) -> Truth) -> Truth {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
    pairs.map(|(x, y)| each(x, y)).reduce(|a, b| if a == b { a } else { Truth::Maybe }).unwrap_or(Truth::Maybe)
}

fn version_less(a: &Version, b: &Version) -> Truth {
    if a.less(&b.low) == Truth::Yes {
        Truth::Yes
    } else if b.high.as_ref().is_some_and(|high| a.less(high) == Truth::No) {
        Truth::No
    } else {
        Truth::Maybe
    }
}

fn version_equal(a: &Version, b: &Version) -> Truth {
    let one = |it: &Version| it.high.as_ref().is_some_and(|high| Version::exact(&it.low, "").less(high) == Truth::No);
    match (version_less(a, b), version_less(b, a)) {
        (Truth::Yes, _) | (_, Truth::Yes) => Truth::No,
        (Truth::No, Truth::No) if one(a) && one(b) => Truth::Yes,
        _ => Truth::Maybe,
    }
}

/// Whether every value of a set is one of these, or none is.
pub(super) fn member(set: &Set, among: &[Value]) -> Truth {
    let values: Vec<Value> = match set {
        Set::Values(values) => values.clone(),
        Set::Numbers(numbers) => match numbers.single() {
            Some(number) => vec![Value::Number(number)],
            None => return Truth::Maybe,
        },
        Set::Any => return Truth::Maybe,
    };
    let held = values.iter().map(|value| Truth::of(among.contains(value)));
    held.reduce(|a, b| if a == b { a } else { Truth::Maybe }).unwrap_or(Truth::Maybe)
}
