//! What a cluster's controllers are told by an `Ingress`. ingress-nginx has its defaults from `internal/ingress/controller/config`
//! (1.12), which a `ConfigMap` of its own may stand over.

use crate::link::network::Network;
use crate::link::plan::{Ingress, IngressPath};
use crate::source::Span;
use crate::stack::{About, Anchor, Fact, Id, LimitUse, Proxy, ProxyProgram, Route, Stack, Why, defaults};
use crate::syntax::Spanned;

/// What the annotations of ingress-nginx begin with.
const NGINX: &str = "nginx.ingress.kubernetes.io/";
/// How many times as many requests as a limit says it lets through at once (`annotations/ratelimit/main.go`).
const BURST: f64 = 5.0;

/// Puts a proxy into the stack for each `Ingress`, with its routes and limits.
pub(super) fn add(stack: &mut Stack, ingresses: &[Ingress], network: &Network) {
    for ingress in ingresses {
        let program = program(ingress);
        let outside = || Why::at("its controller runs outside of this deployment", ingress.name.span);
        let proxy = stack.add(Proxy {
            about: about(ingress, ingress.name.value.clone(), ingress.anchor.clone(), ingress.name.span),
            program: program.clone(),
            version: Fact::Unknown(outside()),
            max_connections: Fact::Unknown(outside()),
            service: None,
            routes: Vec::new(),
        });
        let is_nginx = program.known() == Some(&ProxyProgram::IngressNginx);
        for path in &ingress.paths {
            add_route(stack, proxy, ingress, path, is_nginx, network);
        }
        if is_nginx {
            add_limits(stack, ingress);
        }
    }
}

fn about(ingress: &Ingress, name: Box<str>, anchor: Anchor, span: Span) -> About {
    About { name, anchor, span: Some(span), owner: Some(ingress.name.value.clone()), writers: Vec::new() }
}

/// Which controller serves it: by its class, else by whose annotations it has.
fn program(ingress: &Ingress) -> Fact<ProxyProgram> {
    let ours = ingress.annotations.iter().find(|(name, _)| name.starts_with(NGINX));
    match (&ingress.class, ours) {
        (Some(class), _) if class.value.contains("traefik") => Fact::derived(ProxyProgram::Traefik, vec![class.span]),
        (Some(class), _) if class.value.contains("haproxy") => Fact::derived(ProxyProgram::Haproxy, vec![class.span]),
        (Some(class), _) if class.value.contains("nginx") => {
            Fact::derived(ProxyProgram::IngressNginx, vec![class.span])
        }
        (None, Some((_, said))) => Fact::derived(ProxyProgram::IngressNginx, vec![said.span]),
        (Some(class), _) => {
            Fact::Unknown(Why::at(format!("whatever controller serves the class `{}`", class.value), class.span))
        }
        (None, None) => Fact::Unknown(Why::at("whatever controller serves the default class", ingress.name.span)),
    }
}

fn add_route(
    stack: &mut Stack,
    proxy: Id<Proxy>,
    ingress: &Ingress,
    path: &IngressPath,
    is_nginx: bool,
    network: &Network,
) {
    let seconds = |setting: &str| match annotation(ingress, setting) {
        Some(said) => number(said),
        None => defaults::number("ingress-nginx", setting, Some(ingress.name.span))
            .unless("its controller's ConfigMap sets another"),
    };
    let timeout = |setting: &str| if is_nginx { seconds(setting) } else { Fact::Absent };
    let port = path.port.as_ref();
    let entity = format!("{}.{}", ingress.anchor.entity, path.rule);
    let route = Route {
        about: about(ingress, path.rule.clone(), Anchor::new(ingress.anchor.file.clone(), entity), path.service.span),
        rule: Fact::derived(path.rule.clone(), vec![path.service.span]),
        target: Fact::derived(path.service.value.clone(), vec![path.service.span]),
        port: match port.and_then(|port| Some((port.value.parse().ok()?, port.span))) {
            Some((port, span)) => Fact::derived(port, vec![span]),
            None => Fact::Unknown(Why::at("the service names its port", path.service.span)),
        },
        connect_timeout: timeout("proxy-connect-timeout"),
        read_timeout: timeout("proxy-read-timeout"),
        proxy: Some(proxy),
        service: network.service(&path.service.value),
        ..Route::default()
    };
    let id = stack.add(route);
    stack[proxy].routes.push(id);
}

/// The limits of ingress-nginx, each for one client address.
fn add_limits(stack: &mut Stack, ingress: &Ingress) {
    let burst = annotation(ingress, "limit-burst-multiplier").map(number);
    let times = burst.and_then(|it| it.known().copied()).unwrap_or(BURST);
    for (setting, seconds) in [("limit-rps", Some(1.0)), ("limit-rpm", Some(60.0)), ("limit-connections", None)] {
        let Some(said) = annotation(ingress, setting) else { continue };
        let (limit, at) = (number(said), vec![said.span]);
        if limit.known() == Some(&0.0) {
            continue;
        }
        let name = format!("{setting} of {}", ingress.name.value);
        let anchor = Anchor::new(ingress.anchor.file.clone(), format!("{}.{setting}", ingress.anchor.entity));
        let is_conn = seconds.is_none();
        stack.add(LimitUse {
            about: about(ingress, name.into(), anchor, said.span),
            zone_defined: Fact::derived(true, at.clone()),
            burst: if is_conn { Fact::Absent } else { limit.clone().map(|it| (it * times) as u64) },
            rate: seconds.map_or(Fact::Absent, |seconds| limit.clone().map(|it| it / seconds)),
            delays: if is_conn { Fact::Absent } else { Fact::derived(false, at.clone()) },
            is_conn: Fact::derived(is_conn, at.clone()),
            connections: if is_conn { limit.map(|it| it as u64) } else { Fact::Absent },
            by_address: Fact::derived(true, at.clone()),
            behind_proxy: Fact::Unknown(Why::at("what stands before the controller is not known", said.span)),
        });
    }
}

fn annotation<'i>(ingress: &'i Ingress, setting: &str) -> Option<&'i Spanned<Box<str>>> {
    let own = |name: &str| name.strip_prefix(NGINX) == Some(setting);
    ingress.annotations.iter().find(|(name, _)| own(name)).map(|(_, said)| said)
}

fn number(said: &Spanned<Box<str>>) -> Fact<f64> {
    match said.value.trim().parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0) {
        Some(number) => Fact::derived(number, vec![said.span]),
        None => Fact::Unknown(Why::at(format!("`{}` is no number", said.value), said.span)),
    }
}
