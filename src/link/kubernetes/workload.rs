//! A workload as services of a plan: one for each container that stays, with what its pod gives it.

use crate::facts::kubernetes::{Block, clowder};
use crate::link::compose::place;
use crate::link::compose::service::parsed;
use crate::link::plan::{CommandLine, Endpoint, ListStyle, Mount, Pod, ServicePlan};
use crate::source::Span;
use crate::stack::{Anchor, Condition, Fact, Slot, Stack, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Value};

use super::cluster::{Cluster, ServicePort};
use super::environment::{self, Environment};
use super::expand::expand;
use super::kustomize::split;
use super::object::{Object, as_file, fact, path};
use super::units;

/// How long the kubelet waits before it kills, in seconds.
const STOP_GRACE: f64 = 30.0;
/// Names of pods of a `StatefulSet` that are known, at most.
const MOST_PODS: u64 = 16;

/// The services that a workload comes to; none for an object that makes no pods.
pub(super) fn plans(cluster: &Cluster<'_>, object: &Object) -> Vec<ServicePlan> {
    let Some(pod) = object.pod() else { return Vec::new() };
    let list = |key: &str| pod.get(key).map_or(&[][..], Node::items).iter();
    // One that is restarted for ever is a container beside the others that only starts first.
    let stays = |container: &&Node| container.get("restartPolicy").and_then(Node::text) == Some("Always");
    let containers: Vec<&Node> = list("initContainers").filter(stays).chain(list("containers")).collect();
    let first: Vec<&Node> = list("initContainers").filter(|it| !stays(it)).collect();
    let ports = cluster.ports(object);
    let replicas = replicas(cluster, object);
    let mut plans = Vec::new();
    for container in &containers {
        let name = named(object, container, containers.len());
        let Some(mut plan) = plan(cluster, object, container, name) else { continue };
        plan.replicas = replicas.clone();
        let own: Vec<&ServicePort<'_>> =
            ports.iter().filter(|it| std::ptr::eq(serving(&containers, it.target), *container)).collect();
        plan.aliases = aliases(object, &own, &plan.replicas);
        let target = |port: &ServicePort<'_>| target(container, port.target);
        let endpoints = own.iter().filter_map(|it| {
            Some(Endpoint {
                names: it.names.clone(),
                port: it.port,
                target: target(it)?,
                headless: it.headless,
                span: it.span,
            })
        });
        let before = if plans.is_empty() { &first[..] } else { &[] };
        let before = before.iter().filter_map(|it| super::workload::plan(cluster, object, it, named(object, it, 2)));
        plan.pod = Some(Pod {
            name: format!("{}.{}", object.kind, object.called()).into(),
            endpoints: endpoints.collect(),
            before: before.collect(),
        });
        plans.push(plan);
    }
    plans
}

/// What a container is called, with the entity of its anchor: a workload's only one is called as the workload.
fn named(object: &Object, container: &Node, containers: usize) -> (Spanned<Box<str>>, String) {
    let kind = &object.kind;
    match container.get("name") {
        Some(name) if containers > 1 => {
            let own = name.text().unwrap_or("");
            let text = format!("{}/{own}", object.called());
            (Spanned::new(text.into(), name.content_span()), format!("{kind}.{}.{own}", object.name.value))
        }
        _ => (Spanned::new(object.called().into(), object.name.span), format!("{kind}.{}", object.name.value)),
    }
}

/// The container that a port of a service leads to: the one that has it, else the last, for those before it only start
/// first.
fn serving<'n>(containers: &[&'n Node], wanted: &str) -> &'n Node {
    let has = |container: &&&Node| target_of(container, wanted).is_some();
    static NONE: std::sync::LazyLock<Node> =
        std::sync::LazyLock::new(|| super::object::scalar("", Span::at(crate::source::FileId(0), 0)));
    let main = containers.iter().find(|it| it.get("restartPolicy").is_none());
    containers.iter().find(has).or(main).copied().unwrap_or(&NONE)
}

/// The port of a container that has this name or number.
fn target_of(container: &Node, wanted: &str) -> Option<u64> {
    let ports = container.get("ports").map_or(&[][..], Node::items);
    ports.iter().find_map(|port| {
        let text = |key: &str| port.get(key).and_then(Node::text);
        let is_it = text("name") == Some(wanted) || text("containerPort") == Some(wanted);
        text("containerPort").filter(|_| is_it)?.parse().ok()
    })
}

