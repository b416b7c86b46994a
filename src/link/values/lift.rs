//! Computing with what is known of values: places and slots are kept, branches go through.

use super::{Dict, Made, PyValue};
use crate::source::Span;
use crate::stack::{Condition, Fact, Origin, Slot, Sourced, Why};

/// More branches than this are not told apart.
const MOST_BRANCHES: usize = 8;

/// A value that stands at a place.
pub(super) fn at(value: PyValue, span: Span) -> Fact<PyValue> {
    Fact::derived(value, vec![span])
}

/// A value that comes from where another came from.
pub(super) fn like(value: PyValue, origin: &Origin) -> Fact<PyValue> {
    Fact::Known(Sourced { value, origin: origin.clone(), slots: Vec::new() })
}

/// What comes of a value, for each of its branches. The result of a branch holds under its condition.
pub(super) fn then(fact: Fact<PyValue>, mut each: impl FnMut(&Sourced<PyValue>) -> Fact<PyValue>) -> Fact<PyValue> {
    match fact {
        Fact::Known(sourced) => each(&sourced),
        Fact::OneOf(branches) => {
            let mut all = Vec::new();
            for (when, sourced) in branches {
                match each(&sourced) {
                    Fact::Known(sourced) => all.push((when, sourced)),
                    Fact::OneOf(inner) => all.extend(inner.into_iter().map(|(also, it)| (both(&when, &also), it))),
                    other => return other,
                }
            }
            one_of(all)
        }
        other => other,
    }
}

/// What comes of two values, for each pair of their branches.
pub(super) fn both_then(
    left: Fact<PyValue>,
    right: &Fact<PyValue>,
    mut each: impl FnMut(&Sourced<PyValue>, &Sourced<PyValue>) -> Fact<PyValue>,
) -> Fact<PyValue> {
    then(left, |left| then(right.clone(), |right| each(left, right)))
}

fn both(a: &Condition, b: &Condition) -> Condition {
    if a.text == b.text { a.clone() } else { Condition { text: format!("{} and {}", a.text, b.text).into(), at: a.at } }
}

fn one_of(all: Vec<(Condition, Sourced<PyValue>)>) -> Fact<PyValue> {
    if let Some((_, first)) = all.first()
        && all.iter().all(|it| it.1.value == first.value)
    {
        return Fact::Known(first.clone());
    }
    match all.len() {
        0 => Fact::unknown("no branch gives it"),
        1..=MOST_BRANCHES => Fact::OneOf(all),
        _ => Fact::unknown("too many branches decide it"),
    }
}

/// What two branches leave: `yes` when the condition holds, `no` when not. Dicts are joined entry by entry.
pub(super) fn branch(when: &Condition, not: &Condition, yes: Fact<PyValue>, no: Fact<PyValue>) -> Fact<PyValue> {
    if yes == no {
        return yes;
    }
    if let (Fact::Known(a), Fact::Known(b)) = (&yes, &no) {
        if a.value == b.value {
            return yes;
        }
        if let (PyValue::Dict(a_dict), PyValue::Dict(b_dict)) = (&a.value, &b.value)
            && a_dict.made == b_dict.made
        {
            let joined = join(when, not, a_dict, b_dict);
            return Fact::Known(Sourced { value: PyValue::Dict(joined.into()), ..b.clone() });
        }
    }
    let mut all = Vec::new();
    for (when, fact) in [(when, yes), (not, no)] {
        match fact {
            Fact::Known(sourced) => all.push((when.clone(), sourced)),
            Fact::OneOf(inner) => all.extend(inner.into_iter().map(|(also, it)| (both(when, &also), it))),
            Fact::Unknown(mut why) => {
                let told = format!(", when {}", when.text);
                if !why.reason.contains(&told) {
                    why.reason = format!("{}{told}", why.reason).into();
                }
                return Fact::Unknown(why);
            }
            other => return other,
        }
    }
    one_of(all)
}

