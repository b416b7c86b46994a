//! Compose files to deployments: which files are started together, and what they say when they are merged as Docker
//! Compose merges them.

mod attached;
mod environment;
mod fill;
mod layers;
mod mentions;
mod place;
mod project;
mod select;
mod service;
#[cfg(test)]
mod tests;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::compose::ComposeFile;
use crate::facts::env::EnvFile;
use crate::source::{Sources, Span};
use crate::syntax::yaml::{Node, Value};

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
            }
        })
        .collect()
}

fn services(projects: &[Project<'_>], files: Files<'_>) -> Vec<ServicePlan> {
    let mut plans = Vec::new();
    let mut links = Vec::new();
    for project in projects {
        let configs = project.configs(files.sources);
        for said in &project.services {
            let layers = project.layers(&said.words, files.sources);
            links.extend(attached::links(&layers));
            plans.push(service::plan(said.name, &layers, &configs, files.sources, files.envs));
        }
    }
    for (name, alias) in links {
        if let Some(plan) = plans.iter_mut().find(|plan| plan.name.value == name && !plan.aliases.contains(&alias)) {
            plan.aliases.push(alias);
        }
    }
    reach(&mut plans, projects);
    plans
}

/// Says of each slot whom it reaches: an anchor's value those who take it in, a value in `.env` those who use its
/// variable.
fn reach(plans: &mut [ServicePlan], projects: &[Project<'_>]) {
    let mut users: BTreeMap<Span, BTreeSet<Box<str>>> = BTreeMap::new();
    for plan in plans.iter_mut() {
        let name = plan.name.value.clone();
        for slot in service::slots(plan) {
            users.entry(slot.span).or_default().insert(name.clone());
        }
    }
    for project in projects {
        for said in &project.services {
            let mut used = BTreeSet::new();
            said.words.iter().for_each(|(node, _)| references(node, &mut used));
            for at in used.into_iter().filter_map(|variable| project.env.place(variable)) {
                users.entry(at).or_default().insert(said.name.value.clone());
            }
        }
    }
    for plan in plans.iter_mut() {
        for slot in service::slots(plan) {
            if let Some(users) = users.get(&slot.span).filter(|users| users.len() > 1) {
                slot.reaches = users.iter().cloned().collect();
            }
        }
    }
}

/// The variables that a service's scalars use.
fn references<'a>(node: &'a Node, used: &mut BTreeSet<&'a str>) {
    match &node.value {
        Value::Scalar { text, .. } => used.extend(fill::references(text)),
        Value::List { items, .. } => items.iter().for_each(|item| references(item, used)),
        Value::Map { entries, .. } => entries.iter().for_each(|(_, item)| references(item, used)),
    }
}
