//! What the `__init__` of a class puts on an instance: its own, and those of the bases that it hands something on to.

use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Entry, Turn, Type};
use super::Eval;
use super::settle::settle;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// An `__init__` hands on to so many others.
const MOST_BASES: usize = 4;

impl Eval<'_> {
    /// What an `__init__` that is given these puts on an instance of a class. `left` are the values of its flow, or nothing
    /// where those are not known: then its arguments and what names stand for are all that is told.
    pub(super) fn stored(
        &self,
        fields: &mut Vec<Entry>,
        class: ClassId,
        init: FunctionId,
        given: &[(Type, Option<Turn>)],
        left: &[Type],
        depth: usize,
    ) {
        let flow = &self.names.function(init).flow;
        let known = |value: NodeId| {
            let value = part(flow, value);
            let known = match flow.node(value).kind {
                NodeKind::Param(at) => given.get(at as usize),
                _ => None,
            };
            // A call that says the same as one before leaves nothing but its arguments.
            let kind = left.get(value as usize).map(|it| settle(it, self.frames.len()));
            let kind = kind.or_else(|| Some(known?.0.clone())).unwrap_or_else(|| self.plain(init, value));
            let vary = match &kind {
                Type::Row(row) => row.turn,
                _ => known.and_then(|it| it.1),
            };
            (kind, vary)
        };
        for node in &flow.nodes {
            match &node.kind {
                NodeKind::Store { of, name, value } if flow.node(*of).kind == NodeKind::Param(0) => {
                    let (kind, vary) = known(*value);
                    // What branches put there is one or the other.
                    let kind = match fields.iter().position(|(it, ..)| **it == **name) {
                        Some(at) => Type::either(vec![fields.remove(at).1, kind]),
                        None => kind,
                    };
                    fields.push(((**name).into(), kind, vary));
                }
                NodeKind::Call { func, args, keywords, .. } if depth < MOST_BASES => {
                    let Some((base, bound)) = self.base_init(class, init, flow, *func) else { continue };
                    let params = &self.names.function(base).params;
                    let mut handed = vec![(Type::Unknown, None); params.len()];
                    for (node, slot) in args.iter().zip(handed.iter_mut().skip(usize::from(bound))) {
                        *slot = known(*node);
                    }
                    for (name, node) in keywords {
                        let at = params.iter().position(|it| it.name == *name);
                        if let Some(slot) = at.and_then(|at| handed.get_mut(at)) {
                            *slot = known(*node);
                        }
                    }
                    self.stored(fields, class, base, &handed, &[], depth + 1);
                }
                _ => {}
            }
        }
    }

    /// The class that a name in an `__init__` stands for, whoever calls it.
    fn plain(&self, init: FunctionId, value: NodeId) -> Type {
        match self.names.of_node(init.draft, &self.names.function(init).flow, value) {
            Some(Def::Class(class)) => Type::Def(Def::Class(class)),
            _ => Type::Unknown,
        }
    }

    /// The `__init__` of a base, as another calls it, and whether it is bound: `super().__init__(…)`, `Base.__init__(self, …)`.
    fn base_init(&self, class: ClassId, init: FunctionId, flow: &Flow, func: NodeId) -> Option<(FunctionId, bool)> {
        let NodeKind::Attr { of, name, .. } = &flow.node(func).kind else { return None };
        if &**name != "__init__" {
            return None;
        }
        let owner = ClassId { draft: init.draft, at: self.names.function(init).owner? };
        if flow.call(*of).and_then(|call| flow.dotted(call.func)).is_some_and(|it| it == "super") {
            return Some((self.names.method(class, name, Some(owner))?, true));
        }
        match self.names.of_node(init.draft, flow, *of)? {
            Def::Class(base) if base != owner && self.names.derives(owner, base) => {
                Some((self.names.method(base, name, None)?, false))
            }
            _ => None,
        }
    }

    /// The model that every instance of a class has under a name, for its `__init__` hands it on to that of a base:
    /// `super().__init__(Book, session)`.
    pub(super) fn model_handed_on(&mut self, class: ClassId, name: &str) -> Option<Type> {
        if !self.initial.contains_key(&class) {
            let mut fields = Vec::new();
            if let Some(init) = self.names.method(class, "__init__", None) {
                self.stored(&mut fields, class, init, &[], &[], 0);
            }
            fields.retain(|(_, kind, _)| self.is_worth(kind));
            self.initial.insert(class, fields.into());
        }
        self.initial.get(&class)?.iter().find(|(it, ..)| **it == *name).map(|(_, kind, _)| kind.clone())
    }
}

/// What `self.session, self.model = session, model` puts under one of its names.
fn part(flow: &Flow, value: NodeId) -> NodeId {
    let NodeKind::Item { of, key } = flow.node(value).kind else { return value };
    match (&flow.node(of).kind, &flow.node(key).kind) {
        (NodeKind::List(parts), NodeKind::Number(at)) => {
            usize::try_from(*at).ok().and_then(|at| parts.get(at)).copied().unwrap_or(value)
        }
        _ => value,
    }
}
