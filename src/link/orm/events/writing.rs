//! Writes: what each does to rows, and what would do it in one.

use super::super::names::ClassId;
use crate::source::Span;

/// What a write does to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::link::orm) enum Does {
    Make,
    Change,
    Remove,
}

/// A write, and what would do it in one.
#[derive(Clone, Debug)]
pub(in crate::link::orm) struct Writing {
    pub(in crate::link::orm) does: Does,
    pub(in crate::link::orm) remedy: Box<str>,
    /// Whether it commits each time.
    pub(in crate::link::orm) commits: bool,
    /// Whether the model's own code runs with it, which a statement for all rows passes by; [`None`] when a base of the
    /// model is not in the repository.
    pub(in crate::link::orm) own: Option<bool>,
    /// Whether that code only fills in fields of the row.
    pub(in crate::link::orm) fills: bool,
    /// The model whose rows, or whose relation to others, are written; [`None`] when it is not known.
    pub(in crate::link::orm) model: Option<ClassId>,
    /// Whether the turn goes on with the row that it makes: another row refers to it, or something is given it.
    pub(in crate::link::orm) referred: bool,
    /// A receiver of the signals of each save, which a statement for all rows does not send.
    pub(in crate::link::orm) signals: Option<Span>,
}

impl Writing {
    /// A write of rows that are not known.
    pub(in crate::link::orm) fn unread(remedy: &str) -> Self {
        Writing {
            does: Does::Change,
            remedy: remedy.into(),
            commits: false,
            own: Some(false),
            fills: false,
            model: None,
            referred: false,
            signals: None,
        }
    }

    /// A write that nothing of the model's own goes with.
    pub(in crate::link::orm) fn plain(model: ClassId, does: Does, remedy: &str) -> Self {
        Writing { does, model: Some(model), ..Writing::unread(remedy) }
    }
}
