//! Events to facts: one for each relation path of a queryset (`lazy`), one for each query or write of a loop (`line`).

mod branches;
mod lazy;
mod line;
mod weight;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(super) use lazy::joined;
use line::Line;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::OrmFacts;
use super::anchors::Anchors;
use super::asked::Condition;
use super::event_loop::Remote;
use super::events::{Also, Cause, Does, Event, EventKind, Guess};
use super::listings;
use super::models::{Models, Relation};
use super::names::{ClassId, Names};
use super::reach::{Reaching, rank};
use super::types::{Set, Size, Unit};
use super::uses::{self, Use};
use crate::facts::orm::OrmDraft;
use crate::facts::orm::flow::NodeId;
use crate::source::Span;
use crate::stack::vocabulary::{About, Reach};
use crate::stack::{Assumption, Fact, Origin, Sourced, Writer};

/// So many other loops are named that come to the same place.
const MOST_OTHERS: usize = 4;

/// The facts of events.
pub(super) fn facts(
    names: &Names<'_>,
    models: &Models,
    mut events: Vec<Event>,
    uses: Vec<Use>,
    served: &HashSet<Span>,
    reached: &Reaching<'_>,
    remote: &Remote<'_, '_>,
) -> OrmFacts {
    by_any_way(&mut events);
    let changed = changed(&events);
    let mut report = Report {
        names,
        models,
        served,
        reached,
        remote,
        changed,
        mended: HashSet::default(),
        counted: HashMap::default(),
        written: written(&events),
        making: making(&events),
        anchors: Anchors::default(),
        out: OrmFacts::default(),
    };
    let mut groups: BTreeMap<Source, Vec<Event>> = BTreeMap::new();
    let mut others: BTreeMap<(Span, Span, Option<String>), Event> = BTreeMap::new();
    let asked_behind = asked_behind(&events);
    let mut read: Vec<Event> = Vec::new();
    let mut written: HashMap<(Unit, Span), Vec<Written>> = HashMap::default();
    let loaded = loaded(&events);
    let writing = events.iter().filter(|event| matches!(event.kind, EventKind::Write { .. }));
    let writes: HashSet<(Unit, Span)> = writing.map(|event| (event.unit, event.head)).collect();
    report.counted = counted(&events);
    for event in events {
        let turn = (event.unit, event.head);
        match &event.kind {
            // What is read behind a write of the same turn to the rows it leads to is read to see what the write left:
            // loaded before the loop, it would be stale.
            EventKind::Lazy { root, path, .. }
                if written.get(&turn).is_some_and(|all| is_stale(root, path, event.at, all)) =>
            {
                continue;
            }
            // A list is no other for what is loaded with it.
            EventKind::Query { .. }
                if written.get(&turn).is_some_and(|all| leads_to_written(&event.list, event.at, all)) =>
            {
                continue;
            }
            EventKind::Write { how, .. } => written.entry(turn).or_default().push((event.at, how.model)),
            // Where a turn writes, the next may be told another thing.
            EventKind::Query { .. } if event.same && (event.stale || writes.contains(&turn)) => continue,
            // What loads the relation serves this, too.
            EventKind::Query { .. }
                if event.served_by.is_some_and(|by| loaded.contains(&(event.unit, event.head, by))) =>
            {
                continue;
            }
            _ => {}
        }
        match &event.kind {
            EventKind::Lazy { .. } => read.push(event),
            // Deleted behind the loop, the rows would still be there for what it asks.
            EventKind::Write { how, .. }
                if how.does == Does::Remove
                    && how.model.is_some_and(|model| asked_behind.contains(&(event.unit, event.head, model))) => {}
            EventKind::Query { .. } | EventKind::Write { .. } => {
                others.entry((event.deep, event.head, left_out(&event))).or_insert(event);
            }
        }
    }
    for event in told_once(read) {
        if let EventKind::Lazy { root, .. } = &event.kind {
            let by = root.related.as_ref().map(|(_, relation)| relation.span);
            groups.entry((event.unit, root.span, event.serializer.clone(), by)).or_default().push(event);
        }
    }
    let mut groups: Vec<Vec<Event>> = groups.into_values().collect();
    groups.sort_by_key(|group| group.first().map(|event| event.at));
    for group in groups {
        report.lazy(group);
    }
    let mut seen: HashMap<Told, Option<(usize, usize)>> = HashMap::default();
    let mut said = BTreeSet::new();
    let mut lines: Vec<Vec<Event>> = Vec::new();
    let mut places: HashMap<(Unit, Option<ClassId>, Span, Span, Line), usize> = HashMap::default();
    let mut variables: HashMap<(Unit, Span, (Unit, NodeId), Line), usize> = HashMap::default();
    let mut others: Vec<Event> = others.into_values().collect();
    // Of several loops that come to one place the one is told that costs most: of many objects, and who waits for it.
    let weight = |it: &Event| {
        let rank = rank(report.reach_of(it));
        (u64::from(rank).saturating_sub(report.steps(&[it]).0.min(2)), rank)
    };
    // What a loop of a few turns does, which is not told, does not stand for what a long one does.
    others.sort_by_key(|it| (it.deep, it.guess.is_some(), it.size == Size::Short, Reverse(weight(it)), !it.of_all));
    for event in others {
        // The same place reached from several loops is one thing, told of the one that most wait for, and so is what one loop does in several places.
        let again = (event.unit, event.head, event.call().to_owned());
        let deep = (event.deep, left_out(&event));
        let first = seen.get(&deep).copied();
        let mut told = None;
        if said.insert(again) & first.is_none() {
            // What one line of a loop does by way of what it calls is one thing, too.
            // So is what it asks of one queryset.
            let kind = Line::of(&event);
            let asked_of = event.asked_of.map(|of| (event.unit, event.head, of, kind));
            let same = asked_of.and_then(|of| variables.get(&of)).copied();
            let next = same.unwrap_or(lines.len());
            // Of a base, each class below does its own.
            let line = *places.entry((event.unit, event.view, event.head, event.at, kind)).or_insert(next);
            variables.extend(asked_of.map(|of| (of, line)));
            match lines.get_mut(line) {
                Some(line) => line.push(event),
                None => lines.push(vec![event]),
            }
            told = lines.get(line).map(|it| (line, it.len().saturating_sub(1)));
        } else if let Some((line, place)) = first.flatten()
            && let Some(before) = lines.get_mut(line).and_then(|line| line.get_mut(place))
            && before.by.len() < MOST_OTHERS
            && before.at != event.at
            && (before.guess.is_some() || event.guess.is_none())
            && !before.by.contains(&event.at)
        {
            before.by.push(event.at);
        }
        // What is left out as said does not stand for the other loops that come to its place.
        if told.is_some() {
            seen.entry(deep).or_insert(told);
        }
    }
    for line in lines {
        report.other(line);
    }
    for it in uses::kept(uses, |unit| rank(report.reached.of(unit))) {
        report.asked(it);
    }
    report.out
}

