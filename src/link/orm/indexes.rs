//! Which fields of Django's models the database has an index for that starts with them.

use std::cell::RefCell;

use rustc_hash::FxHashMap as HashMap;

use super::models::Models;
use super::names::{ClassId, Def, Names};
use crate::facts::orm::ClassDraft;
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::source::Span;

/// What is known of the index of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// There is one that starts with it.
    Starts,
    /// There is none; the field is declared here.
    None(Span),
    /// There is one of its trigrams alone, which serves what compares the values themselves; the field is declared here.
    Trigrams(Span),
    /// It has few values, so that an index would tell few rows from others.
    Few,
    /// Nobody knows.
    Unknown,
}

/// Fields of Django's own of which rows mostly differ.
const PLAIN: &[&str] = &[
    "CharField",
    "TextField",
    "EmailField",
    "URLField",
    "SlugField",
    "UUIDField",
    "IntegerField",
    "BigIntegerField",
    "PositiveIntegerField",
    "PositiveBigIntegerField",
    "DateTimeField",
    "DateField",
    "DecimalField",
    "FloatField",
    "GenericIPAddressField",
];
/// Fields of few values.
const FEW: &[&str] = &["BooleanField", "NullBooleanField", "SmallIntegerField", "PositiveSmallIntegerField"];
/// Names of fields that have few values, whatever their type.
const FEW_NAMES: &[&str] = &[
    "category",
    "country",
    "currency",
    "event",
    "gender",
    "kind",
    "lang",
    "language",
    "level",
    "locale",
    "method",
    "mode",
    "platform",
    "priority",
    "role",
    "scope",
    "stage",
    "state",
    "status",
    "type",
    "visibility",
];

/// What was asked before.
#[derive(Debug, Default)]
pub(super) struct Known(RefCell<HashMap<ClassId, HashMap<Box<str>, Index>>>);

impl Known {
    /// The index of a field of a model.
    pub(super) fn of(&self, names: &Names<'_>, models: &Models, model: ClassId, field: &str) -> Index {
        let mut all = self.0.borrow_mut();
        let known = all.entry(model).or_default();
        if let Some(index) = known.get(field) {
            return *index;
        }
        let index = of(names, models, model, field);
        known.insert(field.into(), index);
        index
    }
}

fn of(names: &Names<'_>, models: &Models, model: ClassId, field: &str) -> Index {
    if matches!(field, "pk" | "id") || models.relation(model, field.strip_suffix("_id").unwrap_or(field)).is_some() {
        return Index::Starts;
    }
    let Some((class, at)) = names.attribute(model, field) else { return Index::Unknown };
    let draft = names.class(class);
    let Some(attribute) = draft.attributes.get(at) else { return Index::Unknown };
    let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { return Index::Unknown };
    let kind = match names.of_node(class.draft, &draft.body, call.func) {
        Some(Def::External(name)) if name.starts_with("django.") => name,
        _ => return Index::Unknown,
    };
    let kind = kind.rsplit('.').next().unwrap_or("");
    let says = |word: &str| call.keyword(word).map(|node| draft.body.flag(node));
    if ["db_index", "unique", "primary_key"].iter().any(|word| says(word).is_some_and(|flag| flag != Some(false))) {
        return Index::Starts;
    }
    if kind == "SlugField" && says("db_index").is_none() {
        return Index::Starts;
    }
    let strange = ["**", "db_collation", "db_tablespace"].iter().any(|word| call.keyword(word).is_some());
    if strange || !PLAIN.contains(&kind) && !FEW.contains(&kind) {
        return Index::Unknown;
    }
    match in_metas(names, model, field) {
        None => Index::Unknown,
        Some(ForField { starts: true, .. }) => Index::Starts,
        Some(ForField { trigrams: true, .. }) => Index::Trigrams(attribute.span),
        Some(ForField { .. }) => {
            let last = field.rsplit('_').next().unwrap_or(field);
            let few = FEW.contains(&kind) || call.keyword("choices").is_some() || FEW_NAMES.contains(&last);
            if few { Index::Few } else { Index::None(attribute.span) }
        }
    }
}

