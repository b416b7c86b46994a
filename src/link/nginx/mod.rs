//! nginx, as the deployment runs it: which files it reads, what each server and location inherits, where requests go.
//!
//! A file is judged with all that stands above it: the `http` level it is included from, the official image's own part
//! where no main configuration is given. Where something above cannot be seen, what it may set is unknown.

mod bare;
mod headers;
mod host;
mod ink;
mod limits;
mod location;
mod member;
mod paths;
mod scope;
mod target;
mod upstream;
mod version;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use self::bare::Bare;
use self::ink::Edit;
use self::limits::Zone;
use self::scope::{Scope, Setting, head};
pub use self::version::is_nginx;
use self::view::{Item, Stock, View};
use super::image::Copied;
use super::plan::ServicePlan;
use super::roles;
use crate::facts::nginx::{Draft, Role};
use crate::source::{FileId, Sources, Span};
use crate::stack::vocabulary::{Location, Nginx, Upstream};
use crate::stack::{About, Anchor, Fact, Id, Process, Service, Slot, Stack, Version, Why, Writer};

/// A service of the deployment, as nginx's part needs to see it.
pub struct Seen<'a> {
    /// Its plan, its image's own variables put into its environment.
    pub plan: &'a ServicePlan,
    /// Its entity.
    pub id: Id<Service>,
    /// The image that it runs in the end: its own, or the last one that its Dockerfile starts from.
    pub image: Option<&'a str>,
    /// Where that image is named.
    pub image_span: Option<Span>,
    /// Files and folders of the repository that its image holds.
    pub copies: &'a [Copied],
}