/// A place that rows of several querysets come by is told of once: of those that are told least of which rows they have.
fn told_once(read: Vec<Event>) -> Vec<Event> {
    let few = |event: &Event| match &event.kind {
        EventKind::Lazy { root, .. } => {
            let narrows = |it: &&Condition| it.met && !it.excluded && !it.constant && &*it.lookup == "exact";
            let narrowed = root.asked.conditions.iter().filter(narrows).count();
            (event.guess.is_some(), event.of_one.is_some(), narrowed)
        }
        EventKind::Query { .. } | EventKind::Write { .. } => (true, true, 0),
    };
    let mut places: HashMap<_, usize> = HashMap::default();
    let mut out: Vec<Event> = Vec::new();
    for event in read {
        let EventKind::Lazy { path, key, .. } = &event.kind else { continue };
        let place = (
            event.unit,
            event.at,
            path.last().map(|it| it.span),
            key.as_ref().map(|_| event.deep),
            // Two fields of one nested serializer lead there by two ways, and so do two columns of a list.
            (event.serializer.is_some() || event.at == event.head).then(|| lazy::joined(path)),
        );
        let at = *places.entry(place).or_insert(out.len());
        match out.get_mut(at) {
            None => out.push(event),
            // Of the same rows it is another path, which has to be loaded, too.
            Some(before) if leads_elsewhere(before, &event) => out.push(event),
            Some(before) if few(&event) < few(before) => {
                let other = std::mem::replace(before, event);
                comes_by(before, other);
            }
            Some(before) => comes_by(before, event),
        }
    }
    out
}

