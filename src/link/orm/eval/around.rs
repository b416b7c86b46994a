//! What code knows that is bound elsewhere: by the function that it lies in, by another method of its instance.

use std::rc::Rc;

use super::super::names::{ClassId, FunctionId};
use super::super::types::{Type, Unit};
use super::settle::settle;
use super::{Eval, Frame};
use crate::facts::orm::flow::NodeId;

/// Methods that put something under one name are at most so many, or it may be anything.
const MOST_STORES: usize = 4;
/// What is kept is followed through so many methods.
const MOST_KEPT: usize = 3;

impl<'a> Eval<'a> {
    /// What a name is bound to by the function that the present one lies in: an argument of it, or a variable.
    pub(super) fn around(&mut self, name: &str) -> Option<Type> {
        let Unit::Function(id) = self.frame().unit else { return None };
        let outer = self.names.outer(id)?;
        if !self.wrapped.is_empty()
            && let Some(function) = self.wrapped(outer, name)
        {
            return Some(function);
        }
        let it = self.names.function(outer);
        let param = it.params.iter().position(|param| *param.name == *name).map(|at| at as NodeId);
        let node = it.locals.iter().find(|(local, _)| **local == *name).map(|(_, node)| *node).or(param)?;
        let under_way = |frame: &Frame<'_>| frame.unit == Unit::Function(outer);
        if let Some(frame) = self.frames.iter().rev().find(|frame| under_way(frame)) {
            return frame.types.get(node as usize).cloned();
        }
        let left = self.left(outer, it.owner.map(|at| ClassId { draft: outer.draft, at }));
        left.get(node as usize).cloned()
    }

    /// What the methods of a class put under a name of their instance.
    pub(super) fn kept(&mut self, class: ClassId, name: &str) -> Option<Type> {
        let names = self.names;
        let lineage = &names.lineage(class).classes;
        let all: Vec<_> = lineage.iter().flat_map(|of| names.stores.of(*of, name)).collect();
        if all.is_empty() || all.len() > MOST_STORES {
            return None;
        }
        let each = all.into_iter().map(|(method, node)| {
            let owner = names.function(*method).owner.map(|at| ClassId { draft: method.draft, at });
            let left = self.left(*method, owner);
            left.get(*node as usize).cloned().unwrap_or_default()
        });
        Some(Type::either(each.collect()))
    }

    /// The types of the values of a function that is called by itself, evaluated when they are first asked for.
    fn left(&mut self, id: FunctionId, class: Option<ClassId>) -> Rc<Vec<Type>> {
        let key = (id, class);
        if let Some(types) = self.left.get(&key) {
            return types.clone();
        }
        // Methods that need each other know nothing of each other.
        self.left.insert(key, Rc::default());
        if self.kept > MOST_KEPT {
            self.left.remove(&key);
            return Rc::default();
        }
        let (frames, steps) = (std::mem::take(&mut self.frames), self.steps);
        let base = std::mem::take(&mut self.base);
        self.kept += 1;
        self.quiet += 1;
        let types = self.values_of(id, class).iter().map(|it| settle(it, 0)).collect();
        self.quiet -= 1;
        self.kept -= 1;
        (self.frames, self.steps, self.base) = (frames, steps, base);
        let types: Rc<Vec<Type>> = Rc::new(types);
        self.left.insert(key, types.clone());
        types
    }
}
