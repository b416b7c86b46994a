//! Where requests are passed to: addresses, the services they mean, and what listens there.

use super::Build;
use super::scope::Scope;
use super::view::{Item, View};
use crate::source::Span;
use crate::stack::vocabulary::Program;
use crate::stack::{Fact, Id, Process, Stack, Why};
use crate::syntax::nginx::Word;

/// An address as a `proxy_pass` or a `server` line gives it.
pub(super) struct Target {
    /// The host; absent for a socket.
    pub(super) host: Fact<Box<str>>,
    /// The port; absent for a socket.
    pub(super) port: Fact<u64>,
    /// Whether the host comes from a variable of nginx, so that its name is asked anew.
    pub(super) by_variable: bool,
    /// Whether it is a socket of the file system.
    pub(super) is_socket: bool,
}

/// What stands behind an address.
pub(super) struct Reached {
    /// The service, by its place in the list of those that are seen.
    pub(super) service: Option<usize>,
    pub(super) process: Option<Id<Process>>,
    pub(super) host_known: Fact<bool>,
    pub(super) port_served: Fact<bool>,
    pub(super) served_port: Fact<u64>,
    /// How many addresses the host's name gives.
    pub(super) addresses: Fact<u64>,
}

/// A host and a port, as they are written.
struct Authority<'t> {
    host: &'t str,
    port: Option<(u64, usize)>,
}

fn authority(text: &str) -> Authority<'_> {
    let inside = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, after) = match inside {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = after.and_then(|port| Some((port.parse().ok()?, text.len() - port.len())));
    Authority { host, port }
}

/// The address of a `server` line in an upstream.
pub(super) fn of_server(view: &View<'_>, word: &Word) -> Target {
    match view.text(word) {
        Ok(text) => read(&text, 80, word, &[]),
        Err(why) => hidden(why, false),
    }
}

/// The address that a `proxy_pass` passes to.
pub(super) fn of_pass(view: &View<'_>, scope: &Scope<'_, '_>, item: Item<'_>) -> Target {
    let Some(word) = item.directive.args.first() else {
        return hidden(Why::at("`proxy_pass` names no address", item.directive.name.span), false);
    };
    let text = match view.text(word) {
        Ok(text) => text,
        Err(why) => return hidden(why, false),
    };
    let (text, default_port) = without_scheme(&text);
    let end = text.find(['/', '?']).unwrap_or(text.len());
    let authority = &text[..end];
    if text.starts_with("unix:") || !authority.contains('$') {
        return read(if text.starts_with("unix:") { text } else { authority }, default_port, word, &[]);
    }
    // `set $app app:8000; proxy_pass http://$app;`
    let (variable, rest) = split_variable(authority);
    let set =
        scope.levels().find_map(|level| level.own("set").filter(|set| set.directive.arg(0) == Some(variable)).last());
    let Some(value) = set.and_then(|set| set.directive.args.get(1)) else {
        return hidden(Why::at(format!("set by the variable {variable}"), word.span), true);
    };
    let Ok(value_text) = view.text(value) else {
        return hidden(Why::at(format!("set by the variable {variable}"), value.span), true);
    };
    let (inner, default_port) = if authority.len() == text.len() && !word.text.contains("://") {
        without_scheme(&value_text)
    } else {
        (&*value_text, default_port)
    };
    let inner = inner.split(['/', '?']).next().unwrap_or("");
    let whole = format!("{inner}{rest}");
    if whole.contains('$') {
        return hidden(Why::at(format!("set by the variable {variable}"), value.span), true);
    }
    Target { by_variable: true, ..read(&whole, default_port, word, &[value.span]) }
}

/// `$name` or `${name}` at the start, and what follows it; all of it when it does not start with a variable.
fn split_variable(text: &str) -> (&str, &str) {
    let length = text.bytes().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if text.starts_with('$') && length > 0 { text.split_at(1 + length) } else { (text, "") }
}

fn without_scheme(text: &str) -> (&str, u64) {
    match text.strip_prefix("https://") {
        Some(rest) => (rest, 443),
        None => (text.strip_prefix("http://").unwrap_or(text), 80),
    }
}