/// Whether all indexes of a field can be read, and are sorted by its values.
pub(super) fn are_plain(names: &Names<'_>, model: ClassId, field: &str) -> bool {
    in_metas(names, model, field).is_some_and(|it| !it.trigrams)
}

/// Whether a field tells one row from all others, by its type or its name. Tables of what has such a field grow.
pub(super) fn identifies(names: &Names<'_>, model: ClassId, field: &str) -> bool {
    const TYPES: &[&str] = &["UUIDField", "EmailField", "GenericIPAddressField"];
    /// That end as what is called an id does.
    const WORDS: &[&str] = &["aid", "alid", "bid", "grid", "hybrid", "kid", "rapid", "solid", "void"];
    const NAMES: &[&str] = &[
        "barcode",
        "digest",
        "email",
        "fingerprint",
        "guid",
        "hash",
        "ip",
        "iban",
        "isbn",
        "number",
        "phone",
        "reference",
        "serial",
        "sha256",
        "token",
        "username",
        "uuid",
        "vin",
    ];
    let kind = names.attribute(model, field).and_then(|(class, at)| {
        let draft = names.class(class);
        draft.body.dotted(draft.body.call(draft.attributes.get(at)?.value?)?.func)
    });
    let by_type = kind.is_some_and(|it| TYPES.contains(&last_of(&it)));
    let last = field.rsplit('_').next().unwrap_or(field);
    by_type || NAMES.contains(&last) || last.ends_with("id") && !WORDS.iter().any(|word| last.ends_with(word))
}

/// What the indexes and constraints of a `Meta` are for a field.
#[derive(Clone, Copy, Default)]
struct ForField {
    /// One is sorted by it first.
    starts: bool,
    /// One has its trigrams.
    trigrams: bool,
}

/// What those of a `Meta`, the model's own or an inherited one, are. [`None`] where that cannot be read.
fn in_metas(names: &Names<'_>, model: ClassId, field: &str) -> Option<ForField> {
    let mut found = ForField::default();
    for class in &names.lineage(model).classes {
        for meta in metas(names, *class) {
            // Somebody else makes its tables, and their indexes.
            let managed = meta.attributes.iter().find(|it| &*it.name == "managed").and_then(|it| it.value);
            if managed.is_some_and(|node| meta.body.flag(node) != Some(true)) {
                return None;
            }
            for index in in_meta(meta) {
                let index = index?;
                if index.is_plain() {
                    found.starts |= index.fields.first().copied()?? == field;
                } else if index.fields.iter().any(|it| it.is_none_or(|it| it == field)) {
                    // Of words, by hash.
                    index.has_trigrams_of(field).then_some(())?;
                    found.trigrams = true;
                }
            }
        }
    }
    Some(found)
}

/// Whether a constraint, or a key, says that no two rows of a model are the same in these fields together. Of one with a
/// condition nobody knows whether it holds for a row.
pub(super) fn is_unique(names: &Names<'_>, models: &Models, model: ClassId, fields: &[&str]) -> bool {
    let plain = |field: &str| field.strip_suffix("_id").unwrap_or(field).to_owned();
    let same = |of: &[Option<&str>]| {
        of.len() == fields.len()
            && of.iter().all(|it| it.is_some_and(|it| fields.iter().any(|by| plain(by) == plain(it))))
    };
    let all = names.lineage(model).classes.iter().flat_map(|class| metas(names, *class)).flat_map(in_meta);
    let one_to_one = |field: &str| {
        let (class, at) = names.attribute(model, &plain(field))?;
        let body = &names.class(class).body;
        body.called(body.call(names.class(class).attributes.get(at)?.value?)?)
    };
    let is_key = |field: &str| {
        models.is_key(names, model, field) || one_to_one(field).is_some_and(|it| it.ends_with("OneToOneField"))
    };
    matches!(fields, [one] if is_key(one))
        || all.flatten().any(|it| it.is_unique() && !it.conditional && same(&it.fields))
}

