//! Task definitions of ECS: containers that share a task, and the service beside them that says how many tasks run.

use crate::facts::platform::{Kind, at};
use crate::link::plan::{CommandLine, Deployment, Pod, ServicePlan, Variable};
use crate::stack::{Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, cloud_run, said};

/// The deployment of a task definition.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let task = seen.root.get("taskDefinition").unwrap_or(seen.root);
    let count = count(seen, task);
    Some(seen.deployment("ECS", containers(seen, task, &count)))
}

/// The containers of a task, of which so many run.
pub(super) fn containers(seen: &Seen<'_>, task: &Node, count: &Fact<u64>) -> Vec<ServicePlan> {
    let containers = task.get("containerDefinitions").map_or(&[][..], Node::items);
    let family = task.get("family").and_then(Node::text);
    let awsvpc = task.get("networkMode").and_then(Node::text) == Some("awsvpc");
    let plans = containers.iter().filter_map(|node| {
        let mut plan = container(seen, task, node, containers.len())?;
        plan.replicas = count.clone();
        if awsvpc && containers.len() > 1 {
            plan.pod = Some(Pod { name: family.unwrap_or("task").into(), ..Pod::default() });
        }
        if containers.len() == 1 {
            plan.build = seen.own_image(plan.image.as_ref().map(|it| &*it.value), node.span);
        }
        Some(plan)
    });
    plans.collect()
}

/// How many tasks run, by the service definition in the same folder, when there is one alone.
fn count(seen: &Seen<'_>, task: &Node) -> Fact<u64> {
    let own = task.get("desiredCount").or_else(|| seen.root.get("desiredCount"));
    let folder = seen.folder();
    let services: Vec<&Node> = seen
        .all
        .files
        .iter()
        .filter(|it| it.kind == Kind::EcsService && seen.all.sources.file(it.file).folder() == folder)
        .filter_map(|it| at(&it.root, &["desiredCount"]))
        .collect();
    let tasks = seen
        .all
        .files
        .iter()
        .filter(|it| it.kind == Kind::EcsTask && seen.all.sources.file(it.file).folder() == folder)
        .count();
    match (own, services.as_slice()) {
        (Some(own), _) => said::count(own),
        (None, [only]) if tasks == 1 => said::count(only),
        _ => Fact::unknown("set by the service of ECS, which no file here says"),
    }
}

fn container(seen: &Seen<'_>, task: &Node, node: &Node, containers: usize) -> Option<ServicePlan> {
    let name = said::spanned(node.get("name")?)?;
    let entity = format!("containerDefinitions.{}", name.value);
    let mut plan = seen.service(name.clone(), &entity, "", "ECS");
    plan.span = node.span;
    let image = node.get("image").filter(|it| said::fact(it).known().is_some_and(|text| is_name(text)));
    plan.image = image.and_then(said::spanned);
    plan.entrypoint = node.get("entryPoint").and_then(|it| said::command(it, seen.file, false)).filter(said_some);
    plan.command = node.get("command").and_then(|it| said::command(it, seen.file, false)).filter(said_some);
    let secrets = node.get("secrets").map_or(&[][..], Node::items).iter().filter_map(|item| {
        let name = item.get("name")?.text()?.into();
        Some(Variable { name, value: Fact::Unknown(Why::at("kept as a secret", item.span)), span: item.span })
    });
    plan.environment = said::sorted(cloud_run::variables(node.get("environment")).into_iter().chain(secrets));
    let files = node.get("environmentFiles").filter(|it| !it.items().is_empty());
    plan.environment_open = files.map(|files| Why::at("more is set by files of a bucket", files.span));
    let of_task = |key: &str| task.get(key).filter(|_| containers == 1);
    // 1,024 units are a CPU. A container's own units are a share, no limit, unless the task has no more.
    plan.cpus = match (of_task("cpu"), task.get("cpu")) {
        (Some(units), _) => said::parsed(units, cpus),
        (None, Some(units)) => {
            Fact::Unknown(Why::at("shares the task's CPUs with the other containers", units.content_span()))
        }
        (None, None) => Fact::unknown("not limited, and no file says what CPUs the instance has"),
    };
    plan.memory = match (node.get("memory"), of_task("memory"), task.get("memory")) {
        (Some(memory), ..) | (None, Some(memory), _) => said::parsed(memory, |text| said::bytes(text, 1 << 20)),
        (None, None, Some(memory)) => {
            Fact::Unknown(Why::at("shares the task's memory with the other containers", memory.content_span()))
        }
        (None, None, None) => Fact::unknown("not limited, and no file says what memory the instance has"),
    };
    if let Some(timeout) = node.get("stopTimeout") {
        plan.stop_grace = said::parsed(timeout, said::seconds);
    }
    plan.expose = ports(node);
    plan.depends_on = node
        .get("dependsOn")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| {
            let condition = item.get("condition").and_then(Node::text).unwrap_or("START");
            Some((said::spanned(item.get("containerName")?)?, condition.to_ascii_lowercase().into()))
        })
        .collect();
    plan.healthcheck = node.get("healthCheck").map(|it| it.span);
    plan.init = node.get("linuxParameters").and_then(|it| it.get("initProcessEnabled")?.text()) == Some("true");
    plan.working_dir = node.get("workingDirectory").and_then(Node::text).map(Box::from);
    Some(plan)
}

/// Whether a list of words has any: an empty one takes nothing away.
fn said_some(line: &CommandLine) -> bool {
    !matches!(line, CommandLine::Exec { words, .. } if words.is_empty())
}

/// Whether a text names an image, and is no mark for a pipeline.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['<', '$', '{', '%', ' '])
}

/// CPUs by units or, as task definitions also have them, by words: `512`, `1 vCPU`.
fn cpus(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    match lower.strip_suffix("vcpu") {
        Some(count) => count.trim().parse().ok(),
        None => text.trim().parse::<f64>().ok().filter(|it| *it > 0.0).map(|units| units / 1024.0),
    }
}

fn ports(node: &Node) -> Vec<Spanned<u16>> {
    let ports = node.get("portMappings").map_or(&[][..], Node::items).iter();
    let ports = ports.filter_map(|port| port.get("containerPort"));
    ports.filter_map(|it| Some(Spanned::new(it.text()?.parse().ok()?, it.content_span()))).collect()
}
