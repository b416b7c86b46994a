//! Which methods a name means where it is known of which classes a value may be.

use super::named::Namer;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::link::orm::names::{ClassId, Def, FunctionId};

impl Namer<'_> {
    /// The methods of a name that a value may have, where it is known of which classes it is: the instance that a method is
    /// of, one that is made, what a function gives that names the classes it makes.
    pub(super) fn methods_of(
        &self,
        draft: u32,
        unit: Option<FunctionId>,
        flow: &Flow,
        of: NodeId,
        name: &str,
    ) -> Option<Vec<FunctionId>> {
        let found = match &flow.node(of).kind {
            NodeKind::Param(0) => {
                let function = self.names.function(unit?);
                let class = ClassId { draft, at: function.owner? };
                if function.decorators.iter().any(|it| last_of(it) == "staticmethod") {
                    return None;
                }
                let below = self.names.below(class).iter().copied();
                let all = std::iter::once(class).chain(below).filter_map(|it| self.names.method(it, name, None));
                let mut all: Vec<FunctionId> = all.collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            NodeKind::Call { func, .. } => match self.def(draft, unit, flow, *func)? {
                Def::Class(class) => vec![self.names.method(class, name, None)?],
                Def::Function(id) => {
                    let mut classes = Vec::new();
                    self.made_by(id, &mut classes)?;
                    classes.iter().filter_map(|it| self.names.method(*it, name, None)).collect()
                }
                _ => return None,
            },
            _ => return None,
        };
        (!found.is_empty()).then_some(found)
    }

    /// The classes that a function gives instances of. [`None`] where it may give something else.
    fn made_by(&self, id: FunctionId, classes: &mut Vec<ClassId>) -> Option<()> {
        let flow = &self.names.function(id).flow;
        let mut todo: Vec<NodeId> = flow.returns.clone();
        if todo.is_empty() || !flow.yields.is_empty() {
            return None;
        }
        while let Some(node) = todo.pop() {
            match &flow.node(node).kind {
                NodeKind::Nothing => {}
                NodeKind::Either(all) => todo.extend(all),
                NodeKind::Call { func, .. } => match self.names.of_node(id.draft, flow, *func)? {
                    Def::Class(class) => classes.push(class),
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(())
    }
}
