//! Small deployments, and what is known of their nginx.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::facts::nginx::read;
use crate::link::plan::{Mount, Port};
use crate::source::{Edit as Change, SourceFile, apply};
use crate::stack::vocabulary::{Balance, Host, Mode, Program, Upstream};
use crate::syntax::Spanned;

/// A deployment in memory: files, services, and the processes in them.
pub(super) struct Town {
    files: Vec<(&'static str, String)>,
    services: Vec<ServicePlan>,
    images: Vec<String>,
    processes: Vec<Process>,
}

/// The result, with the files to look into.
pub(super) struct Built {
    pub(super) stack: Stack,
    sources: Sources,
}

impl Town {
    pub(super) fn new(files: &[(&'static str, &str)]) -> Self {
        let mut files: Vec<_> = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
        files.push(("compose.yaml", "services:\n".into()));
        files.sort();
        Self { files, services: Vec::new(), images: Vec::new(), processes: Vec::new() }
    }

    fn compose(&self) -> FileId {
        FileId(self.files.iter().position(|(path, _)| *path == "compose.yaml").unwrap() as u32)
    }

    pub(super) fn service(mut self, name: &str, image: &str, mounts: &[(&str, &str)]) -> Self {
        let span = Span::at(self.compose(), 0);
        self.images.push(image.into());
        self.services.push(ServicePlan {
            name: Spanned::new(name.into(), span),
            anchor: Anchor::new("compose.yaml", format!("services.{name}")),
            image: None,
            build: None,
            entrypoint: None,
            command: None,
            environment: Vec::new(),
            labels: Vec::new(),
            hidden: Vec::new(),
            most_at_once: Fact::Absent,
            disruption_budget: Fact::Absent,
            absent: Vec::new(),
            environment_open: None,
            environment_slot: None,
            replicas: Fact::default_of(1, "Docker Compose", "replicas", Some(span)),
            cpus: Fact::Absent,
            memory: Fact::Absent,
            shm_size: Fact::Absent,
            container_name: Fact::Absent,
            stop_grace: Fact::Absent,
            ports: Vec::new(),
            expose: Vec::new(),
            aliases: Vec::new(),
            mounts: mounts
                .iter()
                .map(|(from, to)| Mount { source: (*from).into(), target: (*to).into(), span })
                .collect(),
            depends_on: Vec::new(),
            healthcheck: None,
            restart: Fact::Absent,
            profiles: Vec::new(),
            init: false,
            working_dir: None,
            pod: None,
            folder: "".into(),
            span,
        });
        self
    }

    /// A gunicorn or uvicorn in the last service, with what it listens on and how long it keeps idle connections.
    pub(super) fn process(mut self, program: Program, mode: Mode, port: u64, keepalive: f64) -> Self {
        let span = Span::at(self.compose(), 0);
        self.processes.push(Process {
            program: Fact::derived(program, vec![span]),
            mode: Fact::derived(mode, vec![span]),
            port: Fact::derived(port, vec![span]),
            keepalive: Fact::derived(keepalive, vec![span]),
            service: Some(Id::new(self.services.len() - 1)),
            ..Process::default()
        });
        self
    }

    fn change(mut self, change: impl FnOnce(&mut ServicePlan)) -> Self {
        change(self.services.last_mut().unwrap());
        self
    }

    pub(super) fn build(self) -> Built {
        let files = self.files.iter().enumerate();
        let files = files.map(|(at, (path, text))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), &**text));
        let sources = Sources::new(files.collect());
        let drafts: Vec<_> = sources.iter().filter_map(read).collect();
        let drafts: Vec<_> = drafts.iter().collect();
        let mut stack = Stack::default();
        let ids: Vec<_> = self.services.iter().map(|_| stack.add(Service::default())).collect();
        for process in self.processes {
            stack.add(process);
        }
        let span = self.services.first().map(|it| it.span);
        let seen: Vec<_> = self.services.iter().zip(&ids).zip(&self.images).collect();
        let seen: Vec<_> = seen
            .into_iter()
            .map(|((plan, id), image)| Seen { plan, id: *id, image: Some(image), image_span: span, copies: &[] })
            .collect();
        if add(&mut stack, &sources, &drafts, &seen).is_empty() {
            add_hosted(&mut stack, &sources, &drafts, &seen);
        }
        Built { stack, sources }
    }
}

impl Built {
    /// The file after a writer's edits.
    fn after(&self, about: &About, writer: &str) -> String {
        let writer = about.writers.iter().find(|it| &*it.name == writer).unwrap_or_else(|| {
            panic!("no writer {writer}, only {:?}", about.writers.iter().map(|it| &it.name).collect::<Vec<_>>())
        });
        let mut edits: Vec<Change> =
            writer.edits.iter().map(|(span, text)| Change::replace(*span, text.clone())).collect();
        edits.sort();
        let file = self.sources.file(edits[0].span.file);
        apply(file.text(), &edits).unwrap()
    }

