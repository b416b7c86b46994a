//! Heroku: the processes of a Procfile or a `heroku.yml`, with what `app.json` says of dynos, variables and add-ons.

use crate::facts::platform::Kind;
use crate::link::plan::{Build, Deployment, Managed, ServicePlan, Store, Variable};
use crate::stack::{About, Anchor, Database, Engine, Fact, RedisServer, Why, defaults};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, leave_concurrency, procfile_command, said};

/// Memory of a dyno in MiB, and what the Python buildpack sets `WEB_CONCURRENCY` to on it when nobody else does:
/// <https://devcenter.heroku.com/articles/dyno-types> of June 2024 and
/// <https://devcenter.heroku.com/articles/python-concurrency> of December 2024.
const DYNOS: &[(&str, u64, u64)] = &[
    ("eco", 512, 2),
    ("basic", 512, 2),
    ("standard-1x", 512, 2),
    ("standard-2x", 1024, 4),
    ("private-s", 1024, 4),
    ("performance-m", 2560, 5),
    ("private-m", 2560, 5),
    ("performance-l", 14_336, 17),
    ("private-l", 14_336, 17),
    ("performance-l-ram", 30_720, 9),
    ("performance-xl", 63_488, 17),
    ("performance-2xl", 129_024, 33),
];

/// The deployment of a folder with an `app.json`, a `heroku.yml` or both; of both it is told once.
pub(super) fn deployment(seen: &Seen<'_>, kind: Kind) -> Option<Deployment> {
    let folder = seen.folder();
    let (app, manifest) = match kind {
        Kind::HerokuApp => (Some(seen.root), None),
        _ => (seen.beside(Kind::HerokuApp, folder).map(|it| &it.root), Some(seen.root)),
    };
    if kind == Kind::HerokuApp && seen.beside(Kind::Heroku, folder).is_some() {
        return None;
    }
    let addons = addons(seen, app, manifest);
    let (mut services, procfile) = match manifest {
        Some(manifest) => (of_manifest(seen, manifest), None),
        None => {
            let procfile = seen.procfile(folder)?;
            let processes = procfile.processes.iter().filter(|it| &*it.name.value != "release");
            let plans = processes.map(|process| {
                let mut plan = seen.service(process.name.clone(), "", folder, "`heroku ps`");
                plan.anchor = Anchor::new(&*procfile.path, &*process.name.value);
                plan.command = Some(procfile_command(process));
                plan.span = process.span;
                plan
            });
            (plans.collect::<Vec<_>>(), Some(procfile.file))
        }
    };
    let env = app.and_then(|app| app.get("env"));
    for plan in &mut services {
        plan.environment = said::sorted(
            addons
                .iter()
                .flat_map(|it| it.variable.clone())
                .chain(config(env))
                .chain(std::mem::take(&mut plan.environment))
                .chain(port(plan)),
        );
        plan.environment_open = Some(Why::new("more may be set by `heroku config`"));
        formation(app, plan);
        // Every process of a dyno is sent SIGTERM, as by an init that passes signals on:
        // <https://devcenter.heroku.com/articles/dyno-shutdown-behavior> of December 2024.
        plan.init = true;
        plan.stop_grace = defaults::number("Heroku", "dyno shutdown", Some(plan.name.span));
    }
    let mut deployment = seen.deployment("Heroku", services);
    let beside = manifest.and_then(|_| seen.beside(Kind::HerokuApp, folder)).map(|it| it.file);
    deployment.files.extend(beside.into_iter().chain(procfile));
    deployment.managed = addons.into_iter().map(|it| it.managed).collect();
    (!deployment.services.is_empty()).then_some(deployment)
}

/// The port that a `web` process is to listen on, whatever its image says:
/// <https://devcenter.heroku.com/articles/dyno-startup-behavior> of December 2024.
fn port(plan: &ServicePlan) -> Option<Variable> {
    let span = plan.name.span;
    let value = Fact::Unknown(Why::at("Heroku sets it when the process starts", span));
    (&*plan.name.value == "web").then(|| Variable { name: "PORT".into(), value, span })
}

/// The processes of a `heroku.yml`: those that it builds, with the commands of `run`.
fn of_manifest(seen: &Seen<'_>, manifest: &Node) -> Vec<ServicePlan> {
    let folder = seen.folder();
    let built = manifest.get("build").and_then(|it| it.get("docker"));
    let run = manifest.get("run");
    let names = built.into_iter().chain(run).flat_map(Node::entries).map(|(name, _)| name);
    let mut plans: Vec<ServicePlan> = Vec::new();
    for name in names.filter(|name| &*name.value != "release") {
        if plans.iter().any(|it| it.name.value == name.value) {
            continue;
        }
        let mut plan = seen.service(name.clone(), &format!("run.{}", name.value), folder, "`heroku ps`");
        let command = run.and_then(|it| it.get(&name.value));
        // A process may run the image of another.
        let image = command.and_then(|it| it.get("image")).and_then(Node::text).unwrap_or(&name.value);
        let file = built.and_then(|it| it.get(image).or_else(|| it.get("web")));
        plan.build = file.and_then(|it| {
            let path = it.text().or_else(|| it.get("dockerfile")?.text())?;
            let context = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = it.get("target").and_then(said::spanned);
            Some(Build { target, ..seen.build(folder, context, path, it.span)? })
        });
        let words = command.map(|it| it.get("command").unwrap_or(it));
        plan.command = words.and_then(|words| match words.items() {
            [only] => said::command(only, seen.file, true),
            _ => said::command(words, seen.file, true),
        });
        plan.environment = said::sorted(said::map(manifest.get("build").and_then(|it| it.get("config"))))
            .into_iter()
            .filter(|_| plan.build.is_none())
            .collect();
        plans.push(plan);
    }
    plans
}

