//! Managers: what they give before anything is asked of them.

use std::rc::Rc;

use super::super::eval::{Args, Eval};
use super::super::models::Relation;
use super::super::names::ClassId;
use super::super::types::{ManagerType, Row, Set, Type, Unit};
use crate::facts::orm::flow::{NodeId, NodeKind};

/// `Model.objects`
pub(in crate::link::orm) fn manager(eval: &Eval<'_>, model: ClassId, classes: &[ClassId], id: NodeId) -> Type {
    let span = eval.frame().flow.node(id).span;
    let site = Some(eval.site(id, false));
    Type::Manager(Rc::new(ManagerType { model, classes: classes.into(), related: None, unread: false, site, span }))
}

/// `row.relation` of a list
pub(in crate::link::orm) fn related_manager(
    eval: &Eval<'_>,
    target: ClassId,
    row: &Rc<Row>,
    relation: Rc<Relation>,
    id: NodeId,
) -> Type {
    let flow = eval.frame().flow;
    let node = flow.node(id);
    let classes: Vec<ClassId> =
        eval.models.get(target).map(|model| model.default_manager().to_vec()).unwrap_or_default();
    // Where the row is passed in, callers may have prefetched the relation: a clause here would undo that.
    let passed = matches!(&node.kind, NodeKind::Attr { of, .. } if matches!(flow.node(*of).kind, NodeKind::Param(_)));
    let site = (!passed).then(|| eval.site(id, false));
    Type::Manager(Rc::new(ManagerType {
        model: target,
        classes: classes.into(),
        related: Some((row.clone(), relation)),
        unread: false,
        site,
        span: node.span,
    }))
}

/// What a manager gives before anything is asked of it: its own `get_queryset` where it has one.
pub(in crate::link::orm) fn start(eval: &mut Eval<'_>, manager: &Rc<ManagerType>, id: NodeId) -> Option<Set> {
    let mut set = manager.all();
    let overridden = manager.classes.iter().find_map(|class| eval.names.method(*class, "get_queryset", None));
    if let Some(method) = overridden
        && !eval.frames.iter().any(|frame| frame.unit == Unit::Function(method))
    {
        let this = Rc::new(Type::Manager(manager.clone()));
        match eval.enter(method, this, &Args::NONE, id) {
            Type::Set(given) if given.rows => {
                set.loads = given.loads.clone();
                set.asked = given.asked.clone();
                set.classes = given.classes.clone();
            }
            _ => return None,
        }
    }
    Some(set)
}
