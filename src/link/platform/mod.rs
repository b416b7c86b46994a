//! Platforms to deployments: what each of them starts by the file that it reads.
//!
//! One file of a platform is one deployment. What the file leaves to the platform (a dashboard, a command line, the
//! plan) is unknown and says who sets it; a default is the platform's only where its documentation was read.

mod app_engine;
mod cloud_run;
mod cloudformation;
mod copilot;
mod digitalocean;
mod ecs;
mod fly;
mod heroku;
mod railway;
mod render;
mod said;
mod terraform;
#[cfg(test)]
mod tests;

use crate::facts::platform::{Kind, PlatformFile};
use crate::facts::procfile::{Process, Procfile};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::stack::{Anchor, Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::image::{join, service};
use super::plan::{Build, CommandLine, Deployment, ServicePlan, Variable};
use super::roles::{self, Role};

pub(super) use heroku::BY_SIZE;
pub(super) use terraform::deployments as of_terraform;

/// The deployments of all files of platforms, in the order of their files.
pub fn deployments(sources: &Sources, files: &[&PlatformFile], procfiles: &[&Procfile]) -> Vec<Deployment> {
    let all = All { sources, files, procfiles };
    let mut found = Vec::new();
    for &platform in files {
        let seen = Seen { file: sources.file(platform.file), root: &platform.root, all };
        let deployment = match platform.kind {
            Kind::Fly => fly::deployment(&seen),
            Kind::Render => render::deployment(&seen),
            Kind::Railway | Kind::Nixpacks => railway::deployment(&seen, platform.kind),
            Kind::Heroku | Kind::HerokuApp => heroku::deployment(&seen, platform.kind),
            Kind::AppEngine => app_engine::deployment(&seen),
            Kind::CloudRun => cloud_run::deployment(&seen),
            Kind::DigitalOcean => digitalocean::deployment(&seen),
            Kind::EcsTask => ecs::deployment(&seen),
            Kind::EcsService => None,
            Kind::Copilot => copilot::deployment(&seen),
            Kind::CloudFormation => cloudformation::deployment(&seen),
        };
        found.extend(deployment.filter(|it| !it.services.is_empty() || !it.managed.is_empty()));
    }
    found
}

/// All that the files of platforms draw from.
#[derive(Clone, Copy)]
struct All<'a> {
    sources: &'a Sources,
    files: &'a [&'a PlatformFile],
    procfiles: &'a [&'a Procfile],
}

/// A file of a platform, with what lies around it.
struct Seen<'a> {
    file: &'a SourceFile,
    root: &'a Node,
    all: All<'a>,
}

impl<'a> Seen<'a> {
    /// What stands at a path of keys.
    fn at(&self, keys: &[&str]) -> Option<&'a Node> {
        crate::facts::platform::at(self.root, keys)
    }

    /// The folder that the file lies in.
    fn folder(&self) -> &'a str {
        self.file.folder()
    }

    /// Another platform file of a folder.
    fn beside(&self, kind: Kind, folder: &str) -> Option<&'a PlatformFile> {
        self.all.files.iter().copied().find(|it| it.kind == kind && self.all.sources.file(it.file).folder() == folder)
    }

    /// The Procfile of a folder.
    fn procfile(&self, folder: &str) -> Option<&'a Procfile> {
        let path = if folder.is_empty() { "Procfile".to_owned() } else { format!("{folder}/Procfile") };
        self.all.procfiles.iter().copied().find(|it| *it.path == *path)
    }

    /// A Dockerfile by its path, from the folder or, failing that, from the root.
    fn dockerfile(&self, folder: &str, path: &str) -> Option<FileId> {
        let below = |folder: &str| {
            let path = join(&format!("/{folder}"), path.trim_start_matches("./"));
            self.all.sources.by_path(path.trim_start_matches('/')).map(|file| file.id)
        };
        below(folder).or_else(|| below(""))
    }

    /// What a service is built from, when its Dockerfile is in the tree.
    fn build(&self, folder: &str, context: &str, path: &str, span: Span) -> Option<Build> {
        let dockerfile = Some(self.dockerfile(folder, path)?);
        let context = context.trim_matches('/').into();
        Some(Build { context, dockerfile, target: None, args: Vec::new(), span })
    }

    /// What an image is built from that the project's own registry holds, or that a pipeline puts in: the Dockerfile at
    /// the root, when the tree has no other.
    fn own_image(&self, image: Option<&str>, span: Span) -> Option<Build> {
        const REGISTRIES: [&str; 3] = [".amazonaws.com/", ".pkg.dev/", "gcr.io/"];
        if image.is_some_and(|image| !REGISTRIES.iter().any(|it| image.contains(it))) {
            return None;
        }
        let named = |file: &&SourceFile| file.name().to_ascii_lowercase().contains("dockerfile");
        let mut all = self.all.sources.iter().filter(named);
        let only = all.next().filter(|_| all.next().is_none())?;
        if &*only.path == "Dockerfile" { self.build("", "", "Dockerfile", span) } else { None }
    }

    /// A service of which nothing is said yet; `who` sets what the file leaves out.
    fn service(&self, name: Spanned<Box<str>>, entity: &str, folder: &str, who: &str) -> ServicePlan {
        let mut plan = service(name, Anchor::new(&*self.file.path, entity), folder);
        let open = format!("set by {who}, which no file here says");
        plan.environment_open = Some(Why::new(format!("more may be set by {who}")));
        plan.replicas = Fact::unknown(&*open);
        plan.cpus = Fact::unknown(&*open);
        plan.memory = Fact::unknown(&*open);
        plan.stop_grace = Fact::unknown(&*open);
        plan
    }

    /// The deployment of the file's services; `who` is the platform's name.
    fn deployment(&self, who: &str, services: Vec<ServicePlan>) -> Deployment {
        let at = self.root.span;
        let (role, because) = match roles::of_words(&self.file.path) {
            Some((role @ (Role::Example | Role::Test | Role::Development), word)) => {
                (role, Why::at(format!("has `{word}` in its path"), at))
            }
            _ => (Role::Production, Why::at(format!("is what {who} starts"), at)),
        };
        Deployment {
            name: self.file.path.clone(),
            files: vec![self.file.id],
            services,
            role,
            because,
            ..Deployment::default()
        }
    }
}

/// The command of a line of a Procfile.
fn procfile_command(process: &Process) -> CommandLine {
    CommandLine::Text {
        text: process.text.clone(),
        script: process.script.clone(),
        shell: true,
        span: process.text.span(0..process.text.text.len()),
    }
}

/// Says that a platform may set the number of workers, where the file does not.
pub(super) fn leave_concurrency(plan: &mut ServicePlan, value: Fact<Box<str>>) {
    if plan.environment.iter().any(|it| &*it.name == "WEB_CONCURRENCY") {
        return;
    }
    plan.environment.push(Variable { name: "WEB_CONCURRENCY".into(), value, span: plan.name.span });
    plan.environment.sort_by(|a, b| a.name.cmp(&b.name));
}
