//! Locations: what passes requests on, and how.

use super::headers::Headers;
use super::ink::{self, Edit};
use super::scope::{Scope, Setting, head, seconds};
use super::target;
use super::version;
use super::view::Item;
use super::{Build, UsedUpstream};
use crate::source::Span;
use crate::stack::vocabulary::{Host, Location};
use crate::stack::{About, Fact, Id, Stack, Writer};

/// Directives that pass requests on.
const PASSES: &[&str] = &["proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass"];

/// What a server's locations tell of it.
#[derive(Default)]
pub(super) struct Served {
    pub(super) locations: Vec<Id<Location>>,
    /// Where it passes requests on by any protocol, or serves files.
    pub(super) text: Option<Span>,
    /// Where one of its locations says something of `gzip` itself.
    pub(super) own_gzip: Option<Span>,
    /// Named locations that a broad one falls back to.
    broad_names: Vec<Box<str>>,
}

/// A location that is being read.
struct Path<'p> {
    path: &'p str,
    is_broad: bool,
}

impl<'a> Build<'a, '_> {
    /// Reads what a server has below it.
    pub(super) fn locations(&mut self, stack: &mut Stack, server: &Scope<'a, '_>, host: Id<Host>) -> Served {
        let mut served = Served { broad_names: fallbacks(server), ..Served::default() };
        for item in server.own("location") {
            if is_broad(&path_of(item))
                && let Some(scope) = server.enter(self.view, item, "")
            {
                served.broad_names.extend(fallbacks(&scope));
            }
        }
        self.level(stack, server, host, &Path { path: "/", is_broad: true }, &mut served);
        served
    }

    fn level(&mut self, stack: &mut Stack, scope: &Scope<'a, '_>, host: Id<Host>, at: &Path<'_>, served: &mut Served) {
        self.limits(stack, scope);
        let serves = scope.items.iter().find(|item| {
            let name = &*item.directive.name.text;
            PASSES.contains(&name) || matches!(name, "root" | "alias" | "try_files")
        });
        served.text = served.text.or(serves.map(|item| head(item.directive)));
        if scope.opened.is_some_and(|opened| opened.directive.is("location")) {
            served.own_gzip = served.own_gzip.or(scope.own("gzip").next().map(|item| head(item.directive)));
        }
        for pass in scope.items.iter().filter(|item| PASSES.contains(&&*item.directive.name.text)) {
            if pass.directive.is("proxy_pass") {
                let id = self.location(stack, scope, *pass, host, at);
                served.locations.push(id);
            } else if let Some(name) = pass.directive.arg(0)
                && let Some(used) = self.upstreams.get_mut(name.trim_start_matches("grpc://"))
            {
                used.other_use = Some(head(pass.directive));
            }
        }
        for item in scope.items.clone() {
            let (name, path) = match &*item.directive.name.text {
                "location" => (self.unique(item, scope, &name_of(item)), Some(path_of(item))),
                "if" | "limit_except" => (self.unique(item, scope, &item.directive.name.text), None),
                _ => continue,
            };
            let Some(inner) = scope.enter(self.view, item, &name) else { continue };
            match path {
                Some(path) => {
                    let is_broad = is_broad(&path) || served.broad_names.iter().any(|name| **name == path);
                    self.level(stack, &inner, host, &Path { path: &path, is_broad }, served);
                }
                None => self.level(stack, &inner, host, at, served),
            }
        }
    }

    fn location(
        &mut self,
        stack: &mut Stack,
        scope: &Scope<'a, '_>,
        pass: Item<'a>,
        host: Id<Host>,
        at: &Path<'_>,
    ) -> Id<Location> {
        let target = target::of_pass(self.view, scope, pass);
        let named = target.host.known().filter(|_| !target.is_socket).and_then(|name| self.upstreams.get(&**name));
        let upstream = named.map(|used| used.id);
        let reached = match upstream {
            Some(_) => None,
            None => Some(self.reach(stack, &target)),
        };
        let headers = self.headers(scope);
        let spans = vec![head(scope.opened.unwrap_or(pass).directive)];
        let streams = streams(at, &headers);
        let buffering = scope.flag(self.view, "proxy_buffering", true);
        if streams {
            self.keeps_unbuffered(scope);
        }
        let bare = if upstream.is_none() { self.bare(scope, pass, &target, headers.recipe.as_deref()) } else { None };
        let replicas = reached.as_ref().and_then(|it| it.service).map(|at| self.services[at].plan.replicas.clone());
        let process = reached.as_ref().and_then(|it| it.process);
        let http_version = match scope.setting("proxy_http_version") {
            Setting::Unset => {
                version::default(&self.version, "1.0".into(), "1.1".into(), "proxy_http_version", scope.span())
            }
            _ => scope.value(self.view, "proxy_http_version", "".into(), |text| Some(text.into())),
        };
        let entity = scope.entity.clone();
        let is_implicit =
            upstream.is_none() && !target.by_variable && !target.is_socket && target.host.known().is_some();
        let repeats = is_implicit && at.is_broad && !streams && {
            let name = target.host.known().cloned().unwrap_or_default();
            !self.broad_targets.insert((host.at, name, target.port.known().copied()))
        };
        let location = Location {
            about: About {
                name: format!("location {}", at.path).into(),
                anchor: self.anchor(scope.opened.unwrap_or(pass), entity),
                span: spans.first().copied(),
                owner: self.owner(),
                writers: headers.writers,
            },
            buffering,
            request_buffering: scope.flag(self.view, "proxy_request_buffering", true),
            streams: Fact::derived(streams, spans.clone()),
            sockets: Fact::derived(has_word(at.path, SOCKETS), spans.clone()),
            is_broad: Fact::derived(at.is_broad, spans),
            http_version,
            connection_cleared: headers.connection_cleared,
            map_closes: headers.map_closes,
            read_timeout: scope.value(self.view, "proxy_read_timeout", 60.0, seconds),
            retries_changes: match scope.setting("proxy_next_upstream") {
                Setting::Written(item) => {
                    let retries = item.directive.args.iter().any(|word| &*word.text == "non_idempotent");
                    Fact::derived(retries, vec![head(item.directive)])
                }
                Setting::Unset => Fact::default_of(false, "nginx", "proxy_next_upstream", scope.span()),
                Setting::Hidden(why) => Fact::Unknown(why),
            },
            upgrades: headers.upgrades,
            implicit: Fact::derived(is_implicit, vec![head(pass.directive)]),
            repeats: Fact::derived(repeats, vec![head(pass.directive)]),
            by_variable: Fact::derived(target.by_variable, vec![head(pass.directive)]),
            host_known: reached.as_ref().map_or(Fact::Absent, |it| it.host_known.clone()),
            port_served: reached.as_ref().map_or(Fact::Absent, |it| it.port_served.clone()),
            target: target.host,
            port: target.port,
            mode: process.map_or(Fact::unknown("what answers behind it"), |id| stack[id].mode.clone()),
            replicas: replicas.unwrap_or_else(|| Fact::unknown("what answers behind it")),
            version: self.version.clone(),
            host: Some(host),
            upstream,
            process,
        };
        let off = (location.buffering.known() == Some(&false)).then(|| scope.setting("proxy_buffering"));
        let id = stack.add(location);
        if let Some(Setting::Written(item)) = off {
            self.unbuffered.push((id, item));
        }
        if let Some(bare) = bare {
            self.bares.push((id, bare));
        }
        if let Some(used) = target_name(stack, id).and_then(|name| self.upstreams.get_mut(&name)) {
            used.locations.push(id);
            used.recipe = match (used.recipe.take(), headers.recipe) {
                (Some(mut all), Some(more)) => {
                    all.extend(more);
                    Some(all)
                }
                _ => None,
            };
        }
        id
    }

    /// For a location of streams that inherits `proxy_buffering off`: what it must say itself once that is gone.
    fn keeps_unbuffered(&mut self, scope: &Scope<'a, '_>) {
        if scope.own("proxy_buffering").next().is_some() {
            return;
        }
        if let Setting::Written(item) = scope.setting("proxy_buffering")
            && item.directive.arg(0) == Some("off")
            && let Some(edit) = self.beside(scope, |name| name.starts_with("proxy_"), &["proxy_buffering off;"])
        {
            self.streams.push((item.directive.span, edit));
        }
    }

    /// Gives every location that does not buffer the change that makes it: the line goes, and streams that inherited it
    /// say it themselves.
    pub(super) fn buffering_writers(&mut self, stack: &mut Stack) {
        for (id, item) in std::mem::take(&mut self.unbuffered) {
            let mut edits: Vec<Edit> = vec![ink::delete(self.view.source(item.draft), item.directive)];
            edits
                .extend(self.streams.iter().filter(|(of, _)| *of == item.directive.span).map(|(_, edit)| edit.clone()));
            // A file that takes itself in has each of its locations more than once.
            edits.sort();
            edits.dedup();
            stack[id].about.writers.push(Writer { name: "buffer".into(), edits, display_only: None });
        }
    }
}