/// Whether two events read the rows of one queryset by different paths.
fn leads_elsewhere(one: &Event, other: &Event) -> bool {
    match (&one.kind, &other.kind) {
        (EventKind::Lazy { root, path, .. }, EventKind::Lazy { root: of, path: by, .. }) => {
            root.span == of.span && lazy::joined(path) != lazy::joined(by)
        }
        _ => false,
    }
}

/// Whether two querysets are one: written at one place, and lists of rows that one queryset gives, where they are lists of rows.
fn is_of_same_rows(one: &Set, other: &Set) -> bool {
    let outer = |set: &Set| set.related.as_ref().and_then(|(row, _)| row.root.as_ref().map(|root| root.span));
    one.span == other.span && outer(one) == outer(other)
}

/// Keeps of which other queryset the same is read, where that is known.
fn comes_by(told: &mut Event, other: Event) {
    let EventKind::Lazy { root: of, .. } = &told.kind else { return };
    let EventKind::Lazy { root, path, .. } = other.kind else { return };
    let own = (other.guess.is_none() && other.size != Size::Short).then_some(Also { root, path });
    for it in other.also.into_iter().chain(own).filter(|it| !is_of_same_rows(&it.root, of)) {
        if told.also.iter().all(|also| !is_of_same_rows(&also.root, &it.root)) {
            told.also.push(it);
        }
    }
}

/// A place where a turn writes, and the model whose rows it writes, when that is known.
type Written = (Span, Option<ClassId>);

/// A place that was told of, with the field that it is about where it is one of several.
type Told = (Span, Option<String>);

/// The field that a query is for which its queryset has left out: a serializer reads several at one place.
fn left_out(event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::Query { cause: Some(Cause::LeftOut(missed)), .. } => Some(missed.said.to_string()),
        _ => None,
    }
}

/// What there is of something, in its order, each once.
fn once_each<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut each: Vec<T> = Vec::new();
    for it in all {
        if !each.contains(&it) {
            each.push(it);
        }
    }
    each
}

/// The lists of rows that are loaded in the turns of each loop, by the places where their relations are declared.
fn loaded(events: &[Event]) -> HashSet<(Unit, Span, Span)> {
    let lists = events.iter().filter(|event| event.guess.is_none()).filter_map(|event| match &event.kind {
        EventKind::Lazy { path, .. } => path.last().filter(|hop| hop.to_many).map(|hop| (event, hop.span)),
        _ => None,
    });
    lists.map(|(event, span)| (event.unit, event.head, span)).collect()
}

/// The lists whose rows are counted in the turns of each loop. Counted by one query, each is joined to all others.
fn counted(events: &[Event]) -> HashMap<(Unit, Span), HashSet<Box<str>>> {
    let mut all: HashMap<(Unit, Span), HashSet<Box<str>>> = HashMap::default();
    for event in events {
        if let Some(counted) = &event.counts {
            all.entry((event.unit, event.head)).or_default().insert(counted.path.clone());
        }
    }
    all
}

/// The loops whose turns each write something.
fn written(events: &[Event]) -> HashSet<(Unit, Span)> {
    let writes = |event: &&Event| matches!(event.kind, EventKind::Write { .. }) && !event.conditional;
    events.iter().filter(writes).map(|event| (event.unit, event.head)).collect()
}

/// The models of which rows are made in the turns of each loop.
fn making(events: &[Event]) -> HashMap<(Unit, Span), HashSet<ClassId>> {
    let mut making: HashMap<_, HashSet<ClassId>> = HashMap::default();
    for event in events {
        if let EventKind::Write { how, .. } = &event.kind
            && let Some(model) = how.model.filter(|_| how.does == Does::Make)
        {
            for at in [Some((event.unit, event.head)), event.around].into_iter().flatten() {
                making.entry(at).or_default().insert(model);
            }
        }
    }
    making
}

/// Of one place that is come to by several ways, what holds of each of them.
fn by_any_way(events: &mut [Event]) {
    let way = |event: &Event| (event.unit, event.head, event.deep, event.guess.is_some());
    let of = |holds: fn(&Event) -> bool| events.iter().filter(|it| holds(it)).map(way).collect::<HashSet<_>>();
    let (plain, alone) = (of(|event| event.rarely.is_none()), of(|event| event.around.is_none()));
    for event in events {
        if plain.contains(&way(event)) {
            event.rarely = None;
        }
        if alone.contains(&way(event)) {
            event.around = None;
        }
    }
}

