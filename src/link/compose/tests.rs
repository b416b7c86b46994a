//! Small projects: what is merged, where it stands, and what a change through a slot makes of the file.

use std::path::PathBuf;

use crate::facts::{compose, env};
use crate::link::plan::{CommandLine, Deployment, EnvironmentSlot, ListStyle, ServicePlan};
use crate::link::roles::Role;
use crate::source::{Edit, FileId, SourceFile, Sources, Span, apply};
use crate::stack::{Fact, Origin, Slot};

pub(super) struct Tree {
    sources: Sources,
    pub(super) deployments: Vec<Deployment>,
}

pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
    let mut files = files.to_vec();
    files.sort_unstable();
    let of =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    let sources = Sources::new(files.iter().enumerate().map(of).collect());
    let drafts: Vec<_> = sources.iter().filter_map(|file| compose::read(file).tree).collect();
    let envs: Vec<_> =
        sources.iter().filter(|file| env::is_env_file(&file.path)).map(|file| env::read(file).tree).collect();
    let deployments =
        super::deployments(&sources, &drafts.iter().collect::<Vec<_>>(), &envs.iter().collect::<Vec<_>>());
    Tree { sources, deployments }
}

impl Tree {
    fn service(&self, deployment: usize, name: &str) -> &ServicePlan {
        self.deployments[deployment].services.iter().find(|it| &*it.name.value == name).unwrap()
    }

    fn slice(&self, span: Span) -> &str {
        self.sources.file(span.file).slice(span)
    }

    /// The value, the texts that it came by, and the services that its first slot reaches.
    fn fact<T: ToString>(&self, fact: &Fact<T>) -> String {
        match fact {
            Fact::Known(sourced) => {
                let origin = match &sourced.origin {
                    Origin::Written(spans) => spans.iter().map(|it| self.slice(*it)).collect::<Vec<_>>().join(" < "),
                    Origin::Default(default) => format!("default of {}", default.program),
                    Origin::Assumed(_) => "assumed".to_string(),
                    Origin::Guessed(_) => "guessed".to_string(),
                };
                let reaches = sourced.slots.first().map(|slot| slot.reaches.join("+")).unwrap_or_default();
                format!("{} ({origin}) {reaches}", sourced.value.to_string()).trim_end().to_string()
            }
            Fact::Unknown(why) => format!("? {} ({})", why.reason, self.slice(why.at[0])),
            _ => "absent".to_string(),
        }
    }

    fn variable(&self, deployment: usize, service: &str, name: &str) -> String {
        let found = self.service(deployment, service).environment.iter().find(|it| &*it.name == name).unwrap();
        self.fact(&found.value)
    }

    /// The file of a slot, with a value written there.
    fn written(&self, slot: &Slot, value: &str) -> String {
        self.edited(slot.span, format!("{}{value}{}", slot.before, slot.after))
    }

    fn added(&self, slot: &EnvironmentSlot, name: &str, value: &str) -> String {
        self.edited(slot.at, format!("{}{name}{}{value}{}", slot.before, slot.between, slot.after))
    }

    fn edited(&self, span: Span, text: String) -> String {
        apply(self.sources.file(span.file).text(), &[Edit::replace(span, text)]).unwrap()
    }

    fn names(&self) -> Vec<(String, Role)> {
        self.deployments.iter().map(|it| (it.name.to_string(), it.role)).collect()
    }
}

fn one(text: &str) -> Tree {
    tree(&[("compose.yaml", text)])
}

fn slots<T>(fact: &Fact<T>) -> &[Slot] {
    &fact.sourced().unwrap().slots
}

const WEB: &str = "services:\n  web:\n    image: nginx\n";

