//! Compose files to deployments: which files are started together, and what they say when they are merged as Docker
//! Compose merges them.

mod attached;
mod environment;
mod fill;
pub(in crate::link) mod layers;
pub(in crate::link) mod mentions;
pub(in crate::link) mod place;
mod project;
mod reach;
pub(in crate::link) mod select;
pub(in crate::link) mod service;
#[cfg(test)]
mod tests;
mod units;

use crate::facts::compose::ComposeFile;
use crate::facts::env::EnvFile;
use crate::source::Sources;

use super::plan::{Deployment, ServicePlan};
use project::{Files, Project};

/// The deployments that compose files make, in the order of their files. Every compose file that is no part of another
/// is in one at least; [`Deployment::role`] says which of them serve.
pub fn deployments(sources: &Sources, compose: &[&ComposeFile], envs: &[&EnvFile]) -> Vec<Deployment> {
    if compose.is_empty() {
        return Vec::new();
    }
    let files = Files { sources, compose, envs };
    let choices = select::choose(files).into_iter();
    choices
        .map(|choice| {
            let folder = choice.files.first().map_or("", |id| sources.file(*id).folder());
            let projects = project::projects(&choice.files, folder, choice.env_file.as_deref(), files);
            Deployment {
                name: select::name(&choice.files, files).into(),
                services: services(&projects, files),
                files: choice.files,
                role: choice.role,
                because: choice.because,
                ..Deployment::default()
            }
        })
        .collect()
}

fn services(projects: &[Project<'_>], files: Files<'_>) -> Vec<ServicePlan> {
    let users = reach::Users::of(projects);
    let mut plans = Vec::new();
    let mut links = Vec::new();
    for project in projects {
        let configs = project.configs(files.sources, &users);
        for said in &project.services {
            let layers = project.layers(&said.words, files.sources, &users);
            links.extend(attached::links(&layers));
            plans.push(service::plan(said.name, &layers, &configs, files.sources, files.envs));
        }
    }
    for (name, alias) in links {
        if let Some(plan) = plans.iter_mut().find(|plan| plan.name.value == name && !plan.aliases.contains(&alias)) {
            plan.aliases.push(alias);
        }
    }
    reach::say(&mut plans, projects);
    plans
}
