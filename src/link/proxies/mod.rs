//! Proxies that are not nginx: which service runs one, with which file, and to which services it passes requests.

mod ingress;
mod labels;
#[cfg(test)]
mod tests;

use crate::facts::proxy::{ProxyConf, RawRoute};
use crate::source::Sources;
use crate::stack::{About, Anchor, Fact, Id, Proxy, ProxyProgram, Route, Service, Stack, Why};
use crate::syntax::Spanned;
use crate::syntax::image::ImageName;

use super::image::{self, Image};
use super::network::Network;
use super::plan::{Ingress, Running, ServicePlan};

/// A service, as this part needs to see it.
pub struct Seen<'a> {
    /// Its plan.
    pub plan: &'a ServicePlan,
    /// Its entity.
    pub id: Id<Service>,
    /// What it is built of.
    pub image: Option<&'a Image>,
    /// The image that it runs in the end.
    pub name: Option<&'a str>,
    /// What runs in it.
    pub running: &'a [Running],
}

/// Puts every such proxy of a deployment into the stack, with its routes.
pub fn add(
    stack: &mut Stack,
    sources: &Sources,
    confs: &[&ProxyConf],
    ingresses: &[Ingress],
    network: &Network,
    services: &[Seen<'_>],
) {
    let mut traefik = None;
    for me in services {
        let Some(program) = program(me) else { continue };
        let proxy = stack.add(Proxy {
            about: About {
                name: me.plan.name.value.clone(),
                anchor: me.plan.anchor.clone(),
                span: Some(me.plan.name.span),
                owner: Some(me.plan.name.value.clone()),
                writers: Vec::new(),
            },
            program: Fact::derived(program, vec![me.plan.image.as_ref().map_or(me.plan.name.span, |it| it.span)]),
            version: super::stores::version(me.plan, me.name.unwrap_or("")),
            max_connections: Fact::unknown("its configuration does not say it"),
            service: Some(me.id),
            routes: Vec::new(),
        });
        if program == ProxyProgram::Traefik {
            traefik.get_or_insert(proxy);
        }
        let own: Vec<&ProxyConf> =
            confs.iter().copied().filter(|conf| conf.program == program && runs(me, conf, sources)).collect();
        for conf in own {
            if let Some(limit) = &conf.max_connections {
                stack[proxy].max_connections = Fact::written(limit.value, limit.span);
            }
            for route in &conf.routes {
                add_route(stack, proxy, conf, route, me.plan, network);
            }
        }
    }
    labels::add(stack, traefik, services);
    ingress::add(stack, ingresses, network);
}

/// Which proxy a service runs, by its image or what it starts.
fn program(me: &Seen<'_>) -> Option<ProxyProgram> {
    let of = |name: &str| match name {
        "haproxy" => Some(ProxyProgram::Haproxy),
        "traefik" => Some(ProxyProgram::Traefik),
        "caddy" | "caddy-docker-proxy" => Some(ProxyProgram::Caddy),
        _ => None,
    };
    let started = me.running.iter().find_map(|it| of(it.argv.first()?.text.known()?.rsplit('/').next()?));
    started.or_else(|| of(ImageName::parse(me.name?).short()))
}

/// Where each reads its configuration when told nothing: the official images' places, and Bitnami's.
fn places(program: ProxyProgram) -> &'static [&'static str] {
    match program {
        ProxyProgram::Haproxy => {
            &["/usr/local/etc/haproxy/haproxy.cfg", "/bitnami/haproxy/conf/haproxy.cfg", "/etc/haproxy/haproxy.cfg"]
        }
        ProxyProgram::Caddy => &["/etc/caddy/Caddyfile"],
        // Its dynamic files are where its own configuration says: any folder.
        ProxyProgram::Traefik | ProxyProgram::IngressNginx => &[],
    }
}

