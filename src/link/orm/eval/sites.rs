//! Places for eager clauses: where a queryset comes to the code that asks it.

use std::rc::Rc;

use super::super::names::{ClassId, FunctionId};
use super::super::types::{ManagerType, Set, Site, Type};
use super::Eval;
use crate::facts::orm::flow::NodeId;
use crate::stack::vocabulary::Orm;

impl Eval<'_> {
    /// A queryset that comes from elsewhere gets its clauses where it arrives.
    pub(in crate::link::orm) fn at_site(&self, value: Type, id: NodeId) -> Type {
        match value {
            Type::Set(set) if set.orm == Orm::Django => {
                let mut set = (*set).clone();
                if set.sealed {
                    set.sites.clear();
                    return Type::Set(Rc::new(set));
                }
                let bars_one = set.sites.iter().any(|it| it.bars_one);
                let bars_many = set.sites.iter().any(|it| it.bars_many);
                set.sites = vec![Site { bars_one, bars_many, ..self.site(id, true) }];
                Type::Set(Rc::new(set))
            }
            Type::Set(set) => Type::Set(Rc::new(Set { sites: Vec::new(), ..(*set).clone() })),
            other => other,
        }
    }

    /// The place just behind a node.
    pub(in crate::link::orm) fn site(&self, id: NodeId, called: bool) -> Site {
        let frame = self.frame();
        let site = Site::behind(frame.unit, frame.flow.node(id).span, called);
        Site { shared: self.is_shared_by_models(id), ..site }
    }

    /// What a method is called on. What a manager's own method makes of it leaves no place for a clause before the call:
    /// a queryset has no such method.
    pub(super) fn without_site(&self, function: FunctionId, this: &Rc<Type>) -> Rc<Type> {
        let Type::Manager(manager) = &**this else { return this.clone() };
        let owner = self.names.function(function).owner.map(|at| ClassId { draft: function.draft, at });
        if owner.is_some_and(|owner| self.names.derives_external(owner, "QuerySet")) {
            return this.clone();
        }
        Rc::new(Type::Manager(Rc::new(ManagerType { site: None, ..(**manager).clone() })))
    }
}

/// What a queryset's own method makes of it, with the places for clauses that it had: what is put there is carried on,
/// and other branches that go on from it need no second clause.
pub(super) fn carried(this: &Type, returned: Type) -> Type {
    match (this, &returned) {
        (Type::Set(of), Type::Set(set)) if of.span == set.span && !of.sites.is_empty() && of.orm == Orm::Django => {
            let mut sites = of.sites.clone();
            for site in &mut sites {
                site.bars_one |= set.sites.iter().any(|it| it.bars_one);
                site.bars_many |= set.sites.iter().any(|it| it.bars_many);
            }
            Type::Set(Rc::new(Set { sites, ..(**set).clone() }))
        }
        _ => returned,
    }
}
