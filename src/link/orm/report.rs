//! Events to facts: one for each relation path of a queryset, one for each query or write of a loop.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::OrmFacts;
use super::events::{Cause, Event, EventKind};
use super::models::{Models, Relation};
use super::names::{ClassId, Def, Names};
use super::reach::{Reaching, rank};
use super::types::{Set, Site, Size, Unit};
use super::uses::{self, Use};
use crate::facts::orm::{OrmDraft, Place, write};
use crate::source::Span;
use crate::stack::vocabulary::{About, LazyLoad, Orm, QueryInLoop, Reach, WriteInLoop};
use crate::stack::{Anchor, Assumption, Fact, Origin, Sourced, Writer};

/// So many other loops are named that come to the same place.
const MOST_OTHERS: usize = 4;

/// The facts of events.
pub(super) fn facts(
    names: &Names<'_>,
    models: &Models,
    events: Vec<Event>,
    uses: Vec<Use>,
    reached: &Reaching<'_>,
) -> OrmFacts {
    let changed = changed(&events);
    let mut report = Report {
        names,
        models,
        reached,
        changed,
        mended: HashSet::default(),
        anchors: HashMap::default(),
        out: OrmFacts::default(),
    };
    let mut groups: BTreeMap<(Unit, Span, Option<String>), Vec<Event>> = BTreeMap::new();
    let mut others: BTreeMap<(Span, Span), Event> = BTreeMap::new();
    let mut read = BTreeSet::new();
    let mut written: HashMap<(Unit, Span), Vec<Option<ClassId>>> = HashMap::default();
    for event in events {
        let turn = (event.unit, event.head);
        match &event.kind {
            // What is read behind a write of the same turn to the rows it leads to is read to see what the write left:
            // loaded before the loop, it would be stale.
            EventKind::Lazy { root, path, .. } if written.get(&turn).is_some_and(|all| is_stale(root, path, all)) => {
                continue;
            }
            EventKind::Write { how, .. } => written.entry(turn).or_default().push(how.model),
            _ => {}
        }
        match &event.kind {
            // A place that rows of several querysets come by is told of once.
            EventKind::Lazy { path, key, .. }
                if !read.insert((
                    event.unit,
                    event.at,
                    path.last().map(|it| it.span),
                    key.as_ref().map(|_| event.deep),
                )) => {}
            EventKind::Lazy { root, .. } => {
                groups.entry((event.unit, root.span, event.serializer.clone())).or_default().push(event);
            }
            EventKind::Query { .. } | EventKind::Write { .. } => {
                others.entry((event.deep, event.head)).or_insert(event);
            }
        }
    }
    let mut groups: Vec<Vec<Event>> = groups.into_values().collect();
    groups.sort_by_key(|group| group.first().map(|event| event.at));
    for group in groups {
        report.lazy(group);
    }
    let mut seen: HashMap<Span, Option<(usize, usize)>> = HashMap::default();
    let mut said = BTreeSet::new();
    let mut lines: Vec<Vec<Event>> = Vec::new();
    let mut places: HashMap<(Unit, Span, Span, Line), usize> = HashMap::default();
    let mut others: Vec<Event> = others.into_values().collect();
    others.sort_by_key(|it| (it.deep, it.guess.is_some(), Reverse(rank(report.reached.of(it.unit)))));
    for event in others {
        // The same place reached from several loops is one thing, told of the one that most wait for, and so is what one loop does in several places.
        let again = (event.unit, event.head, event.call().to_owned());
        let (deep, first) = (event.deep, seen.get(&event.deep).copied());
        let mut told = None;
        if said.insert(again) & first.is_none() {
            // What one line of a loop does by way of what it calls is one thing, too.
            let line = places.entry((event.unit, event.head, event.at, Line::of(&event.kind))).or_insert(lines.len());
            match lines.get_mut(*line) {
                Some(line) => line.push(event),
                None => lines.push(vec![event]),
            }
            told = lines.get(*line).map(|it| (*line, it.len().saturating_sub(1)));
        } else if let Some((line, place)) = first.flatten()
            && let Some(before) = lines.get_mut(line).and_then(|line| line.get_mut(place))
            && before.by.len() < MOST_OTHERS
            && before.at != event.at
            && (before.guess.is_some() || event.guess.is_none())
            && !before.by.contains(&event.at)
        {
            before.by.push(event.at);
        }
        seen.entry(deep).or_insert(told);
    }
    for line in lines {
        report.other(line);
    }
    for it in uses::kept(uses, |unit| rank(report.reached.of(unit))) {
        report.asked(it);
    }
    report.out
}

