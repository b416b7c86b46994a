//! Functions that a decorator of the repository calls: in a loop (`@for_each def remind(booking): …`), or after it has asked
//! for something itself (`@requires_credit def confirm(session, order): …`).

use super::super::names::{Def, FunctionId};
use super::super::types::{Type, Unit};
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind};

/// What stands in the place of a function that is decorated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrapper {
    /// What is called in its place, and calls it.
    runs: FunctionId,
    /// The function that is given the decorated one, as its first argument.
    within: FunctionId,
    /// Whether it calls it in a loop.
    loops: bool,
}

impl Eval<'_> {
    /// Runs what stands in the place of a decorated function, by itself.
    pub(super) fn root_of_wrapper(&mut self, function: FunctionId) {
        if let Some(wrapper) = self.wrapper(function).filter(|it| it.loops) {
            self.wrapped.push((wrapper.within, function));
            self.enter_root(wrapper.runs, None);
            self.wrapped.pop();
        }
    }

    /// Calls what stands in the place of a decorated function. What calls that function once does the rest by itself, and
    /// gives what that does.
    pub(super) fn call_wrapper(&mut self, function: FunctionId, args: &Args<'_>, id: NodeId) -> Option<Type> {
        let wrapper = self.wrapper(function)?;
        if !self.follows(wrapper.runs) {
            return None;
        }
        let given = self.given(None, wrapper.runs, args);
        if !wrapper.loops {
            self.follow(wrapper.runs, given, id);
            return None;
        }
        let node = self.frame().flow.node(id);
        let call = (node.span, node.scope);
        self.wrapped.push((wrapper.within, function));
        // What it does is another thing for each function that it wraps, so that nothing of it is kept.
        let flow = &self.names.function(wrapper.runs).flow;
        let returned = self.run(Unit::Function(wrapper.runs), flow, given, call).0;
        self.wrapped.pop();
        Some(self.at_site(returned, id))
    }

    /// The function that a decorator was given, by the name that it has there.
    pub(super) fn wrapped(&self, outer: FunctionId, name: &str) -> Option<Type> {
        let (_, function) = self.wrapped.iter().rev().find(|(within, _)| *within == outer)?;
        let param = self.names.function(outer).params.first()?;
        (*param.name == *name).then_some(Type::Def(Def::Function(*function)))
    }

    fn wrapper(&mut self, function: FunctionId) -> Option<Wrapper> {
        let names = self.names;
        if self.wrapped.iter().any(|(_, it)| *it == function) {
            return None;
        }
        names.function(function).decorators.iter().find_map(|decorator| {
            let Some(Def::Function(decorator)) = names.resolve_dotted(function.draft, decorator) else { return None };
            if let Some(known) = self.wrappers.get(&decorator) {
                return *known;
            }
            let found = self.calling(decorator);
            self.wrappers.insert(decorator, found);
            found
        })
    }

    /// The function within a decorator, or within what makes one, that calls what is decorated; first one that does so in a
    /// loop.
    fn calling(&self, decorator: FunctionId) -> Option<Wrapper> {
        let all = self.names.draft(decorator.draft).functions.iter().enumerate();
        let inner = all.filter(|(_, it)| it.within.is_some());
        let found = inner.map(|(at, _)| FunctionId { draft: decorator.draft, at: at as u32 }).filter_map(|runs| {
            let within = self.names.outer(runs)?;
            let of_it = within == decorator || self.names.outer(within) == Some(decorator);
            let param = &self.names.function(within).params.first().filter(|_| of_it)?.name;
            let flow = &self.names.function(runs).flow;
            let calls = flow.nodes.iter().filter(|node| match node.kind {
                NodeKind::Call { func, .. } => {
                    matches!(&flow.node(func).kind, NodeKind::Name(name) if name == param)
                }
                _ => false,
            });
            calls.map(|node| Wrapper { runs, within, loops: node.scope != 0 }).max_by_key(|it| it.loops)
        });
        found.max_by_key(|it| it.loops)
    }
}
