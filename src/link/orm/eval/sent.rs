//! What a client sends to a route of FastAPI (0.121) or of django-ninja (1.7), by the annotations of its parameters: a list of
//! whatever length, a schema with lists in it.

use super::super::names::{ClassId, Def, FunctionId};
use super::super::schemas;
use super::super::types::{Entry, Type};
use super::Eval;
use super::injected::{annotated, depends};
use crate::facts::orm::Parameter;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};

impl Eval<'_> {
    /// What a parameter of a route is, where a client may make it long.
    pub(super) fn sent(&self, id: FunctionId, param: &Parameter) -> Option<Type> {
        let function = self.names.function(id);
        let annotation = param.annotation?;
        if !self.is_route(id) || param.default.is_some_and(|node| depends(&function.flow, node).is_some()) {
            return None;
        }
        let (draft, flow, node) = self.names.behind_alias(id.draft, &function.flow, annotation);
        if annotated(flow, node).is_some() {
            return None;
        }
        if is_list(flow, node) {
            return Some(Type::Checked(true));
        }
        match self.names.of_node(draft, flow, bare(flow, node))? {
            Def::Class(schema) if schemas::is_schema(self, schema) => {
                let lists = self.lists_of(schema);
                (!lists.is_empty()).then(|| Type::Made(schema, lists.into()))
            }
            _ => None,
        }
    }

    fn is_route(&self, id: FunctionId) -> bool {
        const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "api_route"];
        let is = |it: &str| it.rsplit_once('.').is_some_and(|(_, method)| METHODS.contains(&method));
        let from =
            |module: &str| ["fastapi", "ninja", "ninja_extra"].contains(&module.split('.').next().unwrap_or(module));
        self.names.function(id).decorators.iter().any(|it| is(it))
            && self.names.draft(id.draft).imports.iter().any(|it| from(&it.module))
    }

    /// The lists that a client fills a schema's fields with.
    fn lists_of(&self, schema: ClassId) -> Vec<Entry> {
        let mut lists: Vec<Entry> = Vec::new();
        for class in &self.names.lineage(schema).classes {
            let draft = self.names.class(*class);
            for attribute in &draft.attributes {
                let is = attribute.annotation.is_some_and(|annotation| is_list(&draft.body, annotation));
                if is && lists.iter().all(|(name, ..)| **name != *attribute.name) {
                    lists.push(((*attribute.name).into(), Type::Checked(true), None));
                }
            }
        }
        lists
    }
}

/// Whether an annotation is of a list that may be long: not of files.
fn is_list(flow: &Flow, node: NodeId) -> bool {
    const LISTS: &[&str] = &["list", "List", "Sequence", "set", "Set", "Iterable"];
    let named = |node: NodeId| flow.dotted(node).is_some_and(|it| LISTS.contains(&last_of(&it)));
    let node = bare(flow, node);
    match flow.node(node).kind {
        NodeKind::Item { of, key } => {
            named(of) && flow.dotted(key).is_none_or(|it| !matches!(last_of(&it), "UploadFile" | "UploadedFile"))
        }
        _ => named(node),
    }
}

/// An annotation without what says that it may be missing, or how it is read: `Annotated[list[int], Query()] | None`.
fn bare(flow: &Flow, mut node: NodeId) -> NodeId {
    loop {
        let inner = match &flow.node(node).kind {
            NodeKind::Item { of, key } => match (flow.dotted(*of).as_deref().map(last_of), &flow.node(*key).kind) {
                (Some("Annotated"), NodeKind::List(parts)) => parts.first().copied(),
                (Some("Optional"), _) => Some(*key),
                _ => None,
            },
            NodeKind::Mix(parts) => match parts.as_slice() {
                [of, none] if flow.node(*none).kind == NodeKind::Nothing => Some(*of),
                _ => None,
            },
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}
