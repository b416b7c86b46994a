//! Which rules are held against counts of statements, here and in whole applications.

/// The rules that say that a count grows with the rows.
pub(crate) const RULES: &[&str] = &[
    "orm/n-plus-one-loop",
    "orm/n-plus-one-serializer",
    "orm/query-in-loop",
    "orm/prefetch-defeated",
    "orm/only-defer-refetch",
    "orm/write-in-loop",
    "sqlalchemy/n-plus-one-loop",
    "sqlalchemy/query-in-loop",
    "sqlalchemy/commit-in-loop",
];
