//! Which deployments are judged, and why the others are not.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::FileId;
use crate::stack::{Fact, Service, Stack, Why};

use super::build::folder;
use super::plan::{Deployment, Role, ServicePlan};

/// A deployment that is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// What it is called.
    pub name: Box<str>,
    /// The files that define it.
    pub files: Vec<FileId>,
    /// Why, as the rest of a sentence that starts with the name: "has `dev` in its path".
    pub because: Why,
}

impl Aside {
    pub(super) fn new(deployment: Deployment, because: Why) -> Self {
        Self { name: deployment.name, files: deployment.files, because }
    }
}

/// What the judged deployments run.
#[derive(Debug, Default)]
pub(super) struct Covered {
    /// The folders that their images are built of, each with the deployment.
    folders: BTreeMap<Box<str>, Box<str>>,
    dockerfiles: BTreeSet<FileId>,
    /// The files whose words start their processes: a Procfile that a service runs by honcho.
    starts: BTreeSet<FileId>,
}

impl Covered {
    /// A deployment is judged.
    pub(super) fn add(&mut self, deployment: &Deployment, stack: &Stack) {
        self.starts.extend(stack.processes.iter().filter_map(|process| Some(process.about.span?.file)));
        for (plan, service) in deployment.services.iter().zip(&stack.services) {
            let Some(build) = &plan.build else { continue };
            self.dockerfiles.extend(build.dockerfile);
            if !service.processes.is_empty() {
                self.folders.entry(folder(plan).into()).or_insert_with(|| deployment.name.clone());
            }
        }
    }

    /// Whether a judged deployment builds these very images, or starts what these very files say.
    pub(super) fn builds(&self, deployment: &Deployment) -> bool {
        deployment.files.iter().any(|file| self.dockerfiles.contains(file) || self.starts.contains(file))
    }

    /// The judged deployment that runs what an image is built of, if one does. What a Procfile says is said of another
    /// platform, and is judged beside it.
    pub(super) fn by(&self, deployment: &Deployment) -> Option<&str> {
        let built = deployment.services.iter().filter(|plan| plan.build.is_some());
        built.filter_map(|plan| self.folders.get(folder(plan))).next().map(|name| &**name)
    }
}

/// Why a deployment that nothing names is for development, if it is: a service of it serves by a server for
/// development or a reloader, and sees the folder that it is built from, so that what is edited there is what runs.
pub(super) fn workshop(deployment: &Deployment, stack: &Stack) -> Option<Why> {
    if deployment.role != Role::Default {
        return None;
    }
    let edited = |plan: &ServicePlan| {
        let Some(build) = &plan.build else { return false };
        let below = |source: &str| {
            build.context.is_empty()
                || source.strip_prefix(&*build.context).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // A single file that is mounted is configuration.
        plan.mounts
            .iter()
            .any(|mount| below(&mount.source) && !mount.source.rsplit('/').next().unwrap_or("").contains('.'))
    };
    let reloader = |service: &Service| {
        let facts = service.processes.iter().flat_map(|id| [&stack[*id].dev_server, &stack[*id].reload]);
        facts.into_iter().find(|fact| fact.known() == Some(&true)).map(Fact::span)
    };
    let mut services = deployment.services.iter().zip(&stack.services);
    services.find_map(|(plan, service)| {
        let at = reloader(service).filter(|_| edited(plan))?;
        let name = &plan.name.value;
        let reason = format!("is for development: `{name}` serves its mounted source by a reloader");
        Some(Why { reason: reason.into(), at: at.into_iter().collect() })
    })
}
