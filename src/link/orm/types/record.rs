//! Values by their names: the context of a template, a dict with texts for keys, the attributes of an instance.

use std::rc::Rc;

use super::{Turn, Type};

/// A context is known so far.
const MOST_ENTRIES: usize = 64;

/// A value by its name, with the loop that it differs in each turn of.
pub(in crate::link::orm) type Entry = (Rc<str>, Type, Option<Turn>);

/// Entries of a context or a dict by their names, each with the loop that it differs in.
pub(in crate::link::orm) type Entries = Vec<Entry>;

/// A record with other entries in place of those of the same names.
pub(in crate::link::orm) fn merged(before: &[Entry], over: Entries) -> Type {
    let mut all = before.to_vec();
    put(&mut all, over);
    all.truncate(MOST_ENTRIES);
    Type::Record(all.into())
}

/// Puts entries in place of those of the same names.
pub(in crate::link::orm) fn put(all: &mut Entries, over: Entries) {
    all.retain(|(name, ..)| over.iter().all(|(it, ..)| it != name));
    all.extend(over);
}

/// What a record is of which branches made one each: of a name that both have, what its value is whichever was taken.
pub(super) fn either(one: &[Entry], other: &[Entry]) -> Type {
    let both = other.iter().map(|(name, value, vary)| {
        let known = one.iter().find(|(it, ..)| it == name).map(|(_, value, _)| value.clone());
        (name.clone(), known.map_or_else(|| value.clone(), |it| Type::either(vec![it, value.clone()])), *vary)
    });
    merged(one, both.collect())
}

/// The value of a name in a record.
pub(in crate::link::orm) fn entry<'r>(of: &'r Type, name: &str) -> Option<&'r Entry> {
    match of {
        Type::Record(entries) => field(entries, name),
        _ => None,
    }
}

/// The value of a name among several.
pub(in crate::link::orm) fn field<'r>(entries: &'r [Entry], name: &str) -> Option<&'r Entry> {
    entries.iter().find(|(it, ..)| **it == *name)
}