fn target(container: &Node, wanted: &str) -> Option<u64> {
    target_of(container, wanted).or_else(|| wanted.parse().ok())
}

fn aliases(object: &Object, ports: &[&ServicePort<'_>], replicas: &Fact<u64>) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = ports.iter().flat_map(|it| it.names.iter().cloned()).collect();
    if &*object.kind == "StatefulSet"
        && let Some(service) = path(&object.node, &["spec", "serviceName"]).and_then(Node::text)
    {
        let pods = replicas.known().copied().unwrap_or(1).min(MOST_PODS);
        for name in super::cluster::names(service, object.namespace.as_deref()) {
            found.extend((0..pods).map(|at| format!("{}-{at}.{name}", object.called()).into()));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// One container. One without an image is a patch that nothing was there for.
fn plan(
    cluster: &Cluster<'_>,
    object: &Object,
    container: &Node,
    (name, entity): (Spanned<Box<str>>, String),
) -> Option<ServicePlan> {
    let image = container.get("image").filter(|it| it.text().is_some_and(|text| !text.is_empty()))?;
    let text = image.text().unwrap_or("");
    let bare = split(text).0;
    let before = cluster.renamed.iter().filter(|(_, new)| **new == *bare).map(|(old, _)| &**old);
    let names: Vec<&str> = std::iter::once(text).chain(before).collect();
    let build = cluster.images.build(&names).cloned();
    let Environment { variables, open } = environment::of(cluster, object, container);
    let command = |key: &str| {
        let node = container.get(key)?;
        let set = |name: &str| variables.iter().find(|it| &*it.name == name).map(|it| &it.value);
        exec(cluster, node, set)
    };
    let (mut entrypoint, command) = (command("command"), command("args"));
    // An empty list is as good as none.
    if matches!(&entrypoint, Some(CommandLine::Exec { words, .. }) if words.is_empty()) {
        entrypoint = None;
    }
    let pod = object.pod()?;
    let file = cluster.sources.file(object.name.span.file);
    Some(ServicePlan {
        anchor: Anchor::new(file.path.clone(), entity),
        image: Some(Spanned::new(text.into(), image.content_span())),
        build,
        entrypoint,
        command,
        environment_slot: environment::slot(cluster, container),
        environment: variables,
        labels: Vec::new(),
        hidden: Vec::new(),
        most_at_once: Fact::Absent,
        disruption_budget: disruption(cluster, object),
        absent: Vec::new(),
        environment_open: open,
        replicas: Fact::Absent,
        cpus: limit(container, "cpu", "CPUs", units::cpus),
        memory: limit(container, "memory", "memory", units::bytes),
        shm_size: shm_size(pod, container),
        container_name: Fact::Absent,
        stop_grace: stop_grace(cluster, object, pod),
        ports: Vec::new(),
        expose: ports(container),
        aliases: Vec::new(),
        mounts: mounts(cluster, object, pod, container),
        depends_on: Vec::new(),
        healthcheck: ["readinessProbe", "livenessProbe", "startupProbe"]
            .iter()
            .find_map(|probe| container.get(probe))
            .map(|probe| probe.span),
        restart: Fact::Absent,
        profiles: Vec::new(),
        init: false,
        working_dir: container.get("workingDir").and_then(Node::text).map(Box::from),
        folder: "".into(),
        pod: None,
        span: container.span,
        name,
    })
}

/// `command` or `args`: a list that no shell sees, in which `$(NAME)` is filled in and `${NAME}` is not.
fn exec<'v>(
    cluster: &Cluster<'_>,
    node: &Node,
    value: impl Fn(&str) -> Option<&'v Fact<Box<str>>>,
) -> Option<CommandLine> {
    let Value::List { items, flow } = &node.value else { return None };
    let words = items.iter().filter_map(|item| {
        let filled = expand(item.text()?, &value);
        let span = item.content_span();
        // A text that only happens to be as long as its place does not stand there byte for byte.
        let alike = span.len() == filled.text.len() && (filled.changed || is_escaped(cluster, item));
        let span = if alike { Span::at(span.file, span.start as usize) } else { span };
        Some(Spanned::new(filled.text.into(), span))
    });
    let file = cluster.sources.file(node.span.file);
    let style = match flow {
        true => ListStyle::Brackets,
        false => ListStyle::Dashes { line: place::line(file, node.span.start as usize, 0)?.into() },
    };
    Some(CommandLine::Exec { words: words.collect(), style, span: node.span })
}

fn is_escaped(cluster: &Cluster<'_>, item: &Node) -> bool {
    let span = item.content_span();
    item.text() != Some(cluster.sources.file(span.file).slice(span))
}

/// How many pods of a workload run at once.
fn replicas(cluster: &Cluster<'_>, object: &Object) -> Fact<u64> {
    let spec: &[&str] = match &*object.kind {
        "DaemonSet" => return Fact::Unknown(Why::at("one on every node of the cluster", object.name.span)),
        "Pod" => return Fact::derived(1, vec![object.name.span]),
        "Job" => &["spec", "parallelism"],
        "CronJob" => &["spec", "jobTemplate", "spec", "parallelism"],
        _ => &["spec", "replicas"],
    };
    if let Some(scaler) = cluster.scaler(object) {
        return scaled(scaler);
    }
    if let Some(scaler) = path(&object.node, &["spec", "autoScaler"]) {
        return Fact::Unknown(Why::at("set by an autoscaler", scaler.span));
    }
    let setting = spec.last().copied().unwrap_or("replicas");
    if let Some(said) = path(&object.node, spec).filter(|it| !it.is_null()) {
        return parsed(fact(said), |text| text.parse().ok());
    }
    let program = match &*object.kind {
        // Nothing is said of what an OpenShift deployment without a number has.
        "DeploymentConfig" => return Fact::Unknown(Why::at("not said", object.name.span)),
        clowder::APP => "Clowder",
        _ => "Kubernetes",
    };
    let fact = Fact::default_of(1, program, setting, Some(object.name.span));
    match spec {
        ["spec", key] => fact.with_slots(slot(cluster, path(&object.node, &["spec"]), key)),
        _ => fact,
    }
}

/// What a `PodDisruptionBudget` that selects a workload's pods keeps of them.
fn disruption(cluster: &Cluster<'_>, object: &Object) -> Fact<Box<str>> {
    let Some(budget) = cluster.disruption_budget(object) else { return Fact::Absent };
    let said = ["minAvailable", "maxUnavailable"].iter().find_map(|key| {
        let node = path(&budget.node, &["spec", key]).filter(|it| !it.is_null())?;
        Some(parsed(fact(node), |text| Some(format!("{key}: {text}").into())))
    });
    said.unwrap_or_else(|| Fact::Unknown(Why::at("its budget names no number", budget.name.span)))
}

/// The condition of an autoscaler's upper bound.
const AT_MOST: &str = "the autoscaler is at its most";

/// What opens connections is counted with as many pods as its autoscaler may start: a database has to bear that many.
pub(in crate::link) fn count_at_most(stack: &mut Stack) {
    for client in &mut stack.clients {
        let Fact::OneOf(branches) = &client.replicas else { continue };
        let most = branches.iter().find(|(when, _)| &*when.text == AT_MOST).map(|(_, most)| most.clone());
        client.replicas = most.map_or_else(|| std::mem::take(&mut client.replicas), Fact::Known);
    }
}

/// What an autoscaler leaves open: from its least to its most.
fn scaled(scaler: &Object) -> Fact<u64> {
    let bound = |key: &str| path(&scaler.node, &["spec", key]).filter(|it| !it.is_null());
    let number = |node: &Node| parsed(fact(node), |text| text.parse::<u64>().ok());
    // KEDA's has names of its own; what it leaves out is unknown here.
    let (least, most) = match &*scaler.kind {
        "ScaledObject" => ("minReplicaCount", "maxReplicaCount"),
        _ => ("minReplicas", "maxReplicas"),
    };
    let least = match bound(least) {
        Some(node) => number(node),
        None if least == "minReplicas" => Fact::default_of(1, "Kubernetes", "minReplicas", Some(scaler.name.span)),
        None => Fact::Absent,
    };
    let most = bound(most).map_or(Fact::Absent, number);
    match (least, most) {
        (Fact::Known(least), Fact::Known(most)) if least.value == most.value => Fact::Known(most),
        (Fact::Known(least), Fact::Known(most)) => {
            let when = |text: &str| Condition { text: text.into(), at: Some(scaler.name.span) };
            Fact::OneOf(vec![(when("the autoscaler is at its least"), least), (when(AT_MOST), most)])
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why),
        _ => Fact::Unknown(Why::at("set by an autoscaler", scaler.name.span)),
    }
}

/// A limit of a container. What it only asks for is no limit.
fn limit<T>(container: &Node, name: &str, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Fact<T> {
    if let Some(said) = path(container, &["resources", "limits", name]).filter(|it| !it.is_null()) {
        return parsed(fact(said), read);
    }
    match path(container, &["resources", "requests", name]) {
        Some(asked) => {
            let reason = format!("not limited; {} is asked for", asked.text().unwrap_or("something"));
            Fact::Unknown(Why::at(reason, asked.content_span()))
        }
        None => Fact::unknown(format!("not limited, and no file says what {what} the node has")),
    }
}

/// `/dev/shm`, when a volume of memory is mounted there; the container runtime's own otherwise.
fn shm_size(pod: &Node, container: &Node) -> Fact<u64> {
    let items = |node: &'_ Node, key: &str| node.get(key).map_or(Vec::new(), |it| it.items().to_vec());
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let mounted =
        items(container, "volumeMounts").into_iter().find(|it| text(it, "mountPath").as_deref() == Some("/dev/shm"));
    let Some(name) = mounted.as_ref().and_then(|it| text(it, "name")) else {
        return Fact::unknown("the container runtime's own, which no file says");
    };
    let volume = items(pod, "volumes").into_iter().find(|it| text(it, "name").as_deref() == Some(&*name));
    match volume.as_ref().and_then(|it| path(it, &["emptyDir", "sizeLimit"])) {
        Some(size) => parsed(fact(size), units::bytes),
        None => Fact::unknown("a volume without a limit"),
    }
}

fn stop_grace(cluster: &Cluster<'_>, object: &Object, pod: &Node) -> Fact<f64> {
    match pod.get("terminationGracePeriodSeconds").filter(|it| !it.is_null()) {
        Some(said) => parsed(fact(said), |text| text.parse().ok()),
        None => Fact::default_of(STOP_GRACE, "Kubernetes", "terminationGracePeriodSeconds", Some(object.name.span))
            .with_slots(slot(cluster, Some(pod), "terminationGracePeriodSeconds")),
    }
}

/// Where a key that a map does not have could be written.
fn slot(cluster: &Cluster<'_>, map: Option<&Node>, key: &str) -> Option<Slot> {
    let map = map?;
    let (slot, _) = place::slot_in(map, cluster.sources.file(map.span.file), &[key], "")?;
    Some(slot)
}

fn ports(container: &Node) -> Vec<Spanned<u16>> {
    let ports = container.get("ports").map_or(&[][..], Node::items);
    ports
        .iter()
        .filter_map(|port| {
            let number = port.get("containerPort")?;
            Some(Spanned::new(number.text()?.parse().ok()?, number.content_span()))
        })
        .collect()
}

/// The files of `ConfigMap`s that a container sees: those that a generator takes from the repository, and those that
/// stand in a manifest.
fn mounts(cluster: &Cluster<'_>, object: &Object, pod: &Node, container: &Node) -> Vec<Mount> {
    let volumes = pod.get("volumes").map_or(&[][..], Node::items);
    let mut found = Vec::new();
    for mounted in container.get("volumeMounts").map_or(&[][..], Node::items) {
        let text = |key: &str| mounted.get(key).and_then(Node::text);
        let (Some(name), Some(target)) = (text("name"), text("mountPath")) else { continue };
        let volume = volumes.iter().find(|it| it.get("name").and_then(Node::text) == Some(name));
        let Some(config) = volume.and_then(|it| it.get("configMap")) else { continue };
        let Some(holder) =
            config.get("name").and_then(Node::text).and_then(|name| cluster.find("ConfigMap", name, object))
        else {
            continue;
        };
        let items = config.get("items").map(Node::items);
        for (key, node, _) in environment::data(holder) {
            let renamed = |item: &'_ Node| item.get("key").and_then(Node::text) == Some(key);
            let inner = match items {
                Some(items) => match items.iter().find(|it| renamed(it)).and_then(|it| it.get("path")?.text()) {
                    Some(path) => path,
                    None => continue,
                },
                None => key,
            };
            let target: Box<str> = match text("subPath") {
                Some(sub) if sub == inner => target.into(),
                Some(_) => continue,
                None => format!("{}/{inner}", target.trim_end_matches('/')).into(),
            };
            let source = match as_file(node) {
                Some(path) => path.into(),
                None => Block::path(&cluster.sources.file(node.span.file).path, &holder.name.value, key),
            };
            found.push(Mount { source: source.into(), target, span: mounted.span });
        }
    }
    found
}