/// What several modules say, of which any may be used: what they agree on, else each under its condition. Dicts are
/// joined entry by entry. What only one place says in all of them can be changed there.
pub(super) fn alternatives(all: Vec<(Condition, Fact<PyValue>)>) -> Fact<PyValue> {
    let values: Vec<(&Condition, &Sourced<PyValue>)> =
        all.iter().filter_map(|(when, fact)| Some((when, fact.sourced()?))).collect();
    let Some(((_, first), rest)) = values.split_first().filter(|_| values.len() == all.len()) else {
        return apart(all);
    };
    if rest.iter().all(|(_, it)| it.value == first.value) {
        if rest.iter().all(|(_, it)| it == first) {
            return Fact::Known((*first).clone());
        }
        let same = Sourced { slots: Vec::new(), ..(*first).clone() };
        return Fact::Known(same).by_way_of(rest.iter().filter_map(|(_, it)| it.origin.span()).collect::<Vec<_>>());
    }
    let dicts: Vec<(&Condition, &Dict)> = values
        .iter()
        .filter_map(|(when, it)| match &it.value {
            PyValue::Dict(dict) => Some((*when, &**dict)),
            _ => None,
        })
        .collect();
    if dicts.len() < all.len() {
        return apart(all);
    }
    let mut joined = Dict { entries: Vec::new(), open: None, made: Made::Statements };
    for (key, _) in dicts.iter().flat_map(|(_, dict)| &dict.entries) {
        if joined.entries.iter().all(|it| it.0 != *key) {
            let entry = |(when, dict): &(&Condition, &Dict)| {
                ((*when).clone(), dict.get(key, &Origin::Written(when.at.into_iter().collect())))
            };
            let entry = alternatives(dicts.iter().map(entry).collect());
            joined.entries.push((key.clone(), entry));
        }
    }
    joined.open = dicts.iter().find_map(|(_, dict)| dict.open.clone());
    if let Some(((_, first), rest)) = dicts.split_first()
        && rest.iter().all(|(_, it)| it.made == first.made)
    {
        joined.made = first.made;
    }
    Fact::Known(Sourced { value: PyValue::Dict(joined.into()), origin: first.origin.clone(), slots: Vec::new() })
}

/// Each value under its condition; unknown where one of them is.
fn apart(all: Vec<(Condition, Fact<PyValue>)>) -> Fact<PyValue> {
    let mut branches = Vec::new();
    for (when, fact) in all {
        match fact {
            Fact::Known(sourced) => branches.push((when, sourced)),
            Fact::OneOf(inner) => branches.extend(inner.into_iter().map(|(also, it)| (both(&when, &also), it))),
            Fact::Unknown(why) => {
                return Fact::Unknown(Why { reason: format!("{}, when {}", why.reason, when.text).into(), ..why });
            }
            other => return other,
        }
    }
    one_of(branches)
}

fn join(when: &Condition, not: &Condition, yes: &Dict, no: &Dict) -> Dict {
    let mut joined = no.clone();
    let missing = || Fact::Known(missing_at(when.at));
    for (key, value) in &yes.entries {
        let old = no.entries.iter().find(|it| it.0 == *key).map_or_else(missing, |it| it.1.clone());
        joined.set(key, branch(when, not, value.clone(), old));
    }
    for (key, value) in &no.entries {
        if !yes.entries.iter().any(|it| it.0 == *key) {
            joined.set(key, branch(when, not, missing(), value.clone()));
        }
    }
    joined.open = joined.open.or_else(|| yes.open.clone());
    joined
}

fn missing_at(at: Option<Span>) -> Sourced<PyValue> {
    Sourced { value: PyValue::Missing, origin: Origin::Written(at.into_iter().collect()), slots: Vec::new() }
}

impl Dict {
    /// The entry under a key: missing, as the dict says it, or unknown where the dict may have others.
    pub(super) fn get(&self, key: &str, origin: &Origin) -> Fact<PyValue> {
        match (self.entries.iter().find(|it| &*it.0 == key), &self.open) {
            (Some((_, value)), _) => value.clone(),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => like(PyValue::Missing, origin),
        }
    }

    /// Sets an entry.
    pub(super) fn set(&mut self, key: &str, value: Fact<PyValue>) {
        match self.entries.iter_mut().find(|it| &*it.0 == key) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key.into(), value)),
        }
    }

    /// Sets what the other has; where the other may have more, so may this one, and what it had is open.
    pub(super) fn merge(&mut self, other: &Dict) {
        if let Some(why) = &other.open {
            self.opened(why.clone());
        }
        for (key, value) in &other.entries {
            match value.known() {
                Some(PyValue::Missing) => {}
                _ => self.set(key, value.clone()),
            }
        }
    }

    /// Anything may have been written into it.
    pub(super) fn opened(&mut self, why: Why) {
        for entry in &mut self.entries {
            entry.1 = Fact::Unknown(why.clone());
        }
        self.open = Some(why);
    }
}

/// The same value, that can only be written where it says.
pub(super) fn with_slot(fact: Fact<PyValue>, slot: Slot) -> Fact<PyValue> {
    match fact {
        Fact::Known(sourced) => Fact::Known(Sourced { slots: vec![slot], ..sourced }),
        other => other,
    }
}

/// The first value where it is there, else the second.
pub(super) fn or_else(first: Fact<PyValue>, second: impl Fn() -> Fact<PyValue>) -> Fact<PyValue> {
    match &first {
        Fact::Known(sourced) if sourced.value == PyValue::Missing => second(),
        Fact::OneOf(branches) if branches.iter().any(|it| it.1.value == PyValue::Missing) => {
            then(first, |it| if it.value == PyValue::Missing { second() } else { Fact::Known(it.clone()) })
        }
        Fact::Absent => second(),
        _ => first,
    }
}
