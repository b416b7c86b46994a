//! Repositories without a compose file: each Dockerfile that looks like production is a deployment of its own, and so is
//! each Procfile, and each folder of systemd's units.

use std::collections::BTreeMap;

use crate::facts::docker::{Dockerfile, Stage, Step};
use crate::facts::procfile::Procfile;
use crate::facts::sections::{Entry, MOD_WSGI, Reader, SectionFile};
use crate::link::plan::{Build, CommandLine, Deployment, ServicePlan, Variable};
use crate::link::platform;
use crate::link::roles::{self, Role};
use crate::source::Span;
use crate::stack::{Anchor, Fact, Why};
use crate::syntax::{Mapped, Piece, Spanned, shell};

/// Words in a path that tell of what is made, checked or filled in, and is not what runs in the end.
const WORKS: &[&str] = &["lint", "builder", "template", "templates", "fixtures"];

/// The deployments of Dockerfiles, Procfiles and units alone. `exists` tells whether a path below the root is there, by which
/// the folder that a Dockerfile is built in is guessed.
pub fn standalone(
    dockerfiles: &[&Dockerfile],
    procfiles: &[&Procfile],
    sections: &[&SectionFile],
    exists: &dyn Fn(&str) -> bool,
) -> Vec<Deployment> {
    let images = dockerfiles.iter().copied().filter(|it| is_production(&it.path)).filter_map(|it| of_image(it, exists));
    let procfiles = procfiles.iter().copied().filter(|it| is_production(&it.path)).filter_map(of_procfile);
    images.chain(procfiles).chain(of_units(sections)).chain(of_apache(sections)).collect()
}

fn is_production(path: &str) -> bool {
    let is_deployed = roles::of_path(path).is_none_or(|(role, _)| role.is_deployed());
    is_deployed && !path.to_ascii_lowercase().split(['/', '.', '-', '_']).any(|word| WORKS.contains(&word))
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
    let named = |stage: &Stage, tells: &dyn Fn(&str) -> bool| {
        stage.name.as_ref().is_some_and(|name| name.value.to_ascii_lowercase().split(['-', '_', '.']).any(tells))
    };
    let is_elsewhere = |word: &str| {
        WORKS.contains(&word) || word == "build" || roles::of_word(word).is_some_and(|role| !role.is_deployed())
    };
    let stages = || dockerfile.stages.iter().rev();
    stages()
        .find(|stage| named(stage, &|word| matches!(word, "prod" | "production" | "release" | "final")))
        .or_else(|| stages().find(|stage| !named(stage, &is_elsewhere)))
        .or(dockerfile.stages.last())
}

/// The folder above the Dockerfile (or its own) in which the most of what it copies is there, the nearest of several;
/// its own when none has any.
fn context<'a>(dockerfile: &Dockerfile, folder: &'a str, exists: &dyn Fn(&str) -> bool) -> Box<str> {
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
    let found_in = |at: &str| {
        let found = |source: &str| {
            let path = super::join(&format!("/{at}"), source.trim_start_matches('/'));
            exists(path.trim_start_matches('/'))
        };
        sources.iter().filter(|source| found(source)).count()
    };
    let above = |at: &&'a str| (!at.is_empty()).then(|| at.rsplit_once('/').map_or("", |(above, _)| above));
    let mut best = (folder, found_in(folder));
    for at in std::iter::successors(above(&folder), above) {
        let count = found_in(at);
        if count > best.1 {
            best = (at, count);
        }
    }
    best.0.into()
}

/// Whether a command builds again what a person edits, which no server has: `make watch-css`, `npm run watch`,
/// `tailwindcss --watch`. What a program of one's own watches may be anything.
fn watches(command: &str) -> bool {
    const WATCHERS: [&str; 4] = ["watchmedo", "watchfiles", "nodemon", "livereload"];
    let mut words = command.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let Some(first) = words.find(|word| !word.contains('=') && *word != "exec" && *word != "env") else { return false };
    let is_watch = |word: &str| {
        let mut parts = word.trim_start_matches('-').split(['-', ':', '_']);
        word == "--watch" || (!word.contains('.') && parts.any(|part| part == "watch"))
    };
    WATCHERS.contains(&first) || (!first.starts_with("python") && words.any(is_watch))
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
    let watcher = procfile.processes.iter().find(|it| watches(&it.text.text));
    let (role, because) = match watcher {
        Some(it) => {
            let reason = format!("is for development: `{}` waits for files to change", it.name.value);
            (Role::Development, Why::at(reason, it.span))
        }
        None => (Role::Default, Why::new("says what a platform starts")),
    };
    let deployment = Deployment {
        name: procfile.path.clone(),
        files: vec![procfile.file],
        services,
        role,
        because,
        ..Deployment::default()
    };
    (!deployment.services.is_empty()).then_some(deployment)
}

