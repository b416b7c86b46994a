//! What services say to Traefik in their labels: routers, ports, middlewares that limit.

use std::collections::BTreeMap;

use crate::facts::proxy::seconds;
use crate::link::plan::{ServicePlan, Variable};
use crate::source::Span;
use crate::stack::{About, Anchor, Fact, Id, Proxy, ProxyProgram, Route, Stack, Why};

use super::Seen;

/// Puts a route into the stack for each router that labels make. Where no service runs Traefik it runs elsewhere, and
/// is put into the stack without one.
pub(super) fn add(stack: &mut Stack, traefik: Option<Id<Proxy>>, services: &[Seen<'_>]) {
    let mut proxy = traefik;
    let all: BTreeMap<String, &Variable> = services.iter().flat_map(|me| labels(me.plan)).collect();
    for me in services {
        let own: BTreeMap<String, &Variable> = labels(me.plan).collect();
        let text = |key: &str| own.get(key).and_then(|it| it.value.known()).map(|it| &**it);
        if text("traefik.enable") == Some("false") {
            continue;
        }
        for (router, span) in named(&own, "traefik.http.routers.") {
            // A router of Traefik's own pages, or of what another provider serves, leads to no container.
            let service = text(&format!("traefik.http.routers.{router}.service"));
            if service.is_some_and(|name| name.contains("@internal") || name.contains("@file")) {
                continue;
            }
            let proxy = *proxy.get_or_insert_with(|| elsewhere(stack, me.plan, span));
            let route = route(&router, service, span, me, &own, &all);
            let id = stack.add(Route { proxy: Some(proxy), service: Some(me.id), ..route });
            stack[proxy].routes.push(id);
        }
    }
}

/// The labels of a service that are Traefik's, in small letters, for it reads them so.
fn labels(plan: &ServicePlan) -> impl Iterator<Item = (String, &Variable)> {
    let own = plan.labels.iter().map(|it| (it.name.to_ascii_lowercase(), it));
    own.filter(|(name, _)| name.starts_with("traefik."))
}

/// The names that stand behind a beginning, each with the place of its first label.
fn named(labels: &BTreeMap<String, &Variable>, head: &str) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    for (key, label) in labels {
        let Some(name) = key.strip_prefix(head).and_then(|rest| rest.split('.').next()) else { continue };
        if !found.iter().any(|(other, _)| other == name) {
            found.push((name.to_string(), label.span));
        }
    }
    found
}

/// A Traefik that no service of the deployment runs.
fn elsewhere(stack: &mut Stack, plan: &ServicePlan, span: Span) -> Id<Proxy> {
    let why = || Fact::unknown("Traefik runs outside of this deployment");
    stack.add(Proxy {
        about: About {
            name: "traefik".into(),
            anchor: Anchor::new(plan.anchor.file.clone(), "traefik"),
            span: Some(span),
            owner: None,
            writers: Vec::new(),
        },
        program: Fact::derived(ProxyProgram::Traefik, vec![span]),
        version: Fact::unknown("Traefik runs outside of this deployment"),
        max_connections: why(),
        service: None,
        routes: Vec::new(),
    })
}

fn route(
    router: &str,
    service: Option<&str>,
    span: Span,
    me: &Seen<'_>,
    own: &BTreeMap<String, &Variable>,
    all: &BTreeMap<String, &Variable>,
) -> Route {
    let value = |label: Option<&&Variable>| label.map_or(Fact::Absent, |it| it.value.clone());
    let services = named(own, "traefik.http.services.");
    // A router that names no service takes the only one, else the one that Traefik calls after the container.
    let service = service.map(|name| name.split('@').next().unwrap_or(name).to_ascii_lowercase());
    let service = service.or_else(|| services.first().filter(|_| services.len() == 1).map(|(name, _)| name.clone()));
    let port = service.and_then(|name| own.get(&format!("traefik.http.services.{name}.loadbalancer.server.port")));
    let middlewares = own.get(&format!("traefik.http.routers.{router}.middlewares"));
    let middlewares = middlewares.and_then(|it| it.value.known()).map(|it| it.to_ascii_lowercase()).unwrap_or_default();
    let said = |setting: &str| {
        let names = middlewares.split(',').filter_map(|name| name.trim().split('@').next());
        names.into_iter().find_map(|name| all.get(&format!("traefik.http.middlewares.{name}.{setting}")))
    };
    let period = said("ratelimit.period").and_then(|it| seconds(it.value.known()?, 1.0)).filter(|it| *it > 0.0);
    Route {
        about: About {
            name: router.into(),
            anchor: Anchor::new(me.plan.anchor.file.clone(), format!("{}.labels.{router}", me.plan.anchor.entity)),
            span: Some(span),
            owner: Some(me.plan.name.value.clone()),
            writers: Vec::new(),
        },
        rule: value(own.get(&format!("traefik.http.routers.{router}.rule"))),
        target: Fact::derived(me.plan.name.value.clone(), vec![me.plan.name.span]),
        port: match port {
            Some(label) => super::super::stores::parsed(label.value.clone(), |text| text.trim().parse().ok()),
            None => Fact::Unknown(Why::at("the lowest port that the image exposes", span)),
        },
        max_connections: super::super::stores::parsed(value(said("inflightreq.amount")), |text| {
            text.trim().parse().ok()
        }),
        rate: super::super::stores::parsed(value(said("ratelimit.average")), |text| {
            Some(text.trim().parse::<f64>().ok()? / period.unwrap_or(1.0))
        }),
        ..Route::default()
    }
}
