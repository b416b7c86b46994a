//! Services of the plan as entities of the stack.

use crate::source::{FileId, Sources};
use crate::stack::{About, Fact, Id, Service, Stack, Writer};

use super::plan::{Running, ServicePlan};
use super::rows;

/// Puts a service into the stack, with what its commands tell of it; `before` are those of containers that end before
/// it starts. Its processes come later.
pub fn add(
    stack: &mut Stack,
    sources: &Sources,
    plan: &ServicePlan,
    image: Option<&str>,
    before: &[Running],
    running: &[Running],
) -> Id<Service> {
    let written = plan.image.as_ref().map(|it| Fact::written(it.value.clone(), it.span));
    let host_port = plan.ports.iter().find(|it| !it.flexible && it.host.is_some() && !is_swarm(sources, it.span.file));
    stack.add(Service {
        about: About {
            name: plan.name.value.clone(),
            anchor: plan.anchor.clone(),
            span: Some(plan.name.span),
            owner: Some(plan.name.value.clone()),
            writers: [drop_container_name(sources, plan), expose(sources, plan)].into_iter().flatten().collect(),
        },
        replicas: plan.replicas.clone(),
        cpus: plan.cpus.clone(),
        memory: plan.memory.clone(),
        image: written.or_else(|| Some(Fact::derived(image?.into(), vec![plan.span]))).unwrap_or(Fact::Absent),
        container_name: plan.container_name.clone(),
        host_port: host_port
            .and_then(|it| Some(Fact::derived(u64::from(it.host?), vec![it.span])))
            .unwrap_or(Fact::Absent),
        migrates: migrates(before, running),
        web_concurrency: plan
            .environment
            .iter()
            .find(|it| &*it.name == "WEB_CONCURRENCY")
            .map_or(Fact::Absent, |it| super::stores::parsed(it.value.clone(), |text| text.trim().parse().ok())),
        most_at_once: plan.most_at_once.clone(),
        disruption_budget: plan.disruption_budget.clone(),
        stop_grace: plan.stop_grace.clone(),
        restart: plan.restart.clone(),
        processes: Vec::new(),
    })
}

/// Whether a file is one for `docker stack deploy`, by its name. In Swarm a published port belongs to the service, and
/// its mesh leads from it to all replicas.
fn is_swarm(sources: &Sources, file: FileId) -> bool {
    let name = sources.file(file).name().to_ascii_lowercase();
    name.split(['.', '-', '_']).any(|part| matches!(part, "stack" | "swarm"))
}

/// Whether one of the commands before the last, or of those that run `first`, changes the database's schema; absent where only that is done, for then
/// it is what the service is for.
fn migrates(first: &[Running], running: &[Running]) -> Fact<bool> {
    let before = running.split_last().map_or(&[][..], |(_, before)| before);
    if first.is_empty() && running.is_empty() {
        return Fact::Absent;
    }
    match first.iter().chain(before).find(|it| it.conditional.is_none() && is_migration(it)) {
        Some(command) => Fact::derived(true, std::iter::once(command.span).chain(command.by.iter().copied()).collect()),
        None if running.iter().any(is_migration) => Fact::Absent,
        None => Fact::derived(false, running.first().map(|it| vec![it.span]).unwrap_or_default()),
    }
}

/// Whether a command is `manage.py migrate`, `alembic upgrade` or `flask db upgrade`.
pub fn is_migration(command: &Running) -> bool {
    let words: Vec<&str> = command.argv.iter().filter_map(|word| word.text.known().map(|it| &**it)).collect();
    let runs = |first: &str, second: &str| {
        words
            .iter()
            .position(|word| word.rsplit('/').next() == Some(first))
            .is_some_and(|at| words[at + 1..].contains(&second))
    };
    runs("manage.py", "migrate")
        || runs("django-admin", "migrate")
        || runs("alembic", "upgrade")
        || (runs("flask", "db") && words.contains(&"upgrade"))
}

/// The change that takes `container_name` out.
fn drop_container_name(sources: &Sources, plan: &ServicePlan) -> Option<Writer> {
    let line = rows::whole(sources, plan.container_name.span()?, &["container_name:"])?;
    Some(Writer { name: "drop_container_name".into(), edits: vec![(line, "".into())], display_only: None })
}

/// The change that lets other containers reach the service's only port, and nobody outside.
fn expose(sources: &Sources, plan: &ServicePlan) -> Option<Writer> {
    let [port] = plan.ports.as_slice() else { return None };
    let (head, place) = rows::above(sources, port.span)?;
    if head != "ports:" {
        return None;
    }
    let edits = if plan.expose.iter().any(|it| it.value == port.container) {
        let key = rows::whole(sources, place, &[])?;
        let item = rows::whole(sources, port.span, &["-"])?;
        vec![(key.cover(item), "".into())]
    } else if plan.expose.is_empty() {
        vec![(place, "expose:".into()), (port.span, format!("\"{}\"", port.container).into())]
    } else {
        return None;
    };
    Some(Writer { name: "expose".into(), edits, display_only: None })
}
