//! DigitalOcean's app spec: <https://docs.digitalocean.com/products/app-platform/reference/app-spec/>, read in 2026.

use crate::link::plan::{Deployment, Managed, ServicePlan, Store, Variable};
use crate::stack::{About, Anchor, Database, Engine, Fact, Version, Why};
use crate::syntax::yaml::Node;

use super::{Seen, leave_concurrency, said};

/// The deployment of a spec; a template has it under `spec`.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let spec = seen.root.get("spec").unwrap_or(seen.root);
    let list = |key: &str| spec.get(key).map_or(&[][..], Node::items).iter();
    let components = list("services").map(|it| (it, "services")).chain(list("workers").map(|it| (it, "workers")));
    let plans = components.filter_map(|(node, kind)| component(seen, spec, node, kind)).collect();
    let mut deployment = seen.deployment("DigitalOcean", plans);
    deployment.managed = list("databases").filter_map(|node| database(seen, node)).collect();
    Some(deployment)
}

fn component(seen: &Seen<'_>, spec: &Node, node: &Node, kind: &str) -> Option<ServicePlan> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let name = said::spanned(node.get("name")?)?;
    let folder = text("source_dir").unwrap_or("").trim_matches('/');
    let who = "DigitalOcean's dashboard";
    let mut plan = seen.service(name.clone(), &format!("{kind}.{}", name.value), folder, who);
    plan.span = node.span;
    plan.aliases = vec![name.value.clone()];
    if let Some(path) = text("dockerfile_path") {
        plan.build = seen.build("", folder, path, node.span);
    }
    // Whether a shell starts it in an image is not said.
    plan.command = node.get("run_command").and_then(|it| said::command(it, seen.file, plan.build.is_none()));
    let databases = spec.get("databases").map_or(&[][..], Node::items);
    let variables = spec.get("envs").into_iter().chain(node.get("envs")).flat_map(Node::items);
    plan.environment = said::sorted(variables.filter_map(|item| variable(item, databases)));
    plan.environment_slot = said::list_slot(node.get("envs"), seen.file, "key");
    if let Some(scaling) = node.get("autoscaling") {
        let bound = |key: &str| scaling.get(key).map_or(Fact::Absent, said::count);
        plan.replicas = said::between(bound("min_instance_count"), bound("max_instance_count"), scaling.span);
    } else if let Some(count) = node.get("instance_count") {
        plan.replicas = said::count(count);
    }
    size(node, &mut plan);
    if plan.build.is_none() {
        leave_concurrency(&mut plan, Fact::Unknown(Why::at("may be set by DigitalOcean's buildpack", name.span)));
    }
    Some(plan)
}

/// CPUs and memory, where the slug says them: `apps-s-1vcpu-0.5gb`.
fn size(node: &Node, plan: &mut ServicePlan) {
    let Some(slug) = node.get("instance_size_slug").and_then(said::spanned) else { return };
    let parts = || slug.value.split('-');
    let cpus = parts().find_map(|part| part.strip_suffix("vcpu")?.parse::<f64>().ok());
    let memory = parts().find(|part| part.ends_with("gb")).and_then(|part| said::bytes(part, 1));
    let why = Why::at(format!("set by the size `{}`", slug.value), slug.span);
    plan.cpus = cpus.map_or_else(|| Fact::Unknown(why.clone()), |it| Fact::derived(it, vec![slug.span]));
    plan.memory = memory.map_or_else(|| Fact::Unknown(why), |it| Fact::derived(it, vec![slug.span]));
}

/// A variable; `${db.DATABASE_URL}` names a database of the spec, whose name stands for its address.
fn variable(item: &Node, databases: &[Node]) -> Option<Variable> {
    let name = item.get("key")?.text()?.into();
    if item.get("scope").and_then(Node::text) == Some("BUILD_TIME") {
        return None;
    }
    let Some(value) = item.get("value") else {
        return Some(Variable { name, value: Fact::Unknown(Why::at("kept as a secret", item.span)), span: item.span });
    };
    let bound = value.text().and_then(|it| it.strip_prefix("${")?.strip_suffix('}')?.split_once('.'));
    let known = bound.and_then(|(component, property)| {
        let text = |node: &'_ Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
        let database = databases.iter().find(|it| text(it, "name").as_deref() == Some(component))?;
        let scheme = match text(database, "engine").as_deref() {
            Some("PG") | None => "postgresql",
            Some("MYSQL") => "mysql",
            Some("REDIS" | "VALKEY") => "redis",
            Some(_) => return None,
        };
        match property {
            "DATABASE_URL" => Some(format!("{scheme}://{component}/")),
            "HOSTNAME" => Some(component.to_owned()),
            _ => None,
        }
    });
    let encrypted = item.get("type").and_then(Node::text) == Some("SECRET");
    let value = match known {
        Some(text) => Fact::derived(text.into(), vec![value.span]),
        None if encrypted => Fact::Unknown(Why::at("kept as a secret", item.span)),
        None => said::fact(value),
    };
    Some(Variable { name, value, span: item.span })
}

fn database(seen: &Seen<'_>, node: &Node) -> Option<Managed> {
    let name = said::spanned(node.get("name")?)?;
    let engine = match node.get("engine").and_then(Node::text) {
        Some("PG") | None => Engine::Postgres,
        Some("MYSQL") => Engine::Mysql,
        Some(_) => return None,
    };
    let why = "set by the size of DigitalOcean's database";
    let database = Database {
        about: About {
            name: name.value.clone(),
            anchor: Anchor::new(&*seen.file.path, format!("databases.{}", name.value)),
            span: Some(name.span),
            owner: None,
            writers: Vec::new(),
        },
        engine: Fact::derived(engine, vec![name.span]),
        version: node
            .get("version")
            .map_or(Fact::unknown("DigitalOcean's own"), |it| said::parsed(it, Version::of_series)),
        max_connections: Fact::unknown(why),
        reserved_connections: Fact::unknown(why),
        shared_buffers: Fact::unknown(why),
        work_mem: Fact::unknown(why),
        memory: Fact::unknown(why),
        ..Database::default()
    };
    Some(Managed { hosts: vec![name.value], store: Store::Database(Box::new(database)) })
}
