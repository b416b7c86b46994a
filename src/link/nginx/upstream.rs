//! Upstreams and their servers.

use super::headers::spans_of;
use super::ink::{self, Edit};
use super::member::Member;
use super::scope::{Scope, Setting, head, read_word, seconds};
use super::target;
use super::version;
use super::view::Item;
use super::{Build, UsedUpstream};
use crate::source::Span;
use crate::stack::vocabulary::{Balance, Mode, Program, Upstream};
use crate::stack::{About, Default, Fact, Id, Origin, Process, Slot, Sourced, Stack, Truth, Why, Writer};

/// How many idle connections a worker keeps when the remedy is ours to size: enough for a few dozen requests at once,
/// few enough to leave the application's slots free.
const KEEPALIVE: &str = "keepalive 16;";

/// Directives that choose among servers.
const METHODS: &[(&str, Balance)] = &[
    ("least_conn", Balance::LeastConn),
    ("ip_hash", Balance::IpHash),
    ("hash", Balance::Hash),
    ("random", Balance::Random),
];

impl<'a> Build<'a, '_> {
    /// Puts the upstreams of the `http` level into the stack, empty but for their names, so that locations find them.
    pub(super) fn name_upstreams(&mut self, stack: &mut Stack, http: &Scope<'a, '_>) {
        for item in http.own("upstream") {
            let Some(name) = item.directive.arg(0).filter(|_| item.directive.block.is_some()) else { continue };
            if self.upstreams.contains_key(name) {
                // nginx refuses a second one.
                continue;
            }
            let entity = self.unique(item, http, &format!("upstream[{name}]"));
            let Some(scope) = http.enter(self.view, item, &entity) else { continue };
            let behind = scope
                .own("server")
                .filter_map(|line| line.directive.args.first())
                .find_map(|word| self.reach(stack, &target::of_server(self.view, word)).process);
            let anchor = self.anchor(item, scope.entity.clone());
            let about = About {
                name: format!("upstream {name}").into(),
                anchor,
                span: Some(head(item.directive)),
                owner: self.owner(),
                writers: Vec::new(),
            };
            let id = stack.add(Upstream { about, ..Upstream::default() });
            self.behind.extend(behind.map(|process| (id.at, process)));
            let used =
                UsedUpstream { id, item, entity, locations: Vec::new(), other_use: None, recipe: Some(Vec::new()) };
            self.upstreams.insert(name.to_owned(), used);
        }
    }

    /// Fills the upstreams in, once all locations are known.
    pub(super) fn fill_upstreams(&mut self, stack: &mut Stack, http: &Scope<'a, '_>) -> Vec<Id<Upstream>> {
        let all = std::mem::take(&mut self.upstreams);
        let mut ids: Vec<_> = all.values().map(|used| used.id).collect();
        ids.sort_by_key(|id| id.at);
        for used in all.values() {
            if let Some(scope) = http.enter(self.view, used.item, &used.entity) {
                self.fill(stack, used, &scope, http.hidden());
            }
        }
        self.upstreams = all;
        ids
    }

    fn fill(&self, stack: &mut Stack, used: &UsedUpstream<'a>, scope: &Scope<'a, '_>, hidden: Option<Why>) {
        let name = head(used.item.directive);
        let members: Vec<Member<'a>> = scope
            .own("server")
            .filter_map(|item| {
                let word = item.directive.args.first()?;
                let target = target::of_server(self.view, word);
                let reached = self.reach(stack, &target);
                Some(Member { item, word, target, reached })
            })
            .collect();
        let ids = self.members(stack, used.id, scope, &members);
        let method = scope.items.iter().find_map(|item| {
            METHODS.iter().find(|(name, _)| item.directive.is(name)).map(|(_, balance)| (*item, *balance))
        });
        let service = self.only_service(&members);
        let process = members.iter().find_map(|member| member.reached.process).map(|id| &stack[id]);
        let app_keepalive = process.map_or(Fact::unknown("what answers behind it"), |it| it.keepalive.clone());
        let app_closes = process.map_or(Fact::unknown("what answers behind it"), closes);
        let keepalive = self.keepalive(scope);
        let mut idle = scope.value(self.view, "keepalive_timeout", 60.0, seconds);
        // The directive of the same name at the `http` level is about clients.
        if scope.own("keepalive_timeout").next().is_none() {
            idle = Fact::default_of(60.0, "nginx", "keepalive_timeout", scope.span());
        }
        let (place, before) = match self.beside(scope, |name| !name.is_empty(), &["keepalive_timeout {}"]) {
            Some((span, text)) => (span, text),
            None => (name, "".into()),
        };
        let idle = match (scope.own("keepalive_timeout").next(), before.split_once("{}")) {
            (Some(item), _) => Fact::with_slots(
                unslotted(idle),
                item.directive.args.first().map(|word| Slot { after: "s".into(), ..Slot::replace(word.span) }),
            ),
            (None, Some((before, after))) => idle.with_slots([Slot::insert(place, before, format!("s;{after}"))]),
            _ => idle,
        };
        let recipe = recipe(stack, used);
        let mut writers: Vec<Writer> = Vec::new();
        writers.extend(self.keepalive_writer(used, scope, &keepalive, &app_keepalive));
        let (idle_options, remove) = self.idle_options(&members, method.map(|(item, _)| item), service, name);
        writers.extend(remove);
        let order = self.order(scope, method.map(|(item, _)| item));
        let method_last = match &order {
            Some((spans, _)) => Fact::derived(true, spans.clone()),
            None => Fact::derived(false, vec![name]),
        };
        writers.extend(order.map(|(_, writer)| writer));
        let in_pods = |at: usize| self.services[at].plan.pod.is_some();
        // The writer names Docker's own resolver.
        if !members.iter().filter_map(|it| it.reached.service).any(in_pods) {
            writers.extend(self.resolve_writer(scope, &members));
        }
        let replicas = match service {
            // What stands behind one address that stays is nothing to nginx.
            Some(at) if in_pods(at) && members.iter().all(|it| it.reached.addresses.known() == Some(&1)) => {
                Fact::Absent
            }
            Some(at) => self.services[at].plan.replicas.clone(),
            None => Fact::Absent,
        };
        let used_fact = match (used.first_use(stack), hidden) {
            (Some(span), _) => Fact::derived(true, vec![span, name]),
            (None, Some(why)) => Fact::Unknown(why),
            (None, None) => Fact::derived(false, vec![name]),
        };
        let resolves = members
            .iter()
            .flat_map(|member| &member.item.directive.args)
            .find(|word| &*word.text == "resolve")
            .map_or(Fact::derived(false, vec![name]), |word| Fact::derived(true, vec![word.span]));
        let upstream = &mut stack[used.id];
        upstream.about.writers = writers;
        upstream.servers = Fact::derived(members.len() as u64, vec![name]);
        upstream.balance = method.map_or_else(
            || Fact::default_of(Balance::RoundRobin, "nginx", "load balancing method", Some(name)),
            |(item, balance)| Fact::derived(balance, vec![head(item.directive)]),
        );
        upstream.keepalive = keepalive;
        upstream.keepalive_timeout = idle;
        upstream.idle_options = idle_options;
        upstream.resolves = resolves;
        upstream.used = used_fact;
        upstream.replicas = replicas;
        upstream.app_keepalive = app_keepalive;
        upstream.app_closes = app_closes;
        upstream.recipe = recipe;
        upstream.version = self.version.clone();
        upstream.method_last = method_last;
        upstream.members = ids;
        upstream.locations.clone_from(&used.locations);
    }

    fn keepalive(&self, scope: &Scope<'a, '_>) -> Fact<u64> {
        match scope.own("keepalive").next() {
            Some(item) => match item.directive.args.first() {
                Some(word) => read_word(self.view, word, |text| text.parse().ok()),
                None => Fact::unknown("`keepalive` has no value"),
            },
            None => match scope.hides() {
                Some(why) => Fact::Unknown(why),
                None => version::default(&self.version, 0, 32, "keepalive", scope.span()),
            },
        }
    }

    /// A whole number of seconds that an application's own time is longer than; [`None`] when it is not known, or too
    /// short for one.
    pub(super) fn shorter_than(&self, app: &Fact<f64>) -> Option<u64> {
        let seconds = *app.known()?;
        (seconds.is_finite() && seconds >= 2.0).then(|| (seconds - 1.0).floor() as u64)
    }

    /// All that makes connections be kept: `keepalive` behind everything else in the block, HTTP/1.1 and a cleared
    /// `Connection` in the locations that pass to it.
    fn keepalive_writer(
        &self,
        used: &UsedUpstream<'a>,
        scope: &Scope<'a, '_>,
        keepalive: &Fact<u64>,
        app_keepalive: &Fact<f64>,
    ) -> Option<Writer> {
        let mut edits: Vec<Edit> = used.recipe.clone()?;
        let idle = self.shorter_than(app_keepalive).map(|seconds| format!("keepalive_timeout {seconds}s;"));
        let mut lines = Vec::new();
        if scope.own("keepalive").next().is_none() && version::keeps_connections(&self.version) != Truth::Yes {
            lines.push(KEEPALIVE);
        }
        if let Some(idle) = &idle
            && scope.own("keepalive_timeout").next().is_none()
        {
            lines.push(idle);
        }
        if keepalive.known() == Some(&0)
            && let Some(item) = scope.own("keepalive").next()
        {
            edits.push((item.directive.args.first()?.span, "16".into()));
        }
        if !lines.is_empty() {
            edits.push(self.beside(scope, |name| !name.is_empty(), &lines)?);
        }
        edits.sort();
        edits.dedup();
        // Kept for nginx's 60 seconds they may outlive those of an application of which nothing is known.
        let unbounded =
            idle.is_none() && app_keepalive.known().is_none() && scope.own("keepalive_timeout").next().is_none();
        let display_only =
            unbounded.then(|| "with a `keepalive_timeout` below the application's own, not known here".into());
        (!edits.is_empty()).then(|| Writer { name: "keepalive".into(), edits, display_only })
    }

    /// A method that stands behind `keepalive`, with the change that puts it before: before 1.29.7 it takes the place of
    /// what `keepalive` has set up.
    fn order(&self, scope: &Scope<'a, '_>, method: Option<Item<'a>>) -> Option<(Vec<Span>, Writer)> {
        let (method, keepalive) = (method?, scope.own("keepalive").next()?);
        if method.directive.span.start < keepalive.directive.span.start || method.draft.file != keepalive.draft.file {
            return None;
        }
        let source = self.view.source(method.draft);
        let line = source.slice(method.directive.span);
        let edits =
            vec![ink::insert_before(source, keepalive.directive, &[line]), ink::delete(source, method.directive)];
        let writer = Writer { name: "method_first".into(), edits, display_only: None };
        Some((vec![head(method.directive), head(keepalive.directive)], writer))
    }

    /// Names that are asked again while nginx runs, as 1.27.3 and newer can, by the name server that Docker gives every
    /// container.
    fn resolve_writer(&self, scope: &Scope<'a, '_>, members: &[Member<'a>]) -> Option<Writer> {
        let can = self.version.known().is_some_and(|version| version.less(&[1, 27, 3]) == Truth::No);
        if !can || !self.in_network {
            return None;
        }
        let named = members.iter().filter(|member| member.reached.service.is_some());
        let unresolved = named.filter(|member| member.item.directive.args.iter().all(|word| &*word.text != "resolve"));
        let mut edits: Vec<Edit> = unresolved
            .filter_map(|member| {
                let end = member.item.directive.args.last()?.span.end as usize;
                Some((Span::at(member.word.span.file, end), " resolve".into()))
            })
            .collect();
        if edits.is_empty() {
            return None;
        }
        let zone = format!("zone {} 64k;", scope.opened?.directive.arg(0)?);
        let mut lines = Vec::new();
        if scope.own("zone").next().is_none() {
            lines.push(&*zone);
        }
        if !matches!(scope.setting("resolver"), Setting::Written(_)) {
            lines.push("resolver 127.0.0.11 valid=10s;");
        }
        if !lines.is_empty() {
            let first = scope.opened?.directive.items().first()?;
            edits.push(ink::insert_before(self.view.source(scope.opened?.draft), first, &lines));
        }
        Some(Writer { name: "resolve".into(), edits, display_only: None })
    }
}

