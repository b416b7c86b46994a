//! Cloud Run's services, which are Knative's: `containerConcurrency`, the scale in annotations, limits of containers.

use crate::link::plan::{Deployment, Pod, ServicePlan, Variable};
use crate::source::Span;
use crate::stack::{Fact, Why, defaults};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::{Seen, said};

/// The deployment of a service: its containers, which share an instance.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let name = said::spanned(seen.at(&["metadata", "name"])?)?;
    let template = seen.at(&["spec", "template"])?;
    let containers = template.get("spec")?.get("containers")?.items();
    let replicas = instances(seen, template, &name);
    let plans = containers.iter().enumerate().filter_map(|(at, node)| {
        let own = node.get("name").and_then(said::spanned).filter(|_| containers.len() > 1);
        let called = own
            .map_or_else(|| name.clone(), |own| Spanned::new(format!("{}/{}", name.value, own.value).into(), own.span));
        let mut plan = container(seen, node, called, &format!("Service.{}.{at}", name.value))?;
        plan.replicas = replicas.clone();
        plan.most_at_once = match template.get("spec").and_then(|it| it.get("containerConcurrency")) {
            Some(count) if count.text() != Some("0") => said::count(count),
            _ => Fact::Unknown(Why::at("Cloud Run's own, for no `containerConcurrency` is said", name.span)),
        };
        if containers.len() == 1 {
            plan.build = seen.own_image(plan.image.as_ref().map(|it| &*it.value), node.span);
        }
        if containers.len() > 1 {
            plan.pod = Some(Pod { name: name.value.clone(), ..Pod::default() });
        }
        Some(plan)
    });
    Some(seen.deployment("Cloud Run", plans.collect()))
}

fn container(seen: &Seen<'_>, node: &Node, name: Spanned<Box<str>>, entity: &str) -> Option<ServicePlan> {
    let at = name.span;
    let mut plan = seen.service(name, entity, seen.folder(), "`gcloud run`");
    plan.span = node.span;
    plan.image = Some(said::spanned(node.get("image")?)?);
    plan.entrypoint = node.get("command").and_then(|it| said::command(it, seen.file, false));
    plan.command = node.get("args").and_then(|it| said::command(it, seen.file, false));
    plan.environment = variables(node.get("env"));
    plan.environment_slot = said::list_slot(node.get("env"), seen.file, "name");
    // A service is replaced as a whole by its file.
    plan.environment_open = None;
    let limit = |key: &str| node.get("resources").and_then(|it| it.get("limits")?.get(key));
    plan.cpus = match limit("cpu") {
        Some(cpus) => said::parsed(cpus, |text| match text.strip_suffix('m') {
            Some(thousandths) => thousandths.parse::<f64>().ok().map(|it| it / 1000.0),
            None => text.parse().ok(),
        }),
        None => defaults::number("Cloud Run", "cpu", Some(at)),
    };
    if let Some(memory) = limit("memory") {
        plan.memory = said::parsed(memory, |text| match text.strip_suffix('M') {
            Some(mega) => mega.parse::<u64>().ok().map(|it| it * 1_000_000),
            None => said::bytes(text, 1),
        });
    }
    let ports = node.get("ports").map_or(&[][..], Node::items).iter();
    let ports = ports.filter_map(|port| port.get("containerPort"));
    plan.expose = ports.filter_map(|it| Some(Spanned::new(it.text()?.parse().ok()?, it.content_span()))).collect();
    Some(plan)
}

/// The variables of a list of names and values. What a secret holds is unknown.
pub(super) fn variables(list: Option<&Node>) -> Vec<Variable> {
    let items = list.map_or(&[][..], Node::items).iter();
    said::sorted(items.filter_map(|item| {
        let name = item.get("name").or_else(|| item.get("key"))?.text()?.into();
        let value = match item.get("value") {
            Some(value) => {
                let known = said::fact(value);
                if known.is_absent() { Fact::derived("".into(), vec![value.span]) } else { known }
            }
            None => Fact::Unknown(Why::at("kept as a secret", item.span)),
        };
        Some(Variable { name, value, span: item.span })
    }))
}

/// The instances between `minScale` and `maxScale`; without the latter the platform's own limit holds.
fn instances(seen: &Seen<'_>, template: &Node, name: &Spanned<Box<str>>) -> Fact<u64> {
    let own = template.get("metadata").and_then(|it| it.get("annotations"));
    let service = seen.at(&["metadata", "annotations"]);
    let find = |keys: [&str; 2]| {
        let all = [own, service].into_iter().flatten();
        all.flat_map(|it| keys.iter().filter_map(|key| it.get(key))).next()
    };
    let most = find(["autoscaling.knative.dev/maxScale", "run.googleapis.com/maxScale"]);
    let least = find(["autoscaling.knative.dev/minScale", "run.googleapis.com/minScale"]);
    let Some(most) = most else {
        return Fact::Unknown(Why::at("set by Cloud Run as requests come in", name.span));
    };
    let least = least.map_or_else(|| Fact::derived(0, Vec::<Span>::new()), said::count);
    said::between(least, said::count(most), most.span)
}