/// The upstream that a location passes to, by its name.
fn target_name(stack: &Stack, id: Id<Location>) -> Option<String> {
    stack[id].upstream?;
    stack[id].target.known().map(|name| name.to_string())
}

impl UsedUpstream<'_> {
    /// Whether any request passes to it, and where.
    pub(super) fn first_use(&self, stack: &Stack) -> Option<Span> {
        let location = self.locations.first().and_then(|&id| stack[id].target.span());
        location.or(self.other_use)
    }
}

/// The named locations that a level falls back to.
fn fallbacks(scope: &Scope<'_, '_>) -> Vec<Box<str>> {
    let last = scope.own("try_files").filter_map(|item| item.directive.args.last());
    last.filter(|word| word.text.starts_with('@')).map(|word| word.text.clone()).collect()
}

/// A location's own name: its arguments as they are written.
fn name_of(item: Item<'_>) -> String {
    let words: Vec<&str> = item.directive.args.iter().map(|word| &*word.text).collect();
    format!("location[{}]", words.join(" "))
}

/// A location's path or pattern, without its modifier; `~` is put before a pattern.
fn path_of(item: Item<'_>) -> String {
    let words: Vec<&str> = item.directive.args.iter().map(|word| &*word.text).collect();
    match words.as_slice() {
        ["=", path] => format!("= {path}"),
        ["^~", path] => (*path).to_owned(),
        words => words.join(" "),
    }
}

