//! App Engine's `app.yaml`: <https://cloud.google.com/appengine/docs/standard/reference/app-yaml>, read in 2026.

use crate::link::plan::{Deployment, ServicePlan};
use crate::stack::{Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, leave_concurrency, said};

/// Memory of the standard environment's instance classes in MiB, the runtime's own share included:
/// <https://docs.cloud.google.com/appengine/docs/standard/overview>, read in November 2026.
const CLASSES: &[(&str, u64)] = &[
    ("F1", 384),
    ("F2", 768),
    ("F4", 1536),
    ("F4_1G", 3072),
    ("B1", 384),
    ("B2", 768),
    ("B4", 1536),
    ("B4_1G", 3072),
    ("B8", 3072),
];

/// The service of an `app.yaml`. One of another language runs no Python.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let runtime = said::spanned(seen.root.get("runtime")?)?;
    let flexible = seen.at(&["env"]).and_then(Node::text).is_some_and(|it| matches!(it, "flex" | "flexible"));
    let custom = &*runtime.value == "custom";
    if !(runtime.value.starts_with("python3") || &*runtime.value == "python" || custom) {
        return None;
    }
    let name = seen.root.get("service").and_then(said::spanned);
    let name = name.unwrap_or_else(|| Spanned::new("default".into(), runtime.span));
    let mut plan = seen.service(name.clone(), &format!("service.{}", name.value), seen.folder(), "App Engine");
    plan.span = seen.root.span;
    plan.environment = said::sorted(said::map(seen.root.get("env_variables")));
    plan.environment_slot = said::map_slot(seen.root.get("env_variables"), seen.file);
    // Nothing but the file sets variables of the standard environment.
    plan.environment_open = None;
    match seen.root.get("entrypoint").filter(|it| it.text().is_some_and(|text| !text.is_empty())) {
        Some(entrypoint) => plan.command = said::command(entrypoint, seen.file, true),
        None if custom => plan.build = seen.build(seen.folder(), seen.folder(), "Dockerfile", runtime.span),
        None if flexible => {}
        // <https://cloud.google.com/appengine/docs/standard/python3/runtime>
        None => {
            plan.command = Some(said::own_command("gunicorn main:app", runtime.span));
            let why =
                Why::at("chosen by App Engine, which starts gunicorn where no `entrypoint` is said", runtime.span);
            leave_concurrency(&mut plan, Fact::Unknown(why));
        }
    }
    plan.replicas = instances(seen, &name);
    plan.most_at_once = at_once(seen, flexible || custom, &name);
    resources(seen, flexible || custom, &mut plan);
    Some(seen.deployment("App Engine", vec![plan]))
}

fn instances(seen: &Seen<'_>, name: &Spanned<Box<str>>) -> Fact<u64> {
    if let Some(count) = seen.at(&["manual_scaling", "instances"]) {
        return said::count(count);
    }
    let bound = |scaling: &'_ Node, keys: [&str; 2]| {
        keys.iter().find_map(|key| scaling.get(key)).map_or(Fact::Absent, said::count)
    };
    if let Some(scaling) = seen.root.get("basic_scaling") {
        let most = bound(scaling, ["max_instances", "max_instances"]);
        return said::between(Fact::derived(0, vec![scaling.span]), most, scaling.span);
    }
    let open = |at| Fact::Unknown(Why::at("set by App Engine as requests come in", at));
    let Some(scaling) = seen.root.get("automatic_scaling") else { return open(name.span) };
    let least = bound(scaling, ["min_instances", "min_num_instances"]);
    let most = bound(scaling, ["max_instances", "max_num_instances"]);
    match (least, most) {
        (Fact::Absent, most @ Fact::Known(_)) => {
            said::between(Fact::derived(0, vec![scaling.span]), most, scaling.span)
        }
        (_, Fact::Absent) => open(scaling.span),
        (least, most) => said::between(least, most, scaling.span),
    }
}

/// How many requests an automatically scaled instance takes before another is started.
fn at_once(seen: &Seen<'_>, flexible: bool, name: &Spanned<Box<str>>) -> Fact<u64> {
    let fixed = ["manual_scaling", "basic_scaling"].iter().any(|key| seen.root.get(key).is_some());
    match seen.at(&["automatic_scaling", "max_concurrent_requests"]) {
        Some(count) => said::count(count),
        None if flexible || fixed => Fact::Absent,
        None => Fact::Unknown(Why::at("App Engine's own, for no `max_concurrent_requests` is said", name.span)),
    }
}

fn resources(seen: &Seen<'_>, flexible: bool, plan: &mut ServicePlan) {
    if flexible {
        let of = |key: &str| seen.at(&["resources", key]);
        if let Some(cpus) = of("cpu") {
            plan.cpus = said::parsed(cpus, |text| text.parse().ok());
        }
        if let Some(memory) = of("memory_gb") {
            plan.memory = said::parsed(memory, |text| said::bytes(text, 1 << 30));
        }
        return;
    }
    let memory = |class: &str| CLASSES.iter().find(|(name, _)| *name == class).map(|(_, mib)| mib << 20);
    match seen.root.get("instance_class").and_then(said::spanned) {
        Some(class) => {
            if let Some(memory) = memory(&class.value.to_ascii_uppercase()) {
                plan.memory = Fact::derived(memory, vec![class.span]);
            }
        }
        None => {
            let fixed = ["manual_scaling", "basic_scaling"].iter().any(|key| seen.root.get(key).is_some());
            let class = if fixed { "B2" } else { "F1" };
            if let Some(memory) = memory(class) {
                plan.memory = Fact::default_of(memory, "App Engine", "instance_class", Some(plan.name.span));
            }
        }
    }
}
