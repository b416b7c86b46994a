//! `fly.toml`: <https://fly.io/docs/reference/configuration/>, read in 2026. How many machines run is no part of the
//! file; `fly scale count` sets it.

use crate::link::plan::{Deployment, ServicePlan};
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, procfile_command, said};

/// The deployment of a `fly.toml`: a service for each process group, one called `app` where there are none.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let folder = seen.folder();
    let text = |keys: &[&str]| seen.at(keys).and_then(Node::text);
    let dockerfile = text(&["build", "dockerfile"]).unwrap_or("Dockerfile");
    let span = seen.at(&["build"]).map_or(seen.root.span, |it| it.span);
    let mut build = seen.build(folder, folder, dockerfile, span);
    if let Some(build) = &mut build {
        build.target = seen.at(&["build", "build-target"]).and_then(said::spanned);
    }
    let image = seen.at(&["build", "image"]).and_then(said::spanned);
    // An image or a builder stands over the Dockerfile.
    if image.is_some() || (text(&["build", "builder"]).is_some() && text(&["build", "dockerfile"]).is_none()) {
        build = None;
    }
    let procfile = seen.procfile(folder).filter(|_| build.is_none() && image.is_none());
    let groups: Vec<(Spanned<Box<str>>, Option<&Node>)> = match seen.at(&["processes"]) {
        Some(groups) if groups.entries().next().is_some() => {
            groups.entries().map(|(name, command)| (name.clone(), Some(command))).collect()
        }
        _ => {
            let at = seen.root.get("app").map_or(seen.root.span, Node::content_span);
            vec![(Spanned::new("app".into(), at), None)]
        }
    };
    let mut files = Vec::new();
    let services = groups.into_iter().map(|(name, command)| {
        let mut plan = seen.service(name.clone(), &format!("processes.{}", name.value), folder, "`fly` commands");
        plan.build = build.clone();
        plan.image = image.clone();
        plan.command = command.and_then(|node| said::command(node, seen.file, false));
        // A buildpack starts what the Procfile says of `web`.
        let started = procfile.and_then(|it| it.processes.iter().find(|it| &*it.name.value == "web"));
        if let Some(process) = started.filter(|_| command.is_none()) {
            plan.command = Some(procfile_command(process));
            files.extend(procfile.map(|it| it.file));
        }
        plan.environment = said::sorted(said::map(seen.at(&["env"])));
        plan.environment_slot = said::map_slot(seen.at(&["env"]), seen.file);
        plan.environment_open = Some(Why::new("more may be set by `fly secrets`"));
        plan.expose = ports(seen, &name.value);
        plan.replicas = machines(seen, &name.value);
        size(seen, &name.value, &mut plan);
        plan.most_at_once = at_once(seen, &name.value);
        if let Some(timeout) = seen.at(&["kill_timeout"]) {
            plan.stop_grace = said::parsed(timeout, said::seconds);
        }
        plan
    });
    let services: Vec<ServicePlan> = services.collect();
    let mut deployment = seen.deployment("Fly.io", services);
    deployment.files.extend(files);
    deployment.files.dedup();
    Some(deployment)
}

/// The sections of a list, or the only one, that hold for a group: those that name it, or none.
fn of_group<'n>(node: Option<&'n Node>, group: &str) -> impl Iterator<Item = &'n Node> {
    let sections: Vec<&Node> = match node {
        Some(node) if node.items().is_empty() => vec![node],
        Some(node) => node.items().iter().collect(),
        None => Vec::new(),
    };
    let group = group.to_owned();
    sections.into_iter().filter(move |section| {
        section.get("processes").is_none_or(|it| it.items().iter().any(|name| name.text() == Some(&*group)))
    })
}

fn ports(seen: &Seen<'_>, group: &str) -> Vec<Spanned<u16>> {
    let http = of_group(seen.root.get("http_service"), group);
    let sections = http.chain(of_group(seen.root.get("services"), group));
    let ports = sections.filter_map(|section| section.get("internal_port"));
    ports.filter_map(|port| Some(Spanned::new(port.text()?.parse().ok()?, port.content_span()))).collect()
}

/// The hard limit of what Fly's proxy sends to a machine at once: requests, or connections, which it may use again.
fn at_once(seen: &Seen<'_>, group: &str) -> Fact<u64> {
    let http = of_group(seen.root.get("http_service"), group);
    let mut sections = http.chain(of_group(seen.root.get("services"), group)).peekable();
    if sections.peek().is_none() {
        return Fact::Absent;
    }
    let said = sections.find_map(|section| section.get("concurrency")?.get("hard_limit"));
    said.map_or_else(|| Fact::unknown("no `hard_limit` is said, and Fly.io's own holds"), said::count)
}

/// How many machines of a group run: what `fly scale count` made of it. Those that are kept running are said.
fn machines(seen: &Seen<'_>, group: &str) -> Fact<u64> {
    let http = of_group(seen.root.get("http_service"), group).next();
    let kept = http.and_then(|it| it.get("min_machines_running")).filter(|it| it.text() != Some("0"));
    match kept {
        Some(node) => {
            let reason = format!("set by `fly scale count`, of which at least {} run", node.text().unwrap_or("some"));
            Fact::Unknown(Why::at(reason, node.content_span()))
        }
        None => Fact::unknown("set by `fly scale count`, which no file here says"),
    }
}

/// CPUs and memory by `[[vm]]`: a size has as many CPUs as its name says, and 256 MB (shared) or 2 GB (performance) for
/// each unless more is said: <https://fly.io/docs/machines/guides-examples/machine-sizing/>, read in 2026.
fn size(seen: &Seen<'_>, group: &str, plan: &mut ServicePlan) {
    // One that names the group stands over one for all.
    let sections: Vec<&Node> = of_group(seen.root.get("vm"), group).collect();
    let named = sections.iter().copied().find(|it| it.get("processes").is_some());
    let Some(vm) = named.or(sections.first().copied()) else { return };
    let preset = vm.get("size").and_then(|node| Some((preset(node.text()?)?, node.content_span())));
    let of_preset = |value: u64, span: Span| Fact::derived(value, vec![span]);
    if let Some(cpus) = vm.get("cpus") {
        plan.cpus = said::parsed(cpus, |text| text.parse().ok());
    } else if let Some(((cpus, _), span)) = preset {
        plan.cpus = of_preset(cpus, span).map(|cpus| cpus as f64);
    }
    if let Some(memory) = vm.get("memory").or_else(|| vm.get("memory_mb")) {
        plan.memory = said::parsed(memory, |text| said::bytes(text, 1 << 20));
    } else if let Some(((_, memory), span)) = preset {
        plan.memory = of_preset(memory, span);
    }
}

/// The CPUs and the memory of a size.
fn preset(size: &str) -> Option<(u64, u64)> {
    let (kind, count) = size.rsplit_once('-')?;
    let cpus: u64 = count.strip_suffix('x')?.parse().ok()?;
    let each = match kind {
        "shared-cpu" => 256 << 20,
        "performance" => 2 << 30,
        _ => return None,
    };
    Some((cpus, cpus * each))
}