fn hidden(why: Why, by_variable: bool) -> Target {
    Target { host: Fact::Unknown(why.clone()), port: Fact::Unknown(why), by_variable, is_socket: false }
}

fn read(text: &str, default_port: u64, word: &Word, by: &[Span]) -> Target {
    if text.starts_with("unix:") {
        return Target { host: Fact::Absent, port: Fact::Absent, by_variable: false, is_socket: true };
    }
    let parts = authority(text);
    let spans: Vec<Span> = by.iter().copied().chain([word.span]).collect();
    let host = Fact::derived(parts.host.into(), spans.clone());
    let port = match parts.port {
        // The port can be replaced where it stands byte for byte.
        Some((port, at)) if by.is_empty() && word.span.len() == word.text.len() && word.text.ends_with(text) => {
            let start = word.span.start as usize + (word.text.len() - text.len()) + at;
            Fact::written(port, Span::new(word.span.file, start, word.span.end as usize)).by_way_of([word.span])
        }
        Some((port, _)) => Fact::derived(port, spans),
        None => Fact::default_of(default_port, "nginx", "port", Some(word.span)),
    };
    Target { host, port, by_variable: false, is_socket: false }
}

impl Build<'_, '_> {
    /// What stands behind an address.
    pub(super) fn reach(&self, stack: &Stack, target: &Target) -> Reached {
        let nothing = Reached {
            service: None,
            process: None,
            host_known: Fact::Absent,
            port_served: Fact::Absent,
            served_port: Fact::Absent,
            addresses: Fact::Absent,
        };
        let host = match (&target.host, target.is_socket) {
            (Fact::Known(host), _) => host,
            (_, true) => return nothing,
            (Fact::Unknown(why), _) => {
                let host_known = if self.in_network { Fact::Unknown(why.clone()) } else { Fact::Absent };
                return Reached { host_known, port_served: Fact::Unknown(why.clone()), ..nothing };
            }
            _ => return nothing,
        };
        let span = host.origin.span().into_iter().collect::<Vec<_>>();
        let name = &*host.value;
        let is_self = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback());
        if !self.in_network {
            return self.reach_published(stack, target, is_self, nothing);
        }
        if let Some(service) = self
            .services
            .iter()
            .position(|it| it.plan.name.value.as_ref() == name || it.plan.aliases.iter().any(|alias| &**alias == name))
        {
            let plan = self.services[service].plan;
            let host_known = Fact::derived(true, span).by_way_of([plan.name.span]);
            // A name may lead to another port than the one that is asked for.
            let endpoint = target.port.known().and_then(|&port| plan.endpoint(name, port));
            let led = endpoint.map(|it| target.port.clone().map(|_| it.target).by_way_of([it.span]));
            let (process, port_served, served_port) =
                self.listener(stack, service, led.as_ref().unwrap_or(&target.port));
            // A port that differs from the process's own is right where it is led there.
            let served_port = if led.is_some() { Fact::Absent } else { served_port };
            let addresses = match plan.has_one_address(name) {
                true => Fact::derived(1, vec![plan.name.span]),
                false => plan.replicas.clone(),
            };
            return Reached { service: Some(service), process, host_known, port_served, served_port, addresses };
        }
        if is_self && let Some(reached) = self.reach_neighbour(stack, target, &span) {
            return reached;
        }
        let host_known = if is_self || name.parse::<std::net::IpAddr>().is_ok() {
            Fact::derived(true, span)
        } else if name.contains('.') || self.services.len() == 1 {
            // A name of the world outside; and a service alone says nothing of the names around it.
            Fact::Absent
        } else {
            self.foreign_names(name).map_or(Fact::derived(false, span), |why| why)
        };
        Reached { host_known, ..nothing }
    }

    /// For an address of the machine itself: the container of the same pod that listens there.
    fn reach_neighbour(&self, stack: &Stack, target: &Target, span: &[Span]) -> Option<Reached> {
        let own = self.me?.plan.pod.as_ref()?;
        let neighbours = self.services.iter().enumerate();
        let neighbours = neighbours.filter(|(_, it)| it.plan.pod.as_ref().is_some_and(|pod| pod.name == own.name));
        neighbours.into_iter().find_map(|(at, _)| {
            let (process, port_served, served_port) = self.listener(stack, at, &target.port);
            let host_known = Fact::derived(true, span.to_vec());
            let addresses = Fact::derived(1, span.to_vec());
            let reached = Reached { service: Some(at), process, host_known, port_served, served_port, addresses };
            (reached.port_served.known() == Some(&true)).then_some(reached)
        })
    }

    /// For an nginx on the host itself: the service that publishes the port.
    fn reach_published(&self, stack: &Stack, target: &Target, is_self: bool, nothing: Reached) -> Reached {
        let Some(&port) = target.port.known().filter(|_| is_self) else { return nothing };
        let published = self.services.iter().enumerate().find_map(|(at, it)| {
            let found = it.plan.ports.iter().find(|it| it.host.is_some_and(|host| u64::from(host) == port))?;
            Some((at, found))
        });
        let Some((service, published)) = published else { return nothing };
        let inner = Fact::derived(u64::from(published.container), vec![published.span]);
        let (process, ..) = self.listener(stack, service, &inner);
        let addresses = self.services[service].plan.replicas.clone();
        Reached { service: Some(service), process, addresses, ..nothing }
    }

    /// Why a name that is no service may still be one: compose can bring in names that are not its services'.
    fn foreign_names(&self, name: &str) -> Option<Fact<bool>> {
        self.services.iter().find_map(|it| {
            let text = self.view.sources.by_path(&it.plan.anchor.file)?.text();
            if text.contains("extra_hosts") && text.contains(&format!("{name}:")) {
                return Some(Fact::derived(true, vec![it.plan.name.span]));
            }
            let joins_others =
                text.contains("external: true") || text.contains("external:\n") || text.contains("network_mode");
            joins_others.then(|| Fact::unknown(format!("`{name}` may be of another project on an external network")))
        })
    }

    /// The process of a service that listens on a port, whether any does, and the port that one does listen on.
    fn listener(
        &self,
        stack: &Stack,
        service: usize,
        port: &Fact<u64>,
    ) -> (Option<Id<Process>>, Fact<bool>, Fact<u64>) {
        let seen = &self.services[service];
        let serving: Vec<(Id<Process>, &Process)> = stack
            .processes
            .iter()
            .enumerate()
            .filter(|(_, it)| it.service == Some(seen.id))
            .filter(|(_, it)| !it.program.known().is_some_and(|it| it.is_worker()))
            .map(|(at, it)| (Id::new(at), it))
            .collect();
        let wanted = port.known().copied();
        let matching = serving.iter().find(|(_, it)| wanted.is_some() && it.port.known().copied() == wanted);
        let process = matching.or(match serving.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let served = match serving.as_slice() {
            [(_, only)] => only.port.clone(),
            _ => Fact::Absent,
        };
        let port_served = match (wanted, matching) {
            (Some(_), Some((_, found))) => {
                Fact::derived(true, found.port.span().into_iter().chain(port.span()).collect())
            }
            // Only what contradicts counts: every process is known to listen elsewhere, and nothing speaks of the port.
            (Some(wanted), None)
                if !serving.is_empty()
                    && serving.iter().all(|(_, it)| it.port.known().is_some())
                    && serving.iter().all(|(_, it)| it.program.known().is_some_and(|&it| it != Program::Other))
                    && !seen.plan.expose.iter().any(|it| u64::from(it.value) == wanted)
                    && !seen.plan.ports.iter().any(|it| u64::from(it.container) == wanted) =>
            {
                let origins = serving.iter().filter_map(|(_, it)| it.port.span());
                Fact::derived(false, port.span().into_iter().chain(origins).collect())
            }
            _ => Fact::unknown("what listens in the service behind it"),
        };
        (process.map(|(id, _)| *id), port_served, served)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        let parts = |text| {
            let it = authority(text);
            (it.host.to_owned(), it.port.map(|it| it.0))
        };
        assert_eq!(parts("app:8000"), ("app".into(), Some(8000)));
        assert_eq!(parts("app"), ("app".into(), None));
        assert_eq!(parts("[::1]:80"), ("::1".into(), Some(80)));
        assert_eq!(parts("app:http"), ("app".into(), None));
        assert_eq!(split_variable("$app:80"), ("$app", ":80"));
        assert_eq!(split_variable("$"), ("$", ""));
    }
}
