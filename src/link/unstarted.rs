//! Programs that serve or work when they are run, and that nothing starts: what they would be, for whoever looks. No rule
//! judges what nobody deploys.

pub(super) mod celery;

use std::collections::BTreeMap;

use crate::facts::gunicorn::GunicornConf;
use crate::facts::python::{Module, is_aside};
use crate::facts::script::ShellScript;
use crate::source::Span;
use crate::stack::vocabulary::{About, Framework, Process};
use crate::stack::{Anchor, Fact, Id, Service, Stack, Why};
use crate::syntax::Spanned;

use super::apps;
use super::image::service;
use super::plan::{CommandLine, Deployment, ListStyle, ServicePlan};
use super::roles;
use super::values::Code;

/// How many of each kind are shown.
pub(super) const MOST: usize = 8;

/// A deployment for each module that is a server when it is run, for each application of Django that waits for a server,
/// and for each configuration of gunicorn, each in the order of their paths: what there is where nothing in the files
/// starts any code. Tests, examples and what is for development by its path are left out.
pub(super) fn deployments<'a>(code: &Code, confs: impl Iterator<Item = &'a GunicornConf>) -> Vec<Deployment> {
    let servers = shown(apps::serving(code).map(|(path, call)| of_server(path, call)));
    let applications = shown(applications(code));
    // Any module of Python may set `workers`; who names a file after gunicorn means it.
    let named = confs.filter(|conf| conf.path.rsplit('/').next().is_some_and(|name| name.contains("gunicorn")));
    let confs = shown(named.map(of_conf));
    servers.into_iter().chain(applications).chain(confs).collect()
}

/// A deployment for each shell script, as what it would start when it is run; which of them start a worker is seen then.
pub(super) fn scripts<'a>(scripts: impl Iterator<Item = &'a ShellScript>) -> Vec<Deployment> {
    scripts.filter(|script| is_deployable(&script.path)).map(of_script).collect()
}

/// Whether a process works on tasks: an image's own command starts servers, and leaves workers to whoever deploys it. A
/// script that starts a server is most often a developer's.
pub(super) fn is_worker(process: &Process) -> bool {
    process.program.known().is_some_and(|program| program.is_worker())
}

/// Whether a stack is of code that is started somehow, and not by settings for development alone: those say nothing of what
/// a deployment names.
pub(super) fn is_told(stack: &Stack) -> bool {
    let develops = |path: &str| apps::is_for_development(path.trim_end_matches(".py"));
    !stack.processes.is_empty() && !stack.settings.iter().any(|it| it.module.known().is_some_and(|it| develops(it)))
}

/// The process that an application would be served by: nobody knows which, and which settings it loads is known.
pub(super) fn unserved(application: &Spanned<Box<str>>, plan: &ServicePlan, service: Id<Service>) -> Process {
    let at = application.span;
    let why = || Why::at("no file here says which server runs it", at);
    Process {
        about: About {
            name: plan.name.value.clone(),
            anchor: plan.anchor.clone(),
            span: Some(at),
            owner: Some(plan.name.value.clone()),
            writers: Vec::new(),
        },
        program: Fact::Unknown(why()),
        mode: Fact::Unknown(why()),
        processes: Fact::Unknown(why()),
        slots: Fact::Unknown(why()),
        framework: Fact::derived(Framework::Django, vec![at]),
        application: Fact::derived(application.value.clone(), vec![at]),
        replicas: plan.replicas.clone(),
        cpus: plan.cpus.clone(),
        memory: plan.memory.clone(),
        service: Some(service),
        ..Process::default()
    }
}

fn is_deployable(path: &str) -> bool {
    roles::of_path(path).is_none_or(|(role, _)| role.is_deployed()) && !is_aside(path)
}