/// Whether a service's proxy reads a file: it lies where its command or its habit says, or, of Traefik's, anywhere that
/// the container sees it.
fn runs(me: &Seen<'_>, conf: &ProxyConf, sources: &Sources) -> bool {
    let there = |path: &str| {
        let paths = image::repository_paths(path, me.plan, me.image);
        let first = paths.iter().find_map(|path| sources.by_path(path));
        first.is_some_and(|file| file.id == conf.file)
    };
    if conf.program == ProxyProgram::Traefik {
        let seen = |source: &str| {
            conf.path
                .strip_prefix(source)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || source.is_empty())
        };
        let copied = me.image.map_or(&[][..], |image| &image.copies);
        return me.plan.mounts.iter().any(|it| seen(&it.source))
            || copied.iter().any(|it| seen(it.source.trim_end_matches('/')));
    }
    let words = me.running.iter().flat_map(|it| &it.argv).filter_map(|word| word.text.known());
    let named: Vec<&str> = words
        .filter(|word| word.starts_with('/') && word.len() > 1)
        .map(|it| &**it)
        .skip_while(|it| it.contains("/bin/"))
        .collect();
    named.iter().any(|path| there(path)) || places(conf.program).iter().any(|path| there(path))
}

fn add_route(
    stack: &mut Stack,
    proxy: Id<Proxy>,
    conf: &ProxyConf,
    route: &RawRoute,
    plan: &ServicePlan,
    network: &Network,
) {
    let (host, port) = address(&filled(&route.address.value, plan));
    let at = route.address.span;
    let known = !host.is_empty() && !host.contains(['{', '$']);
    let number =
        |said: &Option<Spanned<f64>>| said.as_ref().map_or(Fact::Absent, |it| Fact::written(it.value, it.span));
    let (program, owner) = (word(conf.program), Some(plan.name.value.clone()));
    let route = Route {
        about: About {
            name: route.name.clone(),
            anchor: Anchor::new(conf.path.clone(), format!("{program}.{}", route.name)),
            span: Some(at),
            owner,
            writers: Vec::new(),
        },
        rule: route.rule.as_ref().map_or(Fact::Absent, |it| Fact::written(it.value.clone(), it.span)),
        target: if known { Fact::derived(host.as_str().into(), vec![at]) } else { set_outside(&route.address) },
        port: match port {
            Some(port) => Fact::derived(port, vec![at]),
            None if known => Fact::Absent,
            None => set_outside(&route.address),
        },
        max_connections: route.max_connections.as_ref().map_or(Fact::Absent, |it| Fact::written(it.value, it.span)),
        rate: number(&route.rate),
        connect_timeout: number(&route.connect_timeout),
        read_timeout: number(&route.read_timeout),
        proxy: Some(proxy),
        service: network.service(&host),
    };
    let id = stack.add(route);
    stack[proxy].routes.push(id);
}

fn word(program: ProxyProgram) -> &'static str {
    crate::stack::Vocable::word(program)
}

fn set_outside<T>(address: &Spanned<Box<str>>) -> Fact<T> {
    Fact::Unknown(Why::at(format!("`{}` is set by the environment", address.value), address.span))
}

/// A text with the variables of a service filled in: HAProxy's `${NAME}`, Caddy's `{$NAME:default}` and `{env.NAME}`.
fn filled(text: &str, plan: &ServicePlan) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '{']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let opened = ["${", "{$", "{env."].iter().find_map(|head| Some((head, tail.strip_prefix(head)?)));
        let Some((head, inner)) = opened else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
            continue;
        };
        let Some(end) = inner.find('}') else {
            out.push_str(tail);
            return out;
        };
        let (name, default) = match inner[..end].split_once(':') {
            Some((name, default)) => (name, Some(default.trim_start_matches('-'))),
            None => (&inner[..end], None),
        };
        let set = plan.environment.iter().find(|it| &*it.name == name).map(|it| it.value.known());
        match (set, default) {
            (Some(Some(value)), _) => out.push_str(value),
            (None, Some(default)) if plan.environment_open.is_none() => out.push_str(default),
            _ => out.push_str(&tail[..head.len() + end + 1]),
        }
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The host and the port of an address: `http://app:8000/x`, `app:8000`, `app`.
fn address(text: &str) -> (String, Option<u64>) {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let authority = rest.split(['/', '?']).next().unwrap_or("");
    let authority = authority.rsplit('@').next().unwrap_or("");
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, None),
    };
    let default = match scheme {
        "http" | "h2c" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    (host.trim_matches(['[', ']']).to_string(), port.or(default.filter(|_| !authority.contains(':'))))
}
