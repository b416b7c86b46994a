//! Repositories without a compose file: each Dockerfile that looks like production is a deployment of its own, and so is
//! each Procfile.

use crate::facts::docker::{Dockerfile, Stage, Step};
use crate::facts::procfile::Procfile;
use crate::link::plan::{Build, CommandLine, Deployment, ServicePlan};
use crate::link::platform;
use crate::source::Span;
use crate::stack::{Anchor, Fact, Why};
use crate::syntax::Spanned;

/// Words in a path that tell of something other than production.
const ELSEWHERE: &[&str] = &[
    "dev",
    "develop",
    "development",
    "devcontainer",
    "local",
    "test",
    "tests",
    "testing",
    "ci",
    "debug",
    "example",
    "examples",
    "sample",
    "samples",
    "docs",
    "doc",
    "fixtures",
    "template",
    "templates",
    "lint",
    "build",
    "builder",
    "vendor",
    "third_party",
    "benchmark",
    "benchmarks",
];

/// The deployments of Dockerfiles and Procfiles alone. `exists` tells whether a path below the root is there, by which
/// the folder that a Dockerfile is built in is guessed.
pub fn standalone(
    dockerfiles: &[&Dockerfile],
    procfiles: &[&Procfile],
    exists: &dyn Fn(&str) -> bool,
) -> Vec<Deployment> {
    let images = dockerfiles.iter().copied().filter(|it| is_production(&it.path)).filter_map(|it| of_image(it, exists));
    images.chain(procfiles.iter().copied().filter(|it| is_production(&it.path)).filter_map(of_procfile)).collect()
}

fn is_production(path: &str) -> bool {
    !path.to_ascii_lowercase().split(['/', '.', '-', '_']).any(|word| ELSEWHERE.contains(&word))
}

fn of_image(dockerfile: &Dockerfile, exists: &dyn Fn(&str) -> bool) -> Option<Deployment> {
    let stage = stage(dockerfile)?;
    let folder = dockerfile.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let context = context(dockerfile, folder, exists);
    let target = stage.name.clone().filter(|_| dockerfile.stages.last() != Some(stage));
    let build = Build { context, dockerfile: Some(dockerfile.file), target, args: Vec::new(), span: stage.span };
    let name = match folder.rsplit('/').next() {
        None | Some("") => "app",
        Some(name) => name,
    };
    let mut service = service(Spanned::new(name.into(), stage.span), Anchor::new(&*dockerfile.path, "image"), folder);
    service.build = Some(build);
    Some(Deployment {
        name: dockerfile.path.clone(),
        files: vec![dockerfile.file],
        services: vec![service],
        because: Why::new("is an image that no file here deploys"),
        ..Deployment::default()
    })
}

/// The stage that is deployed: one that is called so, else the last that is not called a test or the like.
fn stage(dockerfile: &Dockerfile) -> Option<&Stage> {
    let named = |stage: &Stage, words: &[&str]| {
        stage.name.as_ref().is_some_and(|name| {
            name.value.to_ascii_lowercase().split(['-', '_', '.']).any(|word| words.contains(&word))
        })
    };
    let stages = || dockerfile.stages.iter().rev();
    stages()
        .find(|stage| named(stage, &["prod", "production", "release", "final"]))
        .or_else(|| stages().find(|stage| !named(stage, ELSEWHERE)))
        .or(dockerfile.stages.last())
}