/// Where a queryset is made, and where it arrives to be told more, when that is elsewhere.
fn made(root: &Set) -> Vec<Span> {
    /// What lies so near is seen with the other.
    const NEAR: u32 = 400;
    let far = |at: &Span| at.file != root.span.file || at.start.abs_diff(root.span.start) > NEAR;
    let arrives = root.sites.iter().map(|site| site.after).find(far);
    [root.span].into_iter().chain(arrives).collect()
}

/// What a queryset is told to load, by its last clauses.
fn clauses(root: &Set) -> Fact<Box<str>> {
    /// Clauses that are shown, and paths that are named.
    const MOST: (usize, usize) = (4, 4);
    if root.clauses.is_empty() || root.loads.paths.is_empty() {
        return Fact::Absent;
    }
    let named: Vec<&str> = root.loads.paths.iter().take(MOST.1).map(String::as_str).collect();
    let more = if root.loads.paths.len() > MOST.1 { ", …" } else { "" };
    let shown = root.clauses.iter().rev().take(MOST.0).copied().collect();
    derived(format!("{}{more}", named.join(", ").replace("__", ".")).into(), shown)
}

/// The models whose rows are changed in the turns of each loop; new rows are no change.
fn changed(events: &[Event]) -> HashMap<(Unit, Span), HashSet<ClassId>> {
    let mut changed: HashMap<_, HashSet<ClassId>> = HashMap::default();
    for event in events {
        if let EventKind::Write { how, .. } = &event.kind
            && let Some(model) = how.model.filter(|_| !how.remedy.starts_with("bulk_create"))
        {
            changed.entry((event.unit, event.head)).or_default().insert(model);
        }
    }
    changed
}

/// Whether a path leads through what was written. Of one object that must be known; a list may be of anything. A row that
/// is written is not its own parent.
fn is_stale(root: &Set, path: &[Rc<Relation>], written: &[Option<ClassId>]) -> bool {
    let to_parent = |hop: &Relation| hop.joinable && hop.target == Some(root.model);
    if matches!(path, [hop] if to_parent(hop)) {
        return false;
    }
    path.iter().any(|hop| {
        written.iter().any(|model| match (model, hop.target) {
            (Some(model), Some(target)) => *model == target,
            _ => !hop.joinable,
        })
    })
}

/// What is told together when one line does it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Line {
    Queries,
    /// Queries for what was prefetched.
    Prefetched,
    /// Queries for fields that were left out.
    LeftOut,
    /// Writes, by whether the model's own code runs with them.
    Writes(Option<bool>),
}

impl Line {
    fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Write { how, .. } => Line::Writes(how.own),
            EventKind::Query { cause: Some(Cause::Prefetched(..)), .. } => Line::Prefetched,
            EventKind::Query { cause: Some(Cause::LeftOut(..)), .. } => Line::LeftOut,
            EventKind::Query { .. } | EventKind::Lazy { .. } => Line::Queries,
        }
    }
}

/// What would mend what is read lazily.
struct Told {
    remedy: String,
    edits: Option<Vec<(Span, Box<str>)>>,
    /// Whether it is a key that is in the row.
    keyed: bool,
    to_many: bool,
}