/// Puts every nginx that a deployment's services run into the stack, with all that is in it; processes must stand there
/// already. Gives the files that they read: when those of all deployments are none, [`add_hosted`] is next.
pub fn add(stack: &mut Stack, sources: &Sources, drafts: &[&Draft], services: &[Seen<'_>]) -> BTreeSet<FileId> {
    let mut read = BTreeSet::new();
    for me in services {
        let mut placed: Vec<(&str, &str)> = me.copies.iter().map(|it| (&*it.source, &*it.target)).collect();
        placed.extend(me.plan.mounts.iter().map(|mount| (&*mount.source, &*mount.target)));
        let image = me.image.unwrap_or("");
        let is_nginx = is_nginx(image);
        // An image that is built may bring a main configuration that cannot be seen, unless something of nginx's is.
        let stock = match version::is_official(image) {
            true => Stock::Official,
            false => Stock::Unknown,
        };
        let mut view = View::contained(sources, drafts, &placed, &me.plan.environment, stock);
        // What lies over the image's own main configuration and cannot be read may say anything.
        let over = |path: &str| covers(path, "/etc/nginx/nginx.conf") || covers(path, "/etc/nginx/conf.d/default.conf");
        let unread = || placed.iter().map(|(_, to)| *to).chain(me.plan.hidden.iter().map(|it| &**it)).any(over);
        if view.is_empty() && (me.plan.build.is_some() || unread()) {
            view.stock = Stock::Unknown;
        }
        let has_its_files = !view.is_empty() && placed.iter().any(|(_, to)| to.contains("nginx"));
        if !is_nginx && !has_its_files {
            continue;
        }
        read.extend(view.drafts().map(|draft| draft.file));
        Build::new(&view, services, Some(me)).run(stack);
    }
    read
}

/// Whether what is shown at a path of a container is a file, or a folder that it lies in.
fn covers(shown: &str, file: &str) -> bool {
    file.strip_prefix(shown.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts an nginx that runs on the host itself into the stack for each main configuration of the tree, or one for its
/// fragments when there is none. What passes requests to a service by its name is for a container that nothing runs.
pub fn add_hosted(stack: &mut Stack, sources: &Sources, drafts: &[&Draft], services: &[Seen<'_>]) {
    let names: BTreeSet<&str> = services.iter().map(|it| &*it.plan.name.value).collect();
    let mut upstreams = BTreeSet::new();
    drafts.iter().for_each(|draft| bare::upstreams(&draft.config.items, &mut upstreams));
    let serving: Vec<&Draft> = drafts
        .iter()
        .copied()
        .filter(|draft| serves(&draft.path) && !bare::passes_to(&draft.config.items, &names, &upstreams))
        .collect();
    let of = |role: Role| serving.iter().copied().filter(move |draft| draft.role == role).collect::<Vec<_>>();
    for main in of(Role::Main) {
        let view = View::hosted(sources, drafts, Some(main), &[]);
        Build::new(&view, services, None).run(stack);
    }
    let fragments = of(Role::Fragment);
    if of(Role::Main).is_empty() && !fragments.is_empty() {
        let view = View::hosted(sources, drafts, None, &fragments);
        Build::new(&view, services, None).run(stack);
    }
}

/// Whether a file is one that serves, by its path: not of those for development, tests or show.
fn serves(path: &str) -> bool {
    roles::of_path(path).is_none_or(|(role, _)| role.is_deployed())
}

/// Notes processes whose every location is one of WebSockets. An ordinary request under ASGI has a connection of its
/// own; how many of the consumers behind a socket ask the database at once no file says.
pub fn note_sockets(stack: &mut Stack) {
    let mut found: BTreeMap<u32, Vec<Option<Span>>> = BTreeMap::new();
    for location in &stack.locations {
        let Some(process) = location.process else { continue };
        let place =
            location.sockets.known().is_some_and(|it| *it).then(|| location.sockets.span().or(location.about.span));
        found.entry(process.at).or_default().push(place.flatten());
    }
    for (at, places) in found {
        let Some(places) = places.into_iter().collect::<Option<Vec<Span>>>() else { continue };
        let Some(process) = stack.processes.get_mut(at as usize) else { continue };
        process.only_sockets = Fact::derived(true, places.clone());
        let clients = stack.clients.iter_mut().filter(|it| it.process.is_some_and(|it| it.at == at));
        for client in clients.filter(|it| matches!(it.connections, Fact::Unbounded(_))) {
            let place = places.first().copied();
            client.connections =
                Fact::Unknown(Why::shown("it gets WebSockets alone, whose consumers are not counted", place));
        }
    }
}

/// An upstream, and who passes to it.
struct UsedUpstream<'a> {
    id: Id<Upstream>,
    item: Item<'a>,
    /// Its name within its level: `upstream[app]`.
    entity: String,
    locations: Vec<Id<Location>>,
    /// A use by another protocol than HTTP.
    other_use: Option<Span>,
    /// What would make the connections of all its locations be kept.
    recipe: Option<Vec<Edit>>,
}

/// One nginx that is being put into the stack.
struct Build<'a, 's> {
    view: &'s View<'a>,
    services: &'s [Seen<'s>],
    me: Option<&'s Seen<'s>>,
    /// Whether it runs in a container, where services are known by their names.
    in_network: bool,
    version: Fact<Version>,
    maps: Vec<Item<'a>>,
    upstreams: BTreeMap<String, UsedUpstream<'a>>,
    zones: Vec<Zone<'a>>,
    zones_hidden: Option<Why>,
    zone_place: Option<Item<'a>>,
    bares: Vec<(Id<Location>, Bare<'a>)>,
    unbuffered: Vec<(Id<Location>, Item<'a>)>,
    streams: Vec<(Span, Edit)>,
    /// What would compress the answers of each server that sends them as they are; none where it cannot be written.
    gzips: Vec<Option<Vec<Edit>>>,
    /// The bare hosts, with their ports, that broad locations of the servers so far pass to.
    broad_targets: BTreeSet<(u32, Box<str>, Option<u64>)>,
    /// Where the code of services names a middleware that compresses, of those that were looked into.
    middlewares: BTreeMap<usize, Option<Span>>,
    /// The processes behind upstreams, by the upstreams' places.
    behind: BTreeMap<u32, Id<Process>>,
    /// The entities of each file that have been named, and how often.
    taken: BTreeMap<(FileId, String), usize>,
}

impl<'a, 's> Build<'a, 's> {
    fn new(view: &'s View<'a>, services: &'s [Seen<'s>], me: Option<&'s Seen<'s>>) -> Self {
        Self {
            view,
            services,
            me,
            in_network: me.is_some(),
            version: version::of_image(me.and_then(|it| it.image), me.and_then(|it| it.image_span)),
            maps: Vec::new(),
            upstreams: BTreeMap::new(),
            zones: Vec::new(),
            zones_hidden: None,
            zone_place: None,
            bares: Vec::new(),
            unbuffered: Vec::new(),
            streams: Vec::new(),
            gzips: Vec::new(),
            broad_targets: BTreeSet::new(),
            middlewares: BTreeMap::new(),
            behind: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    fn run(mut self, stack: &mut Stack) {
        let view = self.view;
        let (top, missing) = match view.main {
            Some(main) => view.expand(&main.config.items, main),
            None => (Vec::new(), Vec::new()),
        };
        let top = Scope::top(top, missing, None, view.stock);
        let id = self.nginx(stack, &top);
        let http = match top.own("http").next() {
            Some(item) => {
                let (items, missing) = view.expand(item.directive.items(), item.draft);
                Scope::top(items, missing, Some(item), Stock::Nothing)
            }
            None => {
                // A main configuration without `http` is one of fragments that have been mistaken for it.
                let fragments = if view.main.is_some() { Vec::new() } else { view.fragments() };
                let (mut items, mut missing) = (Vec::new(), Vec::new());
                for draft in fragments {
                    let (more, lost) = view.expand(&draft.config.items, draft);
                    items.extend(more);
                    missing.extend(lost);
                }
                if view.main.is_some() {
                    items.extend(top.items.iter().copied());
                }
                Scope::top(items, missing, None, view.stock)
            }
        };
        self.maps = http.own("map").collect();
        self.find_zones(&http);
        self.limits(stack, &http);
        self.name_upstreams(stack, &http);
        let hosts: Vec<_> = http.own("server").collect();
        let hosts = hosts.into_iter().filter_map(|item| self.host(stack, &http, item, id)).collect();
        self.buffering_writers(stack);
        self.bare_writers(stack);
        let upstreams = self.fill_upstreams(stack, &http);
        self.pass_on(stack);
        self.gzip_writer(&mut stack[id]);
        stack[id].hosts = hosts;
        stack[id].upstreams = upstreams;
    }

    /// Gives locations what is behind their upstreams.
    fn pass_on(&self, stack: &mut Stack) {
        for used in self.upstreams.values() {
            let process = self.behind(used.id);
            let replicas = stack[used.id].replicas.clone();
            for &id in &used.locations {
                stack[id].process = process;
                if let Some(process) = process {
                    stack[id].mode = stack[process].mode.clone();
                }
                if !replicas.is_absent() {
                    stack[id].replicas = replicas.clone();
                }
                // What they pass to is the group; its servers are asked for themselves.
                stack[id].port = Fact::Absent;
            }
        }
    }

    /// The process behind the first server of an upstream that has one.
    fn behind(&self, upstream: Id<Upstream>) -> Option<Id<Process>> {
        self.behind.get(&upstream.at).copied()
    }

    fn nginx(&self, stack: &mut Stack, top: &Scope<'a, '_>) -> Id<Nginx> {
        let view = self.view;
        let main = view.main;
        let first = main.and_then(|draft| draft.config.items.first());
        let name_span = self.me.map(|it| it.plan.name.span);
        let span = first.map(head).or(name_span).or_else(|| {
            let draft = view.fragments().into_iter().next()?;
            draft.config.items.first().map(head)
        });
        let anchor = match (main, self.me) {
            (Some(draft), _) => Anchor::new(draft.path.clone(), "main"),
            (None, Some(me)) => Anchor::new(me.plan.anchor.file.clone(), format!("{}.nginx", me.plan.anchor.entity)),
            (None, None) => Anchor::new(view.fragments().first().map_or("", |draft| &*draft.path), "main"),
        };
        let mut nginx = Nginx {
            about: About {
                name: self.me.map_or("nginx".into(), |it| it.plan.name.value.clone()),
                anchor,
                span,
                owner: self.owner(),
                writers: Vec::new(),
            },
            version: self.version.clone(),
            cpus: self.me.map_or(Fact::Absent, |it| it.plan.cpus.clone()),
            service: self.me.map(|it| it.id),
            ..Nginx::default()
        };
        match (main, view.stock) {
            (Some(draft), _) => {
                self.workers(&mut nginx, top, draft);
                let events = top.own("events").next().map(|item| {
                    let (items, missing) = view.expand(item.directive.items(), item.draft);
                    Scope::top(items, missing, Some(item), Stock::Nothing)
                });
                nginx.worker_connections =
                    events.as_ref().unwrap_or(top).value(view, "worker_connections", 512, |text| text.parse().ok());
            }
            (None, Stock::Official) => {
                let program = "the nginx image";
                nginx.auto_workers = Fact::default_of(true, program, "worker_processes", name_span);
                nginx.worker_processes = Fact::unknown("as many as the machine has CPUs");
                nginx.worker_connections = Fact::default_of(1024, program, "worker_connections", name_span);
                nginx.nofile = Fact::unknown("set by the container's own limits");
            }
            (None, _) => {
                let unknown = || Why::new("the main configuration of this nginx is not in these files");
                nginx.auto_workers = Fact::Unknown(unknown());
                nginx.worker_processes = Fact::Unknown(unknown());
                nginx.worker_connections = Fact::Unknown(unknown());
                nginx.nofile = Fact::Unknown(unknown());
            }
        }
        stack.add(nginx)
    }

    fn workers(&self, nginx: &mut Nginx, top: &Scope<'a, '_>, draft: &'a Draft) {
        let view = self.view;
        let at = nginx.about.span;
        let first = draft.config.items.first();
        let lines = ["worker_processes {};", ""];
        // Before a block it is a paragraph of its own.
        let count = first.map_or(1, |item| 1 + usize::from(item.block.is_some()));
        let place = first.map(|item| ink::insert_before(view.source(draft), item, &lines[..count]));
        match top.setting("worker_processes") {
            Setting::Written(item) => {
                let Some(word) = item.directive.args.first() else { return };
                let edits = vec![(word.span, "auto".into())];
                nginx.about.writers.push(Writer { name: "workers_auto".into(), edits, display_only: None });
                let is_auto = &*word.text == "auto";
                nginx.auto_workers = Fact::written(is_auto, word.span);
                nginx.worker_processes = match is_auto {
                    true => Fact::Unknown(Why::at("as many as the machine has CPUs", word.span)),
                    false => scope::read_word(view, word, |text| text.parse().ok()),
                };
            }
            Setting::Unset => {
                if let Some((span, text)) = place
                    && let Some((before, after)) = text.split_once("{}")
                {
                    let edits = vec![(span, format!("{before}auto{after}").into())];
                    nginx.about.writers.push(Writer { name: "workers_auto".into(), edits, display_only: None });
                    let slot = Slot::insert(span, before, after);
                    nginx.worker_processes = Fact::default_of(1, "nginx", "worker_processes", at).with_slots([slot]);
                }
                nginx.auto_workers = Fact::default_of(false, "nginx", "worker_processes", at);
            }
            Setting::Hidden(why) => {
                nginx.auto_workers = Fact::Unknown(why.clone());
                nginx.worker_processes = Fact::Unknown(why);
            }
        }
        nginx.nofile = match top.setting("worker_rlimit_nofile") {
            Setting::Written(item) => match item.directive.args.first() {
                Some(word) => scope::read_word(view, word, |text| text.parse().ok()),
                None => Fact::unknown("`worker_rlimit_nofile` has no value"),
            },
            _ => Fact::unknown("set by the limits nginx is started with"),
        };
    }

    fn owner(&self) -> Option<Box<str>> {
        self.me.map(|it| it.plan.name.value.clone())
    }

    fn anchor(&self, item: Item<'_>, entity: String) -> Anchor {
        Anchor::new(item.draft.path.clone(), entity)
    }

    /// Whether an entity of this name has been named at a level of the file.
    fn is_taken(&self, item: Item<'_>, level: &Scope<'_, '_>, name: &str) -> bool {
        self.taken.contains_key(&(item.draft.file, level.entity_of(name)))
    }

    /// A name for what an item opens that no other has at its level of the same file: with a number from the second on.
    fn unique(&mut self, item: Item<'_>, level: &Scope<'_, '_>, name: &str) -> String {
        let count = self.taken.entry((item.draft.file, level.entity_of(name))).or_insert(0);
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name}#{count}") }
    }
}

#[cfg(test)]
mod tests;
