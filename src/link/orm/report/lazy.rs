//! What is read lazily of the rows of one queryset, and the clauses that would load it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

use rustc_hash::FxHashSet as HashSet;

use super::{Report, listed, over};
use crate::facts::orm::{Place, write};
use crate::link::orm::events::{Also, Event, EventKind, Guess};
use crate::link::orm::models::Relation;
use crate::link::orm::names::Def;
use crate::link::orm::sqlalchemy_models::{foreign_tables, table};
use crate::link::orm::types::{Set, Site, Size, Unit, Without};
use crate::source::Span;
use crate::stack::vocabulary::{LazyLoad, Orm};
use crate::stack::{Fact, Writer};

/// What would mend what is read lazily.
struct Told {
    remedy: String,
    edits: Option<Vec<(Span, Box<str>)>>,
    /// Whether it is a key that is in the row.
    keyed: bool,
    to_many: bool,
}

/// Where a queryset arrives to be told more, when that is elsewhere than where it is made, and what is to be said of the place.
fn arrives(root: &Set, path: &[Rc<Relation>], in_template: impl Fn(&Site) -> bool) -> Fact<Box<str>> {
    /// What lies so near is seen with the other.
    const NEAR: u32 = 400;
    // Of branches of which one gives what is not read, that may be the one that is taken.
    if root.partly && root.sites.iter().any(|site| site.shared) {
        return Fact::Absent;
    }
    let far = |at: &Span| at.file != root.span.file || at.start.abs_diff(root.span.start) > NEAR;
    let said = root.sites.iter().find(|site| site.attribute.is_some() && !site.after.is_empty());
    if let Some(site) = said {
        let text = match path.first() {
            Some(first) if first.joinable => "`True` follows no foreign key that may be null",
            _ => "`True` follows foreign keys alone",
        };
        return Fact::derived(text.into(), vec![site.after]);
    }
    let site = root.sites.iter().find(|site| far(&site.after)).filter(|site| !in_template(site));
    site.map_or(Fact::Absent, |site| Fact::derived("it can be told here to load more".into(), vec![site.after]))
}

/// Where a queryset is made.
fn made(root: &Set) -> Vec<Span> {
    if root.partly && root.sites.iter().any(|site| site.shared) { Vec::new() } else { vec![root.span] }
}

/// The other querysets whose rows are read so.
fn came(root: &Set, paths: &[(String, Event)]) -> Fact<u64> {
    let others = paths.iter().flat_map(|(_, event)| &event.also).map(|it| it.root.span);
    let each = super::once_each(others.filter(|it| *it != root.span && !it.file.is_outside()));
    if each.is_empty() { Fact::Absent } else { Fact::derived(each.len() as u64, each) }
}

/// What a queryset is told to load, by its last clause.
fn clauses(root: &Set) -> Fact<Box<str>> {
    /// Paths that are named.
    const MOST: usize = 4;
    if root.clauses.is_empty() || root.loads.paths.is_empty() {
        return Fact::Absent;
    }
    let named: Vec<&str> = root.loads.paths.iter().take(MOST).map(String::as_str).collect();
    let more = if root.loads.paths.len() > MOST { ", …" } else { "" };
    let last = root.clauses.last().copied().into_iter().collect();
    Fact::derived(format!("{}{more}", named.join(", ").replace("__", ".")).into(), last)
}

