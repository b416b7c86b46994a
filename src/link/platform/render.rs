//! `render.yaml`: <https://render.com/docs/blueprint-spec>, read in 2026.

use crate::link::plan::{Deployment, Managed, ServicePlan, Store, Variable};
use crate::stack::{About, Database, Engine, Fact, RedisServer, Version, Why, defaults};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, leave_concurrency, said};

/// The deployment of a blueprint.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let services: Vec<&Node> = lists(seen.root, "services");
    let databases: Vec<&Node> = lists(seen.root, "databases");
    let plans = services.iter().filter_map(|node| service(seen, node)).collect();
    let mut deployment = seen.deployment("Render", plans);
    deployment.managed.extend(databases.iter().filter_map(|node| database(seen, node)));
    deployment.managed.extend(services.iter().filter(|node| is_cache(node)).filter_map(|node| cache(seen, node)));
    Some(deployment)
}

/// The items of a list at the root and in all environments of projects.
fn lists<'n>(root: &'n Node, key: &str) -> Vec<&'n Node> {
    let projects = root.get("projects").map_or(&[][..], Node::items).iter();
    let environments = projects.flat_map(|it| it.get("environments").map_or(&[][..], Node::items));
    let holders = std::iter::once(root).chain(root.get("ungrouped")).chain(environments);
    holders.flat_map(|it| it.get(key).map_or(&[][..], Node::items)).collect()
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::text)
}

fn is_cache(node: &Node) -> bool {
    matches!(text(node, "type"), Some("redis" | "keyvalue"))
}

fn service(seen: &Seen<'_>, node: &Node) -> Option<ServicePlan> {
    let runtime = text(node, "runtime").or_else(|| text(node, "env")).unwrap_or("");
    if is_cache(node) || runtime == "static" || text(node, "type") == Some("static") {
        return None;
    }
    let name = said::spanned(node.get("name")?)?;
    let folder = text(node, "rootDir").unwrap_or("").trim_matches(['.', '/']);
    let mut plan = seen.service(name.clone(), &format!("services.{}", name.value), folder, "Render's dashboard");
    plan.span = node.span;
    match runtime {
        "docker" => {
            let path = text(node, "dockerfilePath").unwrap_or("Dockerfile");
            let context = text(node, "dockerContext").unwrap_or(folder).trim_start_matches("./").trim_matches('.');
            plan.build = seen.build(folder, context, path, node.span);
            plan.command = node.get("dockerCommand").and_then(|it| said::command(it, seen.file, false));
        }
        "image" => plan.image = node.get("image").and_then(|it| it.get("url")).and_then(said::spanned),
        _ => plan.command = node.get("startCommand").and_then(|it| said::command(it, seen.file, true)),
    }
    plan.environment = said::sorted(variables(seen, node));
    plan.environment_slot = said::list_slot(node.get("envVars"), seen.file, "key");
    plan.replicas = instances(seen, node, &plan);
    let size = match node.get("plan").and_then(said::spanned) {
        Some(size) => Why::at(format!("set by the plan `{}`", size.value), size.span),
        None => Why::at("set by Render's plan, which is `starter` where none is named", name.span),
    };
    (plan.cpus, plan.memory) = (Fact::Unknown(size.clone()), Fact::Unknown(size));
    plan.stop_grace = match node.get("maxShutdownDelaySeconds") {
        Some(delay) => said::parsed(delay, said::seconds),
        None => defaults::number("Render", "maxShutdownDelaySeconds", Some(name.span)).with_slots(said::slot(
            node,
            seen.file,
            "maxShutdownDelaySeconds",
        )),
    };
    // Services of one region reach each other by their names.
    plan.aliases = vec![name.value.clone()];
    if !matches!(runtime, "docker" | "image") {
        leave_concurrency(&mut plan, Fact::Unknown(Why::at("may be set by Render's runtime", name.span)));
    }
    Some(plan)
}

/// How many instances run: one unless more is said; a scaler moves them between two numbers.
fn instances(seen: &Seen<'_>, node: &Node, plan: &ServicePlan) -> Fact<u64> {
    if text(node, "type") == Some("cron") {
        return Fact::Unknown(Why::at("a job that a clock starts", plan.name.span));
    }
    if let Some(scaling) = node.get("scaling") {
        let bound = |key: &str| scaling.get(key).map_or(Fact::Absent, said::count);
        return said::between(bound("minInstances"), bound("maxInstances"), scaling.span);
    }
    match node.get("numInstances") {
        Some(count) => said::count(count),
        None => defaults::count("Render", "numInstances", Some(plan.name.span)).with_slots(said::slot(
            node,
            seen.file,
            "numInstances",
        )),
    }
}

/// The variables of a service, those of the groups that it names among them.
fn variables(seen: &Seen<'_>, node: &Node) -> Vec<Variable> {
    let own = node.get("envVars").map_or(&[][..], Node::items);
    let groups = lists(seen.root, "envVarGroups");
    let mut found = Vec::new();
    for name in own.iter().filter_map(|item| text(item, "fromGroup")) {
        let group = groups.iter().find(|group| text(group, "name") == Some(name));
        let items = group.and_then(|group| group.get("envVars")).map_or(&[][..], Node::items);
        found.extend(items.iter().filter_map(|item| variable(seen, item)));
    }
    found.extend(own.iter().filter_map(|item| variable(seen, item)));
    found
}

