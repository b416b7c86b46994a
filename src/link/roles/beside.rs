//! What stands beside a deployment and runs the same tells what it is for.

use std::collections::BTreeSet;

use crate::link::plan::{Deployment, ServicePlan};
use crate::source::{FileId, Sources};
use crate::stack::Why;

use super::Role;

/// Beside compose files for production those that nothing names are for development, when they lie near and start a
/// service of the same name.
pub(in crate::link) fn beside_productions(composed: &mut [Deployment], sources: &Sources) {
    let path = |file: &FileId| &sources.file(*file).path;
    let productions: Vec<Deployment> = composed
        .iter()
        // A swarm's file is another way to deploy the same, which does not make the others a developer's.
        .filter(|it| it.role == Role::Production && !it.files.iter().any(|file| is_swarm(path(file))))
        .cloned()
        .collect();
    let folder = |it: &Deployment| it.files.first().map_or("", |file| sources.file(*file).folder());
    for own in composed.iter_mut().filter(|it| it.role == Role::Default) {
        let near = |other: &&Deployment| {
            let (other, own) = (folder(other), folder(own));
            other == own || is_below(other, own) || is_below(own, other)
        };
        if let Some(other) = productions.iter().filter(near).find(|other| runs_same(own, other)) {
            develop(own, other);
        }
    }
}

/// Beside manifests for production the compose files that nothing names are for development, when both run the same.
/// And so are manifests whose images a developer's machine builds, where others run the same from a registry.
pub(in crate::link) fn beside_manifests(composed: &mut [Deployment], manifests: &mut [Deployment]) {
    for own in composed.iter_mut().filter(|it| it.role == Role::Default) {
        let productions = manifests.iter().filter(|it| it.role == Role::Production);
        if let Some(other) = productions.into_iter().find(|other| runs_same(own, other)) {
            develop(own, other);
        }
    }
    let others = manifests.to_vec();
    for own in manifests.iter_mut().filter(|it| it.role == Role::Default) {
        let Some((plan, other)) = others.iter().filter(|it| it.is_deployed()).find_map(|other| {
            let built = own.services.iter().find(|plan| is_built_bare(plan) && is_pulled(other, &plan.name.value));
            Some((built?, other))
        }) else {
            continue;
        };
        let image = plan.image.as_ref();
        let reason = format!(
            "is for development: `{}` names no registry and is built here, and {} runs it from one",
            image.map_or("its image", |it| &it.value),
            other.name
        );
        let because = Why::shown(reason, image.map(|it| it.span));
        own.role = Role::Development;
        own.because = because;
    }
}

fn develop(own: &mut Deployment, other: &Deployment) {
    let reason = format!("is for development, for {} is for production", other.name);
    own.role = Role::Development;
    own.because = Why::shown(reason, other.because.at.iter().copied());
}

/// Whether two deployments have a service of one name.
fn runs_same(a: &Deployment, b: &Deployment) -> bool {
    let names = |it: &Deployment| -> BTreeSet<Box<str>> {
        let started = it.services.iter().map(|plan| plan.name.value.clone());
        started.chain(it.left_out.iter().map(|service| service.name.value.clone())).collect()
    };
    !names(a).is_disjoint(&names(b))
}

/// Whether a service's image is the bare name of one that the repository builds, which no cluster can pull.
fn is_built_bare(plan: &ServicePlan) -> bool {
    plan.build.is_some() && plan.image.as_ref().is_some_and(|image| !image.value.contains(['/', ':', '@', '$']))
}

/// Whether a deployment runs a service of this name from a registry.
fn is_pulled(deployment: &Deployment, name: &str) -> bool {
    let own = deployment.services.iter().find(|plan| *plan.name.value == *name);
    own.and_then(|plan| plan.image.as_ref()).is_some_and(|image| image.value.contains('/'))
}

fn is_below(folder: &str, parent: &str) -> bool {
    parent.is_empty() || folder.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a path tells of a swarm.
fn is_swarm(path: &str) -> bool {
    path.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "stack" || word == "swarm")
}