/// The models whose rows are asked for in the turns of each loop that have written some before.
fn asked_behind(events: &[Event]) -> HashSet<(Unit, Span, ClassId)> {
    let stale = events.iter().filter(|event| event.stale);
    stale.filter_map(|event| Some((event.unit, event.head, event.model?))).collect()
}

/// The models whose rows are changed in the turns of each loop; new rows are no change.
fn changed(events: &[Event]) -> HashMap<(Unit, Span), HashSet<ClassId>> {
    let mut changed: HashMap<_, HashSet<ClassId>> = HashMap::default();
    for event in events {
        if let EventKind::Write { how, .. } = &event.kind
            && let Some(model) = how.model.filter(|_| how.does != Does::Make)
        {
            changed.entry((event.unit, event.head)).or_default().insert(model);
        }
    }
    changed
}

/// Whether a path leads through what was written before the place where it is read. Of one object that must be known; a
/// list may be of anything. A row that is written is not its own parent.
fn is_stale(root: &Set, path: &[Rc<Relation>], at: Span, written: &[Written]) -> bool {
    let to_parent = |hop: &Relation| hop.joinable && hop.target == Some(root.model);
    !matches!(path, [hop] if to_parent(hop)) && leads_to_written(path, at, written)
}

fn leads_to_written(path: &[Rc<Relation>], at: Span, written: &[Written]) -> bool {
    path.iter().any(|hop| {
        let before = written.iter().filter(|(place, _)| place.start <= at.start);
        before.map(|(_, model)| model).any(|model| match (model, hop.target) {
            (Some(model), Some(target)) => *model == target,
            _ => !hop.joinable,
        })
    })
}

/// The rows that are read: by what code, where their queryset is made, by which serializer, by which relation they come.
type Source = (Unit, Span, Option<String>, Option<Span>);

struct Report<'a> {
    names: &'a Names<'a>,
    models: &'a Models,
    /// Places of clauses that are served by a prefetch elsewhere.
    served: &'a HashSet<Span>,
    reached: &'a Reaching<'a>,
    remote: &'a Remote<'a, 'a>,
    /// The models whose rows each loop changes.
    changed: HashMap<(Unit, Span), HashSet<ClassId>>,
    /// What a clause at these places loads, and where it is read.
    mended: HashSet<(Vec<Span>, Span, String)>,
    /// The lists whose rows are counted in the turns of each loop, as queries call them.
    counted: HashMap<(Unit, Span), HashSet<Box<str>>>,
    /// The loops whose turns write, where that is known and no condition keeps them from it.
    written: HashSet<(Unit, Span)>,
    /// The models of which each loop makes rows.
    making: HashMap<(Unit, Span), HashSet<ClassId>>,
    anchors: Anchors,
    out: OrmFacts,
}

/// A call without the clauses that say what is loaded with the rows: a change that adds one leaves it what it was.
fn without_loads(call: &str) -> String {
    const CLAUSES: [&str; 3] = [".select_related", ".prefetch_related", ".options"];
    let with_ends = CLAUSES.iter().flat_map(|clause| ["(...)", "()"].map(|end| format!("{clause}{end}")));
    with_ends.fold(call.to_owned(), |call, clause| call.replace(&clause, ""))
}

impl Report<'_> {
    fn draft(&self, unit: Unit) -> &OrmDraft {
        self.names.draft(unit.draft())
    }

    fn about(&mut self, unit: Unit, what: &str, span: Span, writers: Vec<Writer>) -> About {
        self.anchors.about(self.names, unit, &without_loads(what), span, writers)
    }

    /// What each turn waits for besides, elsewhere than in the database.
    fn waits(&self, event: &Event) -> Fact<Box<str>> {
        let found = self.remote.in_turn(event.unit, event.head, event.at);
        found.map_or(Fact::Absent, |(call, at)| Fact::derived(call, vec![at]))
    }

    /// Who runs it: who runs the code, of those who come to the view that it is known of.
    fn reach_of(&self, event: &Event) -> Reach {
        let by_view = event.view.map(|class| self.reached.of(Unit::Class(class)));
        let by_code = self.reached.of(event.unit);
        let by_around = event.around.map(|(unit, _)| self.reached.of(unit));
        by_view.into_iter().chain(by_around).fold(by_code, |least, it| if rank(it) < rank(least) { it } else { least })
    }

    fn reach(&self, event: &Event) -> Fact<Reach> {
        Fact::derived(self.reach_of(event), Vec::new())
    }

    /// What a queryset is asked.
    fn asked(&mut self, it: Use) {
        let edits = it.edits.clone();
        let writer = edits.map(|(name, edits)| Writer { name: name.into(), edits, display_only: None });
        let (model, reach) = (self.models.name(self.names, it.model), self.reached.of(it.unit));
        // Not by the call: a clause that is put into it for another finding would make it another.
        let unit = if it.is_of_model() { Unit::Class(it.model) } else { it.unit };
        let about = self.about(unit, &it.known_by(&model), it.at, writer.into_iter().collect());
        self.out.queryset_uses.push(it.fact(about, model, reach));
    }
}

