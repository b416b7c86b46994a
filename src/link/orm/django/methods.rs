//! The methods of querysets by their names (`django/db/models/query.py`, 5.2): what each gives, and whether it asks.

/// Those that give a row.
pub(super) const ROW: &[&str] = &["get", "first", "last", "earliest", "latest", "aget", "afirst", "alast"];

/// Those that give a number, or whether there is a row.
pub(super) const NUMBER: &[&str] = &["count", "exists", "aggregate", "acount", "aexists"];

/// Those that give a queryset.
const MORE: &[&str] = &[
    "all",
    "filter",
    "exclude",
    "complex_filter",
    "order_by",
    "distinct",
    "annotate",
    "alias",
    "select_for_update",
    "select_related",
    "prefetch_related",
    "reverse",
    "extra",
    "only",
    "defer",
    "using",
    "values",
    "values_list",
    "dates",
    "datetimes",
    "iterator",
    "aiterator",
    "raw",
    "union",
    "intersection",
    "difference",
];

/// Others that give no rows.
pub(super) const OF_NO_ROWS: &[&str] = &[
    "abulk_create",
    "abulk_update",
    "acreate",
    "aget_or_create",
    "aupdate_or_create",
    "aupdate",
    "adelete",
    "explain",
    "as_manager",
    "resolve_expression",
    "acontains",
    "aaggregate",
    "ain_bulk",
];

/// Methods of Wagtail's querysets of pages that leave some out, and load nothing (`wagtail/query.py`, 7.0).
pub(super) const OF_PAGES: &[&str] = &[
    "ancestor_of",
    "child_of",
    "descendant_of",
    "exact_type",
    "in_menu",
    "in_site",
    "live",
    "not_ancestor_of",
    "not_child_of",
    "not_descendant_of",
    "not_exact_type",
    "not_in_menu",
    "not_live",
    "not_page",
    "not_parent_of",
    "not_public",
    "not_sibling_of",
    "not_type",
    "page",
    "parent_of",
    "private",
    "public",
    "sibling_of",
    "type",
];

/// Whether a method asks for one thing each time it is called: a row, a number.
pub(in crate::link::orm) fn asks(name: &str) -> bool {
    ROW.contains(&name) || NUMBER.contains(&name)
}

/// Whether a method gives a queryset.
pub(in crate::link::orm) fn gives_more(name: &str) -> bool {
    MORE.contains(&name)
}
