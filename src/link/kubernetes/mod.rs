//! Kubernetes to deployments: which manifests are applied together, and what their objects come to when kustomizations
//! have changed them. After this a pod's container is a service like any other.

mod clowder;
mod cluster;
mod environment;
mod expand;
mod generate;
mod images;
mod ingress;
mod kustomize;
mod object;
mod patch;
mod select;
mod target;
#[cfg(test)]
mod tests;
mod units;
mod workload;

use std::collections::BTreeMap;

use crate::facts::kubernetes::Manifests;
use crate::source::{Sources, Span};
use crate::syntax::SyntaxError;

use super::compose::service;
use super::plan::{Deployment, ServicePlan};
use cluster::Cluster;
use images::Images;
pub(super) use workload::count_at_most;

/// What the manifests of a repository come to.
#[derive(Default)]
pub struct Found {
    /// Every set of manifests that runs something; [`Deployment::role`] says which of them serve.
    pub deployments: Vec<Deployment>,
    /// What could not be followed.
    pub problems: Vec<SyntaxError>,
}

/// Gives the services of compose files that name an image and no build what files say that it is built from.
pub fn find_builds(sources: &Sources, manifests: &[&Manifests], composed: &mut [Deployment]) {
    let unbuilt = |plan: &ServicePlan| plan.build.is_none() && plan.image.is_some();
    if !composed.iter().flat_map(|it| &it.services).any(unbuilt) {
        return;
    }
    let images = Images::of(sources, manifests, &[]);
    for plan in composed.iter_mut().flat_map(|it| &mut it.services).filter(|plan| unbuilt(plan)) {
        plan.build = plan.image.as_ref().and_then(|image| images.build(&[&image.value])).cloned();
    }
}

/// The deployments that manifests make. `composed` are those of compose files, which may say what images are built from.
pub fn deployments(sources: &Sources, manifests: &[&Manifests], composed: &[Deployment]) -> Found {
    let mut found = Found::default();
    if manifests.is_empty() {
        return found;
    }
    let (sets, problems) = select::sets(sources, manifests);
    found.problems = problems;
    if sets.is_empty() {
        return found;
    }
    let images = Images::of(sources, manifests, composed);
    for set in sets {
        let cluster = Cluster { sources, objects: &set.objects, images: &images, renamed: &set.renamed };
        let mut services: Vec<ServicePlan> =
            set.objects.iter().flat_map(|object| workload::plans(&cluster, object)).collect();
        if services.is_empty() {
            continue;
        }
        say_reaches(&mut services);
        found.deployments.push(Deployment {
            name: set.name.into(),
            files: set.files,
            services,
            ingresses: set.objects.iter().filter_map(|object| ingress::of(sources, object)).collect(),
            managed: set.objects.iter().filter_map(|object| clowder::database(sources, object)).collect(),
            role: set.role,
            because: set.because,
            ..Deployment::default()
        });
    }
    found
}

/// Says of each slot whom it reaches: all that have the value that stands there.
fn say_reaches(plans: &mut [ServicePlan]) {
    let mut users: BTreeMap<Span, Vec<Box<str>>> = BTreeMap::new();
    for plan in plans.iter_mut() {
        let name = plan.name.value.clone();
        for slot in service::slots(plan) {
            let names = users.entry(slot.span).or_default();
            if !names.contains(&name) {
                names.push(name.clone());
            }
        }
    }
    for slot in plans.iter_mut().flat_map(service::slots) {
        slot.reaches = users.get(&slot.span).filter(|names| names.len() > 1).cloned().unwrap_or_default();
    }
}