/// Each configuration by which Apache starts processes of mod_wsgi, a service for each group of them.
fn of_apache(sections: &[&SectionFile]) -> Vec<Deployment> {
    let is_ours = |it: &&&SectionFile| it.reader == Reader::Apache && is_production(&it.path);
    let found = sections.iter().filter(is_ours).map(|file| {
        let starts = file.entries.iter().filter(|entry| &*entry.name.value == MOD_WSGI);
        Deployment {
            name: file.path.clone(),
            files: vec![file.file],
            services: starts.filter_map(|entry| of_directive(file, entry)).collect(),
            because: Why::new("says what Apache starts"),
            ..Deployment::default()
        }
    });
    found.collect()
}

/// `WSGIDaemonProcess NAME option=value …`, which stands as the command.
fn of_directive(file: &SectionFile, entry: &Entry) -> Option<ServicePlan> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = Mapped::verbatim(entry.name.value.clone(), entry.name.span);
    let between = Span { start: entry.name.span.end, ..entry.value.span(0..0) };
    text.extend(&Mapped { text: " ".into(), pieces: vec![Piece { start: 0, span: between }] }, 0..1);
    text.extend(&entry.value, 0..entry.value.text.len());
    let span = text.span(0..text.text.len());
    let group = entry.value.text.split_whitespace().next()?;
    let mut service = service(Spanned::new(group.into(), span), Anchor::new(&*file.path, MOD_WSGI), folder);
    service.command = Some(CommandLine::Text { script: shell::parse(&text).tree, text, shell: false, span });
    Some(service)
}

/// The units of each folder, which one host runs together.
fn of_units(sections: &[&SectionFile]) -> Vec<Deployment> {
    let mut found: BTreeMap<&str, Deployment> = BTreeMap::new();
    for unit in sections.iter().filter(|it| it.reader == Reader::Systemd && is_production(&it.path)) {
        let Some(service) = of_unit(unit) else { continue };
        let folder = unit.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let deployment = found.entry(folder).or_insert_with(|| Deployment {
            name: unit.path.clone(),
            because: Why::new("says what systemd starts"),
            ..Deployment::default()
        });
        deployment.files.push(unit.file);
        deployment.services.push(service);
    }
    found.into_values().collect()
}

