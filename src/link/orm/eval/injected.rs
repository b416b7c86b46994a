//! What FastAPI gives a parameter: `patients: list[Patient] = Depends(current_panel)`.

use super::super::names::{Def, FunctionId};
use super::super::types::Type;
use super::Eval;
use super::settle::settle;
use crate::facts::orm::Parameter;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};

/// What is given may need what is given to it so deep.
const MOST: usize = 3;

impl Eval<'_> {
    /// What a parameter is given by the function that it depends on, where that gives something of a mapper.
    pub(super) fn injected(&mut self, id: FunctionId, param: &Parameter) -> Option<Type> {
        let flow = &self.names.function(id).flow;
        let by_default = param.default.and_then(|node| depends(flow, node));
        let asked = by_default.or_else(|| param.annotation.and_then(|node| annotated(flow, node)));
        let asked = match asked {
            Some(node) => self.names.of_node(id.draft, flow, node),
            None => self.by_alias(id.draft, flow, param.annotation?),
        };
        let Some(Def::Function(giver)) = asked else { return None };
        // What is handed out by `yield` is a session, as a rule.
        if giver == id || self.kept > MOST || !self.names.function(giver).flow.yields.is_empty() {
            return None;
        }
        let (frames, steps) = (std::mem::take(&mut self.frames), self.steps);
        self.kept += 1;
        self.quiet += 1;
        let given = settle(&self.enter_root(giver, None), 0);
        self.quiet -= 1;
        self.kept -= 1;
        (self.frames, self.steps) = (frames, steps);
        given.is_of_mapper().then_some(given)
    }
}

impl Eval<'_> {
    /// What an annotation asks for that has a name of its own: `Panel = Annotated[list[Patient], Depends(current_panel)]`.
    fn by_alias(&self, draft: u32, flow: &Flow, annotation: NodeId) -> Option<Def> {
        let Some(Def::Global(at, node)) = self.names.of_node(draft, flow, annotation) else { return None };
        let top = &self.names.draft(at).top;
        self.names.of_node(at, top, annotated(top, node)?)
    }
}

/// The function of `Depends(current_panel)`.
fn depends(flow: &Flow, node: NodeId) -> Option<NodeId> {
    let call = flow.call(node)?;
    let is = flow.dotted(call.func).is_some_and(|name| last_of(&name) == "Depends");
    is.then(|| call.args.first().copied().or_else(|| call.keyword("dependency"))).flatten()
}

/// The same of `Annotated[list[Patient], Depends(current_panel)]`.
fn annotated(flow: &Flow, node: NodeId) -> Option<NodeId> {
    let NodeKind::Item { of, key } = flow.node(node).kind else { return None };
    let NodeKind::List(parts) = &flow.node(key).kind else { return None };
    let is = flow.dotted(of).is_some_and(|name| last_of(&name) == "Annotated");
    parts.iter().filter(|_| is).find_map(|part| depends(flow, *part))
}
