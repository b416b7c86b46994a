//! What makes awaited sessions, and whether their rows expire when they commit.

use super::{Called, Code};
use crate::facts::orm::flow::NodeKind;
use crate::link::orm::event_loop::value::Value;
use crate::source::Span;

impl<'a> Code<'a> {
    /// Whether a maker of awaited sessions lets rows expire when they commit, as it does when it is told nothing.
    pub(super) fn expires(&self, called: &Called<'_>) -> bool {
        let told = called.keyword("expire_on_commit").map(|it| called.value(it));
        !called.open && matches!(told, None | Some(Value::Flag(true)))
    }

    /// Behind the last argument of the one maker of awaited sessions, when there is one alone.
    pub(in crate::link::orm::event_loop) fn maker(&self) -> Option<Span> {
        match self.makers.borrow().as_slice() {
            [only] => *only,
            _ => None,
        }
    }

    /// Whether there are makers of awaited sessions, and all let rows expire.
    pub(super) fn makers_expire(&self) -> bool {
        let mut found = false;
        for (draft, it) in self.names.drafts.iter().enumerate() {
            if !it.imports.iter().any(|it| it.module.starts_with("sqlalchemy") || it.module.starts_with("sqlmodel")) {
                continue;
            }
            let functions = it.functions.iter().map(|it| &it.flow);
            for flow in functions.chain([&it.top]).chain(it.classes.iter().map(|it| &it.body)) {
                for (at, node) in flow.nodes.iter().enumerate() {
                    let NodeKind::Call { func, keywords, open, .. } = &node.kind else { continue };
                    let Some(name) = flow.dotted(*func) else { continue };
                    let keyword = |wanted: &str| keywords.iter().find(|it| &*it.0 == wanted).map(|it| it.1);
                    let is_maker = match name.rsplit('.').next() {
                        Some("async_sessionmaker" | "AsyncSession") => true,
                        Some("sessionmaker") => {
                            let class = keyword("class_").and_then(|it| flow.dotted(it));
                            class.is_some_and(|it| it.ends_with("AsyncSession"))
                        }
                        _ => false,
                    };
                    if !is_maker || self.names.resolve_dotted(draft as u32, &name).is_none() {
                        continue;
                    }
                    found = true;
                    let behind = flow.behind.iter().find(|it| it.0 as usize == at).map(|it| it.1);
                    self.makers.borrow_mut().push(behind);
                    if *open || keyword("expire_on_commit").is_some_and(|it| flow.flag(it) != Some(true)) {
                        return false;
                    }
                }
            }
        }
        found
    }
}
