//! Whether a loop has few turns by what its rows are: kinds of something, tenants, what a constraint leaves of one parent's.

use super::asked::Condition;
use super::django_models::app_of;
use super::eval::Eval;
use super::indexes;
use super::kinds;
use super::models::{AUTH_USER, Models};
use super::names::{ClassId, Names};
use super::narrow::Parent;
use super::types::{Set, Turn};
use crate::facts::orm::flow::last_of;
use crate::stack::vocabulary::Orm;

/// The rows that a loop goes through, of whose table somebody may know how many there are.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) class: ClassId,
    /// The model, with its app before it: `shop.Order`.
    pub(super) model: String,
    /// Why there are few of them.
    pub(super) few: Option<String>,
}

/// What a loop goes through, where no other loop is around it.
pub(super) fn rows(eval: &Eval<'_>, turn: Turn) -> Option<Rows> {
    let set = eval.gone_through(turn)?;
    eval.models.get(set.model)?;
    let name = eval.models.name(eval.names, set.model);
    let model = match eval.names.drafts.get(set.model.draft as usize) {
        Some(draft) => format!("{}.{name}", app_of(draft)),
        None => format!("auth.{name}"),
    };
    Some(Rows { class: set.model, model, few: few(eval.names, eval.models, &set) })
}

/// Why a queryset has few rows, so that a list of all of them has an end.
pub(super) fn listed(names: &Names<'_>, models: &Models, set: &Set) -> Option<String> {
    let hundreds = models.is_of_kinds(names, set.model).then(|| models.name(names, set.model));
    // As many as the code has models, and a few for each of them. A loop over groups may be long: some make one for each thing.
    if is_of_django(names, set.model, &["ContentType", "Group", "Permission"]) {
        return Some(format!("of Django's own `{}` a list has an end", models.name(names, set.model)));
    }
    few(names, models, set).or_else(|| hundreds.map(|name| format!("`{name}` looks like a table of kinds")))
}

/// Whether a model is one of these of Django's own.
fn is_of_django(names: &Names<'_>, model: ClassId, of: &[&str]) -> bool {
    names.is_of_package(model)
        && names.draft(model.draft).module.starts_with("django.")
        && of.contains(&&*names.class(model).name)
}

/// Whether a model is one of kinds of which there are a few.
fn is_of_few_kinds(names: &Names<'_>, models: &Models, model: ClassId) -> bool {
    models.is_of_kinds(names, model) && !kinds::may_be_hundreds(&models.name(names, model))
}

/// Why a queryset has few rows.
fn few(names: &Names<'_>, models: &Models, set: &Set) -> Option<String> {
    if let Some(field) = address(names, set) {
        return Some(format!("as a rule one `{}` has the same `{field}`", models.name(names, set.model)));
    }
    // Nor is Django's own user a class that could be read.
    models.get(set.model).filter(|_| set.model != AUTH_USER)?;
    let name = models.name(names, set.model);
    if is_of_few_kinds(names, models, set.model) {
        return Some(format!("`{name}` looks like a table of kinds"));
    }
    if is_of_django(names, set.model, &["Site"]) {
        return Some(format!("of Django's own `{name}` a project has a few"));
    }
    if is_tenant(names, set.model) {
        return Some(format!("each `{name}` is a tenant with tables of its own"));
    }
    let field = left_open(names, models, set)?;
    Some(format!("no two of these rows of `{name}` have the same `{field}`, which is one of a few"))
}

/// The field by which rows are looked for that is an address of mail, in whichever case: two rows have the same by mistake.
fn address(names: &Names<'_>, set: &Set) -> Option<Box<str>> {
    let mut asked = set.asked.conditions.iter().filter(|it| it.met && !it.excluded && !it.constant);
    let is = |it: &&Condition| {
        matches!(&*it.lookup, "exact" | "iexact") && is_declared(names, set.model, &it.field, &["EmailField"])
            || set.model == AUTH_USER && &*it.field == "email" && &*it.lookup == "iexact"
    };
    asked.find(is).map(|it| it.field.clone())
}

/// A time that rows are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    Day,
    /// A span with both ends.
    Period,
    /// What has begun and has not ended then: `start__lt=now, end__gt=now`.
    Moment,
}

