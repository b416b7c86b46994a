//! Compose files to deployments: which files are started together, and what they say when they are merged as Docker
//! Compose merges them.

mod attached;
mod environment;
mod fill;
pub(in crate::link) mod layers;
pub(in crate::link) mod mentions;
pub(in crate::link) mod place;
mod profiles;
mod project;
mod reach;
#[cfg(test)]
mod recorded;
pub(in crate::link) mod select;
pub(in crate::link) mod service;
#[cfg(test)]
mod tests;
mod units;

use crate::facts::compose::ComposeFile;
use crate::facts::env::EnvFile;
use crate::source::Sources;

use super::plan::{Deployment, ServicePlan};
use super::roles;
use project::{Files, Project};

/// The deployments that compose files make, in the order of their files. Every compose file that is no part of another
/// is in one at least; [`Deployment::role`] says which of them serve.
pub fn deployments(sources: &Sources, compose: &[&ComposeFile], envs: &[&EnvFile]) -> Vec<Deployment> {
    if compose.is_empty() {
        return Vec::new();
    }
    let files = Files { sources, compose, envs };
    let choices = select::choose(files).into_iter();
    let mut found: Vec<Deployment> = choices
        .map(|choice| {
            let mut project = choice.project(files);
            let left_out = {
                let asked = choice.asked(&project);
                profiles::leave_out(&mut project, &asked, files.sources)
            };
            Deployment {
                name: select::name(&choice, files).into(),
                services: services(&project, files),
                left_out,
                files: choice.files,
                role: choice.role,
                because: choice.because,
                ..Deployment::default()
            }
        })
        .collect();
    roles::beside_productions(&mut found, sources);
    found
}

fn services(project: &Project<'_>, files: Files<'_>) -> Vec<ServicePlan> {
    let users = reach::Users::of(project);
    let mut plans = Vec::new();
    let mut links = Vec::new();
    let shared = project.shared(files.sources, &users);
    for said in &project.services {
        let layers = project.layers(&said.words, files.sources, &users);
        links.extend(attached::links(&layers));
        plans.push(service::plan(said.name, &layers, &shared, files.sources, files.envs));
    }
    for (name, alias) in links {
        if let Some(plan) = plans.iter_mut().find(|plan| plan.name.value == name && !plan.aliases.contains(&alias)) {
            plan.aliases.push(alias);
        }
    }
    reach::say(&mut plans, project);
    plans
}
