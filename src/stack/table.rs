//! Tables of a database, as models of code declare them: what a row holds, and what is indexed.

use crate::source::Span;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The model: `Order`; for the pairs of a many-to-many relation its field, too: `Order.tags`.
    pub name: Box<str>,
    /// The app that the model is of, or its module: `shop`.
    pub app: Box<str>,
    /// Where it is declared.
    pub span: Span,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its indexes, each by the places of its columns; the first is the primary key's.
    pub indexes: Vec<Index>,
    /// What could not be read of it, each as it is written: a base, a field.
    pub unread: Vec<Box<str>>,
}

/// An index by trees, as primary keys, foreign keys and `unique` have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The places of its columns.
    pub columns: Vec<usize>,
    /// Whether no two rows have the same.
    pub unique: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Box<str>,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Whether it is the key of a row elsewhere, which many rows then have in common.
    pub refers: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// So many bytes, at a place that these bytes divide: 1, 2, 4 or 8 for numbers, dates and times.
    Fixed(u8),
    /// 16 bytes at any place: a UUID.
    Uuid,
    /// 16 bytes at a place that 8 divide: a span of time.
    Interval,
    /// A decimal number of at most so many digits.
    Decimal(u16),
    /// An address of the network.
    Address,
    /// Text of one kind, of at most so many characters where it has a limit.
    Text(TextKind, Option<u32>),
    /// JSON, lists, and what is as free.
    Json,
    /// Bytes.
    Binary,
    /// A type that is not known.
    Unknown,
}

/// What a text is, as far as its field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A line: a name, a title, a state.
    Line,
    /// One of a few words that the code lists; the longest has so many characters.
    Choice,
    /// A word for URLs.
    Slug,
    /// An address of mail.
    Email,
    /// An address of the web.
    Url,
    /// The path of a file, which itself lies elsewhere.
    Path,
    /// A password's hash.
    Hash,
    /// Text without a limit.
    Long,
}
