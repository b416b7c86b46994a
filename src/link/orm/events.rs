//! What an evaluation tells: a relation read, a query or a write, for each row of a loop.

use std::rc::Rc;

use super::eval::{Eval, Frame};
use super::few::{self, Rows};
use super::keys;
use super::models::Relation;
use super::names::{ClassId, Names};
use super::narrow::Parent;
use super::rarely::{Rarely, rarely};
use super::types::{Row, Set, Size, Turn, Type, Unit};
use crate::facts::orm::Parameter;
use crate::facts::orm::flow::{Arm, Flow, Guard, Node, NodeId, NodeKind, Scope};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

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
    /// Whether the loop is over rows of one time: of a day, or of those that are valid now.
    pub(super) of_period: bool,
    /// Whether that is a day.
    pub(super) of_day: bool,
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

/// What is guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// That a loop over what nobody knows is long.
    Loop,
    /// That it is over rows of this model, of which nothing is loaded.
    Rows(Box<str>),
    /// That a method of this name is the only one there is.
    Name(Box<str>),
    /// That a serializer, or a list of the admin, that chooses its fields by code has all that it names.
    Fields,
    /// That a value is a row of the model that has what is read of it.
    Row,
    /// That code for some kinds of rows only is for those of the loop.
    Kind,
    /// That rows are not yet in memory, where their class keeps one object for each of them.
    Kept,
}

impl Guess {
    /// Whether it is about rows of which nobody knows where they come from.
    pub(super) fn is_of_strangers(&self) -> bool {
        !matches!(self, Guess::Fields | Guess::Kind | Guess::Kept)
    }

    /// What makes it one, as a sentence about a loop over this.
    pub(super) fn because(&self, over: &str) -> String {
        let over = if over == UNNAMED { "what the loop goes through".into() } else { format!("what `{over}` holds") };
        match self {
            Guess::Loop => format!("{over} is not known: it is taken to be long"),
            Guess::Rows(model) => {
                format!("{over} is not known: it is taken for rows of `{model}` with nothing loaded")
            }
            Guess::Name(name) => {
                format!("what has `{name}` is not known: it is taken for the one function of that name")
            }
            Guess::Fields => {
                "which fields there are is chosen by code (`get_fields`, `get_list_display`): this is taken to be one"
                    .into()
            }
            Guess::Row => {
                "of which model the row is, is not known: it is taken for that which has what is read of it".into()
            }
            Guess::Kept => {
                "the class keeps one object for each row: which of them have it loaded already is not known".into()
            }
            Guess::Kind => "it is read of some kinds of rows only: those of the loop are taken to be of one".into(),
        }
    }
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

/// What the queryset of the rows was told, and which a query for each of them makes vain.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// To prefetch this relation; where, when that is known.
    Prefetched(Box<str>, Span),
    /// To leave out a field.
    LeftOut(Missed),
}

/// A field that a queryset leaves out.
#[derive(Clone, Debug)]
pub(super) struct Missed {
    /// The field, and the same behind its model's name: `note`, `order.note`.
    pub(super) field: Box<str>,
    pub(super) said: Box<str>,
    /// Whether `only` names the others; else `defer` names it.
    pub(super) by_only: bool,
    /// Where.
    pub(super) at: Span,
    /// What would take it in.
    pub(super) more: Option<(Span, Box<str>)>,
}

impl Cause {
    /// That what a row's relation leads to was prefetched.
    pub(super) fn prefetched(row: &Row, relation: &Relation) -> Option<Cause> {
        let path = row.path_to(&relation.name);
        let asked = &row.root.as_ref().filter(|root| !root.loads.open)?.asked;
        let (_, at) = asked.prefetched.iter().find(|(it, _)| {
            it.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        })?;
        Some(Cause::Prefetched(path.replace("__", ".").into(), *at))
    }

    /// Gives it to the queries that are told.
    pub(super) fn put(cause: Option<Cause>, events: &mut [Event]) {
        let Some(cause) = cause else { return };
        for event in events {
            if let EventKind::Query { cause: it, .. } = &mut event.kind {
                *it = Some(cause.clone());
            }
        }
    }
}

/// The rows of a list that each turn counts, and which the query of the loop could count.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// The path to them.
    pub(super) path: Box<str>,
    /// The same, as an argument of `Count`; and whether that leaves doubles out.
    pub(super) what: Box<str>,
    pub(super) distinct: bool,
    /// Whether only those that meet a condition are counted.
    pub(super) filtered: bool,
}

