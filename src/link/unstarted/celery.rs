//! Workers of Celery that nothing judged starts: those of the init script `celeryd`, by its file of variables, and those
//! of an application that no file starts a worker of.

use crate::facts::env::EnvFile;
use crate::facts::python::is_aside;
use crate::link::plan::{Deployment, Variable};
use crate::link::values::Code;
use crate::source::{SourceFile, Span};
use crate::stack::Fact;
use crate::syntax::env::Entry;

use super::{deployment, is_deployable, shown};

/// A deployment for each file of variables that Celery's init script reads (`/etc/default/celeryd`): as many workers as
/// it names nodes, each with its options. One that differs by node is left out.
pub(in crate::link) fn of_init_script<'a>(
    files: impl Iterator<Item = (&'a SourceFile, &'a EnvFile)>,
) -> Vec<Deployment> {
    shown(files.filter_map(|(file, env)| init_script(file, env)))
}

fn init_script(file: &SourceFile, env: &EnvFile) -> Option<Deployment> {
    let entry = |name: &str| env.entries.iter().rfind(|it| &*it.name.value == name);
    let text = |entry: &Entry| Some((entry.value.as_ref()?.text.clone(), entry.span));
    let (nodes, nodes_at) = entry("CELERYD_NODES").and_then(text)?;
    let (app, at) = entry("CELERY_APP").and_then(text)?;
    let (options, at) = entry("CELERYD_OPTS").and_then(text).unwrap_or(("".into(), at));
    let mut words = vec!["celery", "-A", &*app, "worker"];
    let mut rest = options.split_whitespace();
    while let Some(word) = rest.next() {
        match word.split_once(':') {
            // `-Q:images pictures` is for one of the nodes.
            Some(("-c" | "--concurrency" | "-P" | "--pool" | "--autoscale", _)) => return None,
            Some((option, _)) if option.starts_with('-') && !word.contains('=') => {
                rest.next();
            }
            Some((option, _)) if option.starts_with('-') => {}
            _ => words.push(word),
        }
    }
    let because = "says what the init script of Celery starts: no rule judges it";
    let mut found = deployment(&file.path, at, "", &words, because);
    let count = nodes.trim().parse().unwrap_or(nodes.split_whitespace().count() as u64);
    let plan = found.services.first_mut()?;
    plan.replicas = Fact::derived(count, vec![nodes_at]);
    let variable = |it: &Entry| {
        let value = it.value.as_ref()?;
        let value = Fact::written(value.text.clone(), value.span(0..value.text.len()));
        Some(Variable { name: it.name.value.clone(), value, span: it.span })
    };
    plan.environment = env.entries.iter().filter_map(variable).collect();
    plan.environment.sort_by(|a, b| a.name.cmp(&b.name));
    Some(found)
}

/// A deployment for each application of Celery, as a worker of it would be.
pub(in crate::link) fn applications(code: &Code) -> Vec<Deployment> {
    let made = code.iter().filter_map(|(_, module)| {
        let site = module.calls.iter().find(|site| &*site.name == "celery.Celery" && site.bound.is_some())?;
        (is_deployable(&module.path) && !is_aside(&module.path)).then(|| of_application(&module.path, site.span))
    });
    shown(made)
}

fn of_application(path: &str, at: Span) -> Deployment {
    let dotted = path.trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".");
    let because = "makes an application of Celery, and no file here starts a worker of it: no rule judges it";
    deployment(path, at, "", &["celery", "-A", &dotted, "worker"], because)
}

#[cfg(test)]
mod tests {
    use crate::link::unstarted::tests::{names, report};

    const CELERY: &str = "from celery import Celery\napp = Celery('shop', broker='redis://cache/0')\n";

    #[test]
    fn the_init_script_starts_its_nodes() {
        let variables = "CELERYD_NODES=\"web images mail\"\nCELERY_APP=\"shop.tasks\"\n# more\nCELERYD_OPTS=\"-Ofair --concurrency=4 -Q:images pictures\"\n";
        let files = [("etc/default/celeryd", variables), ("shop/tasks.py", CELERY)];
        let found = report(&files);
        assert_eq!(names(&found), ["etc/default/celeryd"]);
        let process = &found.unstarted[0].processes[0];
        assert_eq!((process.replicas.known(), process.processes.known()), (Some(&3), Some(&4)));
        let differs = variables.replace("-Q:images pictures", "-c:images 2");
        assert_eq!(names(&report(&[("etc/default/celeryd", &differs)])), [""; 0]);
    }

    #[test]
    fn an_application_that_no_worker_is_started_of_is_shown() {
        let found = report(&[("shop/tasks.py", CELERY)]);
        assert_eq!(names(&found), ["shop/tasks.py"]);
        assert_eq!(found.unstarted[0].task_queues[0].endpoint.known().map(|it| &**it), Some("cache:6379/0"));
        let procfile = [("shop/tasks.py", CELERY), ("Procfile", "worker: celery -A shop.tasks worker\n")];
        assert!(report(&procfile).unstarted.is_empty());
    }
}