/// The one time that the rows of a queryset are of, of which there do not get more for ever.
pub(super) fn time(names: &Names<'_>, set: &Set) -> Option<Time> {
    let is_of = |it: &Condition, kinds: &[&str]| is_declared(names, set.model, &it.field, kinds);
    let met = set.asked.conditions.iter().filter(|it| it.met && !it.excluded);
    let of_time: Vec<&Condition> = met.filter(|it| is_of(it, &["DateField", "DateTimeField"])).collect();
    // A moment is the mark of rows that were written together, and no day at all that of many.
    let is_day = |it: &&&Condition| it.of_day || &*it.lookup == "exact" && !it.constant && is_of(it, &["DateField"]);
    if of_time.iter().any(|it| is_day(&it)) {
        return Some(Time::Day);
    }
    if of_time.iter().any(|it| matches!(&*it.lookup, "range" | "date" | "day")) {
        return Some(Time::Period);
    }
    let ends =
        |lookups: &[&str]| of_time.iter().filter(|it| lookups.contains(&&*it.lookup)).map(|it| &*it.field).collect();
    let (after, before): (Vec<&str>, Vec<&str>) = (ends(&["gt", "gte"]), ends(&["lt", "lte"]));
    if after.iter().any(|field| before.contains(field)) {
        return Some(Time::Period);
    }
    (!after.is_empty() && !before.is_empty()).then_some(Time::Moment)
}

/// Whether a field is declared as one of these kinds.
fn is_declared(names: &Names<'_>, model: ClassId, field: &str, kinds: &[&str]) -> bool {
    let declared = || {
        let (class, at) = names.attribute(model, field)?;
        let draft = names.class(class);
        let call = draft.body.call(draft.attributes.get(at)?.value?)?;
        draft.body.called(call)
    };
    declared().is_some_and(|it| kinds.contains(&&*it))
}

/// Whether each row of a model has a schema of its own (django-tenants' `TenantMixin`, django-tenant-schemas').
fn is_tenant(names: &Names<'_>, model: ClassId) -> bool {
    names.lineage(model).external.iter().any(|base| last_of(base) == "TenantMixin")
}

/// The one field of a constraint that says that no two rows are the same in some fields together, of which all others are
/// the same in these rows, where that field is one of a few.
fn left_open(names: &Names<'_>, models: &Models, set: &Set) -> Option<String> {
    if set.orm != Orm::Django {
        return None;
    }
    let back = set.related.as_ref().and_then(|(_, relation)| relation.back.as_deref());
    let met = set.asked.conditions.iter().filter(|it| it.met && !it.excluded && &*it.lookup == "exact");
    let of_parent = match set.parent {
        Some(Parent::Row(parent)) => models.get(set.model).and_then(|it| {
            let mut keys = it.relations.values().filter(|it| it.joinable && it.target == Some(parent));
            keys.next().filter(|_| keys.next().is_none()).map(|it| &*it.name)
        }),
        _ => None,
    };
    let same: Vec<&str> = met.map(|it| &*it.field).chain(back).chain(of_parent).map(plain).collect();
    if same.is_empty() {
        return None;
    }
    indexes::unique_together(names, set.model).into_iter().find_map(|fields| {
        let mut open = fields.iter().filter(|field| !same.contains(&plain(field)));
        let field = plain(open.next()?);
        (open.next().is_none() && fields.len() > 1 && is_one_of_few(names, models, set.model, field))
            .then(|| field.to_owned())
    })
}

/// A field as it is declared: `order` of `order_id`, `order__id`.
fn plain(field: &str) -> &str {
    ["__id", "__pk", "_id"].iter().find_map(|end| field.strip_suffix(end)).unwrap_or(field)
}

/// Whether a field is one of choices that are written out, a flag, or a kind.
fn is_one_of_few(names: &Names<'_>, models: &Models, model: ClassId, field: &str) -> bool {
    if let Some(target) = models.relation(model, field).and_then(|it| it.target) {
        return is_of_few_kinds(names, models, target);
    }
    let declared = || {
        let (class, at) = names.attribute(model, field)?;
        let draft = names.class(class);
        let call = draft.body.call(draft.attributes.get(at)?.value?)?;
        let flag = draft.body.called(call).is_some_and(|it| it == "BooleanField");
        Some(flag || call.keyword("choices").is_some())
    };
    declared() == Some(true)
}