/// Some of these names, each once.
fn listed<'a>(all: impl Iterator<Item = &'a str>) -> String {
    some(6, all)
}

pub(super) fn some<'a>(most: usize, all: impl Iterator<Item = &'a str>) -> String {
    let mut parts = once_each(all.filter(|part| !part.is_empty()));
    if parts.len() > most {
        parts.truncate(most);
        parts.push("…");
    }
    parts.join(", ")
}

/// The loop around the one that it happens in.
fn around(event: &Event) -> Fact<Box<str>> {
    let around = event.around.filter(|(_, head)| *head != event.head && !head.file.is_outside());
    around.map_or(Fact::Absent, |(_, head)| Fact::derived("".into(), vec![head]))
}

impl Report<'_> {
    /// What gives the loop its turns, where that is what one object has, or one page of it.
    fn of_one(&self, event: &Event) -> Fact<Box<str>> {
        let Some(said) = event.of_one.as_deref() else { return Fact::Absent };
        let paged = match event.unit {
            Unit::Class(class) if event.serializer.is_some() && event.of_table => listings::is_paged(self.names, class),
            _ => false,
        };
        let said = if paged { "one page has rows" } else { said };
        Fact::derived(said.into(), Vec::new())
    }
}

/// What the rows of the loop are.
fn rows(event: &Event) -> Fact<Box<str>> {
    let rows = event.rows.as_ref();
    rows.map_or(Fact::Absent, |rows| Fact::derived(rows.model.as_str().into(), Vec::new()))
}

/// For how many seconds templates keep what is made of all of them.
fn kept<'e>(mut events: impl Iterator<Item = &'e Event>) -> Fact<Box<str>> {
    let first = events.next().and_then(|it| it.kept.clone());
    match first.filter(|_| events.all(|it| it.kept.is_some())) {
        Some(seconds) => Fact::derived(seconds, Vec::new()),
        None => Fact::Absent,
    }
}

/// Why the loop has few turns.
fn few(event: &Event) -> Fact<Box<str>> {
    let few = event.rows.as_ref().and_then(|rows| rows.few.as_deref());
    few.map_or(Fact::Absent, |text| Fact::derived(text.into(), Vec::new()))
}

/// What goes through the rows where no loop is written, and by what it shows each of them.
fn shown(events: &[&Event]) -> Fact<Box<str>> {
    let Some((first, it)) = events.first().and_then(|first| Some((first, first.shown.as_ref()?))) else {
        return Fact::Absent;
    };
    let all = events.iter().filter_map(|event| event.shown.as_ref()).filter(|shown| shown.how == it.how);
    let by = listed(all.map(|shown| &*shown.by)).replace(", ", "`, `");
    Fact::derived(format!("{} `{by}`", it.how).into(), vec![first.head])
}

/// What is looped over, which may be what makes it a guess.
fn over(event: &Event) -> Fact<Box<str>> {
    let is_listed = event.serializer.is_some() && !matches!(event.kind, EventKind::Lazy { .. });
    let written = if event.shown.is_some() || is_listed { Vec::new() } else { vec![event.head] };
    let over = Fact::derived(event.over.as_str().into(), written);
    match &event.guess {
        // Who has all rights, and asks for no fewer fields, gets them all.
        Some(Guess::Fields) => {
            let what = "the field is one of those that code chooses (`get_fields`, `get_list_display`)";
            let origin = Origin::Assumed(Assumption::that(what, Some(event.head)));
            Fact::Known(Sourced { value: event.over.as_str().into(), origin, slots: Vec::new() })
        }
        Some(guess) => over.guessed(&guess.because(&event.over)),
        None => over,
    }
}
