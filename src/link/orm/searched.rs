//! What lists are searched by: `search_fields` of REST framework's views and of the admin's classes. A word is looked for in
//! each of the fields, and one that holds it is enough.

use super::choices;
use super::drf::Defaults;
use super::eval::Eval;
use super::indexes::{self, Index};
use super::lookups;
use super::names::{ClassId, Def};
use super::types::{Set, Unit};
use super::uses::Use;
use crate::facts::orm::flow::NodeKind;
use crate::source::Span;
use crate::stack::vocabulary::{Orm, UseKind};

/// Methods of a filter that make something else of the fields.
const OWN: &[&str] = &["construct_search", "filter_queryset", "get_search_fields"];

/// A list of the API.
pub(super) fn view(eval: &mut Eval<'_>, class: ClassId, set: &Set, default: &Defaults) {
    let apart = set.orm != Orm::Django || set.narrowed || set.related.is_some() || set.single || set.asked.open;
    if !apart && searches(eval, class, default) {
        told(eval, class, set.model, true);
    }
}

/// A list of the admin, of a table that grows. Staff search its own fields seldom enough.
pub(super) fn admin(eval: &mut Eval<'_>, class: ClassId, model: ClassId) {
    let own = ["get_search_fields", "get_search_results"].iter().any(|it| eval.names.method(class, it, None).is_some());
    if !own && choices::grows(eval.names, eval.models, model) {
        told(eval, class, model, false);
    }
}

/// Whether a view has REST framework's filter that searches, as it is.
fn searches(eval: &Eval<'_>, class: ClassId, default: &Defaults) -> bool {
    let Some((at, place)) = eval.names.attribute(class, "filter_backends") else { return default.searches };
    let draft = eval.names.class(at);
    let value = draft.attributes.get(place).and_then(|it| it.value);
    let Some(NodeKind::List(items)) = value.map(|it| &draft.body.node(it).kind) else { return false };
    items.iter().any(|item| match eval.names.of_node(at.draft, &draft.body, *item) {
        Some(Def::External(name)) => name.starts_with("rest_framework.") && name.ends_with(".SearchFilter"),
        Some(Def::Class(filter)) => {
            eval.names.derives_external(filter, "SearchFilter")
                && OWN.iter().all(|it| eval.names.method(filter, it, None).is_none())
        }
        _ => false,
    })
}

/// A field that is searched.
struct Searched {
    /// The path to it, with dots.
    path: String,
    /// The relations before it.
    through: String,
    /// Where it is declared, when no index serves the search.
    unserved: Option<Span>,
    lookup: Box<str>,
}

/// Tells what no index serves: a search over several tables, or, when `near` ones matter, over fields of one.
fn told(eval: &mut Eval<'_>, class: ClassId, model: ClassId, near: bool) {
    let Some((at, place)) = eval.names.attribute(class, "search_fields") else { return };
    let draft = eval.names.class(at);
    let Some(attribute) = draft.attributes.get(place) else { return };
    let Some(NodeKind::List(items)) = attribute.value.map(|it| &draft.body.node(it).kind) else { return };
    let texts: Option<Vec<&str>> = items.iter().map(|it| draft.body.text(*it)).collect();
    let Some(all) =
        texts.and_then(|texts| texts.iter().map(|it| searched(eval, model, it)).collect::<Option<Vec<_>>>())
    else {
        return;
    };
    let Some(first) = all.first() else { return };
    let name = eval.models.name(eval.names, model);
    let across = all.iter().any(|it| it.through != first.through);
    let (kind, fields, lookup) = if across {
        let far = all.iter().filter(|it| !it.through.is_empty());
        let fields = far.map(|it| (format!("{name}.{}", it.path), attribute.span)).collect();
        (UseKind::SearchAcross, fields, None)
    } else {
        let own = all.iter().filter(|it| near && it.through.is_empty());
        let unserved: Vec<(&Searched, Span)> = own.filter_map(|it| Some((it, it.unserved?))).collect();
        let Some((first, _)) = unserved.first() else { return };
        let fields = unserved.iter().map(|(it, at)| (format!("{name}.{}", it.path), *at)).collect();
        (UseKind::UnindexableLookup, fields, Some(first.lookup.clone()))
    };
    let it = Use {
        kind,
        orm: Orm::Django,
        unit: Unit::Class(class),
        at: attribute.span,
        call: "search_fields".into(),
        joins: None,
        behind: None,
        fields,
        lookup,
        model,
        is_lookup: eval.models.is_lookup(eval.names, model),
        may_be_small: false,
        identifies: false,
        remedy: String::new(),
        edits: None,
        others: Vec::new(),
    };
    eval.tell_use(it);
}

/// A field as `search_fields` spells it. [`None`] where it is not known what is searched, or how.
fn searched(eval: &Eval<'_>, model: ClassId, text: &str) -> Option<Searched> {
    let prefixed = [("^", "istartswith"), ("=", "iexact"), ("$", "iregex")];
    let by_prefix = prefixed.iter().find_map(|(sign, lookup)| Some((text.strip_prefix(sign)?, *lookup)));
    let (path, lookup) = match by_prefix {
        Some(found) => found,
        None => match lookups::parted(text) {
            (path, "exact") if path == text => (path, "icontains"),
            found => found,
        },
    };
    let (mut of, mut through) = (model, Vec::new());
    let mut before: Vec<&str> = path.split("__").collect();
    let mut last = before.pop()?;
    for (place, name) in before.iter().enumerate() {
        let relation = eval.models.relation(of, name)?;
        let is_own = relation.joinable && eval.names.attribute(of, name).is_some();
        // The key of what a row refers to is in the row.
        if is_own && matches!(last, "id" | "pk") && place + 1 == before.len() {
            last = name;
            break;
        }
        of = relation.target?;
        through.push(*name);
    }
    let index = eval.indexes.of(eval.names, eval.models, of, last);
    let unserved = match index {
        Index::None(at) => Some(at),
        Index::Trigrams(at) => Some(at).filter(|_| lookups::is_in_upper_case(lookup)),
        Index::Starts if !lookups::is_served(lookup) && indexes::are_plain(eval.names, of, last) => {
            let (class, place) = eval.names.attribute(of, last)?;
            Some(eval.names.class(class).attributes.get(place)?.span)
        }
        Index::Starts | Index::Few => None,
        // Of what is far, no more needs to be known than that it is far.
        Index::Unknown if !through.is_empty() => None,
        Index::Unknown => return None,
    };
    Some(Searched { path: path.replace("__", "."), through: through.join("."), unserved, lookup: lookup.into() })
}
