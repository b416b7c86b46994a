//! What one line of a loop asks, or writes, in each turn.

use super::{Report, once_each, over, some, without_loads};
use crate::link::orm::events::{Cause, Event, EventKind};
use crate::link::orm::history::instead_of;
use crate::link::orm::types::Size;
use crate::source::Span;
use crate::stack::vocabulary::{QueryInLoop, WriteInLoop};
use crate::stack::{Assumption, Fact, Origin, Sourced, Writer};

/// Of what one line asks for so much is told, and so many places are shown: who reads a line reads no more.
const MOST_CALLS: usize = 4;
const MOST_PLACES: usize = 8;

/// What is told together when one line does it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Line {
    Queries,
    /// Queries for what the turn has written before.
    Stale,
    /// Queries for what was prefetched.
    Prefetched,
    /// Queries for fields that were left out.
    LeftOut,
    /// Writes, by whether the model's own code runs with them.
    Writes(Option<bool>),
}

impl Line {
    pub(super) fn of(event: &Event) -> Self {
        match &event.kind {
            EventKind::Write { how, .. } => Line::Writes(how.own),
            EventKind::Query { cause: Some(Cause::Prefetched(..)), .. } => Line::Prefetched,
            EventKind::Query { cause: Some(Cause::LeftOut(..)), .. } => Line::LeftOut,
            EventKind::Query { .. } if event.stale => Line::Stale,
            EventKind::Query { .. } | EventKind::Lazy { .. } => Line::Queries,
        }
    }
}

impl Report<'_> {
    /// What one line of a loop asks, or writes, in each turn.
    pub(super) fn other(&mut self, mut line: Vec<Event>) {
        // What each turn does comes before what some do.
        line.sort_by_key(|event| event.conditional);
        let Some(event) = line.first() else { return };
        let calls = some(MOST_CALLS, line.iter().map(Event::call));
        let remedies = taken_together(&line).unwrap_or_else(|| {
            let each = line.iter().filter(|event| !event.stale).filter_map(|event| match &event.kind {
                EventKind::Query { remedy, .. } => Some(self.apart(event, remedy)),
                EventKind::Write { how, .. } => Some(how.remedy.to_string()),
                EventKind::Lazy { .. } => None,
            });
            let each: Vec<String> = each.collect();
            some(MOST_CALLS, each.iter().map(String::as_str))
        });
        let by = match &event.through {
            Some(call) => Fact::derived(call.as_str().into(), vec![event.at]),
            None => Fact::Absent,
        };
        let shown = match &event.serializer {
            Some(name) if event.shown.is_none() => {
                Fact::derived(format!("each row is serialized by `{name}`").into(), vec![event.head])
            }
            _ => super::shown(&line.iter().collect::<Vec<_>>()),
        };
        let places = if event.through.is_some() || event.shown.is_some() {
            vec![event.deep]
        } else {
            vec![event.at, event.deep]
        };
        let others = counted(line.iter().flat_map(|event| event.by.iter().copied()).filter(|it| *it != event.at));
        let deeper = line.iter().map(|event| event.deep).filter(|deep| *deep != event.at && !places.contains(deep));
        let more = counted(deeper.take(MOST_PLACES));
        // What is quoted is shown where it stands.
        let asks = matches!(event.kind, EventKind::Query { .. });
        let deep = || (asks && places.len() > 1).then_some(event.deep);
        let stands = event.made.or_else(deep).filter(|it| *it != event.at);
        let runs = match stands {
            Some(stands) => counted(places.iter().copied().filter(|it| *it != stands)),
            None => Fact::Absent,
        };
        let places = stands.map_or(places, |at| vec![at]);
        let writers =
            taken_in(&line).map(|edit| Writer { name: "field".into(), edits: vec![edit], display_only: None });
        // A clause that is added to one of two makes it no other thing.
        let done = once_each(line.iter().map(|event| without_loads(event.call()))).join(",");
        let about = self.about(event.unit, &done, event.at, writers.into_iter().collect());
        let (over, around, waits) = (over(event), super::around(event), self.waits(event));
        let short = Fact::derived(line.iter().all(|event| event.size == Size::Short), Vec::new());
        let reach = self.reach(event);
        let (of_one, leaves) = (self.of_one(event), Fact::derived(event.leaves, Vec::new()));
        let (rows, few) = (super::rows(event), super::few(event));
        let seldom = Fact::derived(event.conditional, Vec::new());
        let less = self.less(&line.iter().collect::<Vec<_>>());
        let (call, remedy) = (Fact::derived(calls.into(), places), Fact::derived(remedies.into(), Vec::new()));
        match &event.kind {
            EventKind::Lazy { .. } => {}
            EventKind::Query { orm, cause, .. } => {
                let orm = Fact::derived(*orm, Vec::new());
                let (prefetched, left_out) = match cause {
                    Some(Cause::Prefetched(path, at)) => (Fact::derived(path.clone(), vec![*at]), Fact::Absent),
                    Some(Cause::LeftOut(it)) => (Fact::Absent, Fact::derived(it.said.clone(), vec![it.at])),
                    None => (Fact::Absent, Fact::Absent),
                };
                let is_spare = line.iter().all(|event| event.spare);
                let each_turn = match is_spare {
                    true => {
                        let what = "what stands before it in `or` is empty";
                        let origin = Origin::Assumed(Assumption::that(what, Some(event.deep)));
                        Fact::Known(Sourced { value: true, origin, slots: Vec::new() })
                    }
                    false => Fact::derived(true, Vec::new()),
                };
                let it = QueryInLoop {
                    about,
                    orm,
                    call,
                    runs,
                    by,
                    more,
                    others,
                    over,
                    shown,
                    around,
                    waits,
                    each_turn,
                    stale: Fact::derived(line.iter().all(|event| event.stale), Vec::new()),
                    barred: self.barred(&line),
                    grows: Fact::derived(line.iter().any(|event| self.grows(event)), Vec::new()),
                    of_one,
                    rows,
                    few,
                    kept: super::kept(line.iter()),
                    leaves,
                    seldom,
                    steps: less.steps,
                    because: less.because,
                    short,
                    reach,
                    remedy,
                    prefetched,
                    left_out,
                };
                self.out.queries_in_loops.push(it);
            }
            EventKind::Write { orm, how, .. } => {
                let hows = || {
                    line.iter().filter_map(|event| match &event.kind {
                        EventKind::Write { how, .. } => Some(how),
                        _ => None,
                    })
                };
                let own = hows().any(|how| how.own == Some(true) && !how.fills);
                let because = "the model does more than write when it is saved, which may have to be done for each row";
                let remedy = if own { remedy.guessed(because) } else { remedy };
                let receiver = hows().find_map(|how| how.signals);
                let kept = hows().filter_map(|how| Some((self.models.history(how.model?)?, instead_of(&how.remedy))));
                let (at, helpers): (Vec<Span>, Vec<_>) = kept.filter(|it| !it.1.is_empty()).unzip();
                let history = match helpers.is_empty() {
                    true => Fact::Absent,
                    false => {
                        let named = some(2, helpers.into_iter().flatten()).replace(", ", "`, `");
                        Fact::derived(named.into(), at.into_iter().take(1).collect())
                    }
                };
                self.out.writes_in_loops.push(WriteInLoop {
                    about,
                    orm: Fact::derived(*orm, Vec::new()),
                    call,
                    by,
                    more,
                    others,
                    over,
                    shown,
                    around,
                    waits,
                    of_one,
                    rows,
                    few,
                    leaves,
                    seldom,
                    steps: less.steps,
                    because: less.because,
                    short,
                    reach,
                    own: match how.own {
                        Some(own) => Fact::derived(own, Vec::new()),
                        None => Fact::unknown("a base of the model, which may do more when it is saved, is not read"),
                    },
                    history,
                    referred: Fact::derived(hows().any(|how| how.referred), Vec::new()),
                    signals: Fact::derived(receiver.is_some(), receiver.into_iter().collect()),
                    commits: Fact::derived(hows().any(|how| how.commits), Vec::new()),
                    remedy,
                });
            }
        }
    }
}