impl Report<'_> {
    /// All that is read lazily of the rows of one queryset in one function: once what a change here can load, once what
    /// it cannot.
    pub(super) fn lazy(&mut self, mut group: Vec<Event>) {
        self.keys(&mut group);
        group.retain_mut(|event| self.of_shared(event));
        let (anew, group): (Vec<Event>, Vec<Event>) = group.into_iter().partition(|event| event.refreshed);
        self.refreshed(anew);
        let mut by_path: BTreeMap<String, Event> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        let always = self.read_in_each_turn(&group);
        for event in group {
            let EventKind::Lazy { path, .. } = &event.kind else { continue };
            let path = joined(path);
            match by_path.entry(path) {
                Entry::Vacant(place) => {
                    order.push(place.key().clone());
                    place.insert(event);
                }
                Entry::Occupied(mut place) => {
                    place.get_mut().seldom &= event.seldom;
                    place.get_mut().conditional &= event.conditional;
                }
            }
        }
        for (path, event) in &mut by_path {
            if always.contains(path) {
                (event.seldom, event.conditional) = (false, false);
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
        // Where no change can be made, nothing is told apart by it.
        let takes = of.iter().any(|(_, event)| match &event.kind {
            EventKind::Lazy { root, .. } => {
                root.orm == Orm::Sqlalchemy
                    || self.takes(root)
                    || self.outer(root, event.serializer.is_some()).is_some()
            }
            _ => false,
        });
        let (barred, open): (Vec<_>, Vec<_>) = of.into_iter().partition(|(_, event)| match &event.kind {
            _ if !takes => false,
            // Few turns may need a list that is read in some of them only: it is not loaded for all.
            EventKind::Lazy { path, .. } if event.seldom && path.iter().any(|hop| hop.to_many) => true,
            EventKind::Lazy { root, path, .. } if path.iter().all(|hop| hop.joinable) => {
                root.sites.iter().any(|site| site.bars_one) || self.shares(event, path)
            }
            EventKind::Lazy { root, .. } => root.sites.iter().any(|site| site.bars_many),
            _ => true,
        });
        self.loads(open, true);
        self.loads(barred, false);
    }

    /// The paths that each turn reads, in one branch or in another.
    fn read_in_each_turn(&self, group: &[Event]) -> Vec<String> {
        let mut by_path: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in group.iter().filter(|event| event.seldom) {
            if let EventKind::Lazy { path, .. } = &event.kind {
                by_path.entry(joined(path)).or_default().push(event.clone());
            }
        }
        let several = by_path.into_iter().filter(|(_, events)| events.len() > 1);
        let always = several.filter(|(_, events)| {
            events.first().is_some_and(|event| self.in_each_turn(event.unit, event.head, events))
        });
        always.map(|(path, _)| path).collect()
    }

    /// Marks what is read of rows whose class keeps one object for each; false where nothing can be told of it: a list that
    /// is prefetched would be put on one object for several rows, the last of which wins (tried with Django 4.2).
    fn of_shared(&self, event: &mut Event) -> bool {
        let EventKind::Lazy { root, path, .. } = &event.kind else { return true };
        let mut models = std::iter::once(root.model).chain(path.iter().filter_map(|hop| hop.target));
        if root.orm == Orm::Sqlalchemy || !models.any(|model| self.names.shares_instances(model)) {
            return true;
        }
        let lists = path.iter().any(|hop| hop.to_many);
        event.guess.get_or_insert(Guess::Kept);
        !lists
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
        let mut edits: Vec<(Span, Box<str>)> = Vec::new();
        let mut paths: Vec<(String, Event)> = Vec::new();
        for (name, events) in keyed {
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
            paths.push((name.to_string(), first));
        }
        let held: Vec<String> = paths.iter().map(|(name, _)| format!("{name}_id")).collect();
        let remedy = held.join("`, `");
        self.tell(&paths, Told { remedy, edits: Some(edits), keyed: true, to_many: false });
    }

    /// What is read of rows that each turn has read anew, which drops all that was loaded with them.
    fn refreshed(&mut self, events: Vec<Event>) {
        let mut paths: Vec<(String, Event)> = Vec::new();
        for event in events {
            let EventKind::Lazy { path, .. } = &event.kind else { continue };
            let path = joined(path);
            if paths.iter().all(|(it, _)| *it != path) {
                paths.push((path, event));
            }
        }
        let remedy = "refresh_from_db(from_queryset=...)".to_owned();
        self.tell(&paths, Told { remedy, edits: None, keyed: false, to_many: false });
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
        // What is streamed takes joins only, until it is told the size of its chunks.
        let streamed = root.sites.iter().any(|site| site.ended && site.bars_many);
        for (path, event) in &paths {
            let EventKind::Lazy { path: hops, .. } = &event.kind else { continue };
            let joins = hops.iter().all(|hop| hop.joinable) && (streamed || !is_one_for_all(root, path));
            if joins { &mut eager.one } else { &mut eager.many }.push(path.clone());
        }
        let shared = eager.many.iter().any(|path| is_one_for_all(root, path));
        let open = open && !(shared && root.sites.iter().any(|site| site.bars_many));
        let (remedy, edits) = match root.orm {
            Orm::Django if let Some((outer, before)) = self.outer(root, event.serializer.is_some()) => {
                let paths = eager.one.iter().chain(&eager.many).map(|path| format!("{before}__{path}")).collect();
                eager = write::Eager { one: Vec::new(), many: paths };
                let takes = open && !outer.sites.iter().any(|site| site.bars_many || site.ended);
                (write::django_calls(&eager), self.django(outer, &eager).filter(|_| takes))
            }
            Orm::Django => {
                let kept = root.sites.first().map_or(&[][..], |site| &site.kept);
                if !eager.one.is_empty() {
                    eager.one.splice(0..0, kept.iter().cloned());
                    let all = eager.one.clone();
                    let leads_on = |path: &String| all.iter().any(|it| it.starts_with(&format!("{path}__")));
                    eager.one.retain(|path| !leads_on(path));
                }
                // A list of the admin's says what it joins.
                let says = eager.many.is_empty() && root.sites.iter().any(|site| site.attribute.is_some());
                let remedy = if says {
                    write::list_select_related(&eager)
                } else {
                    let last = if streamed && !eager.many.is_empty() { ".iterator(chunk_size=...)" } else { "" };
                    format!("{}{}{last}", taken_in(root, &eager), write::django_calls(&eager))
                };
                (remedy, self.django(root, &eager).filter(|_| open))
            }
            Orm::Sqlalchemy => {
                let paths: Vec<&String> = eager.one.iter().chain(&eager.many).collect();
                let options: Vec<String> = paths.iter().filter_map(|path| self.option(root, path, None)).collect();
                (format!("options({})", options.join(", ")), self.sqlalchemy(root, &paths))
            }
        };
        let edits = edits.and_then(|edits| self.with_others(&paths, edits));
        let told = Told { remedy, edits, keyed: false, to_many: !eager.many.is_empty() };
        self.tell(&paths, told);
    }

    /// The edits of a queryset with those of the others whose rows are read so, too: [`None`] where one cannot be told more,
    /// for then the loop asks as before.
    fn with_others(
        &self,
        paths: &[(String, Event)],
        mut edits: Vec<(Span, Box<str>)>,
    ) -> Option<Vec<(Span, Box<str>)>> {
        let mut others: Vec<(&Set, write::Eager)> = Vec::new();
        for (_, event) in paths {
            for Also { root, path: hops } in &event.also {
                let path = joined(hops);
                let joins = hops.iter().all(|hop| hop.joinable) && !is_one_for_all(root, &path);
                let barred = root.sites.iter().any(|site| if joins { site.bars_one } else { site.bars_many });
                if barred || root.orm != Orm::Django {
                    return None;
                }
                let at = others.iter().position(|(it, _)| it.span == root.span).unwrap_or_else(|| {
                    others.push((root, write::Eager::default()));
                    others.len() - 1
                });
                if let Some((_, eager)) = others.get_mut(at) {
                    if joins { &mut eager.one } else { &mut eager.many }.push(path);
                }
            }
        }
        for (root, eager) in others {
            let mut more = self.django(root, &eager)?;
            more.retain(|edit| !edits.contains(edit));
            edits.extend(more);
        }
        Some(edits)
    }

    /// Paths that are read of the rows of one queryset, and what would mend it.
    fn tell(&mut self, paths: &[(String, Event)], told: Told) {
        let Some((_, event)) = paths.first() else { return };
        let EventKind::Lazy { root, path: hops, .. } = &event.kind else { return };
        let writers = match told.edits {
            Some(edits) if !edits.is_empty() => vec![Writer { name: "eager".into(), edits, display_only: None }],
            _ => Vec::new(),
        };
        let named: Vec<String> = paths.iter().map(|(path, _)| path.replace("__", ".")).collect();
        let dotted = listed(named.iter().map(String::as_str));
        let roles: Vec<_> = paths.iter().map(|(_, event)| event.roles()).collect();
        let read = |roles: &[(Span, Vec<Span>, Option<Span>)], each: &[String]| {
            let first = roles.iter().map(|(first, ..)| *first).take(1);
            let places = super::once_each(first.chain(roles.iter().flat_map(|(_, way, _)| way.iter().copied())));
            Fact::derived(listed(each.iter().map(String::as_str)).into(), places)
        };
        let firsts = roles.iter().skip(2).map(|(first, ..)| *first);
        let deep = super::once_each(firsts.chain(roles.iter().filter_map(|(.., deep)| *deep)));
        let deep: Vec<Span> =
            deep.into_iter().filter(|it| roles.iter().take(2).all(|(first, ..)| first != it)).collect();
        let about = self.about(event.unit, &named.join(","), event.at, writers);
        let model = self.models.name(self.names, root.model);
        let (relation, declared) = self.last_hop(root, hops);
        let serializer = event.serializer.clone();
        let each: Vec<&Event> = paths.iter().map(|(_, event)| event).collect();
        let less = self.less(&each);
        self.out.lazy_loads.push(LazyLoad {
            about,
            orm: Fact::derived(root.orm, Vec::new()),
            path: Fact::derived(dotted.into(), Vec::new()),
            read: read(&roles[..1], &named[..1]),
            also_read: if paths.len() > 1 { read(&roles[1..], &named[1..]) } else { Fact::Absent },
            deep: if deep.is_empty() { Fact::Absent } else { Fact::derived(deep.len() as u64, deep) },
            model: Fact::derived(model, made(root)),
            came: came(root, paths),
            arrives: arrives(root, hops, |site| self.draft(site.unit).place == Place::Template),
            loads: clauses(root),
            over: over(event),
            shown: super::shown(&each),
            around: super::around(event),
            waits: self.waits(event),
            relation: Fact::derived(relation.into(), vec![declared]),
            serializer: serializer.map_or(Fact::Absent, |name| {
                let serializer = Fact::derived(name.into(), vec![event.head]);
                // A view that lists says by its serializer of which model its rows are.
                let listed = matches!((event.unit, &event.guess), (Unit::Class(_), Some(Guess::Rows(_))));
                match event.guess.as_ref().filter(|it| **it != Guess::Fields && !listed) {
                    Some(guess) => serializer.guessed(&guess.because(&event.over)),
                    None => serializer,
                }
            }),
            distinct: self.distinct(paths),
            of_one: self.of_one(event),
            rows: super::rows(event),
            few: super::few(event),
            kept: super::kept(paths.iter().map(|(_, event)| event)),
            leaves: Fact::derived(event.leaves, Vec::new()),
            seldom: Fact::derived(each.iter().all(|event| event.conditional), Vec::new()),
            steps: less.steps,
            because: less.because,
            raises: Fact::derived(paths.iter().any(|(_, event)| event.raises), Vec::new()),
            to_many: Fact::derived(told.to_many, Vec::new()),
            keyed: Fact::derived(told.keyed, Vec::new()),
            short: Fact::derived(paths.iter().all(|(_, event)| event.size == Size::Short), Vec::new()),
            reach: self.reach(event),
            remedy: Fact::derived(told.remedy.into(), Vec::new()),
        });
    }

    /// The models of the parents that SQLAlchemy asks for: where it has loaded one, its session gives it to all rows that refer
    /// to it (a many-to-one relationship reads by the key, `Session.identity_map`).
    fn distinct(&self, paths: &[(String, Event)]) -> Fact<Box<str>> {
        let mut found: Vec<Box<str>> = Vec::new();
        for (_, event) in paths {
            let EventKind::Lazy { root, path, .. } = &event.kind else { return Fact::Absent };
            let mut model = root.model;
            for hop in path {
                let Some(target) = hop.target.filter(|_| root.orm == Orm::Sqlalchemy && !hop.to_many) else {
                    return Fact::Absent;
                };
                let refers = |from, to| foreign_tables(self.names, from).contains(&table(self.names, to));
                if !refers(model, target) || refers(target, model) && target != model {
                    return Fact::Absent;
                }
                found.push(self.models.name(self.names, target));
                model = target;
            }
        }
        Fact::derived(listed(found.iter().map(|it| &**it)).replace(", ", "` and `").into(), Vec::new())
    }

    /// The queryset that the rows of another come with, and the path from its rows to them: where they are prefetched, or no
    /// clause can be put where they are asked for.
    fn outer<'s>(&self, root: &'s Set, serialised: bool) -> Option<(&'s Set, String)> {
        let (row, relation) = root.related.as_ref().filter(|_| root.is_plain() && !root.cut)?;
        let outer = row.root.as_ref().filter(|outer| outer.orm == Orm::Django && !outer.loads.open)?;
        let path = row.path_to(&relation.name);
        let in_template = |site: &Site| self.draft(site.unit).place == Place::Template;
        // A method that goes through what its own row leads to can say itself what to load with that.
        let no_place = (serialised || !root.sites.is_empty()) && root.sites.iter().all(in_template);
        (no_place || outer.loads.has(&path)).then_some((outer, path))
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

    /// Whether a queryset of Django can be told more, in each branch that makes it.
    fn takes(&self, root: &Set) -> bool {
        // A template has no words for a clause.
        let in_template = |site: &Site| self.draft(site.unit).place == Place::Template;
        // Nor is a place that rows of other models come by, or such as a prefetch serves, one for a clause.
        let is_barred = |site: &Site| in_template(site) || site.shared || self.served.contains(&site.after);
        !root.sites.is_empty() && !root.sites.iter().any(is_barred)
    }

    /// The edits that load paths with a queryset of Django, in each branch that makes it.
    fn django(&self, root: &Set, eager: &write::Eager) -> Option<Vec<(Span, Box<str>)>> {
        if !self.takes(root) {
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
        if site.shared {
            return None;
        }
        let options: Option<Vec<String>> = paths.iter().map(|path| self.option(root, path, Some(site))).collect();
        write::sqlalchemy(self.draft(site.unit), site.after, &options?)
    }
}

/// Whether all rows of a queryset share one object at a path, or on the way to it, for they were asked for by it: a join
/// would bring it with each of them.
fn is_one_for_all(root: &Set, path: &str) -> bool {
    let leads = |field: &str| {
        let field = ["__id", "__pk", "_id"].iter().find_map(|end| field.strip_suffix(end)).unwrap_or(field);
        path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
    };
    root.asked.conditions.iter().any(|it| it.met && !it.excluded && &*it.lookup == "exact" && leads(&it.field))
}

/// The keys that `only(...)` has to take in for joins: without one, Django raises `FieldError`.
fn taken_in(root: &Set, eager: &write::Eager) -> String {
    let Without::AllBut(names) = &root.without else { return String::new() };
    let mut keys: Vec<&str> = Vec::new();
    for path in &eager.one {
        let first = path.split("__").next().unwrap_or(path);
        let has = |name: &str| name.strip_suffix("_id").unwrap_or(name) == first;
        if !keys.contains(&first) && !names.iter().any(|name| has(name)) {
            keys.push(first);
        }
    }
    let said: String = keys.iter().map(|key| format!(", \"{key}\"")).collect();
    if said.is_empty() { said } else { format!("only(...{said}).") }
}

/// A path as a clause names it.
pub(in crate::link::orm) fn joined(path: &[Rc<Relation>]) -> String {
    let names: Vec<&str> = path.iter().map(|hop| &*hop.name).collect();
    names.join("__")
}
