//! Whether code serves rows of several models: by a parameter that a model comes by, by a class that others derive from.

use super::super::names::{ClassId, Def};
use super::super::types::{Type, Unit};
use super::Eval;
use crate::facts::orm::flow::{NodeId, NodeKind};

impl Eval<'_> {
    /// Whether what a node gives may be rows of another model when somebody else calls the present function.
    pub(super) fn is_shared_by_models(&self, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let (mut at, mut by) = (id, "");
        loop {
            at = match &flow.node(at).kind {
                NodeKind::Call { func, args, keywords, .. } => {
                    let given = args.iter().chain(keywords.iter().map(|(_, node)| node));
                    let is_class = |node: &&NodeId| {
                        matches!(flow.node(**node).kind, NodeKind::Param(_))
                            && matches!(self.type_of(**node), Type::Def(Def::Class(_)))
                    };
                    if given.into_iter().any(|node| is_class(&node)) {
                        return true;
                    }
                    *func
                }
                NodeKind::Attr { of, name, .. } => {
                    by = name;
                    *of
                }
                NodeKind::Slice { of, .. } | NodeKind::Item { of, .. } | NodeKind::Await(of) => *of,
                NodeKind::Param(place) => return self.is_of_several(*place, &self.type_of(at), by),
                NodeKind::Name(name) => return &**name == "super" && self.is_of_several(0, &self.type_of(0), ""),
                _ => return false,
            };
        }
    }

    /// Whether a parameter may be of another class than what it is here, as far as that says which rows come by; `by` is the
    /// attribute that they are come by.
    fn is_of_several(&self, place: u32, kind: &Type, by: &str) -> bool {
        let Unit::Function(function) = self.frame().unit else { return false };
        let owner = self.names.function(function).owner.map(|at| ClassId { draft: function.draft, at });
        let class = match kind {
            Type::Instance(class) | Type::Made(class, _) | Type::Def(Def::Class(class)) => *class,
            Type::Row(row) => row.model,
            _ => return false,
        };
        let Some(owner) = owner.filter(|owner| place == 0 && self.names.derives(class, *owner)) else {
            // Of an instance that is handed on, what it has is taken for what the others of its kind have.
            return matches!(kind, Type::Def(_));
        };
        // What a model has, those below it have.
        if self.models.get(class).is_some() {
            return class != owner;
        }
        let other =
            |it: &ClassId| *it != class && !self.names.derives(class, *it) && !self.lists_the_same(*it, class, by);
        self.names.below(owner).iter().any(other)
    }

    /// Whether two views, or two lists of the admin, say alike of which model they are.
    fn lists_the_same(&self, one: ClassId, other: ClassId, by: &str) -> bool {
        let said = |class: ClassId| ["queryset", "model", by].map(|name| self.said_model(class, name));
        let registered = self.registered.of(one).zip(self.registered.of(other));
        said(one) == said(other) && registered.is_none_or(|(one, other)| one == other)
    }

    /// The class that an attribute of a class starts with: `queryset = Book.objects.all()`.
    fn said_model(&self, class: ClassId, name: &str) -> Option<Def> {
        let (at, place) = self.names.attribute(class, name)?;
        let draft = self.names.class(at);
        let mut node = draft.attributes.get(place)?.value?;
        loop {
            if let Some(class @ Def::Class(_)) = self.names.of_node(at.draft, &draft.body, node) {
                return Some(class);
            }
            match draft.body.node(node).kind {
                NodeKind::Call { func: of, .. } | NodeKind::Attr { of, .. } => node = of,
                _ => return None,
            }
        }
    }
}
