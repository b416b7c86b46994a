//! Servers, and what they compress.

use std::collections::BTreeSet;

use super::Build;
use super::ink::Edit;
use super::location::Served;
use super::scope::{Scope, Setting, bytes, head, seconds};
use super::view::{Item, Stock, View};
use crate::link::plan::ServicePlan;
use crate::source::Span;
use crate::stack::vocabulary::{Host, Nginx};
use crate::stack::{About, Fact, Id, Slot, Sourced, Stack, Why, Writer};

/// What is written where nothing is compressed, each directive only where it is not given. Level 1 takes 96 % of what
/// level 6 saves for a third of its time.
const GZIP: &[(&str, &str)] = &[
    ("gzip", "on"),
    ("gzip_comp_level", "1"),
    ("gzip_min_length", "1024"),
    ("gzip_proxied", "any"),
    ("gzip_vary", "on"),
    ("gzip_types", TYPES),
];

/// `text/html` is always compressed, and nginx warns when it is listed.
const TYPES: &str =
    "application/json application/javascript text/css text/plain text/xml application/xml image/svg+xml";

impl<'a> Build<'a, '_> {
    /// Puts a server into the stack, with its locations.
    pub(super) fn host(
        &mut self,
        stack: &mut Stack,
        http: &Scope<'a, '_>,
        item: Item<'a>,
        nginx: Id<Nginx>,
    ) -> Option<Id<Host>> {
        let argument = |name: &str| item.directive.items().iter().find(|it| it.is(name)).and_then(|it| it.arg(0));
        let listen = argument("listen").unwrap_or("80");
        let name = argument("server_name").filter(|name| !matches!(*name, "_" | "")).unwrap_or("_");
        let plain = format!("server[{name}]");
        let entity = match self.is_taken(item, http, &plain) {
            true => self.unique(item, http, &format!("server[{name}:{listen}]")),
            false => self.unique(item, http, &plain),
        };
        let scope = http.enter(self.view, item, &entity)?;
        let about = About {
            name: match name {
                "_" if listen.bytes().all(|byte| byte.is_ascii_digit()) => format!("server *:{listen}"),
                "_" => format!("server {listen}"),
                name => format!("server {name}"),
            }
            .into(),
            anchor: self.anchor(item, scope.entity.clone()),
            span: scope.span(),
            owner: self.owner(),
            writers: Vec::new(),
        };
        let client_max_body_size = match scope.value(self.view, "client_max_body_size", 1 << 20, bytes) {
            Fact::Known(it) if it.value == 0 => Fact::Unbounded(Why {
                reason: "`client_max_body_size` is 0".into(),
                at: it.origin.span().into_iter().collect(),
                ..Why::default()
            }),
            size => size,
        };
        let id = stack.add(Host { about, client_max_body_size, nginx: Some(nginx), ..Host::default() });
        let served = self.locations(stack, &scope, id);
        self.compression(stack, id, &scope, served);
        Some(id)
    }

    fn compression(&mut self, stack: &mut Stack, id: Id<Host>, scope: &Scope<'a, '_>, served: Served) {
        let mut gzip = scope.flag(self.view, "gzip", false);
        if gzip.known() == Some(&false)
            && let Some(span) = served.own_gzip
        {
            gzip = Fact::Unknown(crate::stack::Why::at("set in some locations only", span));
        }
        let gzip_json = match scope.setting("gzip_types") {
            Setting::Written(item) => Fact::derived(has_json(item), vec![head(item.directive)]),
            Setting::Unset => Fact::default_of(false, "nginx", "gzip_types", scope.span()),
            Setting::Hidden(why) => Fact::Unknown(why),
        };
        let level = scope.value(self.view, "gzip_comp_level", 1, |text| text.parse().ok());
        let client_keepalive = match (scope.setting("keepalive_timeout"), self.view.stock) {
            (Setting::Unset, Stock::Official) => {
                Fact::default_of(65.0, "the nginx image", "keepalive_timeout", scope.span())
            }
            _ => scope.value(self.view, "keepalive_timeout", 75.0, seconds),
        };
        let elsewhere = self.compressed_elsewhere(stack, scope, &served);
        let uncompressed =
            uncompressed(&gzip, served.text.is_some() && elsewhere.known() == Some(&false), scope.span());
        if uncompressed.known() == Some(&true) {
            self.gzips.push(self.gzip_edits(scope));
        }
        let host = &mut stack[id];
        host.uncompressed = uncompressed;
        host.about.writers.extend(self.types_writer(scope));
        let line = scope.span();
        host.gzip = gzip;
        host.gzip_json = gzip_json;
        host.gzip_level = level;
        host.client_keepalive = client_keepalive;
        host.serves_text = match served.text {
            Some(span) => Fact::derived(true, vec![span]),
            None => Fact::derived(false, line.into_iter().collect()),
        };
        host.compressed_elsewhere = elsewhere;
        host.locations = served.locations;
    }

    /// Whether the application behind compresses by itself, or something before this nginx does, as far as files show.
    fn compressed_elsewhere(&mut self, stack: &Stack, scope: &Scope<'a, '_>, served: &Served) -> Fact<bool> {
        let here = scope.span();
        let behind: BTreeSet<usize> = served
            .locations
            .iter()
            .filter_map(|&id| {
                let process = stack[id].process.or_else(|| self.behind(stack[id].upstream?))?;
                self.services.iter().position(|it| stack[process].service == Some(it.id))
            })
            .collect();
        let by_application = behind.into_iter().find_map(|service| self.middleware(service));
        let by_directive = |name: &str| match scope.setting(name) {
            Setting::Written(item) => Some(item),
            _ => None,
        };
        let brotli = by_directive("brotli").filter(|item| item.directive.arg(0) == Some("on"));
        let cloudflare = by_directive("real_ip_header")
            .filter(|item| item.directive.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("CF-Connecting-IP")));
        match by_application.or(brotli.or(cloudflare).map(|item| head(item.directive))) {
            Some(span) => Fact::derived(true, vec![span]),
            None => Fact::derived(false, here.into_iter().collect::<Vec<Span>>()),
        }
    }

    /// Where the code of a service names a middleware that compresses; looked for once.
    fn middleware(&mut self, service: usize) -> Option<Span> {
        let (view, plan) = (self.view, self.services.get(service)?.plan);
        *self.middlewares.entry(service).or_insert_with(|| middleware(view, plan))
    }

    /// Gives an nginx the change that compresses what each of its servers sends uncompressed; none where one of them
    /// cannot be changed.
    pub(super) fn gzip_writer(&mut self, nginx: &mut Nginx) {
        let all: Option<Vec<Vec<Edit>>> = std::mem::take(&mut self.gzips).into_iter().collect();
        let mut edits: Vec<Edit> = all.unwrap_or_default().into_iter().flatten().collect();
        edits.sort();
        // Servers that inherit from one level bring its change each.
        edits.dedup();
        if !edits.is_empty() {
            nginx.about.writers.push(Writer { name: "gzip".into(), edits, display_only: None });
        }
    }

    /// Turns `gzip` on at the level that says `off`; else at the `http` level when it is in these files, else in the
    /// server. What is given there or above is left.
    fn gzip_edits(&self, server: &Scope<'a, '_>) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        let base = match server.setting("gzip") {
            Setting::Written(item) if item.directive.arg(0) == Some("off") => {
                edits.push((item.directive.args.first()?.span, "on".into()));
                server.owner("gzip")?.level
            }
            Setting::Unset => server.levels().filter(|level| level.opened.is_some()).last()?,
            _ => return None,
        };
        let given = |name: &str| base.levels().any(|level| level.own(name).next().is_some());
        let lines: Vec<String> =
            GZIP.iter().filter(|(name, _)| !given(name)).map(|(name, value)| format!("{name} {value};")).collect();
        let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
        if base.hidden().is_some() {
            return None;
        }
        if !lines.is_empty() {
            edits.push(self.beside(base, |name| name.starts_with("gzip"), &lines)?);
        }
        Some(edits)
    }

    /// Adds the types that `gzip` leaves out.
    fn types_writer(&self, server: &Scope<'a, '_>) -> Option<Writer> {
        let edit = match server.setting("gzip_types") {
            Setting::Written(item) if !has_json(item) => {
                let last = item.directive.args.last()?;
                let at = Span { start: last.span.end, ..last.span };
                let slot = Slot::insert(at, " application/json", "");
                (slot.span, slot.before)
            }
            Setting::Unset => {
                let owner = server.owner("gzip")?;
                self.beside(owner.level, |name| name.starts_with("gzip"), &[&format!("gzip_types {TYPES};")])?
            }
            _ => return None,
        };
        Some(Writer { name: "gzip_types".into(), edits: vec![edit], display_only: None })
    }
}

