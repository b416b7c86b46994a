//! Rows that the present code has made just now: no other row refers to them until it makes one.

use super::super::names::Def;
use super::super::types::Type;
use super::Eval;
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::stack::vocabulary::Orm;

impl Eval<'_> {
    /// Whether a value is a row that the present function has made, and nothing has been done since that could have made
    /// others which refer to it.
    pub(in crate::link::orm) fn is_childless(&self, of: NodeId, at: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(of).kind else { return false };
        let Type::Row(row) = self.type_of(of) else { return false };
        let made = match self.type_of(func) {
            Type::Op(base, name) => matches!(*base, Type::Manager(_) | Type::Set(_)) && &*name == "create",
            Type::Def(Def::Class(class)) => class == row.model,
            _ => false,
        };
        let plain = self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django)
            && self.names.method(row.model, "save", None).is_none()
            && self.models.saved(row.model).is_none();
        made && plain && !(of + 1..at).any(|node| self.may_give_children(of, node))
    }

    /// Whether a node may be what makes others refer to a row: one that hands it, its key, or a list of its own to something.
    fn may_give_children(&self, row: NodeId, node: NodeId) -> bool {
        const PLAIN: &[&str] = &["save", "full_clean", "clean_fields", "refresh_from_db"];
        let flow = self.frame().flow;
        match &flow.node(node).kind {
            NodeKind::Attr { of, name, .. } if *of == row => {
                let lists = match self.type_of(row) {
                    Type::Row(it) => self.models.relation(it.model, name).is_some_and(|it| it.to_many),
                    _ => true,
                };
                let field = || match self.type_of(row) {
                    Type::Row(it) => self.names.attribute(it.model, name).is_some(),
                    _ => false,
                };
                matches!(&**name, "pk" | "id") || lists || !PLAIN.contains(&&**name) && !field()
            }
            NodeKind::Store { of, value, .. } => *value == row && *of != row,
            kind => super::uses(kind, row),
        }
    }
}
