//! Of several values one: what is known of it whichever it is, behind branches, and in the turns of a loop.

use std::rc::Rc;

use super::super::names::{ClassId, Def};
use super::{Entries, Entry, Row, Set, Type, Void, record};
use crate::stack::vocabulary::Orm;

impl Type {
    /// Of branches: what the value is whichever was taken; unknown where they differ.
    pub(in crate::link::orm) fn either(types: Vec<Type>) -> Type {
        let mut out = Type::Nothing;
        let or_nothing = types.iter().any(|it| matches!(it, Type::Nothing | Type::Void(Void::None)));
        for next in types {
            out = match (out, next) {
                (Type::Nothing | Type::Void(_), next) => next,
                (out, Type::Nothing | Type::Void(_)) => out,
                (Type::Set(a), Type::Set(b)) if a.model == b.model && a.orm == b.orm => {
                    if Rc::ptr_eq(&a, &b) {
                        Type::Set(a)
                    } else {
                        Type::Set(Rc::new(a.join(&b)))
                    }
                }
                // `rows = self`, and in a branch `rows = rows.filter(...)`.
                (Type::Manager(of), Type::Set(set)) | (Type::Set(set), Type::Manager(of))
                    if of.model == set.model && set.orm == Orm::Django && set.rows =>
                {
                    Type::Set(Rc::new(set.join(&of.all())))
                }
                (Type::List(a, size), Type::List(b, other)) => {
                    let size = match (size, other) {
                        (Some(a), Some(b)) => Some(a.longer(b)),
                        (a, b) => a.or(b),
                    };
                    Type::List(Rc::new(Type::either(vec![(*a).clone(), (*b).clone()])), size)
                }
                (Type::Row(a), Type::Row(b)) if a.same(&b) => Type::Row(a),
                // Whichever query gave it, it is one row of that model.
                (Type::Row(a), Type::Row(b)) if a.model == b.model && a.is_asked_for() && b.is_asked_for() => {
                    Type::Row(Rc::new(Row::of(a.model)))
                }
                (Type::Def(a), Type::Def(b)) if a == b => Type::Def(a),
                (Type::Instance(a), Type::Instance(b)) if a == b => Type::Instance(a),
                (Type::Made(a, one), Type::Made(b, other)) if a == b => match record::either(&one, &other) {
                    Type::Record(entries) => Type::Made(a, entries),
                    _ => Type::Instance(a),
                },
                (Type::Made(a, _), Type::Instance(b)) | (Type::Instance(a), Type::Made(b, _)) if a == b => {
                    Type::Instance(a)
                }
                (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
                    Type::Tuple(a.iter().zip(b.iter()).map(|(a, b)| Type::either(vec![a.clone(), b.clone()])).collect())
                }
                // Rows of one list or of another: what either loads may be there.
                (Type::Row(a), Type::Row(b)) if a.is_of_list() && b.is_of_list() && a.model == b.model => {
                    let root = a.root.as_ref().zip(b.root.as_ref()).map(|(a, b)| Rc::new(a.join(b)));
                    let turn = a.turn.filter(|_| a.turn == b.turn);
                    Type::Row(Rc::new(Row { root, turn, ..(*a).clone() }))
                }
                (Type::Data, Type::Data) => Type::Data,
                (Type::Checked(a), Type::Checked(b)) if a == b => Type::Checked(a),
                (Type::File, Type::File) => Type::File,
                (Type::Strange, Type::Strange) => Type::Strange,
                (Type::Record(a), Type::Record(b)) => record::either(&a, &b),
                (Type::Dict(a, size), Type::Dict(b, other)) => {
                    let size = size.zip(other).map(|(a, b)| a.longer(b)).or(size).or(other);
                    Type::Dict(Rc::new(Type::either(vec![(*a).clone(), (*b).clone()])), size)
                }
                // Or of another object's, which may have loaded anything with it.
                (Type::Row(a), Type::Row(b)) if a.model == b.model && a.turn.is_none() && b.turn.is_none() => {
                    let (alone, guessed) = (a.alone && b.alone, a.guessed && b.guessed);
                    Type::Row(Rc::new(Row { alone, guessed, ..Row::of(a.model) }))
                }
                // The rows that one branch gives it gives, whatever is given by another that gives none, or cannot be read.
                (rows, other) | (other, rows) if rows.has_rows() && !other.has_rows() => match rows {
                    Type::Set(set) => {
                        let given = matches!(&other, Type::Op(of, _) if matches!(**of, Type::Row(_)));
                        let listed = set.listed || given || !other.is_unread();
                        Type::Set(Rc::new(Set { partly: true, listed, ..(*set).clone() }))
                    }
                    rows => rows,
                },
                _ => return Type::Unknown,
            };
        }
        match out {
            Type::Set(set) if or_nothing && !set.sealed => Type::Set(Rc::new(Set { sealed: true, ..(*set).clone() })),
            out => out,
        }
    }