/// The nearest folder above the Dockerfile (or its own) in which something that it copies is there; its own otherwise.
fn context(dockerfile: &Dockerfile, folder: &str, exists: &dyn Fn(&str) -> bool) -> Box<str> {
    let copied = |step: &'_ Step| match step {
        Step::Copy { from: None, sources, .. } => sources.clone(),
        _ => Vec::new(),
    };
    let sources: Vec<Box<str>> = dockerfile
        .stages
        .iter()
        .flat_map(|stage| stage.steps.iter().flat_map(copied))
        .filter(|source| !matches!(source.trim_matches('/'), "" | "." | "./") && !source.contains(['*', '$', ':']))
        .collect();
    let mut at = folder;
    loop {
        let found = |source: &str| {
            let path = super::join(&format!("/{at}"), source.trim_start_matches('/'));
            exists(path.trim_start_matches('/'))
        };
        if sources.is_empty() || sources.iter().any(|source| found(source)) {
            return at.into();
        }
        if at.is_empty() {
            return folder.into();
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn of_procfile(procfile: &Procfile) -> Option<Deployment> {
    let folder = procfile.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let services: Vec<ServicePlan> = procfile
        .processes
        .iter()
        .map(|process| {
            let anchor = Anchor::new(&*procfile.path, &*process.name.value);
            let mut service = service(process.name.clone(), anchor, folder);
            service.command = Some(CommandLine::Text {
                text: process.text.clone(),
                script: process.script.clone(),
                shell: true,
                span: process.text.span(0..process.text.text.len()),
            });
            service.span = process.span;
            // Who starts it may say how many workers it has.
            platform::leave_concurrency(&mut service, Fact::unknown(platform::BY_SIZE));
            service
        })
        .collect();
    let deployment = Deployment {
        name: procfile.path.clone(),
        files: vec![procfile.file],
        services,
        because: Why::new("says what a platform starts"),
        ..Deployment::default()
    };
    (!deployment.services.is_empty()).then_some(deployment)
}

/// A service of which nothing is said; where it runs decides how many of it there are, and on what.
pub(in crate::link) fn service(name: Spanned<Box<str>>, anchor: Anchor, folder: &str) -> ServicePlan {
    let span: Span = name.span;
    ServicePlan {
        name,
        anchor,
        image: None,
        build: None,
        entrypoint: None,
        command: None,
        environment: Vec::new(),
        environment_open: Some(Why::new("set where it is deployed")),
        environment_slot: None,
        replicas: Fact::unknown("set where it is deployed"),
        cpus: Fact::unknown("set where it is deployed"),
        memory: Fact::unknown("set where it is deployed"),
        shm_size: Fact::Absent,
        container_name: Fact::Absent,
        stop_grace: Fact::unknown("set where it is deployed"),
        ports: Vec::new(),
        expose: Vec::new(),
        aliases: Vec::new(),
        mounts: Vec::new(),
        depends_on: Vec::new(),
        healthcheck: None,
        restart: Fact::Absent,
        profiles: Vec::new(),
        init: false,
        working_dir: None,
        pod: None,
        folder: folder.into(),
        span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{docker, procfile};
    use crate::source::{FileId, SourceFile};

    #[test]
    fn production_dockerfiles_and_procfiles_are_deployments() {
        let file = |id, path: &str, text: &str| SourceFile::new(FileId(id), path, Default::default(), text);
        let dockerfiles: Vec<_> = [
            file(0, "Dockerfile.dev", "FROM a\nCMD x"),
            file(1, "deploy/web/Dockerfile", "FROM a\nCOPY requirements.txt .\nCOPY . .\nCMD x"),
            file(2, "tests/Dockerfile", "FROM a\nCMD x"),
            file(4, "Dockerfile", "FROM a AS production\nCMD x\nFROM production AS unit_tests\nCMD y"),
        ]
        .iter()
        .map(docker::read)
        .collect();
        let procfile = procfile::read(&file(3, "Procfile", "web: gunicorn a:b\nworker: celery worker\n"));
        let all: Vec<_> = dockerfiles.iter().collect();
        let found = standalone(&all, &[&procfile], &|path| path == "requirements.txt");
        let names: Vec<_> = found
            .iter()
            .map(|it| (&*it.name, it.services.iter().map(|service| &*service.name.value).collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            names,
            [("deploy/web/Dockerfile", vec!["web"]), ("Dockerfile", vec!["app"]), ("Procfile", vec!["web", "worker"])]
        );
        assert_eq!(found[0].services[0].build.as_ref().unwrap().context.as_ref(), "");
        let target = found[1].services[0].build.as_ref().unwrap().target.as_ref();
        assert_eq!(target.unwrap().value.as_ref(), "production");
    }
}