impl Report<'_> {
    /// What does for all rows what a query asks for each, beside what else is asked for them.
    fn apart(&self, event: &Event, remedy: &str) -> String {
        let several = || self.counted.get(&(event.unit, event.head)).is_some_and(|all| all.len() > 1);
        event.counts.as_ref().map_or_else(|| remedy.to_owned(), |it| it.remedy(several()))
    }
}

impl Report<'_> {
    /// Why none of these queries can be asked before the loop.
    fn barred(&self, line: &[Event]) -> Fact<Box<str>> {
        let why = |event: &Event| {
            let answer = || event.asks_by.iter().find_map(|(unit, call)| self.remote.at(*unit, *call));
            match event.locks {
                true => Some("it locks the rows that it asks for".to_owned()),
                false if event.ranks => Some("it asks for the first rows by a value of the turn's own".to_owned()),
                false => answer().map(|call| format!("the turn asks by what `{call}` gives it")),
            }
        };
        let each: Option<Vec<String>> = line.iter().map(why).collect();
        let said = each.and_then(|each| each.into_iter().next());
        said.map_or(Fact::Absent, |said| Fact::derived(said.into(), Vec::new()))
    }

    /// Whether turns of the loop, or of the one around it, make rows of the table that a query asks.
    fn grows(&self, event: &Event) -> bool {
        let of = [Some((event.unit, event.head)), event.around];
        event.model.filter(|_| event.repeats).is_some_and(|model| {
            of.into_iter().flatten().any(|at| self.making.get(&at).is_some_and(|made| made.contains(&model)))
        })
    }
}

/// How many places there are, each once.
fn counted(places: impl Iterator<Item = Span>) -> Fact<u64> {
    let each = once_each(places);
    if each.is_empty() { Fact::Absent } else { Fact::derived(each.len() as u64, each) }
}

/// What takes all the fields in that a line reads and `only(...)` leaves out.
fn taken_together(line: &[Event]) -> Option<String> {
    let fields = line.iter().map(|event| match &event.kind {
        EventKind::Query { cause: Some(Cause::LeftOut(it)), .. } if it.by_only => Some(format!("\"{}\"", it.field)),
        _ => None,
    });
    let fields = fields.collect::<Option<Vec<_>>>()?;
    Some(format!("only(..., {})", some(line.len(), fields.iter().map(String::as_str))))
}

/// The edit that takes fields in that were left out, where all that a line reads can be.
fn taken_in(line: &[Event]) -> Option<(Span, Box<str>)> {
    let mut place: Option<(Span, String)> = None;
    for event in line {
        let EventKind::Query { cause: Some(Cause::LeftOut(it)), .. } = &event.kind else { return None };
        let (at, text) = it.more.as_ref()?;
        match &mut place {
            None => place = Some((*at, text.to_string())),
            Some((before, texts)) if before == at => {
                if !texts.contains(&**text) {
                    texts.push_str(text);
                }
            }
            Some(_) => return None,
        }
    }
    place.map(|(at, text)| (at, text.into()))
}