#[test]
fn numbers_have_their_places() {
    let text = "services:
  web:
    image: nginx
    deploy:
      replicas: 3
      resources: {limits: {cpus: \"1.5\", memory: 2g}}
    stop_grace_period: 1m
    container_name: 'w'
";
    let tree = one(text);
    let web = tree.service(0, "web");
    assert_eq!(tree.fact(&web.replicas), "3 (3)");
    assert_eq!(tree.fact(&web.cpus), "1.5 (1.5)");
    assert_eq!(tree.fact(&web.memory), "2147483648 (2g)");
    assert_eq!(tree.fact(&web.stop_grace), "60 (1m)");
    assert_eq!(tree.fact(&web.container_name), "w (w)");
    assert_eq!(tree.written(&slots(&web.replicas)[0], "4"), text.replace("replicas: 3", "replicas: 4"));
    assert_eq!(tree.written(&slots(&web.cpus)[0], "2"), text.replace("1.5", "2"));
    assert_eq!(tree.written(&slots(&web.stop_grace)[0], "35"), text.replace("1m", "35s"));
    assert_eq!(
        (tree.slice(web.span), web.anchor.to_string()),
        (&text[21..text.len() - 1], "compose.yaml#services.web".into())
    );
}

#[test]
fn defaults_have_a_place_where_they_would_be_said() {
    let tree = one(WEB);
    let web = tree.service(0, "web");
    assert_eq!(tree.fact(&web.replicas), "1 (default of Docker Compose)");
    let grown = tree.written(&slots(&web.replicas)[0], "2");
    assert_eq!(grown, format!("{WEB}    deploy:\n      replicas: 2\n"));
    assert_eq!(tree.written(&slots(&web.stop_grace)[0], "35"), format!("{WEB}    stop_grace_period: 35s\n"));
    assert_eq!(tree.written(&slots(&web.shm_size)[0], "256m"), format!("{WEB}    shm_size: 256m\n"));
    assert!(
        matches!(&web.cpus, Fact::Unknown(why) if &*why.reason == "not limited, and no file says what CPUs the host has")
    );
}

#[test]
fn a_place_keeps_the_files_manner() {
    let crlf = "services:\r\n    web:\r\n        image: nginx # c\r\n";
    let tree = one(crlf);
    let grown = tree.written(&slots(&tree.service(0, "web").replicas)[0], "2");
    assert_eq!(grown, format!("{crlf}        deploy:\r\n          replicas: 2\r\n"));

    let flow = "services: {web: {image: nginx}}\n";
    let tree = one(flow);
    let grown = tree.written(&slots(&tree.service(0, "web").replicas)[0], "2");
    assert_eq!(grown, "services: {web: {image: nginx, deploy: {replicas: 2}}}\n");

    let own = "services:\n  web:\n    image: nginx\n    deploy:\n      mode: replicated\n    restart: always";
    let tree = one(own);
    let grown = tree.written(&slots(&tree.service(0, "web").replicas)[0], "2");
    assert_eq!(grown, own.replace("replicated\n", "replicated\n      replicas: 2\n"));

    // What is inherited cannot be added to.
    let inherited = "x-a: &a\n  deploy: {mode: replicated}\nservices:\n  web:\n    <<: *a\n    image: nginx\n";
    assert_eq!(slots(&one(inherited).service(0, "web").replicas), []);
}

#[test]
fn variables_come_from_the_env_file_or_their_defaults() {
    let compose = "services:
  web:
    image: app:${TAG:-1}
    environment:
      A: ${A}
      B: ${B:-2}
      C: x${A}y
      D: ${D}
      E: ${E:?say}
      F: $$A
      G:
      A2:
  worker:
    image: postgres:${VERSION}
    command: run -c ${A}
";
    let tree = tree(&[("compose.yaml", compose), (".env", "A=4\nG=g\n"), (".env.example", "D=1\n")]);
    let all = |name: &str| tree.variable(0, "web", name);
    assert_eq!(all("A"), "4 (${A} < 4) web+worker");
    assert_eq!(all("B"), "2 (${B:-2})");
    assert_eq!(all("C"), "x4y (x${A}y < ${A} < 4)");
    assert_eq!(all("D"), "? set by the environment (D) (${D})");
    assert_eq!(all("E"), "? set by the environment (E) (${E:?say})");
    assert_eq!(all("F"), "$A ($$A)");
    assert_eq!(all("G"), "g (G < g)");
    assert_eq!(all("A2"), "? set by the environment (A2) (A2)");
    let web = tree.service(0, "web");
    let image = |name: &str| tree.service(0, name).image.as_ref().map(|it| &*it.value);
    assert_eq!((image("web"), image("worker")), (Some("app:1"), Some("postgres:${VERSION}")));
    let b = &web.environment.iter().find(|it| &*it.name == "B").unwrap().value;
    assert_eq!(tree.written(&slots(b)[0], "9"), compose.replace("${B:-2}", "${B:-9}"));
    let a = &web.environment.iter().find(|it| &*it.name == "A").unwrap().value;
    assert_eq!(tree.written(&slots(a)[0], "9"), "A=9\nG=g\n");
    assert_eq!(tree.written(&slots(a)[1], "9"), compose.replace("A: ${A}", "A: 9"));
    assert_eq!(slots(a)[1].reaches, []);
}

#[test]
fn an_env_file_that_is_not_there_is_told() {
    let text =
        "services:\n  a:\n    image: x\n    env_file: [a.env, src/.env]\n  b:\n    image: x\n    env_file: a.env\n";
    let tree = tree(&[("docker-compose.yml", text), ("a.env", "A=1\n")]);
    assert!(tree.service(0, "a").hidden_variables().is_some());
    assert_eq!(tree.service(0, "b").environment_open, None);
    // One that compose can do without may hold something, or be nowhere.
    let text = text.replace("[a.env, src/.env]", "[{path: src/.env, required: false}]");
    let tree = self::tree(&[("docker-compose.yml", &text), ("a.env", "A=1\n")]);
    let a = tree.service(0, "a");
    assert_eq!((a.environment_open.is_some(), a.hidden_variables()), (true, None));
}

#[test]
fn an_example_tells_what_a_missing_env_file_sets() {
    let text = "services:\n  a:\n    image: x\n    env_file: src/.env\n    environment: {B: own}\n";
    let tree = tree(&[("compose.yaml", text), ("src/.env.example", "A=1\nB=2\n")]);
    let set = "? set by `src/.env`, which is not in these files and `src/.env.example` shows (A=1)";
    assert_eq!(tree.variable(0, "a", "A"), set);
    assert_eq!(tree.variable(0, "a", "B"), "own (own)");
    assert!(tree.service(0, "a").environment_open.is_some());
}

#[test]
fn environment_is_over_env_files() {
    let compose = "services:
  web:
    image: app
    env_file: [a.env, {path: conf/b, required: false}]
    environment:
      - C=3
      - X
      - EMPTY=
  worker:
    image: app
    env_file: a.env
";
    let tree =
        tree(&[("p/compose.yaml", compose), ("p/a.env", "A=1\nB=1\nC=1\n"), ("p/conf/b", "B=2\nD=\"${A:-0}${B}\"\n")]);
    let names: Vec<_> = tree.service(0, "web").environment.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["A", "B", "C", "D", "EMPTY", "X"]);
    assert_eq!(tree.variable(0, "web", "A"), "1 (1 < a.env) web+worker");
    assert_eq!(tree.variable(0, "web", "B"), "2 (2 < conf/b)");
    assert_eq!(tree.variable(0, "web", "C"), "3 (3)");
    assert_eq!(tree.variable(0, "web", "D"), "12 (${A:-0}${B} < ${A:-0} < 1 < ${B} < 2 < conf/b)");
    assert_eq!(tree.variable(0, "web", "EMPTY"), " ()");
    assert_eq!(tree.variable(0, "web", "X"), "? set by the environment (X) (X)");
    let web = tree.service(0, "web");
    assert_eq!(tree.slice(web.environment[2].span), "C=3");
    assert_eq!(
        tree.added(web.environment_slot.as_ref().unwrap(), "W", "4"),
        compose.replace("EMPTY=\n", "EMPTY=\n      - W=4\n")
    );
}

#[test]
fn another_variable_has_a_place() {
    let add = |text: &str| {
        let tree = one(text);
        tree.service(0, "web").environment_slot.as_ref().map(|slot| tree.added(slot, "W", "4"))
    };
    let made = |before: &str, after: &str| assert_eq!(add(before).as_deref(), Some(after));
    made(WEB, &format!("{WEB}    environment:\n      W: \"4\"\n"));
    let head = "services:\n  web:\n    image: x\n";
    made(&format!("{head}    environment:\n"), &format!("{head}    environment:\n      W: \"4\"\n"));
    made(&format!("{head}    environment: {{A: b}}\n"), &format!("{head}    environment: {{A: b, W: \"4\"}}\n"));
    made(&format!("{head}    environment: [A=b]\n"), &format!("{head}    environment: [A=b, \"W=4\"]\n"));
    made(&format!("{head}    environment:\n    - A=b\n"), &format!("{head}    environment:\n    - A=b\n    - W=4\n"));
    let shared = "x-env: &env\n  A: b\n";
    made(
        &format!("{shared}{head}    environment:\n      <<: *env\n"),
        &format!("{shared}{head}    environment:\n      <<: *env\n      W: \"4\"\n"),
    );
    made(
        &format!("{shared}{head}    environment: *env\n"),
        &format!("{shared}{head}    environment: \n      <<: *env\n      W: \"4\"\n"),
    );
    assert_eq!(add(&format!("x-app: &app\n  environment: [A=b]\n{head}    <<: *app\n")), None);
}

#[test]
fn what_is_shared_says_whom_it_reaches() {
    let text = "x-env: &env
  WORKERS: 4
services:
  web:
    image: app
    environment: {<<: *env}
  worker:
    image: app
    environment:
      <<: *env
      OWN: 1
";
    let tree = one(text);
    assert_eq!(tree.variable(0, "web", "WORKERS"), "4 (4 < *env) web+worker");
    assert_eq!(tree.variable(0, "worker", "OWN"), "1 (1)");
}

#[test]
fn what_is_put_at_an_anchor_says_whom_it_reaches() {
    let text = "services:
  web: &web
    image: app
    environment: &env {A: b}
    deploy:
      mode: replicated
  worker:
    <<: *web
    environment: {<<: *env, B: c}
  beat:
    extends: web
  other:
    image: app
    environment: {A: b}
";
    let tree = one(text);
    let reaches = |name: &str| {
        let service = tree.service(0, name);
        let variable = service.environment_slot.as_ref().map(|slot| slot.reaches.join("+"));
        let replicas = slots(&service.replicas).first().map(|slot| slot.reaches.join("+"));
        let shm = slots(&service.shm_size).first().map(|slot| slot.reaches.join("+"));
        (variable, replicas, shm)
    };
    let all = || Some("beat+web+worker".to_string());
    let none = || Some(String::new());
    assert_eq!(reaches("web"), (all(), all(), all()));
    // What it has inherited whole it cannot add to; its own keys are its own.
    assert_eq!(reaches("worker"), (none(), None, none()));
    assert_eq!(reaches("other"), (none(), none(), none()));
    let grown = tree.added(tree.service(0, "worker").environment_slot.as_ref().unwrap(), "W", "4");
    assert_eq!(grown, text.replace("B: c}", "B: c, W: \"4\"}"));
}

#[test]
fn files_are_merged_as_compose_does() {
    let base = "services:
  web:
    build: .
    command: [a, b]
    environment: {A: 1, B: 1}
    ports: ['80:80', '8000:8000']
    volumes: ['./a:/a', './b:/b', 'data:/d']
    depends_on: [db]
    expose: [1]
    deploy: {replicas: 1, resources: {limits: {cpus: 1}}}
  db: {image: postgres, ports: ['5432:5432'], restart: always}
";
    let over = "services:
  web:
    command: c
    environment:
      - B=2
    ports: ['80:80', '443:443']
    volumes: ['./c:/b']
    depends_on: {db: {condition: service_healthy}}
    expose: ['2']
    deploy: {replicas: 4}
  db:
    ports: !reset []
    restart: !reset null
  cache: {image: redis}
";
    let tree = tree(&[("docker-compose.yml", base), ("docker-compose.prod.yml", over), ("web/x", "")]);
    assert_eq!(
        tree.names(),
        [
            ("docker-compose.yml".to_string(), Role::Development),
            ("docker-compose.yml + docker-compose.prod.yml".to_string(), Role::Production),
        ]
    );
    let web = tree.service(1, "web");
    assert_eq!(tree.fact(&web.replicas), "4 (4)");
    assert_eq!(tree.sources.file(web.replicas.span().unwrap().file).name(), "docker-compose.prod.yml");
    assert_eq!(tree.fact(&web.cpus), "1 (1)");
    assert_eq!((tree.variable(1, "web", "A"), tree.variable(1, "web", "B")), ("1 (1)".into(), "2 (2)".into()));
    assert!(matches!(&web.command, Some(CommandLine::Text { text, shell: false, .. }) if &*text.text == "c"));
    let ports: Vec<_> = web.ports.iter().map(|it| it.host.unwrap()).collect();
    assert_eq!(ports, [80, 8000, 443]);
    let mounts: Vec<_> = web.mounts.iter().map(|it| format!("{}:{}", it.source, it.target)).collect();
    assert_eq!(mounts, ["a:/a", "c:/b"]);
    assert_eq!(
        web.depends_on.iter().map(|(name, it)| (&*name.value, &**it)).collect::<Vec<_>>(),
        [("db", "service_healthy")]
    );
    assert_eq!(web.expose.iter().map(|it| it.value).collect::<Vec<_>>(), [1, 2]);
    let db = tree.service(1, "db");
    assert_eq!((db.ports.len(), db.restart.known().map(|it| &**it)), (0, Some("no")));
    assert_eq!(&*tree.service(1, "cache").anchor.file, "docker-compose.prod.yml");
    assert_eq!(tree.deployments[1].files.len(), 2);
}

#[test]
fn commands_keep_their_words_places() {
    let text = "services:
  a: {image: x, command: [\"gunicorn\", '-w', \"${W:-4}\", -b, \"${B}\"]}
  b:
    image: x
    entrypoint:
      - sh
      - run.sh
    command: gunicorn --workers ${W:-4} app:app
  c: {image: x, command: []}
  d: {image: x, command: ''}
  e: {image: x, command: }
";
    let tree = one(text);
    let Some(CommandLine::Exec { words, style, span }) = &tree.service(0, "a").command else { panic!() };
    let shown: Vec<_> = words.iter().map(|it| (&*it.value, tree.slice(it.span))).collect();
    let expected = [("gunicorn", "gunicorn"), ("-w", "-w"), ("4", "${W:-4}"), ("-b", "-b"), ("${B}", "${B}")];
    assert_eq!(shown, expected);
    assert_eq!((style, tree.slice(*span).chars().next()), (&ListStyle::Brackets, Some('[')));
    let b = tree.service(0, "b");
    let Some(CommandLine::Exec { style, .. }) = &b.entrypoint else { panic!() };
    assert_eq!(style, &ListStyle::Dashes { line: "\n      ".into() });
    let Some(CommandLine::Text { text, .. }) = &b.command else { panic!() };
    assert_eq!(&*text.text, "gunicorn --workers 4 app:app");
    assert_eq!(tree.slice(text.span(19..20)), "4");
    for name in ["c", "d"] {
        assert!(matches!(&tree.service(0, name).command, Some(CommandLine::Exec { words, .. }) if words.is_empty()));
    }
    assert!(tree.service(0, "e").command.is_none());
}

#[test]
fn ports_in_all_forms() {
    let text = "services:
  a:
    image: x
    ports:
      - 3000
      - '8001:80'
      - '127.0.0.1:8002:80/udp'
      - '[::1]:8003:80'
      - '9000-9001:9000-9001'
      - '9100-9110:91'
      - '${P:?say}:92'
      - '${Q:-8004}:93'
      - {target: 94, published: '8005', protocol: tcp}
      - {target: 95}
";
    let tree = one(text);
    let ports: Vec<_> = tree.service(0, "a").ports.iter().map(|it| (it.host, it.container, it.flexible)).collect();
    assert_eq!(
        ports,
        [
            (None, 3000, true),
            (Some(8001), 80, false),
            (Some(8002), 80, false),
            (Some(8003), 80, false),
            (Some(9000), 9000, false),
            (Some(9001), 9001, false),
            (None, 91, true),
            (None, 92, false),
            (Some(8004), 93, false),
            (Some(8005), 94, false),
            (None, 95, true),
        ]
    );
    assert_eq!(tree.slice(tree.service(0, "a").ports[1].span), "8001:80");
}

#[test]
fn builds_mounts_and_names() {
    let text = "services:
  a:
    build: {context: ../app, dockerfile: docker/Dockerfile, target: prod, args: {V: 3, W: }}
    hostname: host-a
    networks: {back: {aliases: [api, app]}}
    links: ['b:database']
    configs: [conf, {source: conf, target: /etc/x.conf}]
    volumes:
      - {type: bind, source: ./conf, target: /c}
      - ../../outside:/o
      - ~/home:/h
    healthcheck: {test: [NONE]}
    init: true
  b:
    build: https://example.com/x.git
    healthcheck: {test: pg_isready}
  c: {build: .}
configs: {conf: {file: ./x.conf}}
";
    let tree = tree(&[("deploy/compose.yaml", text), ("app/docker/Dockerfile", ""), ("deploy/Dockerfile", "")]);
    let a = tree.service(0, "a");
    let build = a.build.as_ref().unwrap();
    assert_eq!(
        (&*build.context, build.dockerfile.map(|id| &*tree.sources.file(id).path)),
        ("app", Some("app/docker/Dockerfile"))
    );
    assert_eq!(build.target.as_ref().map(|it| &*it.value), Some("prod"));
    assert_eq!(build.args.iter().map(|(name, value)| (&**name, &*value.value)).collect::<Vec<_>>(), [("V", "3")]);
    assert_eq!(a.aliases.iter().map(|it| &**it).collect::<Vec<_>>(), ["api", "app", "host-a"]);
    let mounts: Vec<_> = a.mounts.iter().map(|it| format!("{}:{}", it.source, it.target)).collect();
    assert_eq!(mounts, ["deploy/conf:/c", "deploy/x.conf:/conf", "deploy/x.conf:/etc/x.conf"]);
    assert_eq!((a.healthcheck, a.init), (None, true));
    let b = tree.service(0, "b");
    assert_eq!(
        (b.build.as_ref().unwrap().dockerfile, b.healthcheck.map(|it| tree.slice(it))),
        (None, Some("{test: pg_isready}"))
    );
    assert_eq!(b.aliases.iter().map(|it| &**it).collect::<Vec<_>>(), ["database"]);
    let c = tree.service(0, "c").build.as_ref().unwrap();
    assert_eq!(
        (&*c.context, c.dockerfile.map(|id| &*tree.sources.file(id).path)),
        ("deploy", Some("deploy/Dockerfile"))
    );
}

#[test]
fn what_is_mounted_from_elsewhere_is_told_apart() {
    let text = "services:
  a:
    image: x
    configs: [outer, held]
    volumes:
      - /srv/nginx.conf:/etc/nginx/nginx.conf
      - ${PWD}/conf:/conf/
      - ~/home:/h
      - data:/var/lib
      - /anonymous
      - {type: volume, source: data, target: /v}
      - {type: bind, source: /srv, target: /s}
configs:
  outer: {external: true}
  held: {content: x}
";
    let tree = one(text);
    let a = tree.service(0, "a");
    let mounts: Vec<_> = a.mounts.iter().map(|it| format!("{}:{}", it.source, it.target)).collect();
    assert_eq!(mounts, ["conf:/conf", "compose.yaml#held/held:/held"]);
    assert_eq!(a.hidden.iter().map(|it| &**it).collect::<Vec<_>>(), ["/etc/nginx/nginx.conf", "/h", "/s", "/outer"]);
}

#[test]
fn extends_and_includes() {
    let tree = tree(&[
        (
            "compose.yaml",
            "include: [sub/compose.yaml]\nservices:\n  web:\n    extends: {file: common/base.yml, service: app}\n    environment: {B: 2}\n",
        ),
        (
            "common/base.yml",
            "services:\n  app:\n    image: app\n    environment: {A: 1, B: 1}\n    volumes: ['./x:/x']\n",
        ),
        ("sub/compose.yaml", "services:\n  db: {image: 'postgres:${V}', volumes: ['./d:/d']}\n"),
        ("sub/.env", "V=16\n"),
    ]);
    assert_eq!(tree.names(), [("compose.yaml".to_string(), Role::Default)]);
    let web = tree.service(0, "web");
    assert_eq!((tree.variable(0, "web", "A"), tree.variable(0, "web", "B")), ("1 (1)".into(), "2 (2)".into()));
    assert_eq!(&*web.mounts[0].source, "common/x");
    let db = tree.service(0, "db");
    assert_eq!((&*db.image.as_ref().unwrap().value, &*db.mounts[0].source), ("postgres:16", "sub/d"));

    // A ring ends.
    let ring = one("include: [compose.yaml]\nservices:\n  a: {extends: b}\n  b: {extends: a, image: x}\n");
    assert_eq!(&*ring.service(0, "a").image.as_ref().unwrap().value, "x");
}

#[test]
fn commands_say_what_is_started_together() {
    let over = "services:\n  web: {restart: always}\n";
    let names = |files: &[(&str, &str)]| {
        tree(files).deployments.iter().map(|it| format!("{:?}: {}", it.role, it.name)).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&[("compose.yaml", WEB), ("compose.override.yaml", over)]),
        ["Default: compose.yaml + compose.override.yaml"]
    );
    assert_eq!(
        names(&[
            ("docker-compose.yml", WEB),
            ("ops/live.compose.yml", over),
            (
                "Makefile",
                "up:\n\tdocker compose \\\n\t  -f docker-compose.yml --file=ops/live.compose.yml --env-file x up -d\n"
            ),
        ]),
        ["Development: docker-compose.yml", "Production: docker-compose.yml + ops/live.compose.yml"]
    );
    assert_eq!(
        names(&[
            ("docker-compose.yml", WEB),
            ("gpu.compose.yml", over),
            (
                "README.md",
                "# Production\n```\ncd app && docker-compose -f docker-compose.yml -f gpu.compose.yml up\n```\n"
            ),
        ]),
        ["Development: docker-compose.yml", "Production: docker-compose.yml + gpu.compose.yml"]
    );
    assert_eq!(
        names(&[
            ("docker-compose.yml", WEB),
            ("x.compose.yml", over),
            (".env", "COMPOSE_FILE=docker-compose.yml:x.compose.yml\n"),
        ]),
        ["Default: docker-compose.yml + x.compose.yml"]
    );
    assert_eq!(
        names(&[
            ("compose.yml", WEB),
            ("compose.override.yml", over),
            ("run.sh", "docker compose -f compose.yml up -d\n")
        ]),
        ["Default: compose.yml", "Development: compose.yml + compose.override.yml"]
    );
    assert_eq!(
        names(&[
            ("docker-compose.dev.yml", WEB),
            ("docker-compose.ci.yml", WEB),
            ("examples/a/compose.yaml", WEB),
            (".devcontainer/docker-compose.yml", WEB),
            ("integration-service/compose.yaml", "services: {api: {image: x}}\n"),
            ("stack.yml", WEB),
            ("package.json", "{\"scripts\": {\"up\": \"docker stack deploy -c stack.yml x\"}}"),
        ]),
        [
            "Development: .devcontainer/docker-compose.yml",
            "Test: docker-compose.ci.yml",
            "Development: docker-compose.dev.yml",
            "Example: examples/a/compose.yaml",
            "Default: integration-service/compose.yaml",
            "Production: stack.yml",
        ]
    );
}
