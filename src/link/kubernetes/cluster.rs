//! The objects of a deployment together: who is meant by a name, what stands behind a `Service`.

use crate::source::{Sources, Span};
use crate::syntax::yaml::Node;

use super::images::Images;
use super::object::{Object, path};

/// All objects of one deployment.
pub(super) struct Cluster<'a> {
    pub(super) sources: &'a Sources,
    pub(super) objects: &'a [Object],
    pub(super) images: &'a Images<'a>,
    /// Names of images as manifests have them, and what kustomize changes them to.
    pub(super) renamed: &'a [(Box<str>, Box<str>)],
}

/// A port of a `Service`, and what it leads to.
pub(super) struct ServicePort<'c> {
    /// The names that the service answers to.
    pub(super) names: Vec<Box<str>>,
    pub(super) port: u64,
    /// `targetPort`: a number or a container's name for a port; the same as `port` unless said.
    pub(super) target: &'c str,
    /// Whether its names give the address of each pod.
    pub(super) headless: bool,
    pub(super) span: Span,
}

impl Cluster<'_> {
    /// The object that another one names: by its present name, else by one that kustomize has changed alike.
    pub(super) fn find(&self, kind: &str, name: &str, from: &Object) -> Option<&Object> {
        let near = |it: &&Object| {
            &*it.kind == kind
                && it.was_called(name)
                && (it.namespace == from.namespace || it.namespace.is_none() || from.namespace.is_none())
        };
        let all: Vec<&Object> = self.objects.iter().filter(near).collect();
        let alike = all.iter().find(|it| it.affixes == from.affixes);
        alike.or_else(|| all.iter().find(|it| it.called() == name)).or(all.first()).copied()
    }

    /// The autoscaler of a workload.
    pub(super) fn scaler(&self, workload: &Object) -> Option<&Object> {
        let scalers = self.objects.iter().filter(|it| matches!(&*it.kind, "HorizontalPodAutoscaler" | "ScaledObject"));
        scalers.into_iter().find(|scaler| {
            let target = |key: &str| path(&scaler.node, &["spec", "scaleTargetRef", key]).and_then(Node::text);
            target("kind").unwrap_or("Deployment") == &*workload.kind
                && target("name").is_some_and(|name| {
                    self.find(&workload.kind, name, scaler).is_some_and(|it| std::ptr::eq(it, workload))
                })
        })
    }

    /// The budget that a drain of nodes keeps to with a workload's pods. One that selects by expressions is not read.
    pub(super) fn disruption_budget<'c>(&'c self, workload: &'c Object) -> Option<&'c Object> {
        self.selecting("PodDisruptionBudget", &["spec", "selector", "matchLabels"], workload).next()
    }

    /// The objects of a kind whose labels to select by are all among those of a workload's pods.
    fn selecting<'c>(
        &'c self,
        kind: &'c str,
        labels: &'c [&'c str],
        workload: &'c Object,
    ) -> impl Iterator<Item = &'c Object> {
        let own = workload.pod_labels();
        self.objects.iter().filter(move |it| {
            let near = it.namespace == workload.namespace || it.namespace.is_none() || workload.namespace.is_none();
            let has = |key: &str, value: &Node| own.and_then(|own| own.get(key)).and_then(Node::text) == value.text();
            &*it.kind == kind
                && near
                && own.is_some()
                && path(&it.node, labels).is_some_and(|wanted| {
                    wanted.entries().next().is_some() && wanted.entries().all(|(key, value)| has(&key.value, value))
                })
        })
    }

    /// The ports of the services that select a workload's pods.
    pub(super) fn ports<'c>(&'c self, workload: &'c Object) -> Vec<ServicePort<'c>> {
        let mut found = Vec::new();
        for service in self.selecting("Service", &["spec", "selector"], workload) {
            let headless = path(&service.node, &["spec", "clusterIP"]).and_then(Node::text) == Some("None");
            let names = names(service.called(), service.namespace.as_deref());
            for port in path(&service.node, &["spec", "ports"]).map_or(&[][..], Node::items) {
                let Some(number) = port.get("port").and_then(Node::text) else { continue };
                let Ok(port_number) = number.parse() else { continue };
                let target = port.get("targetPort").and_then(Node::text).unwrap_or(number);
                found.push(ServicePort { names: names.clone(), port: port_number, target, headless, span: port.span });
            }
        }
        found
    }
}

/// The names by which the DNS of a cluster knows a service.
pub(super) fn names(name: &str, namespace: Option<&str>) -> Vec<Box<str>> {
    let mut all: Vec<Box<str>> = vec![name.into()];
    let namespace = namespace.unwrap_or("default");
    all.extend(["", ".svc", ".svc.cluster.local"].iter().map(|end| format!("{name}.{namespace}{end}").into()));
    all
}
