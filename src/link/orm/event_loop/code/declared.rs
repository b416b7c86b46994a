//! What a parameter is said to be: by its annotation, or by the dependency that FastAPI gives it.

use super::Code;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::event_loop::value::{ASYNC_SESSION, KEPT_SESSION, Value};
use crate::link::orm::names::Def;
use crate::link::orm::types::Unit;

impl<'a> Code<'a> {
    /// What a parameter is said to be: by the dependency that gives it, else by its annotation.
    pub(super) fn declared(&self, unit: Unit, at: u32) -> Value {
        let Unit::Function(id) = unit else { return Value::Unknown };
        let function = self.names.function(id);
        let Some(param) = function.params.get(at as usize) else { return Value::Unknown };
        let default = param.default.map(|node| self.asked_for(id.draft, &function.flow, node));
        match (default, param.annotation) {
            (Some(known), _) if known != Value::Unknown => known,
            (_, Some(node)) => self.annotation(id.draft, &function.flow, node),
            _ => Value::Unknown,
        }
    }

    /// The dependency that a node asks for: `Depends(get_db)`.
    pub(super) fn asked_for(&self, draft: u32, flow: &Flow, node: NodeId) -> Value {
        let Some(call) = flow.call(node) else { return Value::Unknown };
        let asks = flow.called(call).is_some_and(|it| matches!(&*it, "Depends" | "Security"));
        match call.args.first().and_then(|it| self.names.of_node(draft, flow, *it)) {
            Some(def) if asks => self.dependency(&self.of(&def)),
            _ => Value::Unknown,
        }
    }

    /// What an annotation says.
    pub(super) fn annotation(&self, draft: u32, flow: &Flow, node: NodeId) -> Value {
        let of = |def: Option<Def>| match def {
            Some(Def::Class(class)) => Value::Instance(class, false),
            Some(Def::External(path)) if path.ends_with(".AsyncSession") && path.contains("asyncio") => {
                Value::outside(if self.all_expire.get() { ASYNC_SESSION } else { KEPT_SESSION })
            }
            Some(Def::External(path)) => Value::outside(&format!("{path}()")),
            // `SessionDep = Annotated[Session, Depends(get_db)]`
            Some(Def::Global(draft, node)) => self.annotation(draft, &self.names.draft(draft).top, node),
            _ => Value::Unknown,
        };
        match &flow.node(node).kind {
            NodeKind::Text(text) => of(self.names.resolve_dotted(draft, text)),
            NodeKind::Name(_) | NodeKind::Attr { .. } => of(self.names.of_node(draft, flow, node)),
            NodeKind::Item { of: base, key } => {
                let base_name = flow.dotted(*base).unwrap_or_default();
                match (base_name.rsplit('.').next(), &flow.node(*key).kind) {
                    (Some("Annotated"), NodeKind::List(parts)) => {
                        let asked = parts.iter().skip(1).map(|it| self.asked_for(draft, flow, *it));
                        let asked = asked.into_iter().find(|it| *it != Value::Unknown);
                        asked.or_else(|| parts.first().map(|it| self.annotation(draft, flow, *it))).unwrap_or_default()
                    }
                    (Some("Optional"), _) => self.annotation(draft, flow, *key),
                    (Some("sessionmaker" | "async_sessionmaker" | "scoped_session"), _) => {
                        self.annotation(draft, flow, *base)
                    }
                    _ => Value::Unknown,
                }
            }
            // `Session | None`
            NodeKind::Mix(parts) => match parts.as_slice() {
                [one, other] if matches!(flow.node(*other).kind, NodeKind::Nothing) => {
                    self.annotation(draft, flow, *one)
                }
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }
}