/// `[Service]` with its `ExecStart`; what `EnvironmentFile` names is elsewhere.
fn of_unit(unit: &SectionFile) -> Option<ServicePlan> {
    let start = unit.value("Service", "ExecStart")?;
    // `-`, `@`, `:`, `+` and `!` say how systemd runs it.
    let from = start.text.len() - start.text.trim_start_matches(['-', '@', ':', '+', '!']).len();
    let text = start.slice(from..start.text.len());
    let span = text.span(0..text.text.len());
    let (folder, name) = unit.path.rsplit_once('/').unwrap_or(("", &unit.path));
    let name = name.trim_end_matches(".service").trim_end_matches('@');
    let mut service = service(Spanned::new(name.into(), span), Anchor::new(&*unit.path, "Service"), folder);
    service.command = Some(CommandLine::Text { script: shell::parse(&text).tree, text, shell: false, span });
    service.working_dir = unit.value("Service", "WorkingDirectory").map(|it| it.text.clone());
    for entry in unit.section("Service").filter(|entry| &*entry.name.value == "Environment") {
        for word in shell::split(&entry.value).iter().filter_map(|word| Some((word.literal()?, word.span))) {
            let (source, span) = word;
            let Some((name, value)) = source.text.split_once('=') else { continue };
            let place = source.span(name.len() + 1..source.text.len());
            service.environment.push(Variable { name: name.into(), value: Fact::written(value.into(), place), span });
        }
    }
    service.environment.sort_by(|a, b| a.name.cmp(&b.name));
    Some(service)
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
        labels: Vec::new(),
        hidden: Vec::new(),
        most_at_once: Fact::Absent,
        disruption_budget: Fact::Absent,
        absent: Vec::new(),
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
            file(5, "images/api/Dockerfile", "FROM a\nCOPY app/ app/\nCOPY uwsgi.ini manage.py ./\nCMD x"),
            file(4, "Dockerfile", "FROM a AS production\nCMD x\nFROM production AS unit_tests\nCMD y"),
        ]
        .iter()
        .map(docker::read)
        .collect();
        let procfile = procfile::read(&file(3, "Procfile", "web: gunicorn a:b\nworker: celery worker\n"));
        let all: Vec<_> = dockerfiles.iter().collect();
        let found = standalone(&all, &[&procfile], &[], &|path| {
            matches!(path, "requirements.txt" | "images/api/uwsgi.ini" | "uwsgi.ini" | "app" | "manage.py")
        });
        let names: Vec<_> = found
            .iter()
            .map(|it| (&*it.name, it.services.iter().map(|service| &*service.name.value).collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            names,
            [
                ("deploy/web/Dockerfile", vec!["web"]),
                ("images/api/Dockerfile", vec!["api"]),
                ("Dockerfile", vec!["app"]),
                ("Procfile", vec!["web", "worker"])
            ]
        );
        // One file of those that it copies happens to lie beside it; all of them lie at the root.
        assert_eq!(found[1].services[0].build.as_ref().unwrap().context.as_ref(), "");
        assert_eq!(found[0].services[0].build.as_ref().unwrap().context.as_ref(), "");
        let target = found[2].services[0].build.as_ref().unwrap().target.as_ref();
        assert_eq!(target.unwrap().value.as_ref(), "production");
    }

    #[test]
    fn an_image_is_built_where_most_of_what_it_copies_is() {
        let text = "FROM a\nCOPY uwsgi.ini /srv/\nCOPY app/ /srv/app/\nCOPY manage.py /srv/\nCMD x";
        let file = SourceFile::new(FileId(0), "docker/web/Dockerfile", Default::default(), text);
        let dockerfile = docker::read(&file);
        let all = ["docker/web/uwsgi.ini", "uwsgi.ini", "app", "manage.py"];
        let found = standalone(&[&dockerfile], &[], &[], &|path| all.contains(&path));
        assert_eq!(&*found[0].services[0].build.as_ref().unwrap().context, "");
        let found = standalone(&[&dockerfile], &[], &[], &|path| path == "docker/web/uwsgi.ini");
        assert_eq!(&*found[0].services[0].build.as_ref().unwrap().context, "docker/web");
    }

    #[test]
    fn who_watches_files_is_a_developer() {
        for yes in [
            "make watch-scss",
            "npm run watch",
            "yarn build:css --watch",
            "NODE_ENV=x npx tailwindcss -i a --watch",
            "watchmedo auto-restart -- celery worker",
        ] {
            assert!(watches(yes), "{yes}");
        }
        for no in ["gunicorn app:app", "python watch.py", "python -m watch", "bin/watch.sh", "make run", "bin/watcher"]
        {
            assert!(!watches(no), "{no}");
        }
        let file = SourceFile::new(FileId(0), "Procfile", Default::default(), "web: make run\ncss: make watch-css\n");
        let procfile = crate::facts::procfile::read(&file);
        let found = standalone(&[], &[&procfile], &[], &|_| false);
        assert_eq!(
            (found[0].role, &*found[0].because.reason),
            (Role::Development, "is for development: `css` waits for files to change",)
        );
    }

    #[test]
    fn units_of_a_folder_run_together() {
        let file = |id, path: &str, text: &str| SourceFile::new(FileId(id), path, Default::default(), text);
        let web = "[Service]\nWorkingDirectory=/srv\nEnvironment=\"A=b c\" W=4\nExecStart=-/venv/bin/gunicorn \\\n  app:app\n";
        let files = [
            file(0, "deploy/web.service", web),
            file(1, "deploy/worker@.service", "[Service]\nExecStart=/venv/bin/celery worker\n"),
            file(2, "examples/x.service", "[Service]\nExecStart=x\n"),
            file(3, "deploy/once.service", "[Service]\nType=oneshot\n"),
        ];
        let units: Vec<_> = files.iter().filter_map(crate::facts::sections::read).collect();
        let found = standalone(&[], &[], &units.iter().collect::<Vec<_>>(), &|_| false);
        let [only] = found.as_slice() else { panic!("one deployment") };
        let names: Vec<_> = only.services.iter().map(|it| &*it.name.value).collect();
        assert_eq!((&*only.name, names), ("deploy/web.service", vec!["web", "worker"]));
        let variables: Vec<_> =
            only.services[0].environment.iter().map(|it| (&*it.name, it.value.known().map(|it| &**it))).collect();
        assert_eq!(variables, [("A", Some("b c")), ("W", Some("4"))]);
        let Some(CommandLine::Text { text, .. }) = &only.services[0].command else { panic!("a text") };
        assert_eq!(&*text.text, "/venv/bin/gunicorn app:app");
    }
}
