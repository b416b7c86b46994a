//! Traefik's dynamic configuration in files: routers, services with their servers, middlewares that limit. What labels
//! say is joined with the services that bear them, in `link`.

use super::{RawRoute, seconds};
use crate::facts::platform::of_toml;
use crate::source::SourceFile;
use crate::syntax::Spanned;
use crate::syntax::toml;
use crate::syntax::yaml::{self, Node};

/// Whether a file has routers or services of Traefik's.
pub(super) fn is_traefik(file: &SourceFile) -> bool {
    let name = file.name();
    let text = file.text();
    let in_yaml = || (text.contains("\nhttp:") || text.starts_with("http:")) && text.contains("loadBalancer:");
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("yml" | "yaml") => in_yaml(),
        Some("toml") => text.contains("[http.") && text.contains(".loadBalancer"),
        _ => false,
    }
}

/// A route for each server of each service.
pub(super) fn routes(file: &SourceFile) -> Vec<RawRoute> {
    let root = match file.name().ends_with(".toml") {
        true => toml::parse(file).tree.map(|item| of_toml(&item, file)),
        false => yaml::parse(file).tree.documents.into_iter().next(),
    };
    let Some(root) = root else { return Vec::new() };
    let Some(http) = root.get("http") else { return Vec::new() };
    let text = |node: &Node| Some(Spanned::new(node.text()?.into(), node.content_span()));
    let mut found = Vec::new();
    for (name, service) in http.get("services").into_iter().flat_map(Node::entries) {
        let called = |text: &str| text.split('@').next() == Some(&name.value);
        let of_this = |router: &&Node| router.get("service").and_then(Node::text).is_some_and(called);
        let router = http.get("routers").into_iter().flat_map(Node::entries).map(|(_, it)| it).find(of_this);
        let middlewares: Vec<&Node> = router
            .and_then(|it| it.get("middlewares"))
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|it| http.get("middlewares")?.get(it.text()?.split('@').next()?))
            .collect();
        let limit = |path: [&str; 2]| {
            let node = middlewares.iter().find_map(|it| it.get(path[0])?.get(path[1]))?;
            Some(Spanned::new(node.text()?.parse::<f64>().ok()?, node.content_span()))
        };
        let period = middlewares.iter().find_map(|it| seconds(it.get("rateLimit")?.get("period")?.text()?, 1.0));
        let balancer = service.get("loadBalancer");
        let transport = balancer
            .and_then(|it| it.get("serversTransport")?.text())
            .and_then(|name| http.get("serversTransports")?.get(name.split('@').next()?)?.get("forwardingTimeouts"));
        let timeout = |key: &str| {
            let node = transport?.get(key)?;
            Some(Spanned::new(seconds(node.text()?, 1.0)?, node.content_span()))
        };
        let servers = balancer.and_then(|it| it.get("servers"));
        for server in servers.into_iter().flat_map(Node::items) {
            let Some(url) = server.get("url").and_then(text) else { continue };
            let mut route = RawRoute::to(name.value.clone(), url);
            route.rule = router.and_then(|it| text(it.get("rule")?));
            route.max_connections = limit(["inFlightReq", "amount"]).map(|it| Spanned::new(it.value as u64, it.span));
            route.rate = limit(["rateLimit", "average"])
                .map(|it| Spanned::new(it.value / period.filter(|it| *it > 0.0).unwrap_or(1.0), it.span));
            route.connect_timeout = timeout("dialTimeout");
            // Zero waits without end.
            route.read_timeout = timeout("responseHeaderTimeout").filter(|it| it.value > 0.0);
            found.push(route);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{conf, shown};

    #[test]
    fn toml_says_the_same() {
        let text = "[http.routers.web]
rule = \"Path(`/`)\"
service = \"app\"
middlewares = [\"busy\"]
[http.middlewares.busy.inFlightReq]
amount = 10
[http.services.app.loadBalancer]
serversTransport = \"mine@file\"
[[http.services.app.loadBalancer.servers]]
url = \"http://app:8000\"
[http.serversTransports.mine.forwardingTimeouts]
dialTimeout = \"2s\"
responseHeaderTimeout = \"9s\"
";
        assert_eq!(
            shown(&conf("traefik/dynamic.toml", text).unwrap()),
            ["app: Path(`/`) > http://app:8000 max=10 connect=2 read=9"]
        );
    }

    #[test]
    fn routers_lead_to_servers() {
        let text = "http:
  routers:
    web:
      rule: Host(`example.org`)
      service: app
      middlewares: [busy, slow@file]
  middlewares:
    busy: {inFlightReq: {amount: 100}}
    slow: {rateLimit: {average: 600, period: 1m}}
  services:
    app:
      loadBalancer:
        servers:
          - url: http://app:8000
          - url: \"http://app2:8000/\"
";
        assert_eq!(
            shown(&conf("traefik/dynamic.yml", text).unwrap()),
            [
                "app: Host(`example.org`) > http://app:8000 max=100 rate=10",
                "app: Host(`example.org`) > http://app2:8000/ max=100 rate=10",
            ]
        );
    }
}