/// Whether an application closes every connection: gunicorn's sync worker does.
fn closes(process: &Process) -> Fact<bool> {
    match process.program.known() {
        Some(Program::Gunicorn) => process.mode.clone().map(|mode| mode == Mode::WsgiSync),
        Some(Program::Other) | None => Fact::unknown("what answers behind it"),
        Some(_) => Fact::derived(false, spans_of(&process.program, &process.mode)),
    }
}

fn unslotted<T>(fact: Fact<T>) -> Fact<T> {
    match fact {
        Fact::Known(it) => Fact::Known(Sourced { slots: Vec::new(), ..it }),
        other => other,
    }
}

/// Whether all locations that pass to an upstream speak HTTP/1.1 and do not close; one that a map closes is not counted,
/// for that is another fault.
fn recipe(stack: &Stack, used: &UsedUpstream<'_>) -> Fact<bool> {
    let mut unknown = None;
    let mut spans = Vec::new();
    for &id in &used.locations {
        let location = &stack[id];
        let by_map = location.map_closes.known() == Some(&true);
        let is_old = location.http_version.clone().map(|it| &*it == "1.0");
        let closes =
            if by_map { Fact::derived(false, Vec::new()) } else { location.connection_cleared.clone().map(|it| !it) };
        for fact in [is_old, closes] {
            match fact {
                Fact::Known(it) if it.value => {
                    let origin = match it.origin {
                        Origin::Default(default) => Origin::Default(Default { at: location.about.span, ..default }),
                        other => other,
                    };
                    return Fact::Known(Sourced { value: false, origin, slots: Vec::new() });
                }
                Fact::Known(it) => spans.extend(it.origin.span()),
                other => unknown = Some(other),
            }
        }
    }
    match unknown {
        _ if used.locations.is_empty() => Fact::Absent,
        Some(Fact::OneOf(branches)) => {
            Fact::OneOf(branches.into_iter().map(|(when, it)| (when, it.map(|bad| !bad))).collect())
        }
        Some(Fact::Unknown(why)) => Fact::Unknown(why),
        Some(_) => Fact::Absent,
        None => Fact::derived(true, spans),
    }
}
