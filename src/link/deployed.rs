//! Which deployments are judged, and why the others are not.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::FileId;
use crate::stack::{Stack, Why};

use super::build::folder;
use super::plan::{Deployment, LeftOut};
use super::roles::workshop;

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
    /// A service of a judged deployment that nobody starts.
    fn left_out(service: &LeftOut, deployment: &Deployment) -> Self {
        Self {
            name: format!("{} in {}", service.name.value, deployment.name).into(),
            files: Vec::new(),
            because: service.because.clone(),
        }
    }
}

/// The deployments that are judged and those that are not, as they are told apart one after the other.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Those that are judged.
    pub(super) stacks: Vec<Stack>,
    /// Those that are not.
    pub(super) aside: Vec<Aside>,
    /// The folders that the judged ones run code of, each with the deployment.
    folders: BTreeMap<Box<str>, Box<str>>,
    /// What the judged ones build.
    built: BTreeSet<FileId>,
    /// What others build, each with the deployment.
    built_aside: BTreeMap<FileId, Box<str>>,
    /// The files whose words start the judged ones' processes: a Procfile that a service runs by honcho.
    starts: BTreeSet<FileId>,
}

impl Chosen {
    /// A deployment whose files say that its load is not that of users.
    pub(super) fn leave(&mut self, deployment: Deployment) {
        let because = deployment.because.clone();
        self.put_aside(deployment, because);
    }

    /// A deployment that its files describe whole: judged, but for one that is for development.
    pub(super) fn take(&mut self, deployment: Deployment, stack: Stack, is_code: &dyn Fn(&str) -> bool) {
        if let Some(because) = workshop(&deployment, &stack, is_code) {
            return self.put_aside(deployment, because);
        }
        self.starts.extend(stack.processes.iter().filter_map(|process| Some(process.about.span?.file)));
        for (plan, service) in deployment.services.iter().zip(&stack.services) {
            let Some(build) = &plan.build else { continue };
            self.built.extend(build.dockerfile);
            if !service.processes.is_empty() {
                self.folders.entry(folder(plan).into()).or_insert_with(|| deployment.name.clone());
            }
        }
        self.aside.extend(deployment.left_out.iter().map(|service| Aside::left_out(service, &deployment)));
        self.stacks.push(stack);
    }

    /// Images and Procfiles, which say what could be deployed: judged where nothing says that something else is. Call
    /// it once, when the others are told apart.
    pub(super) fn take_alone(&mut self, alone: Vec<(Deployment, Stack)>) {
        let (alone, idle): (Vec<_>, Vec<_>) = alone.into_iter().partition(|(it, _)| it.is_deployed());
        idle.into_iter().for_each(|(deployment, _)| self.leave(deployment));
        let nothing_said = self.stacks.is_empty();
        let serves = |stack: &Stack| stack.processes.iter().any(|it| it.dev_server.known() != Some(&true));
        let platforms: Vec<(Box<str>, Box<str>)> = alone
            .iter()
            .filter(|(deployment, stack)| !is_image(deployment) && serves(stack))
            .flat_map(|(deployment, _)| {
                deployment.services.first().map(|it| (it.folder.clone(), deployment.name.clone()))
            })
            .collect();
        let servers = alone.iter().filter(|(_, stack)| serves(stack)).count();
        let images: BTreeSet<Box<str>> = alone
            .iter()
            .flat_map(|(it, _)| &it.services)
            .filter(|it| it.build.is_some())
            .map(|it| folder(it).into())
            .collect();
        for (deployment, stack) in alone {
            let platform = platforms.iter().find(|(at, _)| deployment.services.iter().any(|it| folder(it) == &**at));
            let because = if self.built(&deployment) {
                continue;
            } else if let Some(judged) = self.runs(&deployment).filter(|_| !nothing_said) {
                format!("is judged as part of {judged}")
            } else if let (Some(workshop), Some((_, platform))) = (self.workshop(&deployment), platform) {
                format!("is built for {workshop}, which is not judged; {platform} says what a platform starts")
            } else if !is_image(&deployment)
                && !serves(&stack)
                && (servers > 0 || deployment.services.iter().any(|it| images.contains(folder(it))))
                && !stack.processes.is_empty()
            {
                "starts servers for development alone".to_owned()
            } else {
                if nothing_said || !stack.processes.is_empty() {
                    self.stacks.push(stack);
                }
                continue;
            };
            if !stack.processes.is_empty() {
                self.put_aside(deployment, Why::new(because));
            }
        }
    }

    fn put_aside(&mut self, deployment: Deployment, because: Why) {
        for build in deployment.services.iter().filter_map(|plan| plan.build.as_ref()) {
            self.built_aside.extend(build.dockerfile.map(|file| (file, deployment.name.clone())));
        }
        self.aside.push(Aside { name: deployment.name, files: deployment.files, because });
    }

    /// Whether a judged deployment builds this very image, or starts what these very files say.
    fn built(&self, deployment: &Deployment) -> bool {
        deployment.files.iter().any(|file| self.built.contains(file) || self.starts.contains(file))
    }

    /// The judged deployment that runs what an image is built of, if one does. What a Procfile says is said of another
    /// platform, and is judged beside it.
    fn runs(&self, deployment: &Deployment) -> Option<&str> {
        let built = deployment.services.iter().filter(|plan| plan.build.is_some());
        built.filter_map(|plan| self.folders.get(folder(plan))).next().map(|name| &**name)
    }

    /// The deployment for development that builds an image, if one does.
    fn workshop(&self, image: &Deployment) -> Option<&str> {
        image.files.iter().filter(|_| is_image(image)).find_map(|file| self.built_aside.get(file)).map(|name| &**name)
    }
}

/// Whether a deployment is an image of which nothing more is said.
fn is_image(deployment: &Deployment) -> bool {
    deployment.services.iter().any(|plan| plan.build.is_some())
}