impl Counted {
    /// What counts them; and each of them once where other lists are counted with it: joined together, each row of one comes
    /// with all of the others.
    pub(super) fn remedy(&self, with_others: bool) -> String {
        let once = if with_others && !self.distinct { ", distinct=True" } else { "" };
        let some = if self.filtered { ", filter=Q(...)" } else { "" };
        format!("annotate(Count({}{once}{some}))", self.what)
    }
}

/// What a write does to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Make,
    Change,
    Remove,
}

/// A write, and what would do it in one.
#[derive(Clone, Debug)]
pub(super) struct Writing {
    pub(super) does: Does,
    pub(super) remedy: Box<str>,
    /// Whether it commits each time.
    pub(super) commits: bool,
    /// Whether the model's own code runs with it, which a statement for all rows passes by; [`None`] when a base of the
    /// model is not in the repository.
    pub(super) own: Option<bool>,
    /// Whether that code only fills in fields of the row.
    pub(super) fills: bool,
    /// The model whose rows, or whose relation to others, are written; [`None`] when it is not known.
    pub(super) model: Option<ClassId>,
    /// Whether the turn goes on with the row that it makes: another row refers to it, or something is given it.
    pub(super) referred: bool,
    /// A receiver of the signals of each save, which a statement for all rows does not send.
    pub(super) signals: Option<Span>,
}

impl Writing {
    /// A write of rows that are not known.
    pub(super) fn unread(remedy: &str) -> Self {
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
    pub(super) fn plain(model: ClassId, does: Does, remedy: &str) -> Self {
        Writing { does, model: Some(model), ..Writing::unread(remedy) }
    }
}

/// What has no name where it is gone through.
pub(super) const UNNAMED: &str = "queryset";

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

    pub(super) fn lazy(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        deep: Span,
        root: Rc<Set>,
        path: Vec<Rc<Relation>>,
        key: Option<Edits>,
    ) -> Event {
        let size = root.size;
        Event::new(eval, turn, at, deep, size, EventKind::Lazy { root, path, key })
    }

    pub(super) fn query(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        orm: Orm,
        size: Size,
        id: NodeId,
        remedy: &str,
    ) -> Event {
        let flow = eval.frame().flow;
        let kind = EventKind::Query {
            orm,
            call: spelled(flow, params(eval, eval.frame().unit), id),
            remedy: remedy.to_owned(),
            cause: None,
        };
        Event {
            locks: keys::locks(flow, id),
            repeats: keys::may_repeat(eval, id),
            asks_by: eval.asks_by(turn, id),
            ..Event::new(eval, turn, at, flow.node(id).span, size, kind)
        }
    }

    pub(super) fn write(
        eval: &Eval<'_>,
        turn: Turn,
        at: Span,
        orm: Orm,
        size: Size,
        id: NodeId,
        how: Writing,
    ) -> Event {
        let flow = eval.frame().flow;
        let kind = EventKind::Write { orm, call: spelled(flow, params(eval, eval.frame().unit), id), how };
        let apart = if eval.is_transaction_of_turn(turn, id) {
            Some("each turn is a transaction of its own")
        } else {
            eval.goes_on(turn, id).then_some("the loop goes on when a turn fails")
        };
        Event { apart, ..Event::new(eval, turn, at, flow.node(id).span, size, kind) }
    }

