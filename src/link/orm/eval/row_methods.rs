//! Methods of rows that ask or write: those of trees, the row beside, `save` and `delete`.

use std::rc::Rc;

use super::super::django;
use super::super::events::{Does, Writing};
use super::super::names::ClassId;
use super::super::types::{Row, Set, Turn, Type};
use super::Eval;
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

impl Eval<'_> {
    pub(super) fn row_operation(&mut self, row: &Rc<Row>, name: &str, id: NodeId) -> Type {
        if let Some(one) = tree_method(name).filter(|_| self.is_in_a_tree(row.model)) {
            if one {
                let scope = self.frame().flow.node(id).scope;
                self.query_per_row(row, Orm::Django, id, scope, "");
                return Type::Row(Rc::new(Row::of(row.model)));
            }
            let span = self.frame().flow.node(id).span;
            return Type::Set(Rc::new(Set::all(row.model, span)));
        }
        if django::is_beside(name) && self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django) {
            let scope = self.frame().flow.node(id).scope;
            let beside = if name.starts_with("get_next") { "Lead" } else { "Lag" };
            self.query_per_row(row, Orm::Django, id, scope, &format!("annotate(Window({beside}(...)))"));
            return Type::Row(Rc::new(Row::of(row.model)));
        }
        if name == "refresh_from_db"
            && let (Some(turn), Some(root)) = (row.turn.filter(|_| row.path.is_empty()), &row.root)
            && let NodeKind::Call { args, keywords, open: false, .. } = &self.frame().flow.node(id).kind
            && args.is_empty()
            && keywords.is_empty()
        {
            self.refreshed.push((turn, root.span));
        }
        if matches!(name, "save" | "delete") && self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django) {
            self.touch(Some(row.model), None, id);
            let NodeKind::Call { func, .. } = self.frame().flow.node(id).kind else { return Type::Unknown };
            let node = self.frame().flow.node(id);
            let found = self.row_loop(node.span, node.scope);
            let found = found.or_else(|| self.guessed_loop(node.span, node.scope, |_| true));
            if let Some((turn, ..)) = found {
                let fresh = row.root.is_none() && row.turn.is_none() && self.made_within(func, turn);
                let own = self.own_code(row.model, name);
                // A row that takes more with it when it goes has to go by itself.
                let alone = name == "delete" && own == Some(true);
                // Saved as it is, for what hears of it: the model itself makes nothing else of it.
                let idle = name == "save"
                    && own == Some(false)
                    && !row.fresh
                    && !self.is_copied(func)
                    && !self.may_be_changed(func);
                if !alone && !idle && (fresh || self.keyed(self.vary(func), turn)) {
                    let (does, remedy) = match name {
                        "delete" => (Does::Remove, "filter(pk__in=...).delete()".to_owned()),
                        _ if row.fresh || self.is_copied(func) => (Does::Make, "bulk_create".to_owned()),
                        _ => {
                            let alike = self.given_alike(id, func, turn).filter(|_| own == Some(false));
                            (Does::Change, alike.unwrap_or_else(|| "bulk_update".to_owned()))
                        }
                    };
                    // A queryset that is deleted sends the signals of each of its rows all the same.
                    let signals = if name == "save" { self.models.saved(row.model) } else { None };
                    let signals = signals.or_else(|| self.revision(id).filter(|_| name == "save"));
                    let how = Writing { own, signals, ..Writing::plain(row.model, does, &remedy) };
                    self.write(Orm::Django, id, how);
                }
            }
        }
        Type::Unknown
    }

    /// Whether the rows of a model have methods that ask for others of a tree: treebeard's, mptt's.
    fn is_in_a_tree(&self, model: ClassId) -> bool {
        let is = |base: &str| {
            let last = last_of(base);
            matches!(last, "MP_Node" | "NS_Node" | "AL_Node" | "MPTTModel") || django::is_page(base)
        };
        self.names.lineage(model).external.iter().any(|base| is(base))
    }

    /// Whether a row has lost its key, so that saving it makes another: `row.pk = None`.
    fn is_copied(&self, func: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of: row, .. } = flow.node(func).kind else { return false };
        flow.nodes.iter().take(func as usize).any(|node| match &node.kind {
            NodeKind::Store { of, name, value } => {
                *of == row && matches!(&**name, "id" | "pk") && matches!(flow.node(*value).kind, NodeKind::Nothing)
            }
            _ => false,
        })
    }

    /// Whether the value that a method is called on came to be within a loop of this frame.
    fn made_within(&self, func: NodeId, turn: Turn) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return false };
        matches!(flow.node(of).kind, NodeKind::Call { .. })
            && turn.depth == self.depth()
            && flow.within(flow.node(of).scope, turn.scope)
    }
}

/// What a method of a row of a tree gives: one row that is asked for, or a queryset (django-treebeard 4.7, `models.py`;
/// django-mptt 0.17, `models.py`).
fn tree_method(name: &str) -> Option<bool> {
    match name {
        "get_parent" | "get_root" => Some(true),
        "get_children" | "get_ancestors" | "get_descendants" | "get_siblings" => Some(false),
        _ => None,
    }
}