/// Whether text leaves a server as it is, where nobody else compresses it: what `gzip` says, from where it says it.
fn uncompressed(gzip: &Fact<bool>, sends: bool, line: Option<Span>) -> Fact<bool> {
    match gzip.clone() {
        Fact::Known(sourced) if sends => Fact::Known(Sourced { slots: Vec::new(), ..sourced.map(|on| !on) }),
        gzip if sends => gzip,
        _ => Fact::derived(false, line.into_iter().collect()),
    }
}

/// Whether `gzip_types` has JSON among its types.
fn has_json(types: Item<'_>) -> bool {
    types.directive.args.iter().any(|word| matches!(&*word.text, "application/json" | "*"))
}

/// Where the code that a service is built from names a middleware that compresses. Only the name is looked for: that is
/// enough not to speak of compression.
fn middleware(view: &View<'_>, plan: &ServicePlan) -> Option<Span> {
    const NAME: &str = "GZipMiddleware";
    let context = &*plan.build.as_ref()?.context;
    let below = |path: &str| context.is_empty() || path.strip_prefix(context).is_some_and(|rest| rest.starts_with('/'));
    view.sources.iter().filter(|file| file.path.ends_with(".py") && below(&file.path)).find_map(|file| {
        let mut found = memchr::memmem::find_iter(file.text().as_bytes(), NAME.as_bytes());
        let at = found.find(|&at| !file.line(file.line_of(at)).trim_start().starts_with('#'))?;
        Some(file.span(at..at + NAME.len()))
    })
}