    fn new(eval: &Eval<'_>, turn: Turn, at: Span, deep: Span, size: Size, kind: EventKind) -> Event {
        let size = eval.size_with_around(turn, size);
        let frame = eval.frames.get(turn.depth);
        // What code of a package does happens, to who reads the repository, where that is called.
        let deep = match deep.file.is_outside() {
            true => eval.frames.iter().rev().map(Frame::called_at).find(|it| !it.file.is_outside()).unwrap_or(at),
            false => deep,
        };
        let unit = frame.map_or(Unit::Top(0), |it| it.unit);
        let turned = frame.and_then(|it| it.flow.scope(turn.scope));
        let head = turned.map_or(at, |it| it.head);
        let over = frame
            .zip(turned)
            .map(|(frame, it)| spelled(frame.flow, params(eval, frame.unit), it.iter))
            .unwrap_or_default();
        let below = eval.frames.get(turn.depth..).unwrap_or_default();
        let holds = |span: &Span| span.contains(at) || span.contains(deep);
        let spare = below.iter().any(|frame| frame.flow.spares.iter().any(holds));
        let iter = frame.zip(turned).and_then(|(frame, it)| frame.types.get(it.iter as usize));
        let guess = eval.guess(size, iter);
        let through = frame.filter(|_| at != deep).and_then(|frame| {
            let stands =
                |node: &Node| node.span == at && matches!(node.kind, NodeKind::Call { .. } | NodeKind::Attr { .. });
            let id = frame.flow.nodes.iter().position(stands)?;
            Some(spelled(frame.flow, params(eval, frame.unit), id as NodeId))
        });
        let asked_of = match &kind {
            EventKind::Query { .. } => asked_of(eval, deep),
            _ => None,
        };
        let (seldom, conditional) = is_some_turns_only(eval, turn, at, deep);
        Event {
            conditional,
            behind: false,
            // A loop in code of a package is none that a reader could look up.
            around: eval.loop_around(turn).filter(|(_, head)| !head.file.is_outside()),
            of_one: eval.of_one(turn),
            of_user: eval.gone_through(turn).is_some_and(|it| it.parent == Some(Parent::User) && it.related.is_none()),
            rows: few::rows(eval, turn),
            asked_of,
            counts: None,
            list: Vec::new(),
            served_by: None,
            of_all: eval.is_of_all(turn),
            of_day: eval.all_rows_of(turn).is_some_and(|set| few::is_of_day(eval.names, &set)),
            of_period: eval.all_rows_of(turn).is_some_and(|set| few::is_of_period(eval.names, &set)),
            sent: eval.is_sent(turn),
            rarely: rarely(eval),
            same: false,
            leaves: turned.is_some_and(|it| it.leaves),
            unit,
            view: eval.view,
            head,
            over,
            at,
            deep,
            made: None,
            by: Vec::new(),
            size,
            spare,
            seldom,
            refreshed: false,
            raises: false,
            kept: kept(eval),
            model: None,
            stale: false,
            repeats: false,
            of_table: eval.gone_through(turn).is_some_and(|set| set.related.is_none()),
            apart: None,
            locks: false,
            asks_by: Vec::new(),
            through,
            guess,
            serializer: None,
            also: Vec::new(),
            shown: None,
            kind,
        }
    }
}

/// For how many seconds a template keeps what is evaluated now.
fn kept(eval: &Eval<'_>) -> Option<Box<str>> {
    eval.frames.iter().find_map(|frame| {
        let guard = frame.flow.nodes.get(frame.types.len())?.guard;
        frame.flow.guards(guard).find_map(|it| match it {
            Guard::Fragment(seconds) => Some(seconds.clone()),
            _ => None,
        })
    })
}

/// The variable that a call of the present frame is a method of: several calls are of one where they have its value.
fn asked_of(eval: &Eval<'_>, call: Span) -> Option<(Unit, NodeId)> {
    let frame = eval.frame();
    let is_call = |node: &&Node| node.span == call && matches!(node.kind, NodeKind::Call { .. });
    let NodeKind::Call { func, .. } = frame.flow.nodes.iter().find(is_call)?.kind else { return None };
    match &frame.flow.node(func).kind {
        NodeKind::Attr { of, variable: Some(_), .. } if matches!(eval.type_of(*of), Type::Set(_)) => {
            Some((frame.unit, *of))
        }
        _ => None,
    }
}

/// The parameters of a body of code.
pub(super) fn params<'a>(eval: &Eval<'a>, unit: Unit) -> &'a [Parameter] {
    params_of(eval.names, unit)
}

/// The same, where nothing is evaluated.
pub(super) fn params_of<'a>(names: &Names<'a>, unit: Unit) -> &'a [Parameter] {
    match unit {
        Unit::Function(function) => &names.function(function).params,
        Unit::Top(_) | Unit::Class(_) => &[],
    }
}

/// Whether not all turns of a loop come to what happens now: in the code of the loop itself, and there or where that leads.
fn is_some_turns_only(eval: &Eval<'_>, turn: Turn, at: Span, deep: Span) -> (bool, bool) {
    let Some((frame, called)) = eval.frames.get(turn.depth..).and_then(<[_]>::split_first) else {
        return (false, false);
    };
    let holds = |span: &Span| span.contains(at) || span.contains(deep);
    let seldom = is_seldom(frame.flow, turn.scope, at);
    let conditional = seldom
        || std::iter::once(frame).chain(called).any(|frame| frame.flow.conditional.iter().any(holds))
        || called.iter().any(|frame| is_conditional(frame.flow, frame.types.len() as NodeId));
    (seldom, conditional)
}