/// Whether a location covers most of a site: `/`, or the whole of an API.
fn is_broad(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or("");
    let is_version =
        last.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()));
    let path = if is_version { path.trim_end_matches(last).trim_end_matches('/') } else { path };
    matches!(path, "" | "/api" | "/app" | "/backend" | "~ ^" | "~ ^/api" | "~* ^/api" | "~ ^/(.*)$" | "~ .*" | "~ ^/.*")
}

/// Whether a location is for sockets or streams: by its path, or because it always asks for an upgrade and is not also
/// the whole site.
fn streams(at: &Path<'_>, headers: &Headers) -> bool {
    has_word(at.path, SOCKETS) || has_word(at.path, STREAMS) || (!at.is_broad && headers.always_upgrades)
}

/// Parts of the paths that WebSockets are served at.
const SOCKETS: &[&str] = &["ws", "wss", "websocket", "websockets", "socket.io", "cable", "_stcore"];

/// Parts of the paths that events and other streams are served at.
const STREAMS: &[&str] = &["sockjs", "stream", "streams", "events", "sse", "hub"];

/// Whether a path or pattern has one of these among its parts.
fn has_word(path: &str, words: &[&str]) -> bool {
    let path = path.to_ascii_lowercase().replace('\\', "");
    path.split(['/', '^', '~', '(', ')', '|', '$', ' ', '-']).any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_sockets_and_streams() {
        for path in ["/ws/", "/api/v1/ws", "~ ^/(ws|wss)/", "/socket.io/", "~ ^/socket\\.io/", "/_stcore/stream"] {
            assert!(has_word(path, SOCKETS), "{path}");
        }
        for path in ["/", "/news/", "/api/events", "/sse"] {
            assert!(!has_word(path, SOCKETS), "{path}");
        }
        assert!(has_word("/api/events", STREAMS));
    }

    #[test]
    fn broad_paths() {
        for path in ["/", "/api", "/api/", "/api/v1/", "~ ^/api/"] {
            assert!(is_broad(path), "{path}");
        }
        for path in ["/ws/", "/api/chat", "= /", "/static/", "@app", "/v"] {
            assert!(!is_broad(path), "{path}");
        }
    }
}
