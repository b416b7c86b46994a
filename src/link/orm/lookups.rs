//! The ends of Django's conditions: how a field is compared, or what of it. A field may have the name of one, too.

/// Those that an index by the values of a field serves. `year` is a range to Django.
const SERVED: &[&str] = &["exact", "startswith", "gt", "gte", "lt", "lte", "range", "isnull", "in", "year", "time"];
/// Those that it does not.
const UNSERVED: &[&str] = &[
    "iexact",
    "contains",
    "icontains",
    "istartswith",
    "endswith",
    "iendswith",
    "regex",
    "iregex",
    "date",
    "month",
    "day",
    "week",
    "week_day",
    "hour",
    "minute",
];

/// The field of a condition, or the path to one, and how it is compared: `placed__date` is `placed` by `date`.
pub(super) fn parted(key: &str) -> (&str, &str) {
    match key.rsplit_once("__") {
        Some((field, last)) if SERVED.contains(&last) || UNSERVED.contains(&last) => (field, last),
        _ => (key, "exact"),
    }
}

/// Whether an index by the values of a field serves a lookup.
pub(super) fn is_served(lookup: &str) -> bool {
    !UNSERVED.contains(&lookup)
}

/// Whether a lookup compares what it makes of the values, in upper case, on PostgreSQL (`lookup_cast`, Django 5.2): no index
/// of the values serves it, nor one of their trigrams.
pub(super) fn is_in_upper_case(lookup: &str) -> bool {
    matches!(lookup, "iexact" | "icontains" | "istartswith" | "iendswith")
}
