//! Which tables grow by what clients do: rows that code makes which requests or tasks run, and what views and forms make of
//! what they are sent.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet as HashSet;

use super::eval::Eval;
use super::models::AUTH_USER;
use super::names::{ClassId, Def, Names};
use super::reach::Reaching;
use super::types::{Type, Unit};
use super::uses::Use;
use crate::facts::orm::Place;
use crate::stack::vocabulary::{Reach, UseKind};

/// Rows that are made: of which model, by which code.
pub(super) type Made = BTreeSet<(ClassId, Unit)>;

/// Views that make a row of what they are sent, unless they only read.
const VIEWS: &[&str] = &["ModelViewSet", "CreateModelMixin", "CreateAPIView", "ListCreateAPIView", "CreateView"];

/// Of the uses those are guesses whose table nobody is seen to add to: it may be small. Left out are those of which the one
/// row is looked for that the same code would make.
pub(super) fn mark(eval: &mut Eval<'_>, uses: &mut Vec<Use>, reached: &Reaching<'_>) {
    uses.retain(|it| !looks_before_it_makes(eval, it));
    let asks = |it: &Use| it.kind == UseKind::SearchAcross;
    if !uses.iter().any(asks) {
        return;
    }
    let grown = grown(eval, reached);
    for it in uses.iter_mut().filter(|it| asks(it)) {
        let is_user = it.model == AUTH_USER || Some(it.model) == eval.models.user;
        it.may_be_small = !is_user && !grown.contains(&it.model);
    }
}

/// Whether rows are looked for where nothing else makes such rows, and makes one when there is none.
fn looks_before_it_makes(eval: &Eval<'_>, it: &Use) -> bool {
    let mut makers = eval.made.iter().filter(|(model, _)| *model == it.model).map(|(_, unit)| *unit).peekable();
    let tests = it.remedy == "exists()" && it.kind != UseKind::AggregateInPython;
    tests && makers.peek().is_some() && makers.all(|unit| unit == it.unit)
}

/// The models of which requests and tasks make rows, as far as is seen.
pub(super) fn grown(eval: &mut Eval<'_>, reached: &Reaching<'_>) -> HashSet<ClassId> {
    let serves = |unit: Unit| matches!(reached.of(unit), Reach::Requests | Reach::Tasks);
    let mut grown: HashSet<ClassId> =
        eval.made.iter().filter(|(_, unit)| serves(*unit)).map(|(model, _)| *model).collect();
    for class in eval.names.all_classes() {
        let is = |name: &&str| eval.names.derives_external(class, name);
        let form = is(&"ModelForm") && eval.names.draft(class.draft).place != Place::Admin;
        let view = makes(eval.names, class) && reached.of(Unit::Class(class)) == Reach::Requests;
        if form {
            grown.extend(of_meta(eval, class));
        }
        if view {
            grown.extend(of_view(eval, class));
        }
    }
    grown
}

/// Whether a class is a view that makes rows of what it is sent.
pub(super) fn makes(names: &Names<'_>, class: ClassId) -> bool {
    let is = |name: &&str| names.derives_external(class, name);
    VIEWS.iter().any(is) && !is(&"ReadOnlyModelViewSet")
}

/// The model of a form, or a serializer.
pub(super) fn of_meta(eval: &mut Eval<'_>, class: ClassId) -> Option<ClassId> {
    let meta = eval.names.inner(class, "Meta")?;
    match eval.class_value(meta, "model")? {
        Type::Def(Def::Class(model)) => eval.models.get(model).map(|_| model),
        _ => None,
    }
}

fn of_view(eval: &mut Eval<'_>, class: ClassId) -> Vec<ClassId> {
    let mut found = Vec::new();
    for name in ["model", "queryset", "serializer_class", "form_class"] {
        match eval.class_value(class, name) {
            Some(Type::Def(Def::Class(of))) if eval.models.get(of).is_some() => found.push(of),
            Some(Type::Def(Def::Class(of))) => found.extend(of_meta(eval, of)),
            Some(Type::Set(set)) => found.push(set.model),
            Some(Type::Manager(manager)) => found.push(manager.model),
            _ => {}
        }
    }
    found
}