/// The variables of `app.json`: a text, or a map with a value.
fn config(env: Option<&Node>) -> Vec<Variable> {
    let entries = env.into_iter().flat_map(Node::entries);
    entries
        .map(|(name, node)| {
            let value = match (node.get("value"), node.text()) {
                (Some(value), _) => said::fact(value),
                (None, Some(_)) => said::fact(node),
                (None, None) => Fact::Unknown(Why::at("asked for when the application is made", node.span)),
            };
            let value = if value.is_absent() { Fact::derived("".into(), vec![node.span]) } else { value };
            Variable { name: name.value.clone(), value, span: name.span.cover(node.span) }
        })
        .collect()
}

/// How many dynos of which size run a process.
fn formation(app: Option<&Node>, plan: &mut ServicePlan) {
    let own = app.and_then(|app| app.get("formation")?.get(&plan.name.value));
    if let Some(quantity) = own.and_then(|it| it.get("quantity")) {
        plan.replicas = said::count(quantity);
    }
    let size = own.and_then(|it| it.get("size")).and_then(said::spanned);
    let dyno = size.as_ref().and_then(|size| {
        let name = size.value.to_ascii_lowercase();
        DYNOS.iter().find(|(own, ..)| *own == name.replace("shield-", "private-"))
    });
    let by_buildpack = plan.build.is_none() && plan.image.is_none();
    match (dyno, &size) {
        (Some((_, memory, workers)), Some(size)) => {
            plan.memory = Fact::derived(memory << 20, vec![size.span]);
            if by_buildpack {
                let set = Fact::default_of(
                    workers.to_string().into(),
                    "Heroku's Python buildpack",
                    "WEB_CONCURRENCY",
                    Some(size.span),
                );
                leave_concurrency(plan, set);
            }
        }
        _ if by_buildpack => leave_concurrency(plan, Fact::unknown(BY_SIZE)),
        _ => {}
    }
}

/// Why nobody can tell how many workers a process has that no command says.
pub(in crate::link) const BY_SIZE: &str =
    "set where it is deployed, as Heroku's Python buildpack does by the size of the dyno";

struct Addon {
    managed: Managed,
    variable: Option<Variable>,
}

/// The databases and Redis servers among the add-ons. What their plans allow stands in no file.
fn addons(seen: &Seen<'_>, app: Option<&Node>, manifest: Option<&Node>) -> Vec<Addon> {
    let of_app = app.and_then(|it| it.get("addons"));
    let of_manifest = manifest.and_then(|it| it.get("setup")?.get("addons"));
    let items = of_app.into_iter().chain(of_manifest).flat_map(Node::items);
    let mut found: Vec<Addon> = Vec::new();
    for item in items {
        let Some(plan) = said::spanned(item.get("plan").unwrap_or(item)) else { continue };
        let prefix = item.get("as").and_then(Node::text);
        let (addon, size) = plan.value.split_once(':').unwrap_or((&plan.value, ""));
        let (default, scheme) = match addon {
            "heroku-postgresql" => ("DATABASE", "postgresql"),
            "heroku-redis" => ("REDIS", "redis"),
            _ => continue,
        };
        let called = prefix.unwrap_or(default).to_ascii_uppercase();
        let host: Box<str> = format!("{addon} {called}").into();
        if found.iter().any(|it| it.managed.hosts.contains(&host)) {
            continue;
        }
        let why = match size {
            "" => Why::at("set by the plan of the add-on", plan.span),
            size => Why::at(format!("set by the plan `{size}` of the add-on"), plan.span),
        };
        let about = About {
            name: host.clone(),
            anchor: Anchor::new(&*seen.file.path, format!("addons.{called}")),
            span: Some(plan.span),
            owner: None,
            writers: Vec::new(),
        };
        let store = if scheme == "redis" {
            Store::Redis(Box::new(RedisServer {
                about,
                maxclients: Fact::Unknown(why.clone()),
                maxmemory: Fact::Unknown(why.clone()),
                policy: Fact::Unknown(why),
                ..RedisServer::default()
            }))
        } else {
            Store::Database(Box::new(database(about, &plan, why)))
        };
        // The host stands for the address that Heroku puts into the variable.
        let hostname = host.replace(' ', "-").to_ascii_lowercase();
        let value = Fact::derived(format!("{scheme}://{hostname}").into(), vec![plan.span]);
        found.push(Addon {
            managed: Managed { hosts: vec![host, hostname.into()], store },
            variable: Some(Variable { name: format!("{called}_URL").into(), value, span: plan.span }),
        });
    }
    found
}

fn database(about: About, plan: &Spanned<Box<str>>, why: Why) -> Database {
    Database {
        about,
        engine: Fact::derived(Engine::Postgres, vec![plan.span]),
        version: Fact::unknown("the newest that Heroku has when it is made"),
        max_connections: Fact::Unknown(why.clone()),
        reserved_connections: Fact::Unknown(why.clone()),
        shared_buffers: Fact::Unknown(why.clone()),
        work_mem: Fact::Unknown(why.clone()),
        memory: Fact::Unknown(why),
        ..Database::default()
    }
}
