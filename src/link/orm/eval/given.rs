//! What a function is given by a call, and what that says.

use std::rc::Rc;

use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Turn, Type, Void};
use super::{Args, Eval};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// Decorators that give a function no other arguments.
const OWN: &[&str] = &["staticmethod", "classmethod", "property", "cached_property", "atomic", "cache", "lru_cache"];

/// What an argument says of itself: calls that are given the same do the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Given {
    Other,
    Instance(ClassId),
    /// The class itself, or a function.
    Class(ClassId),
    Function(FunctionId),
    Flag(bool),
    Void(Void),
    Text(Rc<str>),
}

impl Given {
    pub(super) fn of(kind: &Type) -> Self {
        match kind {
            Type::Row(row) => Given::Instance(row.model),
            Type::Instance(class) => Given::Instance(*class),
            Type::Def(Def::Class(class)) => Given::Class(*class),
            Type::Def(Def::Function(function)) => Given::Function(*function),
            Type::Flag(flag) => Given::Flag(*flag),
            Type::Void(void) => Given::Void(*void),
            Type::Text(text) => Given::Text(text.clone()),
            _ => Given::Other,
        }
    }
}

impl Eval<'_> {
    /// The arguments of a call, at the places of the function's parameters.
    pub(super) fn given(
        &self,
        this: Option<&Rc<Type>>,
        function: FunctionId,
        args: &Args<'_>,
    ) -> Vec<(Type, Option<Turn>)> {
        let params = &self.names.function(function).params;
        let mut given: Vec<(Type, Option<Turn>)> = vec![(Type::Unknown, None); params.len()];
        let mut at = 0;
        if let Some(this) = this {
            if let Some(first) = given.first_mut() {
                let turn = match &**this {
                    Type::Row(row) => row.turn,
                    _ => None,
                };
                *first = ((**this).clone(), turn);
            }
            at = 1;
        }
        let flow = self.frame().flow;
        let told = |node: NodeId| self.argument(flow, node);
        let mut left: Vec<bool> = (0..params.len()).map(|place| place >= at + args.positional.len()).collect();
        for (node, slot) in args.positional.iter().zip(given.iter_mut().skip(at)) {
            *slot = (told(*node), self.vary(*node));
        }
        for (name, node) in args.keywords {
            if let Some(at) = params.iter().position(|it| it.name == *name) {
                given[at] = (told(*node), self.vary(*node));
                left[at] = false;
            }
        }
        // Arguments that cannot be told may be those that are left.
        let called = self.names.function(function);
        // Nor is it known what a decorator gives.
        let bare = || called.decorators.iter().all(|it| OWN.contains(&it.rsplit('.').next().unwrap_or(it)));
        let defaults = params.iter().map(|it| match it.default {
            Some(node) => literal(&called.flow, node).filter(|it| matches!(it, Type::Flag(_)) || bare()),
            None => None,
        });
        for ((slot, default), _) in given.iter_mut().zip(defaults).zip(left).filter(|it| it.1 && !args.open) {
            slot.0 = default.unwrap_or_default();
        }
        for (slot, param) in given.iter_mut().zip(params) {
            if matches!(slot.0, Type::Unknown) && &*param.name == "request" {
                slot.0 = Type::Request;
            }
            if param.name.starts_with('*') {
                slot.0 = Type::Unknown;
            }
        }
        given
    }

    /// What an argument is: a truth and what is not there are known where they stand in the call itself, for a variable
    /// may hold another thing in another turn.
    fn argument(&self, flow: &Flow, node: NodeId) -> Type {
        let NodeKind::Param(at) = flow.node(node).kind else {
            let called = self.frame().types.len();
            let written = flow.nodes.get(called).is_some_and(|call| call.span.contains(flow.node(node).span));
            let known = literal(flow, node).filter(|it| written || matches!(it, Type::Flag(_)));
            return known.unwrap_or_else(|| self.type_of(node));
        };
        match self.type_of(node) {
            Type::Void(Void::Empty) if self.is_filled(at, self.frame().types.len() as NodeId) => Type::Unknown,
            given => given,
        }
    }
}

/// What a literal is, as an argument: a truth, or what is not there.
fn literal(flow: &Flow, node: NodeId) -> Option<Type> {
    match &flow.node(node).kind {
        NodeKind::Flag(flag) => Some(Type::Flag(*flag)),
        NodeKind::Nothing => Some(Type::Void(Void::None)),
        NodeKind::List(items) if items.is_empty() => Some(Type::Void(Void::Empty)),
        NodeKind::Dict(pairs) if pairs.is_empty() => Some(Type::Void(Void::Empty)),
        NodeKind::Text(text) if text.is_empty() => Some(Type::Void(Void::Empty)),
        _ => None,
    }
}