struct Report<'a> {
    names: &'a Names<'a>,
    models: &'a Models,
    reached: &'a Reaching<'a>,
    /// The models whose rows each loop changes.
    changed: HashMap<(Unit, Span), HashSet<ClassId>>,
    /// What a clause at these places loads, and where it is read.
    mended: HashSet<(Vec<Span>, Span, String)>,
    /// How often an anchor was given.
    anchors: HashMap<Anchor, u32>,
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

    /// The name of a unit within its file: `ThreadListView.get`.
    fn entity(&self, unit: Unit) -> String {
        match unit {
            Unit::Top(_) => "module".into(),
            Unit::Class(class) => self.names.class(class).name.to_string(),
            Unit::Function(id) => {
                let function = self.names.function(id);
                match (&function.within, function.owner) {
                    (Some(within), _) => format!("{within}.{}", function.name),
                    (None, Some(owner)) => {
                        let class = &self.draft(unit).classes[owner as usize];
                        format!("{}.{}", class.name, function.name)
                    }
                    (None, None) => function.name.to_string(),
                }
            }
        }
    }

    fn about(&mut self, unit: Unit, what: &str, span: Span, writers: Vec<Writer>) -> About {
        let entity = self.entity(unit);
        let draft = self.draft(unit);
        let name = format!("{}.{entity}", draft.module);
        let what = without_loads(what).replace("(...)", "").replace("()", "");
        let mut anchor = Anchor::new(draft.path.clone(), format!("{entity}:{what}"));
        let count = self.anchors.entry(anchor.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            anchor.entity = format!("{}:{count}", anchor.entity).into();
        }
        About { name: name.into(), anchor, span: Some(span), owner: None, writers }
    }

    fn reach(&self, unit: Unit) -> Fact<Reach> {
        derived(self.reached.of(unit), Vec::new())
    }

    /// All that is read lazily of the rows of one queryset in one function: once what a change here can load, once what
    /// it cannot.
    fn lazy(&mut self, mut group: Vec<Event>) {
        self.keys(&mut group);
        let mut by_path: BTreeMap<String, Event> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        for event in group {
            let EventKind::Lazy { path, .. } = &event.kind else { continue };
            let path = joined(path);
            if let Entry::Vacant(place) = by_path.entry(path) {
                order.push(place.key().clone());
                place.insert(event);
            }
        }
        // What a longer path loads is loaded on its way.
        let all: Vec<String> = by_path.keys().cloned().collect();
        let is_prefix = |path: &String| {
            all.iter().any(|it| it.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with("__")))
        };
        let shorter: Vec<(String, Vec<Span>)> = order
            .iter()
            .filter(|path| is_prefix(path))
            .filter_map(|path| Some((format!("{path}__"), by_path.get(path)?.places())))
            .collect();
        order.retain(|path| !is_prefix(path));
        for (path, places) in &shorter {
            if let Some(longer) = order.iter().find(|it| it.starts_with(path.as_str()))
                && let Some(event) = by_path.get_mut(longer)
            {
                event.by.extend(places);
            }
        }
        let of: Vec<(String, Event)> = order.into_iter().filter_map(|path| by_path.remove_entry(&path)).collect();
        let (barred, open): (Vec<_>, Vec<_>) = of.into_iter().partition(|(_, event)| match &event.kind {
            EventKind::Lazy { root, path, .. } if path.iter().all(|hop| hop.joinable) => {
                root.sites.iter().any(|site| site.bars_one) || self.shares(event, path)
            }
            EventKind::Lazy { root, .. } => root.sites.iter().any(|site| site.bars_many),
            _ => true,
        });
        self.loads(open, true);
        self.loads(barred, false);
    }

    /// Takes out what reads no more than keys, which are in the rows, and tells it.
    fn keys(&mut self, group: &mut Vec<Event>) {
        let hops = |event: &Event| match &event.kind {
            EventKind::Lazy { path, key, .. } => path.first().map(|hop| (hop.name.clone(), key.is_some())),
            EventKind::Query { .. } | EventKind::Write { .. } => None,
        };
        let whole: HashSet<Box<str>> = group.iter().filter_map(hops).filter(|it| !it.1).map(|it| it.0).collect();
        let mut by_name: BTreeMap<Box<str>, Vec<Event>> = BTreeMap::new();
        for event in std::mem::take(group) {
            match hops(&event).filter(|(name, _)| !whole.contains(name)) {
                Some((name, _)) => by_name.entry(name).or_default().push(event),
                None => group.push(event),
            }
        }
        let mut keyed: Vec<(Box<str>, Vec<Event>)> = by_name.into_iter().collect();
        keyed.sort_by_key(|(_, events)| events.first().map(|event| event.at));
        for (name, events) in keyed {
            let mut edits: Vec<(Span, Box<str>)> = Vec::new();
            for event in &events {
                if let EventKind::Lazy { key: Some(key), .. } = &event.kind {
                    edits.extend(key.iter().filter(|edit| !edits.contains(edit)).cloned().collect::<Vec<_>>());
                }
            }
            let mut events = events.into_iter();
            let Some(mut first) = events.next() else { continue };
            for event in events {
                first.by.extend(event.places());
            }
            let told = Told { remedy: format!("{name}_id"), edits: Some(edits), keyed: true, to_many: false };
            self.tell(&[(name.to_string(), first)], told);
        }
    }

    /// Whether the loop changes the objects that a path leads to: loaded with the queryset, several rows would each hold a
    /// copy of one object, and not see what the turns before have made of it.
    fn shares(&self, event: &Event, path: &[Rc<Relation>]) -> bool {
        let changed = self.changed.get(&(event.unit, event.head));
        changed.is_some_and(|all| path.iter().any(|hop| hop.target.is_some_and(|target| all.contains(&target))))
    }

    /// Paths that are read of the rows of one queryset.
    fn loads(&mut self, mut paths: Vec<(String, Event)>, open: bool) {
        let mut eager = write::Eager::default();
        paths.retain(|(path, event)| {
            let sites = match &event.kind {
                EventKind::Lazy { root, .. } if open => root.sites.iter().map(|site| site.after).collect(),
                _ => Vec::new(),
            };
            // What one clause loads for several is told of the first.
            sites.is_empty() || self.mended.insert((sites, event.deep, path.clone()))
        });
        let Some((_, event)) = paths.first() else { return };
        let EventKind::Lazy { root, .. } = &event.kind else { return };
        for (path, event) in &paths {
            let joins = matches!(&event.kind, EventKind::Lazy { path, .. } if path.iter().all(|hop| hop.joinable));
            if joins { &mut eager.one } else { &mut eager.many }.push(path.clone());
        }
        let (remedy, edits) = match root.orm {
            Orm::Django => (write::django_calls(&eager), self.django(root, &eager).filter(|_| open)),
            Orm::Sqlalchemy => {
                let paths: Vec<&String> = eager.one.iter().chain(&eager.many).collect();
                let options: Vec<String> = paths.iter().filter_map(|path| self.option(root, path, None)).collect();
                (format!("options({})", options.join(", ")), self.sqlalchemy(root, &paths))
            }
        };
        let told = Told { remedy, edits, keyed: false, to_many: !eager.many.is_empty() };
        self.tell(&paths, told);
    }

    /// Paths that are read of the rows of one queryset, and what would mend it.
    fn tell(&mut self, paths: &[(String, Event)], told: Told) {
        let Some((_, event)) = paths.first() else { return };
        let EventKind::Lazy { root, path: hops, .. } = &event.kind else { return };
        let writers = match told.edits {
            Some(edits) if !edits.is_empty() => vec![Writer { name: "eager".into(), edits, display_only: None }],
            _ => Vec::new(),
        };
        let each: Vec<String> = paths.iter().map(|(path, _)| path.replace("__", ".")).collect();
        let dotted = listed(each.iter().map(String::as_str));
        let read = |paths: &[(String, Event)], each: &[String]| {
            let mut places: Vec<Span> = Vec::new();
            for place in paths.iter().flat_map(|(_, event)| event.places()) {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            derived(listed(each.iter().map(String::as_str)).into(), places)
        };
        let about = self.about(event.unit, &each.join(","), event.at, writers);
        let model = self.models.name(self.names, root.model);
        let (relation, declared) = self.last_hop(root, hops);
        let serializer = event.serializer.clone();
        self.out.lazy_loads.push(LazyLoad {
            about,
            orm: derived(root.orm, Vec::new()),
            path: derived(dotted.into(), Vec::new()),
            read: read(&paths[..1], &each[..1]),
            also_read: if paths.len() > 1 { read(&paths[1..], &each[1..]) } else { Fact::Absent },
            model: derived(model, made(root)),
            loads: clauses(root),
            over: over(event),
            relation: derived(relation.into(), vec![declared]),
            serializer: serializer.map_or(Fact::Absent, |name| derived(name.into(), vec![event.head])),
            to_many: derived(told.to_many, Vec::new()),
            keyed: derived(told.keyed, Vec::new()),
            short: derived(paths.iter().all(|(_, event)| event.size == Size::Short), Vec::new()),
            reach: self.reach(event.unit),
            remedy: derived(told.remedy.into(), Vec::new()),
        });
    }

    /// The relation that a path ends with, as `Model.relation`, and where it is declared.
    fn last_hop(&self, root: &Set, hops: &[Rc<Relation>]) -> (String, Span) {
        let owner = match hops {
            [.., before, _] => before.target.unwrap_or(root.model),
            _ => root.model,
        };
        let name = self.models.name(self.names, owner);
        hops.last().map_or((name.to_string(), root.span), |hop| (format!("{name}.{}", hop.name), hop.span))
    }

    /// The edits that load paths with a queryset of Django, in each branch that makes it.
    fn django(&self, root: &Set, eager: &write::Eager) -> Option<Vec<(Span, Box<str>)>> {
        // A template has no words for a clause.
        let in_template = |site: &Site| self.draft(site.unit).place == Place::Template;
        if root.sites.is_empty() || root.sites.iter().any(in_template) {
            return None;
        }
        let mut edits = Vec::new();
        for site in &root.sites {
            let place = write::Place {
                after: site.after,
                line: site.line.as_deref(),
                attribute: site.attribute.as_deref(),
                one: site.one,
                many: site.many,
            };
            edits.extend(write::django(&place, eager, self.draft(site.unit).quote));
        }
        Some(edits)
    }

    /// The loader option of a path: `selectinload(Thread.room).selectinload(Room.owner)`. With a site, as its file would
    /// write it, and [`None`] when the file does not have a name for a model on the way.
    fn option(&self, root: &Set, path: &str, site: Option<&Site>) -> Option<String> {
        let mut model = root.model;
        let mut option = String::new();
        let mut so_far = String::new();
        for name in path.split("__") {
            let class = self.models.name(self.names, model);
            let spelled = match site {
                None => &*class,
                Some(site) if option.is_empty() => site.entity.as_deref()?,
                Some(site) if self.names.resolve(site.unit.draft(), &class) == Some(Def::Class(model)) => &*class,
                Some(_) => return None,
            };
            if !option.is_empty() {
                option.push('.');
            }
            if !so_far.is_empty() {
                so_far.push_str("__");
            }
            so_far.push_str(name);
            // What the query loads in a way of its own must not be told another.
            let loaded = root.loads.has(&so_far);
            if loaded && site.is_some() {
                return None;
            }
            let loader = if loaded { "defaultload" } else { "selectinload" };
            option.push_str(&format!("{loader}({spelled}.{name})"));
            if let Some(target) = self.models.relation(model, name).and_then(|relation| relation.target) {
                model = target;
            }
        }
        Some(option)
    }

    fn sqlalchemy(&self, root: &Set, paths: &[&String]) -> Option<Vec<(Span, Box<str>)>> {
        let [site] = root.sites.as_slice() else { return None };
        let options: Option<Vec<String>> = paths.iter().map(|path| self.option(root, path, Some(site))).collect();
        write::sqlalchemy(self.draft(site.unit), site.after, &options?)
    }

    /// What a queryset is asked.
    fn asked(&mut self, it: Use) {
        let edits = it.edits.clone();
        let writer = edits.map(|(name, edits)| Writer { name: name.into(), edits, display_only: None });
        let (model, reach) = (self.models.name(self.names, it.model), self.reached.of(it.unit));
        // Not by the call: a clause that is put into it for another finding would make it another.
        let about = self.about(it.unit, &it.known_by(&model), it.at, writer.into_iter().collect());
        self.out.queryset_uses.push(it.fact(about, model, reach));
    }

    /// What one line of a loop asks, or writes, in each turn.
    fn other(&mut self, line: Vec<Event>) {
        let Some(event) = line.first() else { return };
        let calls = some(MOST_CALLS, line.iter().map(Event::call));
        let remedies = some(
            MOST_CALLS,
            line.iter().filter_map(|event| match &event.kind {
                EventKind::Query { remedy, .. } => Some(remedy.as_str()),
                EventKind::Write { how, .. } => Some(&*how.remedy),
                EventKind::Lazy { .. } => None,
            }),
        );
        // Other loops that come to it.
        let others = line.iter().flat_map(|event| event.by.iter().copied());
        let mut places = vec![event.at];
        places.extend(others);
        let (by, mut places) = match &event.through {
            Some(call) => (derived(call.as_str().into(), places), Vec::new()),
            None => (Fact::Absent, places),
        };
        let deeper = line.iter().map(|event| event.deep).filter(|deep| *deep != event.at);
        places.extend(deeper.take(MOST_PLACES));
        let writers =
            taken_in(&line).map(|edit| Writer { name: "field".into(), edits: vec![edit], display_only: None });
        let about = self.about(event.unit, event.call(), event.at, writers.into_iter().collect());
        let over = over(event);
        let short = derived(line.iter().all(|event| event.size == Size::Short), Vec::new());
        let reach = self.reach(event.unit);
        let (call, remedy) = (derived(calls.into(), places), derived(remedies.into(), Vec::new()));
        match &event.kind {
            EventKind::Lazy { .. } => {}
            EventKind::Query { orm, cause, .. } => {
                let orm = derived(*orm, Vec::new());
                let (prefetched, left_out) = match cause {
                    Some(Cause::Prefetched(path, at)) => (derived(path.clone(), vec![*at]), Fact::Absent),
                    Some(Cause::LeftOut(field, at, _)) => (Fact::Absent, derived(field.clone(), vec![*at])),
                    None => (Fact::Absent, Fact::Absent),
                };
                let is_spare = line.iter().all(|event| event.spare);
                let each_turn = match is_spare {
                    true => {
                        let what = "what stands before it in `or` is empty";
                        let origin = Origin::Assumed(Assumption::that(what, Some(event.deep)));
                        Fact::Known(Sourced { value: true, origin, slots: Vec::new() })
                    }
                    false => derived(true, Vec::new()),
                };
                let it =
                    QueryInLoop { about, orm, call, by, over, each_turn, short, reach, remedy, prefetched, left_out };
                self.out.queries_in_loops.push(it);
            }
            EventKind::Write { orm, how, .. } => {
                let hows = || {
                    line.iter().filter_map(|event| match &event.kind {
                        EventKind::Write { how, .. } => Some(how),
                        _ => None,
                    })
                };
                let own = hows().any(|how| how.own == Some(true));
                let because = "the model does more than write when it is saved, which may have to be done for each row";
                let remedy = if own { remedy.guessed(because) } else { remedy };
                let receiver = hows().find_map(|how| how.signals);
                self.out.writes_in_loops.push(WriteInLoop {
                    about,
                    orm: derived(*orm, Vec::new()),
                    call,
                    by,
                    over,
                    short,
                    reach,
                    own: match how.own {
                        Some(own) => derived(own, Vec::new()),
                        None => Fact::unknown("a base of the model, which may do more when it is saved, is not read"),
                    },
                    signals: derived(receiver.is_some(), receiver.into_iter().collect()),
                    commits: derived(hows().any(|how| how.commits), Vec::new()),
                    remedy,
                });
            }
        }
    }
}

