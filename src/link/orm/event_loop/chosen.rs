//! Classes that code chooses from a dict by what it is given: `HELPERS[provider](code).sign_in()`. Whoever calls a method of
//! what is chosen calls that of each of them.

use super::code::Code;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::names::{ClassId, Def, FunctionId};
use crate::link::orm::types::Unit;

/// A choice may be handed on by so many functions.
const MOST: u32 = 3;

/// The methods that a function calls of what it has chosen.
pub(super) fn methods(code: &Code<'_>, id: FunctionId) -> Vec<FunctionId> {
    let flow = &code.names.function(id).flow;
    let mut found = Vec::new();
    for node in &flow.nodes {
        let NodeKind::Attr { of, name, .. } = &node.kind else { continue };
        let NodeKind::Call { func, .. } = &flow.node(*of).kind else { continue };
        let classes = chosen(code, Unit::Function(id), flow, *func, 0);
        found.extend(classes.into_iter().filter_map(|class| code.names.method(class, name, None)));
    }
    found
}

/// The classes that a value is one of.
fn chosen(code: &Code<'_>, unit: Unit, flow: &Flow, node: NodeId, deep: u32) -> Vec<ClassId> {
    if deep > MOST {
        return Vec::new();
    }
    match &flow.node(node).kind {
        NodeKind::Item { of, .. } => of_dict(code, unit, flow, *of),
        NodeKind::Either(all) => all.iter().flat_map(|it| chosen(code, unit, flow, *it, deep + 1)).collect(),
        NodeKind::Call { func, .. } => match &flow.node(*func).kind {
            NodeKind::Attr { of, name, .. } if &**name == "get" => of_dict(code, unit, flow, *of),
            _ => match code.names.of_node(unit.draft(), flow, *func) {
                Some(Def::Function(id)) => {
                    let flow = &code.names.function(id).flow;
                    let returns = flow.returns.iter();
                    returns.flat_map(|it| chosen(code, Unit::Function(id), flow, *it, deep + 1)).collect()
                }
                _ => Vec::new(),
            },
        },
        _ => Vec::new(),
    }
}

/// The classes that a dict has: one that is written here, or at the top of a module.
fn of_dict(code: &Code<'_>, unit: Unit, flow: &Flow, node: NodeId) -> Vec<ClassId> {
    let classes = |draft: u32, flow: &Flow, node: NodeId| match &flow.node(node).kind {
        NodeKind::Dict(pairs) => {
            let each = pairs.iter().filter_map(|(_, value)| match code.names.of_node(draft, flow, *value) {
                Some(Def::Class(class)) => Some(class),
                _ => None,
            });
            each.collect()
        }
        _ => Vec::new(),
    };
    match code.names.of_node(unit.draft(), flow, node) {
        Some(Def::Global(draft, node)) => classes(draft, &code.names.draft(draft).top, node),
        _ => classes(unit.draft(), flow, node),
    }
}
