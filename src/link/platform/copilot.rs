//! AWS Copilot's manifests: <https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/>, read in 2026. What an
//! environment says under `environments` stands over the rest; `production` or `prod` is the one that serves.

use crate::link::plan::Deployment;
use crate::stack::{Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Value};

use super::{Seen, said};

/// The deployment of a manifest of a service. A job that a clock starts serves nobody.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let kind = seen.root.get("type")?.text()?;
    if !matches!(
        kind,
        "Load Balanced Web Service" | "Backend Service" | "Worker Service" | "Request-Driven Web Service"
    ) {
        return None;
    }
    let name = said::spanned(seen.root.get("name")?)?;
    let environments = seen.root.get("environments");
    let over = ["production", "prod"].iter().find_map(|it| environments?.get(it));
    let said_of = |key: &str| over.and_then(|it| it.get(key)).or_else(|| seen.root.get(key));
    let mut plan = seen.service(name.clone(), &format!("service.{}", name.value), "", "Copilot");
    plan.span = seen.root.span;
    if let Some(image) = seen.root.get("image") {
        plan.image = image.get("location").and_then(said::spanned);
        if let Some(build) = image.get("build").filter(|_| plan.image.is_none()) {
            let path = build.text().or_else(|| build.get("dockerfile")?.text()).unwrap_or("Dockerfile");
            let path = path.trim_start_matches("./");
            let beside = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let context = build.get("context").and_then(Node::text).unwrap_or(beside).trim_start_matches("./");
            plan.build = seen.build("", context.trim_matches('.'), path, build.span);
            if let Some(built) = &mut plan.build {
                built.target = build.get("target").and_then(said::spanned);
            }
        }
        plan.expose = image
            .get("port")
            .and_then(|it| Some(Spanned::new(it.text()?.parse().ok()?, it.content_span())))
            .into_iter()
            .collect();
    }
    plan.entrypoint = said_of("entrypoint").and_then(|it| said::command(it, seen.file, false));
    plan.command = said_of("command").and_then(|it| said::command(it, seen.file, false));
    let secrets = said_of("secrets").into_iter().flat_map(Node::entries).map(|(name, node)| {
        let value = Fact::Unknown(Why::at("kept as a secret", node.span));
        crate::link::plan::Variable { name: name.value.clone(), value, span: name.span.cover(node.span) }
    });
    let own = said::map(seen.root.get("variables"));
    let of_environment = said::map(over.and_then(|it| it.get("variables")));
    plan.environment = said::sorted(own.into_iter().chain(of_environment).chain(secrets));
    let holder = over.and_then(|it| it.get("variables")).or_else(|| seen.root.get("variables"));
    plan.environment_slot = said::map_slot(holder, seen.file);
    if let Some(units) = said_of("cpu") {
        plan.cpus = said::parsed(units, |text| text.parse::<f64>().ok().map(|units| units / 1024.0));
    }
    if let Some(memory) = said_of("memory") {
        plan.memory = said::parsed(memory, |text| said::bytes(text, 1 << 20));
    }
    if let Some(count) = said_of("count") {
        plan.replicas = tasks(count);
    }
    // Services of one environment reach each other by `name` in its namespace.
    plan.aliases = vec![name.value];
    Some(seen.deployment("Copilot", vec![plan]))
}

/// A number, or a range that a scaler moves in: `1-10`, or a map of `min` and `max`.
fn tasks(count: &Node) -> Fact<u64> {
    if !matches!(count.value, Value::Map { .. }) {
        return said::count(count);
    }
    let Some(range) = count.get("range") else {
        return match count.get("spot") {
            Some(spot) => said::count(spot),
            None => Fact::Unknown(Why::at("set by Copilot's scaler", count.span)),
        };
    };
    if range.text().is_some() {
        let end = |last: bool| {
            said::parsed(range, move |text| {
                let (least, most) = text.split_once('-')?;
                (if last { most } else { least }).trim().parse::<u64>().ok()
            })
        };
        let bare = |fact: Fact<u64>| fact.known().map_or(Fact::Absent, |it| Fact::derived(*it, vec![range.span]));
        return said::between(bare(end(false)), bare(end(true)), range.span);
    }
    let bound = |key: &str| range.get(key).map_or(Fact::Absent, said::count);
    said::between(bound("min"), bound("max"), range.span)
}
