//! Values that leave their frame: the loops they knew of are over.

use std::rc::Rc;

use super::super::types::{Entry, Row, Set, Turn, Type};

/// A value that leaves its frame: the loops it knew of are over.
pub(in crate::link::orm) fn settle(of: &Type, depth: usize) -> Type {
    match of {
        Type::Row(row) if row.turn.is_some_and(|turn| turn.depth >= depth) => {
            Type::Row(Rc::new(Row { turn: None, ..(**row).clone() }))
        }
        Type::Tuple(parts) => Type::Tuple(parts.iter().map(|part| settle(part, depth)).collect()),
        Type::List(element, size) => Type::List(Rc::new(settle(element, depth)), *size),
        Type::Dict(element, size) => Type::Dict(Rc::new(settle(element, depth)), *size),
        Type::Record(entries) => Type::Record(settled(entries, depth)),
        Type::Made(class, entries) => Type::Made(*class, settled(entries, depth)),
        Type::Set(set) => match &set.related {
            Some((row, relation)) if row.turn.is_some_and(|turn| turn.depth >= depth) => {
                let row = Rc::new(Row { turn: None, ..(**row).clone() });
                Type::Set(Rc::new(Set { related: Some((row, relation.clone())), ..(**set).clone() }))
            }
            _ => of.clone(),
        },
        other => other.clone(),
    }
}

fn settled(entries: &[Entry], depth: usize) -> Rc<[Entry]> {
    let left = |vary: &Option<Turn>| vary.filter(|turn| turn.depth < depth);
    entries.iter().map(|(name, it, vary)| (name.clone(), settle(it, depth), left(vary))).collect()
}
