//! Which requests go where, as whole deployments tell it.

use std::path::PathBuf;

use crate::config::Assume;
use crate::facts::{self, Drafts};
use crate::link::build::link;
use crate::link::orm::OrmFacts;
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::{Fact, Stack, Vocable};

fn stack(files: &[(&str, &str)]) -> Stack {
    let mut files = files.to_vec();
    files.sort_unstable();
    let of =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    let sources = Sources::new(files.iter().enumerate().map(of).collect());
    let drafts: Vec<_> = sources.iter().map(|file| std::sync::Arc::new(facts::read(file))).collect();
    link(&sources, &Drafts(&drafts), &OrmFacts::default(), &Assume::default()).stacks.remove(0)
}

/// Each proxy with its routes, a line each.
fn shown(stack: &Stack) -> Vec<String> {
    let text = |fact: &Fact<Box<str>>| fact.known().map_or_else(|| "?".into(), ToString::to_string);
    let mut out = Vec::new();
    for proxy in &stack.proxies {
        let program = proxy.program.known().map_or("?", |it| it.word());
        let limit = proxy.max_connections.known().map(|it| format!(" max={it}")).unwrap_or_default();
        out.push(format!("{}: {program}{limit}", proxy.about.name));
        for route in &proxy.routes {
            let route = &stack[*route];
            let service = route.service.map_or("-", |it| &stack[it].about.name);
            let port = route.port.known().map_or_else(|| "?".into(), ToString::to_string);
            let limit = route.max_connections.known().map(|it| format!(" max={it}")).unwrap_or_default();
            let rate = route.rate.known().map(|it| format!(" rate={it}")).unwrap_or_default();
            out.push(format!(
                "  {} {} > {}:{port} ({service}){limit}{rate}",
                route.about.name,
                text(&route.rule),
                text(&route.target)
            ));
        }
    }
    out
}

#[test]
fn haproxy_passes_to_services() {
    let compose = "services:
  lb:
    image: haproxy:3.0
    environment: {API: api}
    volumes: ['./lb/haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro']
  web: {image: app}
  api: {image: app}
";
    let cfg = "global\n  maxconn 1000\nfrontend f\n  default_backend b\nbackend b\n  server a web:8000 maxconn 30\n  server c \"${API}:9000\"\n  server d ${GONE}:1\n";
    assert_eq!(
        shown(&stack(&[("compose.yaml", compose), ("lb/haproxy.cfg", cfg)])),
        ["lb: haproxy max=1000", "  b/a f > web:8000 (web) max=30", "  b/c f > api:9000 (api)", "  b/d f > ?:1 (-)",]
    );
    // A file that is not mounted is not read.
    let other = compose.replace("./lb/", "./other/");
    assert_eq!(shown(&stack(&[("compose.yaml", &other), ("lb/haproxy.cfg", cfg)])), ["lb: haproxy"]);
}

#[test]
fn caddy_reads_its_caddyfile() {
    let compose = "services:
  proxy:
    build: ./caddy
  web: {image: app}
";
    let files = [
        ("compose.yaml", compose),
        ("caddy/Dockerfile", "FROM caddy:2\nCOPY Caddyfile /etc/caddy/Caddyfile\n"),
        ("caddy/Caddyfile", "{$SITE:localhost} {\n  reverse_proxy {$APP:web}:{$PORT:8000}\n}\n"),
    ];
    assert_eq!(shown(&stack(&files)), ["proxy: caddy", "  reverse_proxy {$SITE:localhost} > web:8000 (web)"]);
}

#[test]
fn traefik_reads_labels_and_files() {
    let compose = "services:
  traefik:
    image: traefik:v3.1
    labels:
      - traefik.http.routers.pages.rule=Host(`t.example.org`)
      - traefik.http.routers.pages.service=api@internal
    volumes: ['./traefik:/etc/traefik']
  web:
    image: app
    labels:
      traefik.enable: true
      traefik.http.routers.web.rule: Host(`example.org`)
      traefik.http.routers.web.middlewares: busy,slow@docker
      traefik.http.services.web.loadBalancer.server.port: 8000
      traefik.http.middlewares.busy.inflightreq.amount: 40
      traefik.http.middlewares.slow.ratelimit.average: 600
      traefik.http.middlewares.slow.ratelimit.period: 1m
  api:
    image: app
    deploy: {labels: ['traefik.http.routers.api.rule=PathPrefix(`/api`)']}
  old:
    image: app
    labels: {traefik.enable: false, traefik.http.routers.old.rule: Host(`x`)}
";
    let dynamic =
        "http:\n  services:\n    files:\n      loadBalancer:\n        servers:\n          - url: http://api:80\n";
    assert_eq!(
        shown(&stack(&[("compose.yaml", compose), ("traefik/dynamic.yml", dynamic)])),
        [
            "traefik: traefik",
            "  files ? > api:80 (api)",
            "  web Host(`example.org`) > web:8000 (web) max=40 rate=10",
            "  api PathPrefix(`/api`) > api:? (api)",
        ]
    );
}

#[test]
fn a_traefik_of_another_deployment_is_there() {
    let compose = "services:\n  web:\n    image: app\n    labels: [traefik.http.routers.r.rule=Host(`x`), traefik.http.services.s.loadbalancer.server.port=80]\n";
    assert_eq!(shown(&stack(&[("compose.yaml", compose)])), ["traefik: traefik", "  r Host(`x`) > web:80 (web)"]);
}
