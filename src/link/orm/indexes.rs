//! Which fields of Django's models the database has an index for that starts with them.

use std::cell::RefCell;

use rustc_hash::FxHashMap as HashMap;

use super::models::Models;
use super::names::{ClassId, Def, Names};
use crate::facts::orm::ClassDraft;
use crate::facts::orm::flow::{CallView, NodeId, NodeKind};
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
        Some(InMeta { starts: true, .. }) => Index::Starts,
        Some(InMeta { trigrams: true, .. }) => Index::Trigrams(attribute.span),
        Some(InMeta { .. }) => {
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
    let by_type = kind.is_some_and(|it| TYPES.contains(&it.rsplit('.').next().unwrap_or(&it)));
    let last = field.rsplit('_').next().unwrap_or(field);
    by_type || NAMES.contains(&last) || last.ends_with("id")
}

/// What the indexes and constraints of a `Meta` are for a field.
#[derive(Clone, Copy, Default)]
struct InMeta {
    /// One is sorted by it first.
    starts: bool,
    /// One has its trigrams.
    trigrams: bool,
}

/// What those of a `Meta`, the model's own or an inherited one, are. [`None`] where that cannot be read.
fn in_metas(names: &Names<'_>, model: ClassId, field: &str) -> Option<InMeta> {
    let mut found = InMeta::default();
    for class in &names.lineage(model).classes {
        let all = &names.draft(class.draft).classes;
        let metas = all.iter().filter(|it| it.within == Some(class.at) && &*it.name == "Meta");
        for meta in metas {
            let it = in_meta(meta, field)?;
            found = InMeta { starts: found.starts || it.starts, trigrams: found.trigrams || it.trigrams };
        }
    }
    Some(found)
}

/// Whether an index has the trigrams of a field: `GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], …)`.
fn is_of_trigrams(meta: &ClassDraft, call: CallView<'_>, fields: &[NodeId], field: &str) -> bool {
    let Some(classes) = call.keyword("opclasses") else { return false };
    let NodeKind::List(classes) = &meta.body.node(classes).kind else { return false };
    let mut pairs = fields.iter().zip(classes);
    pairs.any(|(it, class)| {
        meta.body.text(*it) == Some(field) && matches!(meta.body.text(*class), Some("gin_trgm_ops" | "gist_trgm_ops"))
    })
}

fn in_meta(meta: &ClassDraft, field: &str) -> Option<InMeta> {
    let mut found = InMeta::default();
    for attribute in &meta.attributes {
        let Some(value) = attribute.value else { continue };
        match &*attribute.name {
            // Somebody else makes its tables, and their indexes.
            "managed" if meta.body.flag(value) != Some(true) => return None,
            "indexes" | "constraints" => {
                let NodeKind::List(items) = &meta.body.node(value).kind else { return None };
                for item in items {
                    let call = meta.body.call(*item)?;
                    let func = meta.body.dotted(call.func)?;
                    let last = func.rsplit('.').next().unwrap_or(&func);
                    if matches!(last, "CheckConstraint" | "ExclusionConstraint") {
                        continue;
                    }
                    // Of an expression: what it serves is not read.
                    let fields = call.keyword("fields")?;
                    let NodeKind::List(fields) = &meta.body.node(fields).kind else { return None };
                    let is_plain = matches!(last, "Index" | "BTreeIndex" | "UniqueConstraint");
                    if is_plain && call.keyword("opclasses").is_none() {
                        let first = meta.body.text(*fields.first()?)?;
                        found.starts |= first.trim_start_matches('-') == field;
                    } else if fields.iter().any(|it| meta.body.text(*it).is_none_or(|it| it == field)) {
                        // Of words, by hash.
                        is_of_trigrams(meta, call, fields, field).then_some(())?;
                        found.trigrams = true;
                    }
                }
            }
            "unique_together" | "index_together" => {
                let NodeKind::List(items) = &meta.body.node(value).kind else { return None };
                for (place, item) in items.iter().enumerate() {
                    match &meta.body.node(*item).kind {
                        NodeKind::Text(first) => found.starts |= place == 0 && **first == *field,
                        NodeKind::List(fields) => found.starts |= meta.body.text(*fields.first()?)? == field,
                        _ => return None,
                    }
                }
            }
            _ => {}
        }
    }
    Some(found)
}
