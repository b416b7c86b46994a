//! Places where an eager clause could be put.

use super::Unit;
use crate::source::Span;

/// A place where an eager clause could be put.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::link::orm) struct Site {
    pub(in crate::link::orm) unit: Unit,
    /// Just behind the manager, or the first call on it.
    pub(in crate::link::orm) after: Span,
    /// What opens the line of the first call, when it has a line of its own.
    pub(in crate::link::orm) line: Option<Box<str>>,
    /// Whether `after` is behind a call already.
    pub(in crate::link::orm) called: bool,
    /// Just behind the last argument of an eager clause that is there, for one object and for lists.
    pub(in crate::link::orm) one: Option<Span>,
    pub(in crate::link::orm) many: Option<Span>,
    /// Whether such a clause cannot be put there.
    pub(in crate::link::orm) bars_one: bool,
    pub(in crate::link::orm) bars_many: bool,
    /// Whether what comes of it is gone through, and takes clauses no more: `iterator()`.
    pub(in crate::link::orm) ended: bool,
    /// Whether rows of other models come by, so that no clause fits them all.
    pub(in crate::link::orm) shared: bool,
    /// What opens a line of a class of the admin, whose attribute says what is joined.
    pub(in crate::link::orm) attribute: Option<Box<str>>,
    /// Paths that are joined unasked, and read, until a clause says what is joined: it has to name them, too.
    pub(in crate::link::orm) kept: Vec<String>,
    /// SQLAlchemy: the model as this file spells it.
    pub(in crate::link::orm) entity: Option<Box<str>>,
}

impl Site {
    /// Just behind a place in a body of code.
    pub(in crate::link::orm) fn behind(unit: Unit, place: Span, called: bool) -> Self {
        Self {
            unit,
            after: Span::at(place.file, place.end as usize),
            line: None,
            called,
            one: None,
            many: None,
            bars_one: false,
            bars_many: false,
            ended: false,
            shared: false,
            attribute: None,
            kept: Vec::new(),
            entity: None,
        }
    }
}
