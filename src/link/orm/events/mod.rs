//! What an evaluation tells: a relation read, a query or a write, for each row of a loop.

mod cause;
mod guess;
mod short;
mod told;
mod turns;
mod writing;

use std::rc::Rc;

use super::eval::Eval;
use super::few::{Rows, Time};
use super::models::Relation;
use super::names::{ClassId, Names};
use super::rarely::Rarely;
use super::types::{Set, Size, Turn, Unit};
use crate::facts::orm::flow::NodeId;
use crate::source::Span;
use crate::stack::vocabulary::Orm;

pub(super) use cause::{Cause, Counted, Missed};
pub(super) use guess::Guess;
pub(super) use short::{UNNAMED, params, params_of, spelled};
pub(super) use turns::is_in_branch;
pub(super) use writing::{Does, Writing};

use turns::{is_conditional, is_some_turns_only};

/// One thing that happens in each turn of a loop.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The code that has the loop.
    pub(super) unit: Unit,
    /// The view that it is known of, where that has its code from a base.
    pub(super) view: Option<ClassId>,
    /// The head of the loop.
    pub(super) head: Span,
    /// The loop around it, and the code that has that.
    pub(super) around: Option<(Unit, Span)>,
    /// What is looped over.
    pub(super) over: String,
    /// The place in the loop.
    pub(super) at: Span,
    /// The place where it happens, which may be in a function called from there.
    pub(super) deep: Span,
    /// Where the queryset that it runs is written, when that is elsewhere.
    pub(super) made: Option<Span>,
    /// The places where what leads to it is loaded row by row, too.
    pub(super) by: Vec<Span>,
    pub(super) size: Size,
    /// Whether it happens only where all that stands before it in an `or` is empty.
    pub(super) spare: bool,
    /// Whether it happens in some turns only: behind an `if` of the loop, or one that goes on to the next turn.
    pub(super) seldom: bool,
    /// Whether it stands behind a condition in the turn, in the loop's own code or where that leads.
    pub(super) conditional: bool,
    /// Whether not each turn of the loop around it comes to its loop.
    pub(super) behind: bool,
    /// Why not every request comes to it, where that is known.
    pub(super) rarely: Option<Rarely>,
    /// The variable whose queryset a query asks: the code that has it, and its value.
    pub(super) asked_of: Option<(Unit, NodeId)>,
    /// The rows that it counts, where the query of the loop could.
    pub(super) counts: Option<Counted>,
    /// The path to the list that a query asks for whole, told what else to load with it.
    pub(super) list: Vec<Rc<Relation>>,
    /// The relation whose rows a query asks for, where those that are prefetched would answer it: `row.tags.exists()`.
    pub(super) served_by: Option<Span>,
    /// What gives the loop its turns, where that is what one object has: one `Basket` has `lines`.
    pub(super) of_one: Option<String>,
    /// Whether that is the user who asks.
    pub(super) of_user: bool,
    /// What the rows of the loop are, where no other loop is around it.
    pub(super) rows: Option<Rows>,
    /// Whether the loop is over rows of a table, whoever has them.
    pub(super) of_all: bool,
    /// The one time that the rows of the loop are of.
    pub(super) of_time: Option<Time>,
    /// Whether the loop is over what a client sent.
    pub(super) sent: bool,
    /// Whether it is a query that asks for the same in each turn.
    pub(super) same: bool,
    /// Whether the loop may end before all rows are gone through.
    pub(super) leaves: bool,
    /// Whether the row has been read anew before, which drops what was loaded with it.
    pub(super) refreshed: bool,
    /// For how many seconds a template keeps what it makes of it, where it does.
    pub(super) kept: Option<Box<str>>,
    /// Whether Django refuses to load it, for it is read in an event loop.
    pub(super) raises: bool,
    /// The model that a query asks for, when it is known.
    pub(super) model: Option<ClassId>,
    /// Whether it asks for what the same turn writes before it.
    pub(super) stale: bool,
    /// Whether several turns may ask for the same rows.
    pub(super) repeats: bool,
    /// Whether the rows of the loop are no list of one row's, which is asked for with it.
    pub(super) of_table: bool,
    /// Why each turn writes by itself on purpose, where that is seen.
    pub(super) apart: Option<&'static str>,
    /// Whether it locks the rows that it asks for.
    pub(super) locks: bool,
    /// Whether it asks for the first rows by what a value of the turn makes of each.
    pub(super) ranks: bool,
    /// The calls whose answers a query asks by, as far as the turn makes them: the code that has them, and their places.
    pub(super) asks_by: Vec<(Unit, Span)>,
    /// What stands at the place in the loop, when it happens elsewhere.
    pub(super) through: Option<String>,
    /// What makes it a guess, when it is one.
    pub(super) guess: Option<Guess>,
    /// The serializer whose loop it is.
    pub(super) serializer: Option<String>,
    /// The other querysets whose rows are read so at the same place.
    pub(super) also: Vec<Also>,
    /// What goes through the rows where no loop is written.
    pub(super) shown: Option<Shown>,
    pub(super) kind: EventKind,
}