    fn host(&self) -> &Host {
        &self.stack.hosts[0]
    }

    fn location(&self, path: &str) -> &Location {
        self.stack.locations.iter().find(|it| *it.about.name == *format!("location {path}")).unwrap()
    }

    fn upstream(&self) -> &Upstream {
        &self.stack.upstreams[0]
    }
}

const MOUNTED: &[(&str, &str)] = &[("default.conf", "/etc/nginx/conf.d/default.conf")];
const MAIN: &[(&str, &str)] = &[("nginx.conf", "/etc/nginx/nginx.conf")];

fn fragment(text: &str) -> Town {
    Town::new(&[("default.conf", text)]).service("proxy", "nginx:1.27", MOUNTED)
}

fn value<T: Clone>(fact: &Fact<T>) -> Option<T> {
    fact.known().cloned()
}

#[test]
fn the_official_image_stands_above_a_fragment() {
    let built =
        fragment("server {\n    listen 80;\n    location / {\n        proxy_pass http://app:8000;\n    }\n}\n").build();
    let nginx = &built.stack.nginxes[0];
    assert_eq!(value(&nginx.auto_workers), Some(true));
    assert_eq!(value(&nginx.worker_connections), Some(1024));
    assert_eq!(value(&nginx.version).unwrap().low, [1, 27]);
    let host = built.host();
    assert_eq!(host.about.anchor.to_string(), "default.conf#server[_]");
    assert_eq!(
        (value(&host.gzip), value(&host.gzip_json), value(&host.serves_text)),
        (Some(false), Some(false), Some(true))
    );
    assert_eq!(
        built.after(&built.stack.nginxes[0].about, "gzip"),
        "server {\n    listen 80;\n\n    gzip on;\n    gzip_comp_level 1;\n    gzip_min_length 1024;\n    gzip_proxied any;\n    \
         gzip_vary on;\n    gzip_types application/json application/javascript text/css text/plain text/xml \
         application/xml image/svg+xml;\n    location / {\n        proxy_pass http://app:8000;\n    }\n}\n"
    );
    let location = built.location("/");
    assert_eq!(location.about.anchor.to_string(), "default.conf#server[_].location[/]");
    assert_eq!(value(&location.implicit), Some(true));
    assert_eq!(value(&location.is_broad), Some(true));
    assert_eq!(value(&location.http_version).as_deref(), Some("1.0"));
    assert_eq!(value(&location.connection_cleared), Some(false));
    assert_eq!(value(&location.read_timeout), Some(60.0));
    assert_eq!((value(&location.target).as_deref(), value(&location.port)), (Some("app"), Some(8000)));
    assert!(location.host_known.is_absent(), "a service alone says nothing of the names around it");
}

#[test]
fn what_stands_above_a_fragment_of_the_host_is_unknown() {
    let built =
        Town::new(&[("deploy/default.conf", "server { location / { proxy_pass http://127.0.0.1:8000; } }")]).build();
    let host = built.host();
    assert!(matches!(host.gzip, Fact::Unknown(_)));
    assert!(host.about.writers.is_empty());
    let location = built.location("/");
    assert!(matches!(location.http_version, Fact::Unknown(_)));
    assert!(matches!(location.buffering, Fact::Unknown(_)));
    assert!(location.host_known.is_absent());
}

#[test]
fn gzip_goes_to_the_main_configuration_and_only_what_is_missing() {
    let text =
        "events {}\nhttp {\n  include mime.types;\n  gzip_types text/css;\n\n  server {\n    root /srv;\n  }\n}\n";
    let built = Town::new(&[("nginx.conf", text)]).service("proxy", "nginx", MAIN).build();
    let host = built.host();
    assert_eq!(host.about.anchor.to_string(), "nginx.conf#http.server[_]");
    assert_eq!(
        built.after(&built.stack.nginxes[0].about, "gzip"),
        "events {}\nhttp {\n  include mime.types;\n  gzip_types text/css;\n  gzip on;\n  gzip_comp_level 1;\n  \
         gzip_min_length 1024;\n  gzip_proxied any;\n  gzip_vary on;\n\n  server {\n    root /srv;\n  }\n}\n"
    );
    assert_eq!(value(&built.stack.nginxes[0].worker_processes), Some(1));
    assert!(built.after(&built.stack.nginxes[0].about, "workers_auto").starts_with("worker_processes auto;\n\nevents"));
    assert_eq!(value(&built.stack.nginxes[0].worker_connections), Some(512));
}

#[test]
fn gzip_that_is_off_is_turned_on_where_it_says_so() {
    let built = fragment("gzip off;\nserver { root /a; }\nserver { listen 81; root /b; gzip on; }\n").build();
    assert!(built.after(&built.stack.nginxes[0].about, "gzip").starts_with("gzip on;\ngzip_comp_level 1;\ngzip_min"));
    let second = &built.stack.hosts[1];
    assert_eq!(second.about.anchor.to_string(), "default.conf#server[_:81]");
    assert_eq!((value(&second.gzip), value(&second.gzip_json)), (Some(true), Some(false)));
    assert!(built.after(&second.about, "gzip_types").contains("gzip on;\n    gzip_types application/json"));
    let built = fragment("server { gzip on; gzip_types text/css\n text/plain; root /a; }").build();
    assert!(built.after(&built.host().about, "gzip_types").contains("text/plain application/json;"));
}

#[test]
fn an_application_that_compresses_by_itself() {
    let build = |it: &mut ServicePlan| {
        let (context, span) = ("api".into(), it.span);
        it.build = Some(crate::link::plan::Build { context, dockerfile: None, target: None, args: Vec::new(), span });
    };
    let compressed = |code: &str| {
        let conf = "server { location / { proxy_pass http://app:8000; } }";
        let town = Town::new(&[("default.conf", conf), ("api/main.py", code)]).service("proxy", "nginx:1.27", MOUNTED);
        let town = town.service("app", "python", &[]).change(build);
        value(&town.process(Program::Uvicorn, Mode::AsgiStarlette, 8000, 5.0).build().host().compressed_elsewhere)
    };
    assert_eq!(compressed("app.add_middleware(GZipMiddleware)\n"), Some(true));
    assert_eq!(compressed("# app.add_middleware(GZipMiddleware)\n"), Some(false));
}

#[test]
fn includes_are_followed_and_lost_ones_hide_what_they_may_set() {
    let files = [
        (
            "nginx/nginx.conf",
            "events {}\nhttp {\n include /etc/nginx/mime.types;\n include gzip.conf;\n include /etc/nginx/conf.d/*.conf;\n}\n",
        ),
        ("nginx/gzip.conf", "gzip on;\ngzip_types application/json;\n"),
        (
            "nginx/conf.d/a.conf",
            "server {\n include snippets/lost.conf;\n location / { proxy_pass http://app:8000; }\n}\n",
        ),
    ];
    let built = Town::new(&files).service("proxy", "nginx:1.30", &[("nginx", "/etc/nginx")]).build();
    let host = built.host();
    assert_eq!(host.about.anchor.to_string(), "nginx/conf.d/a.conf#server[_]");
    assert!(matches!(host.gzip, Fact::Unknown(_)), "a lost include of the server may turn it off");
    assert!(matches!(built.location("/").buffering, Fact::Unknown(_)));
    // The same without any compose file: paths are taken as they lie in the repository.
    let mut hosted = Town::new(&files);
    for (_, text) in &mut hosted.files {
        *text = text.replace(" include snippets/lost.conf;\n", "");
    }
    let built = hosted.build();
    assert_eq!(value(&built.host().gzip_json), Some(true));
    assert!(matches!(built.location("/").http_version, Fact::OneOf(_)), "no version is known");
}

#[test]
fn a_file_for_a_container_that_nothing_runs_is_not_the_hosts() {
    let servers = |text: &str| {
        let town = Town::new(&[("default.conf", text)]).service("web", "python:3.12", &[]);
        town.build().stack.hosts.len()
    };
    assert_eq!(servers("server { location / { proxy_pass http://web:8000; } }"), 0);
    assert_eq!(servers("upstream app { server web:8000; }\nserver { location / { proxy_pass http://app; } }"), 0);
    assert_eq!(servers("server { location / { proxy_pass http://127.0.0.1:8000; } }"), 1);
    let own = "upstream web { server 127.0.0.1:8000; }\nserver { location / { proxy_pass http://web; } }";
    assert_eq!(servers(own), 1);
}

#[test]
fn upstreams_and_the_services_behind_them() {
    let text = "upstream app {\n    least_conn;\n    server backend:8000 max_fails=3 fail_timeout=30s;\n    server backend:8001 max_fails=3;\n    \
                server backend:8002;\n}\nserver {\n    location / {\n        proxy_pass http://app;\n    }\n}\n";
    let town =
        fragment(text).service("backend", "python:3.12", &[]).process(Program::Uvicorn, Mode::AsgiStarlette, 8000, 5.0);
    let built = town.build();
    let upstream = built.upstream();
    assert_eq!(value(&upstream.servers), Some(3));
    assert_eq!(value(&upstream.balance), Some(Balance::LeastConn));
    assert_eq!(value(&upstream.keepalive), Some(0));
    assert_eq!(value(&upstream.recipe), Some(false));
    assert_eq!(value(&upstream.app_keepalive), Some(5.0));
    assert_eq!(value(&upstream.app_closes), Some(false));
    assert_eq!(value(&upstream.idle_options), Some(false));
    assert_eq!(value(&upstream.used), Some(true));
    assert_eq!(value(&upstream.replicas), Some(1));
    let servers: Vec<_> = built
        .stack
        .upstream_servers
        .iter()
        .map(|it| (value(&it.port), value(&it.port_served), value(&it.host_known)))
        .collect();
    assert_eq!(
        servers,
        [
            (Some(8000), Some(true), Some(true)),
            (Some(8001), Some(false), Some(true)),
            (Some(8002), Some(false), Some(true))
        ]
    );
    let phantom = &built.stack.upstream_servers[1];
    assert_eq!(phantom.about.anchor.to_string(), "default.conf#upstream[app].server[backend:8001]");
    assert!(!built.after(&phantom.about, "serve").contains("8001"));
    assert_eq!(value(&phantom.served_port), Some(8000));
    assert_eq!(value(&built.location("/").mode), Some(Mode::AsgiStarlette));
    let fixed = built.after(&upstream.about, "keepalive");
    assert!(fixed.contains("    server backend:8002;\n    keepalive 16;\n    keepalive_timeout 4s;\n}"), "{fixed}");
    assert!(
        fixed.contains(
            "proxy_pass http://app;\n        proxy_http_version 1.1;\n        proxy_set_header Connection \"\";\n    }"
        ),
        "{fixed}"
    );
}

#[test]
fn the_recipe_stands_where_the_headers_are() {
    let text = "upstream app { server backend:8000; }\nserver {\n    proxy_set_header Host $host;\n    location / {\n        proxy_pass http://app;\n    }\n    \
                location /ws/ {\n        proxy_pass http://app;\n        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        \
                proxy_set_header Connection \"upgrade\";\n    }\n}\n";
    let built = fragment(text).build();
    let fixed = built.after(&built.upstream().about, "keepalive");
    assert!(fixed.starts_with("upstream app { server backend:8000;\n    keepalive 16;\n}\nserver {\n    proxy_set_header Host $host;\n    proxy_http_version 1.1;\n    proxy_set_header Connection \"\";\n    location"), "{fixed}");
    assert_eq!(fixed.matches("Connection").count(), 2);
    let ws = built.location("/ws/");
    assert_eq!(
        (value(&ws.streams), value(&ws.upgrades), value(&ws.connection_cleared)),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!(value(&built.location("/").streams), Some(false));
}

#[test]
fn one_address_alone_needs_no_choice() {
    let text =
        "upstream app {\n    least_conn;  # the least busy\n    server app:8000 max_fails=3 fail_timeout=30s;\n}\n";
    let built = fragment(text).service("app", "python", &[]).build();
    assert_eq!(value(&built.upstream().idle_options), Some(true));
    assert_eq!(
        built.after(&built.upstream().about, "remove_idle_options"),
        "upstream app {\n    server app:8000;\n}\n"
    );
    let scaled =
        fragment(text).service("app", "python", &[]).change(|it| it.replicas = Fact::derived(4, vec![it.span]));
    assert_eq!(value(&scaled.build().upstream().idle_options), Some(false));
    assert_eq!(value(&fragment(text).build().upstream().idle_options), None, "a name may have several addresses");
}

#[test]
fn methods_before_keepalive_and_names_asked_again() {
    let text = "upstream app {\n    server app:8000;\n    keepalive 8;\n    least_conn;\n}\n";
    let built = fragment(text).service("app", "python", &[]).build();
    assert_eq!(value(&built.upstream().method_last), Some(true));
    let fixed = "upstream app {\n    server app:8000;\n    least_conn;\n    keepalive 8;\n}\n";
    assert_eq!(built.after(&built.upstream().about, "method_first"), fixed);
    assert!(!built.upstream().about.writers.iter().any(|it| &*it.name == "resolve"), "1.27 may be older than 1.27.3");
    let newer =
        Town::new(&[("default.conf", text)]).service("proxy", "nginx:1.28", MOUNTED).service("app", "python", &[]);
    let built = newer.build();
    assert_eq!(value(&built.upstream().resolves), Some(false));
    assert!(built.after(&built.upstream().about, "resolve").starts_with(
        "upstream app {\n    zone app 64k;\n    resolver 127.0.0.11 valid=10s;\n    server app:8000 resolve;\n"
    ));
}

#[test]
fn a_map_that_closes() {
    let text = "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    '' close;\n}\nupstream app { server app:8000; }\n\
                server {\n    location / {\n        proxy_pass http://app;\n        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        \
                proxy_set_header Connection $connection_upgrade;\n    }\n}\n";
    let built = fragment(text).build();
    let location = built.location("/");
    assert_eq!((value(&location.map_closes), value(&location.connection_cleared)), (Some(true), Some(false)));
    assert_eq!((value(&location.upgrades), value(&location.streams)), (Some(true), Some(false)));
    assert!(built.after(&location.about, "keep_connections").contains("'' '';"));
    assert_eq!(value(&built.upstream().recipe), Some(true));
    let kept = fragment(&text.replace("'' close", "'' ''")).build();
    let location = kept.location("/");
    assert_eq!((value(&location.map_closes), value(&location.connection_cleared)), (Some(false), Some(true)));
}

#[test]
fn an_upgrade_is_passed_on_with_the_headers_that_were_inherited() {
    let text = "server {\n    proxy_set_header Host $host;\n    location /ws/ {\n        proxy_pass http://app:8000;\n    }\n}\n";
    let built = fragment(text).build();
    let location = built.location("/ws/");
    assert_eq!((value(&location.sockets), value(&location.upgrades)), (Some(true), Some(false)));
    let fixed = "server {\n    proxy_set_header Host $host;\n    location /ws/ {\n        proxy_pass http://app:8000;\n        \
                 proxy_http_version 1.1;\n        proxy_set_header Host $host;\n        \
                 proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection \"upgrade\";\n    }\n}\n";
    assert_eq!(built.after(&location.about, "upgrade"), fixed);
}

#[test]
fn buffering_stays_off_for_streams() {
    let text = "server {\n    proxy_buffering off;\n    location / {\n        proxy_pass http://app:8000;\n    }\n    location /events/ {\n        \
                proxy_pass http://app:8000;\n    }\n}\n";
    let built = fragment(text).build();
    let location = built.location("/");
    assert_eq!((value(&location.buffering), value(&location.is_broad)), (Some(false), Some(true)));
    assert_eq!(
        built.after(&location.about, "buffer"),
        "server {\n    location / {\n        proxy_pass http://app:8000;\n    }\n    location /events/ {\n        \
         proxy_pass http://app:8000;\n        proxy_buffering off;\n    }\n}\n"
    );
}

#[test]
fn bare_hosts_become_one_upstream() {
    let text = "server {\n    proxy_set_header Host $host;\n    location / {\n        proxy_pass http://app:8000;\n    }\n    location /api/ {\n        \
                proxy_pass http://app:8000/v1/;\n    }\n}\n";
    let town = fragment(text).service("app", "python", &[]).process(Program::Gunicorn, Mode::WsgiThreads, 8000, 2.0);
    let built = town.build();
    let fixed = built.after(&built.location("/").about, "named_upstream");
    assert!(
        fixed.starts_with(
            "upstream app_8000 {\n    server app:8000;\n    keepalive 16;\n    keepalive_timeout 1s;\n}\n\nserver {"
        ),
        "{fixed}"
    );
    assert!(fixed.contains("http://app_8000;") && fixed.contains("http://app_8000/v1/;"), "{fixed}");
    assert_eq!(fixed.matches("Connection").count(), 1);
    let bare = fragment(&text.replace("proxy_set_header Host $host;", "")).build();
    let bare = &bare.location("/").about;
    assert!(bare.writers.iter().all(|it| &*it.name != "named_upstream"), "the Host header would change");
}

#[test]
fn variables() {
    let text = "resolver 127.0.0.11;\nserver {\n    set $app app:8000;\n    location / { proxy_pass http://$app; }\n    location /b { set $u http://b:1/; proxy_pass $u; }\n    \
                location /c { proxy_pass http://$http_host; }\n}\n";
    let built = fragment(text).service("app", "python", &[]).build();
    let facts = |path| {
        let it = built.location(path);
        (value(&it.by_variable), value(&it.target).map(String::from), value(&it.port), value(&it.host_known))
    };
    assert_eq!(facts("/"), (Some(true), Some("app".into()), Some(8000), Some(true)));
    assert_eq!(facts("/b"), (Some(true), Some("b".into()), Some(1), Some(false)));
    assert_eq!(facts("/c"), (Some(true), None, None, None));
    assert_eq!(value(&built.location("/").implicit), Some(false));
}

#[test]
fn templates_are_filled_from_the_environment() {
    let text = "server { listen ${PORT}; location / { proxy_pass http://${APP_HOST}:$APP_PORT; } }";
    let span = Span::at(FileId(0), 0);
    let variable = |name: &str, value: &str| crate::link::plan::Variable {
        name: name.into(),
        value: Fact::written(value.into(), span),
        span,
    };
    let built = Town::new(&[("nginx/app.conf.template", text)])
        .service("proxy", "nginx", &[("nginx", "/etc/nginx/templates")])
        .change(|it| it.environment = vec![variable("APP_HOST", "web"), variable("APP_PORT", "9000")])
        .build();
    let location = built.location("/");
    assert_eq!((value(&location.target).as_deref(), value(&location.port)), (Some("web"), Some(9000)));
    let built = Town::new(&[("nginx/app.conf.template", text)])
        .service("proxy", "nginx", &[("nginx", "/etc/nginx/templates")])
        .build();
    assert!(
        matches!(&built.location("/").target, Fact::Unknown(why) if &*why.reason == "set by the environment (APP_HOST)")
    );
}

#[test]
fn limits() {
    let text = "limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;\nserver {\n    location / {\n        limit_req zone=api;\n        limit_req zone=lost burst=5 nodelay;\n        \
                limit_conn addr 20;\n        root /x;\n    }\n}\n";
    let built = fragment(text).build();
    let all: Vec<_> = built
        .stack
        .limit_uses
        .iter()
        .map(|it| {
            (it.about.anchor.entity.to_string(), value(&it.zone_defined), value(&it.burst), value(&it.connections))
        })
        .collect();
    let at = |name: &str| format!("server[_].location[/].{name}");
    assert_eq!(
        all,
        [
            (at("limit_req[api]"), Some(true), Some(0), None),
            (at("limit_req[lost]"), Some(false), Some(5), None),
            (at("limit_conn[addr]"), Some(false), None, Some(20)),
        ]
    );
    let api = &built.stack.limit_uses[0];
    assert!(built.after(&api.about, "burst").contains("limit_req zone=api burst={burst} nodelay;"));
    assert_eq!(value(&api.by_address), Some(true));
    assert!(built.stack.limit_uses[1].about.writers[0].display_only.is_some());
}

#[test]
fn ports_that_the_host_publishes() {
    let port = |it: &mut ServicePlan| {
        it.ports = vec![Port { host: Some(8001), container: 8000, flexible: false, span: it.span }]
    };
    let town = Town::new(&[("default.conf", "server { location / { proxy_pass http://localhost:8001; } }")])
        .service("app", "python", &[])
        .change(port)
        .process(Program::Gunicorn, Mode::WsgiSync, 8000, 2.0);
    let built = town.build();
    assert_eq!(value(&built.location("/").mode), Some(Mode::WsgiSync));
}

#[test]
fn files_that_include_each_other_come_to_an_end() {
    let built = Town::new(&[("nginx.conf", "events {}\nhttp {\n include nginx.conf;\n server { location / { include nginx.conf; proxy_pass http://a; } }\n}\n")])
        .service("proxy", "nginx", MAIN)
        .build();
    assert!(!built.stack.hosts.is_empty());
    let mut text = "location / { proxy_pass http://a;\n".repeat(3000);
    text.push_str(&"}".repeat(3000));
    fragment(&format!("server {{ {text} }}")).build();
}

#[test]
fn a_file_that_takes_itself_in_is_changed_once() {
    let text = "server { listen 80; location / { } include /etc/nginx/conf.d/*.conf; } location /ws/ { proxy_pass \
                http://app:8000; } proxy_buffering off; include /etc/nginx/conf.d/*.conf; } }";
    let built = fragment(text).service("app", "python", &[]).build();
    let writers = built.stack.locations.iter().flat_map(|it| &it.about.writers);
    let buffer = writers.filter(|it| &*it.name == "buffer").collect::<Vec<_>>();
    assert!(!buffer.is_empty());
    for edits in buffer.iter().map(|it| &it.edits) {
        assert!(edits.iter().enumerate().all(|(at, edit)| !edits[..at].contains(edit)), "{edits:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the directives, nothing panics, and every change lies on the files' characters.
    #[test]
    fn any_directives_are_judged(text in proptest::collection::vec(proptest::sample::select(WORDS), 0..60)) {
        let text = format!("server {{ listen 80; location / {{ {} }} }}", text.join(" "));
        let built = fragment(&text).service("app", "python", &[]).build();
        let stack = &built.stack;
        let kinds = stack.hosts.iter().map(|it| &it.about).chain(stack.locations.iter().map(|it| &it.about));
        let kinds = kinds.chain(stack.nginxes.iter().map(|it| &it.about));
        let kinds = kinds.chain(stack.upstreams.iter().map(|it| &it.about)).chain(stack.limit_uses.iter().map(|it| &it.about));
        for writer in kinds.flat_map(|about| &about.writers) {
            let mut edits: Vec<Change> = writer.edits.iter().map(|(span, text)| Change::replace(*span, text.clone())).collect();
            edits.sort();
            for file in built.sources.iter() {
                prop_assert!(apply(file.text(), edits.iter().filter(|edit| edit.span.file == file.id)).is_ok(), "{}: {text}", writer.name);
            }
        }
    }
}

const WORDS: &[&str] = &[
    "}",
    "{",
    ";",
    "server {",
    "location /ws/ {",
    "upstream app {",
    "map $http_upgrade $c {",
    "proxy_pass http://app:8000;",
    "proxy_pass http://$x;",
    "proxy_pass;",
    "proxy_pass http://[::1]:é/;",
    "proxy_pass \"http://app\";",
    "set $x app:1;",
    "set $x;",
    "server app:8000 max_fails=1;",
    "server;",
    "least_conn;",
    "keepalive 4;",
    "keepalive;",
    "keepalive_timeout 4s;",
    "gzip on;",
    "gzip off;",
    "gzip;",
    "gzip_types;",
    "gzip_types text/css;",
    "limit_req zone=a;",
    "limit_req zone=a burst=x;",
    "limit_conn a 3;",
    "limit_conn;",
    "limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;",
    "proxy_set_header Connection $c;",
    "proxy_set_header Connection close;",
    "proxy_set_header Host $host;",
    "proxy_set_header;",
    "'' close;",
    "default upgrade;",
    "include default.conf;",
    "include /etc/nginx/conf.d/*.conf;",
    "include;",
    "proxy_buffering off;",
    "proxy_http_version 1.0;",
    "proxy_http_version;",
    "# é",
    "\n",
    "http {",
    "if ($x) {",
    "resolver 1.1.1.1;",
    "try_files $uri @app;",
    "location @app {",
    "${A}",
    "'",
    "\"",
];