/// The fields of each constraint that says that no two rows of a model are the same in them together, whatever else they are.
pub(super) fn unique_together<'n>(names: &Names<'n>, model: ClassId) -> Vec<Vec<&'n str>> {
    let lineage = names.lineage(model);
    let all = lineage.classes.iter().flat_map(|class| metas(names, *class)).flat_map(in_meta);
    let whole = all.flatten().filter(|it| it.is_unique() && !it.conditional);
    whole.filter_map(|it| it.fields.into_iter().collect::<Option<Vec<_>>>()).collect()
}

/// The `Meta` of a class.
pub(super) fn metas<'n>(names: &Names<'n>, class: ClassId) -> impl Iterator<Item = &'n ClassDraft> {
    let all = &names.draft(class.draft).classes;
    all.iter().filter(move |it| it.within == Some(class.at) && &*it.name == "Meta")
}

/// An index that a `Meta` says, or a constraint that makes one.
pub(super) struct MetaIndex<'d> {
    kind: Kind,
    /// Its fields in their order, without the `-` of those that fall; [`None`] for one that is no text.
    pub(super) fields: Vec<Option<&'d str>>,
    /// Whether it is of some rows only.
    conditional: bool,
    /// The operator classes that it names for them.
    classes: Vec<Option<&'d str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sorted,
    Unique,
    /// Sorted by nothing: of words, by hash.
    Other,
}

impl MetaIndex<'_> {
    /// Whether it is sorted by the values of its fields.
    pub(super) fn is_plain(&self) -> bool {
        self.kind != Kind::Other && self.classes.is_empty()
    }

    pub(super) fn is_unique(&self) -> bool {
        self.kind == Kind::Unique
    }

    /// Whether it has the trigrams of a field: `GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], …)`.
    fn has_trigrams_of(&self, field: &str) -> bool {
        let mut pairs = self.fields.iter().zip(&self.classes);
        pairs.any(|(it, class)| *it == Some(field) && matches!(class, Some("gin_trgm_ops" | "gist_trgm_ops")))
    }
}

/// The indexes that a `Meta` says, in their order; [`None`] in place of what cannot be read.
pub(super) fn in_meta(meta: &ClassDraft) -> Vec<Option<MetaIndex<'_>>> {
    let flow = &meta.body;
    let texts = |node: NodeId| match &flow.node(node).kind {
        NodeKind::List(items) => {
            Some(items.iter().map(|it| flow.text(*it).map(|it| it.trim_start_matches('-'))).collect::<Vec<_>>())
        }
        _ => None,
    };
    let mut out = Vec::new();
    for attribute in &meta.attributes {
        let together = match &*attribute.name {
            "indexes" | "constraints" => None,
            "unique_together" => Some(Kind::Unique),
            "index_together" => Some(Kind::Sorted),
            _ => continue,
        };
        let Some(value) = attribute.value else { continue };
        let (Some(fields), NodeKind::List(items)) = (texts(value), &flow.node(value).kind) else {
            out.push(None);
            continue;
        };
        let plain = |kind, fields| MetaIndex { kind, fields, conditional: false, classes: Vec::new() };
        match together {
            // One alone, without a list around it.
            Some(kind) if !fields.is_empty() && fields.iter().all(Option::is_some) => {
                out.push(Some(plain(kind, fields)))
            }
            Some(kind) => out.extend(items.iter().map(|it| texts(*it).map(|it| plain(kind, it)))),
            None => {
                for item in items {
                    let call = flow.call(*item);
                    let func = call.and_then(|it| flow.called(it));
                    let kind = match func.as_deref() {
                        Some("CheckConstraint" | "ExclusionConstraint") => continue,
                        Some("Index" | "BTreeIndex") => Kind::Sorted,
                        Some("UniqueConstraint") => Kind::Unique,
                        _ => Kind::Other,
                    };
                    // Of an expression: what it serves is not read.
                    let fields = call.and_then(|it| it.keyword("fields")).and_then(texts);
                    let classes =
                        call.and_then(|it| it.keyword("opclasses")).map(|it| texts(it).unwrap_or_else(|| vec![None]));
                    let conditional = call.is_some_and(|it| it.keyword("condition").is_some());
                    let classes = classes.unwrap_or_default();
                    out.push(fields.map(|fields| MetaIndex { kind, fields, conditional, classes }));
                }
            }
        }
    }
    out
}