/// Another queryset whose rows are read at a place, and the path that is read of them: one place may read two kinds of rows.
#[derive(Clone, Debug)]
pub(super) struct Also {
    pub(super) root: Rc<Set>,
    pub(super) path: Vec<Rc<Relation>>,
}

/// What goes through rows where no loop is written, and by what it shows each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// As a clause that goes on with a name.
    pub(super) how: &'static str,
    pub(super) by: Box<str>,
}

/// What is put where.
pub(super) type Edits = Vec<(Span, Box<str>)>;

/// What happens.
#[derive(Clone, Debug)]
pub(super) enum EventKind {
    /// A path of relations that the queryset does not load is read.
    Lazy {
        root: Rc<Set>,
        path: Vec<Rc<Relation>>,
        /// What would read the key that is in the row, where no more than that is needed.
        key: Option<Edits>,
    },
    /// A query.
    Query { orm: Orm, call: String, remedy: String, cause: Option<Cause> },
    /// A write.
    Write { orm: Orm, call: String, how: Writing },
}

/// All that was told, in order, each once.
pub(super) type Events = Vec<Event>;

impl Event {
    /// The call, in short; nothing for a relation that is read.
    pub(super) fn call(&self) -> &str {
        match &self.kind {
            EventKind::Lazy { .. } => "",
            EventKind::Query { call, .. } | EventKind::Write { call, .. } => call,
        }
    }

    /// Whether some turns do not come to it, or some calls of the function do not come to its loop.
    pub(super) fn may_be_left_out(&self, names: &Names<'_>) -> bool {
        let Unit::Function(id) = self.unit else { return true };
        let flow = &names.function(id).flow;
        let node = flow.nodes.iter().position(|node| node.span == self.at);
        self.conditional || self.behind || node.is_none_or(|node| is_conditional(flow, node as NodeId))
    }

    /// The same, in a loop that another one runs from this place.
    pub(super) fn within(self, eval: &Eval<'_>, around: Turn, at: Span) -> Event {
        Event { behind: is_some_turns_only(eval, around, at, self.deep).1, ..self }
    }

    /// Where it is read, the places that lead there, and the place in other code that the loop's leads to.
    pub(super) fn roles(&self) -> (Span, Vec<Span>, Option<Span>) {
        let places = self.places();
        let first = places.first().copied().unwrap_or(self.at);
        let deep = Some(self.deep).filter(|deep| first == self.at && *deep != self.at);
        (first, places.into_iter().skip(1).filter(|it| Some(*it) != deep).collect(), deep)
    }

    /// The place in the loop, the one where it happens when that is another, and where the way to it is read.
    pub(super) fn places(&self) -> Vec<Span> {
        let by_field = self.serializer.is_some() && self.through.is_some() || self.shown.is_some();
        let mut places = match (self.at == self.deep, by_field) {
            (true, _) => vec![self.at],
            (false, true) if self.at == self.head => vec![self.deep],
            (false, false) => vec![self.at, self.deep],
            // A field reads nothing itself: what it calls does.
            (false, true) => vec![self.deep, self.at],
        };
        places.extend(&self.by);
        places
    }
}