    /// Whether it is a function, or a class, that can be called.
    fn is_called(&self) -> bool {
        match self {
            Type::Def(def) => matches!(def, Def::Function(_)),
            Type::Method(..) => true,
            _ => false,
        }
    }

    /// What a loop over values that are written out takes from them: one of a kind, or each function.
    pub(in crate::link::orm) fn each(parts: &[Type]) -> Type {
        /// More are not called one by one.
        const MOST: usize = 24;
        let tuples: Option<Vec<&Rc<[Type]>>> = parts
            .iter()
            .map(|part| match part {
                Type::Tuple(inner) => Some(inner),
                _ => None,
            })
            .collect();
        match tuples {
            Some(tuples) if !tuples.is_empty() => {
                let long = tuples.iter().map(|it| it.len()).min().unwrap_or(0);
                let column = |at: usize| tuples.iter().filter_map(|it| it.get(at).cloned()).collect::<Vec<_>>();
                Type::Tuple((0..long).map(|at| Type::each(&column(at))).collect())
            }
            _ if let Some(one) = each_made(parts) => one,
            _ => match Type::either(parts.to_vec()) {
                Type::Unknown if parts.len() <= MOST && parts.iter().any(Type::is_called) => {
                    Type::Each(parts.iter().filter(|it| it.is_called()).cloned().collect())
                }
                one => one,
            },
        }
    }

    /// Whether it is rows, or has some.
    fn has_rows(&self) -> bool {
        match self {
            Type::Set(_) | Type::Manager(_) | Type::Row(_) => true,
            Type::List(of, _) | Type::Dict(of, _) => of.has_rows(),
            _ => false,
        }
    }

    /// Whether nothing is known of it.
    pub(in crate::link::orm) fn is_unread(&self) -> bool {
        match self {
            Type::Unknown => true,
            Type::Op(of, _) => of.is_unread(),
            _ => false,
        }
    }
}

/// What a loop takes from instances of one class: one that was made with each of what they were made with.
fn each_made(parts: &[Type]) -> Option<Type> {
    let made = |part: &Type| match part {
        Type::Made(class, entries) => Some((*class, entries.clone())),
        Type::Instance(class) => Some((*class, Rc::from([]))),
        _ => None,
    };
    let all: Vec<(ClassId, Rc<[Entry]>)> = parts.iter().map(made).collect::<Option<_>>()?;
    let class = all.first()?.0;
    if all.iter().any(|it| it.0 != class) {
        return None;
    }
    let mut entries = Entries::new();
    for (name, ..) in all.iter().flat_map(|it| it.1.iter()) {
        if entries.iter().all(|it| it.0 != *name) {
            let values = all.iter().filter_map(|it| record::field(&it.1, name));
            let values: Vec<Type> = values.map(|(_, value, _)| value.clone()).collect();
            entries.push((name.clone(), Type::each(&values), None));
        }
    }
    (!entries.is_empty()).then(|| Type::Made(class, entries.into()))
}