/// Whether a place in a loop is one that not all of its turns come to.
fn is_seldom(flow: &Flow, scope: Scope, at: Span) -> bool {
    let place = |id: usize| id as NodeId;
    let Some(node) = flow.nodes.iter().position(|node| node.span == at).map(place) else { return false };
    let Some(first) = flow.nodes.iter().position(|it| matches!(it.kind, NodeKind::Row(_)) && it.scope == scope) else {
        return false;
    };
    let within = |arm: &Arm| arm.of != 0 && arm.from > place(first);
    flow.arms.iter().filter(|arm| within(arm)).any(|arm| {
        let holds = arm.from <= node && node < arm.to;
        // `continue`
        let goes_on = arm.ends && !arm.raises && arm.to <= node && flow.within(flow.node(arm.from).scope, scope);
        holds || goes_on
    })
}

/// Whether a node of a function is one that not all calls come to: in a branch, or behind one that leaves.
fn is_conditional(flow: &Flow, node: NodeId) -> bool {
    is_in_branch(flow, node) || flow.arms.iter().any(|arm| arm.of != 0 && arm.ends && !arm.raises && arm.to <= node)
}

/// Whether a node of a function stands in a branch of an `if` or a `match`.
pub(super) fn is_in_branch(flow: &Flow, node: NodeId) -> bool {
    flow.arms.iter().any(|arm| arm.of != 0 && arm.from <= node && node < arm.to)
}

/// `Model.objects.none()`, which stands for what another branch gives.
fn is_none(flow: &Flow, id: NodeId) -> bool {
    matches!(flow.call(id).map(|call| &flow.node(call.func).kind), Some(NodeKind::Attr { name, .. }) if &**name == "none")
}

/// An expression in short: `Message.objects.filter(...).count()`.
pub(super) fn spelled(flow: &Flow, params: &[Parameter], id: NodeId) -> String {
    /// Longer ones lose their beginning.
    const MOST: usize = 70;
    let mut parts: Vec<String> = Vec::new();
    let mut at = id;
    let mut long = 0;
    loop {
        let part = match &flow.node(at).kind {
            NodeKind::Call { func, args, keywords, open } => {
                let next = *func;
                let empty = args.is_empty() && keywords.is_empty() && !open;
                parts.push(if empty { "()".into() } else { "(...)".into() });
                at = next;
                continue;
            }
            NodeKind::Attr { name, variable: Some(variable), .. } => {
                parts.push(format!("{variable}.{name}"));
                break;
            }
            NodeKind::Attr { of, name, .. } => {
                at = *of;
                format!(".{name}")
            }
            NodeKind::Slice { of, .. } => {
                at = *of;
                "[...]".into()
            }
            NodeKind::Item { of, key } if matches!(flow.node(*key).kind, NodeKind::Number(_)) => {
                at = *of;
                match flow.node(*key).kind {
                    NodeKind::Number(place) => format!("[{place}]"),
                    _ => "[...]".into(),
                }
            }
            // What a template's context has.
            NodeKind::Item { of, key }
                if matches!(flow.node(*of).kind, NodeKind::Param(0)) && flow.text(*key).is_some() =>
            {
                parts.extend(flow.text(*key).map(str::to_owned));
                break;
            }
            NodeKind::Await(of) | NodeKind::Test(of) | NodeKind::Auto(of) => {
                at = *of;
                continue;
            }
            NodeKind::Either(branches) if !branches.is_empty() => {
                at = branches.iter().copied().find(|it| !is_none(flow, *it)).unwrap_or(branches[0]);
                continue;
            }
            NodeKind::Item { of, .. } => {
                at = *of;
                "[...]".into()
            }
            NodeKind::Param(at) if params.get(*at as usize).is_some() => {
                parts.extend(params.get(*at as usize).map(|it| it.name.to_string()));
                break;
            }
            NodeKind::Name(name) => {
                parts.push(name.to_string());
                break;
            }
            _ => {
                // What a function is given has no name here.
                parts.push(if parts.is_empty() { UNNAMED.into() } else { "…".into() });
                break;
            }
        };
        long += part.len();
        parts.push(part);
        if long > MOST {
            parts.push("…".into());
            break;
        }
    }
    parts.reverse();
    parts.concat()
}