fn shown(found: impl Iterator<Item = Deployment>) -> Vec<Deployment> {
    let mut found: Vec<Deployment> = found.filter(|it| is_deployable(&it.name)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.truncate(MOST);
    found
}

/// The folder that a path lies in, and its name without its ending.
fn parts(path: &str) -> (&str, &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder, name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

/// A deployment of one service, which is called by its file and runs these words in this folder.
fn deployment(path: &str, at: Span, folder: &str, words: &[&str], because: &str) -> Deployment {
    let mut plan = service(Spanned::new(parts(path).1.into(), at), Anchor::new(path, "__main__"), folder);
    if !words.is_empty() {
        let words = words.iter().map(|word| Spanned::new((*word).into(), at)).collect();
        plan.command = Some(CommandLine::Exec { words, style: ListStyle::Brackets, span: at });
    }
    Deployment {
        name: path.into(),
        files: vec![at.file],
        services: vec![plan],
        because: Why::new(because),
        ..Deployment::default()
    }
}

fn of_server(path: &str, call: Span) -> Deployment {
    let because = "serves when it is run, and no file here starts it: no rule judges it";
    deployment(path, call, parts(path).0, &["python", path], because)
}

/// The applications of Django, one for each folder: that for WSGI where there is one for ASGI beside it.
fn applications(code: &Code) -> impl Iterator<Item = Deployment> {
    let makes = |module: &Module, what: &str| module.imports.iter().any(|name| name.ends_with(what));
    let mut found: BTreeMap<&str, (bool, Deployment)> = BTreeMap::new();
    for (_, module) in code.iter() {
        let Some(settings) = module.settings_modules.first() else { continue };
        let for_wsgi = makes(module, ".get_wsgi_application");
        let folder = parts(&module.path).0;
        let has_better = found.get(folder).is_some_and(|(for_wsgi, _)| *for_wsgi);
        if has_better || !(for_wsgi || makes(module, ".get_asgi_application")) {
            continue;
        }
        found.insert(folder, (for_wsgi, of_application(code, module, settings)));
    }
    found.into_values().map(|(_, deployment)| deployment)
}

fn of_application(code: &Code, module: &Module, settings: &Spanned<Box<str>>) -> Deployment {
    let (folder, _) = parts(&module.path);
    // The folder that is searched for modules: the one from which the settings' name leads to a file.
    let inside = settings.value.replace('.', "/");
    let root = code.resolve(folder, &settings.value).and_then(|id| code.module(id)).and_then(|it| {
        let path = it.path.trim_end_matches(".py").trim_end_matches("/__init__");
        path.strip_suffix(inside.as_str()).map(|root| root.trim_end_matches('/'))
    });
    let root = root.filter(|root| module.path.starts_with(root)).unwrap_or(folder);
    let name = module.path[root.len()..].trim_start_matches('/').trim_end_matches(".py").replace('/', ".");
    let because = "waits for a server, and no file here starts one: no rule judges it";
    let mut found = deployment(&module.path, settings.span, root, &[], because);
    found.unserved = Some(Spanned::new(format!("{name}:application").into(), settings.span));
    found
}

fn of_conf(conf: &GunicornConf) -> Deployment {
    let at = Span::at(conf.file, 0);
    let because = "configures gunicorn, and no file here starts it: no rule judges it";
    deployment(&conf.path, at, "", &["gunicorn", "-c", &conf.path], because)
}

fn of_script(script: &ShellScript) -> Deployment {
    let (folder, name) = script.path.rsplit_once('/').unwrap_or(("", &script.path));
    let because = "is a script that nothing judged here starts: no rule judges it";
    deployment(&script.path, Span::at(script.file, 0), folder, &["sh", name], because)
}

#[cfg(test)]
pub(in crate::link) mod tests {
    use std::path::PathBuf;

    use crate::audit::{Options, audit_sources};
    use crate::source::{FileId, SourceFile, Sources};
    use crate::view::Report;

    pub(super) fn report(files: &[(&str, &str)]) -> Report {
        let file = |(at, (path, text)): (usize, &(&str, &str))| {
            SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text)
        };
        let sources = Sources::new(files.iter().enumerate().map(file).collect());
        audit_sources(PathBuf::new(), sources, Vec::new(), &Options { unstarted: true, ..Options::default() })
    }

    pub(super) fn names(report: &Report) -> Vec<&str> {
        report.unstarted.iter().map(|stack| &*stack.name).collect()
    }

    const SETTINGS: &str = "DEBUG = False\nINSTALLED_APPS = []\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'NAME': 'shop', 'CONN_MAX_AGE': 5}}\n";
    const WSGI: &str = "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n";

    #[test]
    fn an_application_that_no_file_starts_is_shown_with_its_settings() {
        let asgi = WSGI.replace("wsgi", "asgi");
        let files = [("back/shop/settings.py", SETTINGS), ("back/shop/asgi.py", &asgi), ("back/shop/wsgi.py", WSGI)];
        let report = report(&files);
        assert_eq!(names(&report), ["back/shop/wsgi.py"]);
        let [stack] = report.unstarted.as_slice() else { panic!("one stack") };
        let process = &stack.processes[0];
        assert_eq!(process.application.known().map(|it| &**it), Some("shop.wsgi:application"));
        assert_eq!(process.program.known(), None);
        assert_eq!(stack.settings[0].debug.known(), Some(&false));
        let database = &stack.django_databases[0];
        assert_eq!(database.endpoint.known().map(|it| &**it), Some("db:5432/shop"));
        assert!(report.findings.iter().all(|it| &*it.anchor.file != "back/shop/settings.py"), "no rule judges it");
    }

    #[test]
    fn settings_for_development_alone_tell_nothing() {
        let wsgi = WSGI.replace("shop.settings", "shop.settings.local");
        let found = report(&[("shop/settings/local.py", SETTINGS), ("shop/wsgi.py", &wsgi)]);
        assert!(found.unstarted.is_empty());
    }

    #[test]
    fn a_configuration_of_gunicorn_that_no_file_names_is_shown() {
        let conf = "workers = 3\nbind = '0.0.0.0:8381'\n";
        let found = report(&[("shop/docker_gunicorn.py", conf), ("tests/gunicorn_conf.py", conf), ("pool.py", conf)]);
        assert_eq!(names(&found), ["shop/docker_gunicorn.py"]);
        let process = &found.unstarted[0].processes[0];
        assert_eq!((process.processes.known(), process.port.known()), (Some(&3), Some(&8381)));
        let image = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD gunicorn shop:app\n";
        let found = report(&[("Dockerfile", image), ("shop/docker_gunicorn.py", conf)]);
        assert!(found.unstarted.is_empty(), "something else is started");
    }

    #[test]
    fn a_script_that_starts_a_worker_and_that_nothing_starts_is_shown() {
        let celery = "from celery import Celery\napp = Celery('shop', broker='redis://cache/0')\n";
        let image = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD gunicorn shop:app\n";
        let mut files = vec![
            ("Dockerfile", image),
            ("shop/celery.py", celery),
            ("docker/worker.sh", "#!/bin/bash\nset -e\nexec celery -A shop worker -c 6\n"),
            ("docker/serve.sh", "#!/bin/bash\nexec gunicorn shop:app\n"),
            ("docker/dev/worker.sh", "#!/bin/bash\nexec celery -A shop worker -c 2\n"),
        ];
        let found = report(&files);
        assert_eq!(names(&found), ["docker/worker.sh"]);
        assert_eq!(found.unstarted[0].processes[0].processes.known(), Some(&6));
        let compose = "services:\n  worker:\n    build: .\n    command: docker/worker.sh\n";
        files.push(("compose.yaml", compose));
        assert!(report(&files).unstarted.is_empty(), "compose starts it");
    }
}