fn variable(seen: &Seen<'_>, item: &Node) -> Option<Variable> {
    let name = said::spanned(item.get("key")?)?;
    let value = if let Some(value) = item.get("value") {
        let known = said::fact(value);
        if known.is_absent() { Fact::derived("".into(), vec![value.span]) } else { known }
    } else if let Some(from) = item.get("fromDatabase") {
        from_database(seen, from)
    } else if let Some(from) = item.get("fromService") {
        from_service(seen, from)
    } else if item.get("generateValue").is_some() {
        Fact::Unknown(Why::at("made by Render", item.span))
    } else {
        Fact::Unknown(Why::at("set in Render's dashboard", item.span))
    };
    Some(Variable { name: name.value, value, span: item.span })
}

/// What names a database of the file: its host is the database's name there, which Render makes an address of.
fn from_database(seen: &Seen<'_>, from: &Node) -> Fact<Box<str>> {
    let unknown = || Fact::Unknown(Why::at("given by Render", from.span));
    let Some(name) = text(from, "name") else { return unknown() };
    let all = lists(seen.root, "databases");
    let named = all.iter().find(|it| text(it, "name") == Some(name));
    let database = named.and_then(|it| text(it, "databaseName")).unwrap_or("");
    let value = match text(from, "property") {
        Some("connectionString") => format!("postgresql://{name}:5432/{database}"),
        Some("host") => name.to_owned(),
        Some("port") => "5432".to_owned(),
        Some("database") if !database.is_empty() => database.to_owned(),
        _ => return unknown(),
    };
    Fact::derived(value.into(), vec![from.span])
}

fn from_service(seen: &Seen<'_>, from: &Node) -> Fact<Box<str>> {
    let unknown = || Fact::Unknown(Why::at("given by Render", from.span));
    let Some(name) = text(from, "name") else { return unknown() };
    let all = lists(seen.root, "services");
    let named = all.iter().find(|it| text(it, "name") == Some(name));
    let is_store = named.is_some_and(|it| is_cache(it)) || matches!(text(from, "type"), Some("redis" | "keyvalue"));
    if let Some(key) = text(from, "envVarKey") {
        // One step: what the other service says of itself.
        let items = named.and_then(|it| it.get("envVars")).map_or(&[][..], Node::items);
        let other = items.iter().find(|item| text(item, "key") == Some(key)).and_then(|item| item.get("value"));
        return other.map_or_else(unknown, |value| said::fact(value).by_way_of([from.span]));
    }
    let value = match text(from, "property") {
        Some("connectionString") if is_store => format!("redis://{name}:6379"),
        Some("host") => name.to_owned(),
        Some("port") if is_store => "6379".to_owned(),
        _ => return unknown(),
    };
    Fact::derived(value.into(), vec![from.span])
}

fn about(seen: &Seen<'_>, name: &Spanned<Box<str>>, list: &str) -> About {
    About {
        name: name.value.clone(),
        anchor: crate::stack::Anchor::new(&*seen.file.path, format!("{list}.{}", name.value)),
        span: Some(name.span),
        owner: None,
        writers: Vec::new(),
    }
}

fn database(seen: &Seen<'_>, node: &Node) -> Option<Managed> {
    let name = said::spanned(node.get("name")?)?;
    let version = match node.get("postgresMajorVersion") {
        Some(major) => said::parsed(major, Version::of_series),
        None => Fact::unknown("the newest that Render has when it is made"),
    };
    let (max_connections, memory) = match node.get("plan").and_then(said::spanned) {
        Some(plan) => limits(&plan),
        None => (Fact::unknown("set by Render's plan"), Fact::unknown("set by Render's plan")),
    };
    let database = Database {
        about: about(seen, &name, "databases"),
        engine: Fact::derived(Engine::Postgres, vec![name.span]),
        version,
        max_connections,
        // Some slots are Render's own; how many, its documentation says only by the way.
        reserved_connections: Fact::unknown("some are kept by Render"),
        shared_buffers: Fact::unknown("set by Render"),
        work_mem: Fact::unknown("set by Render"),
        memory,
        ..Database::default()
    };
    Some(Managed { hosts: vec![name.value], store: Store::Database(Box::new(database)) })
}

/// The connections and the memory of a plan whose name says its memory (`pro-8gb`): 100 below 8 GB, 200 below 16 GB,
/// 400 below 32 GB, 500 from there on
/// (<https://render.com/tutorials/postgres-on-render/connection-limits-and-pooling>, read in November 2026). Older plans
/// have other limits.
fn limits(plan: &Spanned<Box<str>>) -> (Fact<u64>, Fact<u64>) {
    let size = plan
        .value
        .rsplit_once('-')
        .and_then(|(_, size)| (size.ends_with("mb") || size.ends_with("gb")).then(|| said::bytes(size, 1))?);
    let Some(memory) = size else {
        let why = Why::at(format!("what the plan `{}` allows is not known here", plan.value), plan.span);
        return (Fact::Unknown(why.clone()), Fact::Unknown(why));
    };
    let most = match memory >> 30 {
        0..8 => 100,
        8..16 => 200,
        16..32 => 400,
        _ => 500,
    };
    (Fact::derived(most, vec![plan.span]), Fact::derived(memory, vec![plan.span]))
}

fn cache(seen: &Seen<'_>, node: &Node) -> Option<Managed> {
    let name = said::spanned(node.get("name")?)?;
    let redis = RedisServer {
        about: about(seen, &name, "services"),
        maxclients: Fact::unknown("set by Render's plan"),
        maxmemory: Fact::unknown("set by Render's plan"),
        policy: match node.get("maxmemoryPolicy") {
            Some(policy) => said::fact(policy),
            None => Fact::unknown("Render's own, unless its dashboard says another"),
        },
        ..RedisServer::default()
    };
    Some(Managed { hosts: vec![name.value], store: Store::Redis(Box::new(redis)) })
}
