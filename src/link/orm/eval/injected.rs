//! What FastAPI gives a parameter: `patients: list[Patient] = Depends(current_panel)`, `books: BooksDep`.

use super::super::names::{Def, FunctionId};
use super::super::types::Type;
use super::Eval;
use super::settle::settle;
use crate::facts::orm::Parameter;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};

/// What is given may need what is given to it so deep.
const MOST: usize = 3;

impl Eval<'_> {
    /// What a parameter is given by the function that it depends on, where that gives something of a mapper or an
    /// instance of a class of the repository's.
    pub(super) fn injected(&mut self, id: FunctionId, param: &Parameter) -> Option<Type> {
        let flow = &self.names.function(id).flow;
        let by_default = param.default.and_then(|node| Some((id.draft, flow, depends(flow, node)?)));
        let (draft, flow, asked) = by_default.or_else(|| {
            let (draft, flow, node) = self.names.behind_alias(id.draft, flow, param.annotation?);
            Some((draft, flow, annotated(flow, node)?))
        })?;
        let giver = match self.names.of_node(draft, flow, asked)? {
            Def::Function(giver) => giver,
            Def::Class(class) if self.models.get(class).is_none() => return Some(Type::Instance(class)),
            _ => return None,
        };
        // What is handed out by `yield` is a session, as a rule.
        if giver == id || self.kept > MOST || !self.names.function(giver).flow.yields.is_empty() {
            return None;
        }
        let (frames, steps) = (std::mem::take(&mut self.frames), self.steps);
        let base = std::mem::take(&mut self.base);
        self.kept += 1;
        self.quiet += 1;
        let given = settle(&self.enter_root(giver, None), 0);
        self.quiet -= 1;
        self.kept -= 1;
        (self.frames, self.steps, self.base) = (frames, steps, base);
        let is_known = given.is_of_mapper() || matches!(given, Type::Made(..) | Type::Instance(_));
        is_known.then_some(given)
    }
}

/// The function of `Depends(current_panel)`.
pub(super) fn depends(flow: &Flow, node: NodeId) -> Option<NodeId> {
    let call = flow.call(node)?;
    let is = flow.dotted(call.func).is_some_and(|name| last_of(&name) == "Depends");
    is.then(|| call.args.first().copied().or_else(|| call.keyword("dependency"))).flatten()
}

/// The same of `Annotated[list[Patient], Depends(current_panel)]`.
pub(super) fn annotated(flow: &Flow, node: NodeId) -> Option<NodeId> {
    let NodeKind::Item { of, key } = flow.node(node).kind else { return None };
    let NodeKind::List(parts) = &flow.node(key).kind else { return None };
    let is = flow.dotted(of).is_some_and(|name| last_of(&name) == "Annotated");
    parts.iter().filter(|_| is).find_map(|part| depends(flow, *part))
}