/// The edit that takes fields in that were left out, where all that a line reads can be.
fn taken_in(line: &[Event]) -> Option<(Span, Box<str>)> {
    let mut place: Option<(Span, String)> = None;
    for event in line {
        let EventKind::Query { cause: Some(Cause::LeftOut(_, _, more)), .. } = &event.kind else { return None };
        let (at, text) = more.as_ref()?;
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

/// Of what one line asks for so much is told, and so many places are shown: who reads a line reads no more.
const MOST_CALLS: usize = 4;
const MOST_PLACES: usize = 8;

/// Some of these names, each once.
fn listed<'a>(all: impl Iterator<Item = &'a str>) -> String {
    some(6, all)
}

fn some<'a>(most: usize, all: impl Iterator<Item = &'a str>) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in all {
        if part.is_empty() || parts.contains(&part) {
            continue;
        }
        if parts.len() == most {
            parts.push("…");
            break;
        }
        parts.push(part);
    }
    parts.join(", ")
}

fn joined(path: &[Rc<Relation>]) -> String {
    let names: Vec<&str> = path.iter().map(|hop| &*hop.name).collect();
    names.join("__")
}

/// What is looped over, which may be what makes it a guess.
fn over(event: &Event) -> Fact<Box<str>> {
    let over = derived(event.over.as_str().into(), vec![event.head]);
    match &event.guess {
        Some(guess) => over.guessed(&guess.because(&event.over)),
        None => over,
    }
}

/// A fact that follows from code at these places.
fn derived<T>(value: T, places: Vec<Span>) -> Fact<T> {
    Fact::Known(Sourced { value, origin: Origin::Written(places), slots: Vec::new() })
}
