//! Traefik's dynamic configuration in files: routers, services with their servers, middlewares that limit. What labels
//! say is joined with the services that bear them, in `link`.

use super::{RawRoute, seconds};
use crate::source::SourceFile;
use crate::syntax::Spanned;
use crate::syntax::yaml::{self, Node};

/// Whether a file has routers or services of Traefik's.
pub(super) fn is_traefik(file: &SourceFile) -> bool {
    let name = file.name();
    let text = file.text();
    (name.ends_with(".yml") || name.ends_with(".yaml"))
        && (text.contains("\nhttp:") || text.starts_with("http:"))
        && text.contains("loadBalancer:")
}

/// A route for each server of each service.
pub(super) fn routes(file: &SourceFile) -> Vec<RawRoute> {
    let Some(root) = yaml::parse(file).tree.documents.into_iter().next() else { return Vec::new() };
    let Some(http) = root.get("http") else { return Vec::new() };
    let text = |node: &Node| Some(Spanned::new(node.text()?.into(), node.content_span()));
    let mut found = Vec::new();
    for (name, service) in http.get("services").into_iter().flat_map(Node::entries) {
        let of_this = |router: &&Node| router.get("service").and_then(Node::text) == Some(&name.value);
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
        let servers = service.get("loadBalancer").and_then(|it| it.get("servers"));
        for server in servers.into_iter().flat_map(Node::items) {
            let Some(url) = server.get("url").and_then(text) else { continue };
            let mut route = RawRoute::to(name.value.clone(), url);
            route.rule = router.and_then(|it| text(it.get("rule")?));
            route.max_connections = limit(["inFlightReq", "amount"]).map(|it| Spanned::new(it.value as u64, it.span));
            route.rate = limit(["rateLimit", "average"])
                .map(|it| Spanned::new(it.value / period.filter(|it| *it > 0.0).unwrap_or(1.0), it.span));
            found.push(route);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{conf, shown};

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
