//! How many connections the sizes of a pool come to.

use crate::facts::python::Guard;
use crate::link::values::{self, PyValue};
use crate::stack::{Condition, Fact, Origin, Pool, PoolClass, Process, Sourced, Why};

/// A size; `unlimited` and what is less stand for no limit.
pub(super) fn limit(given: Fact<PyValue>, unlimited: i64) -> Fact<u64> {
    if let Fact::Known(sourced) = &given
        && let PyValue::Int(value) = sourced.value
        && (value < 0 || value == unlimited)
    {
        let why = Why::shown(format!("{value} stands for no limit"), sourced.origin.span());
        return Fact::Unbounded(why).with_slots(sourced.slots.iter().cloned());
    }
    values::count(given)
}

/// `pool_size` and `max_overflow` together, with both their origins.
pub(super) fn sum(size: &Fact<u64>, overflow: &Fact<u64>) -> Fact<u64> {
    match (size, overflow) {
        (Fact::Known(a), Fact::Known(b)) => {
            let value = a.value + b.value;
            match (&a.origin, &b.origin) {
                (Origin::Written(one), Origin::Written(two)) => {
                    let mut spans = one.clone();
                    spans.extend(two.iter().filter(|span| !one.contains(span)));
                    Fact::derived(value, spans)
                }
                (Origin::Written(spans), _) | (_, Origin::Written(spans)) => Fact::derived(value, spans.clone()),
                (Origin::Default(default), _) => {
                    Fact::default_of(value, default.program.clone(), "pool_size + max_overflow", default.at)
                }
                _ => Fact::Known(Sourced { value, origin: a.origin.clone(), slots: Vec::new() }),
            }
        }
        (Fact::Unbounded(why), _) | (_, Fact::Unbounded(why)) => Fact::Unbounded(why.clone()),
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
        _ => Fact::unknown("branches give its size"),
    }
}

/// The connections that one process opens of a pool at most: as many as it holds, and no more than the process has
/// requests or tasks at work.
pub(super) fn connections(pool: &Pool, process: &Process) -> Fact<u64> {
    let most = match pool.class.known() {
        Some(PoolClass::Null) => process.slots.clone(),
        _ => pool.max.clone(),
    };
    match (&most, &process.slots) {
        (Fact::Known(most), Fact::Known(slots)) if slots.value < most.value => process.slots.clone(),
        (Fact::Unbounded(_) | Fact::Unknown(_), Fact::Known(slots)) if slots.value <= 1 => process.slots.clone(),
        _ => most,
    }
}

/// The same, or none where a condition that is open decides whether the pool is made.
pub(super) fn where_made(connections: Fact<u64>, only: Option<&Guard>) -> Fact<u64> {
    let Some(guard) = only else { return connections };
    let text = guard.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let say = |truth: bool| Condition { text: format!("`{text}` is {truth}").into(), at: Some(guard.span) };
    match connections {
        Fact::Known(some) => {
            let none = Sourced { value: 0, origin: Origin::Written(vec![guard.span]), slots: Vec::new() };
            Fact::OneOf(vec![(say(guard.holds), some), (say(!guard.holds), none)])
        }
        Fact::Absent | Fact::Unknown(_) => connections,
        _ => Fact::Unknown(Why::at(format!("made only as `{text}` decides"), guard.span)),
    }
}
