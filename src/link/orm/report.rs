//! Events to facts: one for each relation path of a queryset, one for each query or write of a loop.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::OrmFacts;
use super::events::{Event, EventKind};
use super::models::{Models, Relation};
use super::names::{Def, Names};
use super::types::{Set, Site, Size, Unit};
use crate::facts::orm::{OrmDraft, write};
use crate::source::Span;
use crate::stack::vocabulary::{About, LazyLoad, Orm, QueryInLoop, WriteInLoop};
use crate::stack::{Anchor, Fact, Origin, Sourced, Writer};

/// The facts of events.
pub(super) fn facts(names: &Names<'_>, models: &Models, events: Vec<Event>) -> OrmFacts {
    let mut report = Report { names, models, anchors: HashMap::new(), out: OrmFacts::default() };
    let mut groups: BTreeMap<(Unit, Span), Vec<Event>> = BTreeMap::new();
    let mut others: BTreeMap<(Span, Span), Event> = BTreeMap::new();
    let mut read = BTreeSet::new();
    let mut written: BTreeSet<(Unit, Span)> = BTreeSet::new();
    for event in events {
        let turn = (event.unit, event.head);
        match &event.kind {
            // A list that is read behind a write of the same turn is read to see what the write left: loaded before the
            // loop, it would be stale.
            EventKind::Lazy { path, .. } if written.contains(&turn) && path.iter().any(|hop| !hop.joinable) => continue,
            EventKind::Write { .. } => {
                written.insert(turn);
            }
            _ => {}
        }
        match &event.kind {
            // A place that rows of several querysets come by is told of once.
            EventKind::Lazy { path, .. } if !read.insert((event.unit, event.at, path.last().map(|it| it.span))) => {}
            EventKind::Lazy { root, .. } => groups.entry((event.unit, root.span)).or_default().push(event),
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
    let mut seen = BTreeSet::new();
    let mut said = BTreeSet::new();
    for event in others.into_values() {
        // The same place reached from several loops is one thing, and so is what one loop does in several places.
        let again = (event.unit, event.head, event.call().to_owned());
        if seen.insert(event.deep) & said.insert(again) {
            report.other(event);
        }
    }
    report.out
}

struct Report<'a> {
    names: &'a Names<'a>,
    models: &'a Models,
    /// How often an anchor was given.
    anchors: HashMap<Anchor, u32>,
    out: OrmFacts,
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
        let what = what.replace("(...)", "").replace("()", "");
        let mut anchor = Anchor::new(draft.path.clone(), format!("{entity}:{what}"));
        let count = self.anchors.entry(anchor.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            anchor.entity = format!("{}:{count}", anchor.entity).into();
        }
        About { name: name.into(), anchor, span: Some(span), owner: None, writers }
    }

    fn hot(&self, unit: Unit) -> Fact<bool> {
        derived(self.draft(unit).hot, Vec::new())
    }

    /// All that is read lazily of the rows of one queryset in one function.
    fn lazy(&mut self, group: Vec<Event>) {
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
        order.retain(|path| !is_prefix(path));
        let mut eager = write::Eager::default();
        for path in &order {
            if let Some(Event { kind: EventKind::Lazy { path: hops, .. }, .. }) = by_path.get(path) {
                let list = if hops.iter().all(|hop| hop.joinable) { &mut eager.one } else { &mut eager.many };
                list.push(path.clone());
            }
        }
        for path in order {
            let Some(event) = by_path.remove(&path) else { continue };
            let EventKind::Lazy { root, path: hops } = &event.kind else { continue };
            let many = hops.iter().any(|hop| !hop.joinable);
            let mut open = eager.clone();
            if root.sites.iter().any(|site| site.bars_one) {
                open.one.clear();
            }
            if root.sites.iter().any(|site| site.bars_many) {
                open.many.clear();
            }
            let offered = if many { &open.many } else { &open.one };
            let (remedy, edits) = match root.orm {
                Orm::Django => {
                    let (name, paths) =
                        if many { ("prefetch_related", &eager.many) } else { ("select_related", &eager.one) };
                    (write::django_call(name, paths), self.django(root, &open).filter(|_| offered.contains(&path)))
                }
                Orm::Sqlalchemy => {
                    let paths: Vec<&String> = eager.one.iter().chain(&eager.many).collect();
                    let remedy = self.option(root, &path, None).unwrap_or_default();
                    (format!("options({remedy})"), self.sqlalchemy(root, &paths))
                }
            };
            let writers = match edits {
                Some(edits) if !edits.is_empty() => vec![Writer { name: "eager".into(), edits, display_only: None }],
                _ => Vec::new(),
            };
            let dotted = path.replace("__", ".");
            let about = self.about(event.unit, &dotted, event.at, writers);
            let hot = self.hot(event.unit);
            let model = self.models.name(self.names, root.model);
            let (relation, declared) = self.last_hop(root, hops);
            self.out.lazy_loads.push(LazyLoad {
                about,
                orm: derived(root.orm, Vec::new()),
                path: derived(dotted.into(), event.places()),
                model: derived(model, vec![root.span]),
                over: derived(event.over.into(), vec![event.head]),
                relation: derived(relation.into(), vec![declared]),
                serializer: event.serializer.map_or(Fact::Absent, |name| derived(name.into(), vec![event.head])),
                to_many: derived(many, Vec::new()),
                short: derived(event.size == Size::Short, Vec::new()),
                hot,
                remedy: derived(remedy.into(), Vec::new()),
            });
        }
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
        if root.sites.is_empty() {
            return None;
        }
        let mut edits = Vec::new();
        for site in &root.sites {
            let place = write::Place { after: site.after, line: site.line.as_deref(), one: site.one, many: site.many };
            edits.extend(write::django(&place, eager, self.draft(site.unit).quote));
        }
        Some(edits)
    }

    /// The loader option of a path: `selectinload(Thread.room).selectinload(Room.owner)`. With a site, as its file would
    /// write it, and [`None`] when the file does not have a name for a model on the way.
    fn option(&self, root: &Set, path: &str, site: Option<&Site>) -> Option<String> {
        let mut model = root.model;
        let mut option = String::new();
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
            option.push_str(&format!("selectinload({spelled}.{name})"));
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

    fn other(&mut self, event: Event) {
        let places = event.places();
        let over = derived(event.over.into(), vec![event.head]);
        let short = derived(event.size == Size::Short, Vec::new());
        let hot = self.hot(event.unit);
        match event.kind {
            EventKind::Lazy { .. } => {}
            EventKind::Query { orm, call, remedy } => {
                let about = self.about(event.unit, &call, event.at, Vec::new());
                self.out.queries_in_loops.push(QueryInLoop {
                    about,
                    orm: derived(orm, Vec::new()),
                    call: derived(call.into(), places),
                    over,
                    short,
                    hot,
                    remedy: derived(remedy.into(), Vec::new()),
                });
            }
            EventKind::Write { orm, call, how } => {
                let about = self.about(event.unit, &call, event.at, Vec::new());
                self.out.writes_in_loops.push(WriteInLoop {
                    about,
                    orm: derived(orm, Vec::new()),
                    call: derived(call.into(), places),
                    over,
                    short,
                    hot,
                    own: match how.own {
                        Some(own) => derived(own, Vec::new()),
                        None => Fact::unknown("a base of the model, which may do more when it is saved, is not read"),
                    },
                    commits: derived(how.commits, Vec::new()),
                    remedy: derived(how.remedy, Vec::new()),
                });
            }
        }
    }
}

fn joined(path: &[Rc<Relation>]) -> String {
    let names: Vec<&str> = path.iter().map(|hop| &*hop.name).collect();
    names.join("__")
}

/// A fact that follows from code at these places.
fn derived<T>(value: T, places: Vec<Span>) -> Fact<T> {
    Fact::Known(Sourced { value, origin: Origin::Written(places), slots: Vec::new() })
}
