//! The rows that a model's default manager gives. Generic views, the admin, `get_object_or_404`, choices of forms and
//! prefetches ask it, whatever other managers there are.

use std::rc::Rc;

use super::eval::Eval;
use super::models::Relation;
use super::names::ClassId;
use super::types::{ManagerType, Row, Set, Site, Type, Unit};
use crate::source::Span;

/// What a `get_queryset` of its own gives.
#[derive(Clone, Debug)]
pub(super) enum Own {
    /// It has none.
    None,
    Unknown,
    Known(Rc<Set>),
}

/// All rows of a model; [`None`] when it is not known what its manager asks for.
pub(super) fn rows(eval: &mut Eval<'_>, model: ClassId, site: Option<Site>, span: Span) -> Option<Set> {
    let set = manager(eval, model, site, span)?.all();
    match own(eval, model) {
        Own::None => Some(set),
        Own::Unknown => None,
        Own::Known(given) => {
            Some(Set { loads: given.loads.clone(), asked: given.asked.clone(), classes: given.classes.clone(), ..set })
        }
    }
}

/// Whether it is known to join something.
pub(super) fn joins(eval: &mut Eval<'_>, model: ClassId) -> bool {
    matches!(own(eval, model), Own::Known(given) if given.sites.iter().any(|site| site.one.is_some()))
}

/// Whether a relation of a row comes with the rows of a list on the way to it, which are prefetched: by what their manager
/// asks for (`create_reverse_many_to_one_manager`, Django 5.2).
pub(super) fn brings(eval: &mut Eval<'_>, row: &Row, relation: &Relation) -> bool {
    row.path.iter().enumerate().any(|(at, hop)| {
        let Some(target) = hop.target.filter(|_| hop.to_many) else { return false };
        match own(eval, target) {
            Own::None => false,
            Own::Unknown => true,
            Own::Known(given) => {
                let beyond = row.path.iter().skip(at + 1).map(|hop| &*hop.name).chain([&*relation.name]);
                given.loads.has(&beyond.collect::<Vec<_>>().join("__"))
            }
        }
    })
}

fn manager(eval: &Eval<'_>, model: ClassId, site: Option<Site>, span: Span) -> Option<ManagerType> {
    let classes = eval.models.get(model)?.default_manager().into();
    Some(ManagerType { model, classes, related: None, unread: false, site, span })
}

fn own(eval: &mut Eval<'_>, model: ClassId) -> Own {
    if let Some(known) = eval.by_default.get(&model) {
        return known.clone();
    }
    let known = asked(eval, model).unwrap_or(Own::None);
    eval.by_default.insert(model, known.clone());
    known
}

fn asked(eval: &mut Eval<'_>, model: ClassId) -> Option<Own> {
    let classes = eval.models.get(model)?.default_manager();
    let method = classes.iter().find_map(|class| eval.names.method(*class, "get_queryset", None))?;
    let span = eval.names.function(method).span;
    // The place says which clauses there are; none is put there.
    let manager = manager(eval, model, Some(Site::behind(Unit::Function(method), span, false)), span)?;
    // One that asks for its own rows on the way knows nothing of them.
    eval.by_default.insert(model, Own::Unknown);
    Some(match eval.applied(method, &[Type::Manager(Rc::new(manager))]) {
        Type::Set(given) if given.rows && given.model == model => Own::Known(given),
        _ => Own::Unknown,
    })
}
