//! hypercorn: the command line stands over its configuration file, that over the defaults.

use crate::link::image::join;
use crate::stack::vocabulary::{Process, Program};
use crate::stack::{Fact, Slot, Why, defaults};
use crate::syntax::Mapped;

use super::python::{Evaluator, Value};
use super::{Settings, all_requests, application, asgi_mode, number};

/// Options without a value.
const FLAGS: &[&str] = &["--reload", "--debug", "-D", "--daemon"];

/// What the configuration file says.
enum Conf<'a> {
    /// There is none.
    None,
    /// `-c hypercorn.toml`
    Toml(&'a crate::facts::sections::SectionFile),
    /// `-c file:hypercorn.py`, `-c python:app.config`
    Python(Evaluator<'a>),
    /// It is named, and not here.
    Missing(Why),
}

/// The hypercorn that a command starts.
pub(super) fn read(settings: &Settings<'_, '_>) -> Process {
    let lookup = |name: &str| settings.variable(name);
    let conf = conf(settings, &lookup);
    let at = Some(settings.program);
    let mut process = settings.base(Program::Hypercorn);
    let app = settings.options.positional(FLAGS).into_iter().next();
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    process.mode = asgi_mode(&process.framework);
    process.slots = all_requests(settings.program);
    let said = |options: &[&str], name: &str| settings.options.value(options).or_else(|| conf.said(name));
    let read = |options: &[&str], name: &'static str| match (said(options, name), &conf) {
        (Some(text), _) => number(text),
        (None, Conf::Missing(why)) => Fact::Unknown(why.clone()),
        (None, _) => {
            let long = options.iter().find(|name| name.starts_with("--")).copied().unwrap_or("");
            settings.unsaid(defaults::number("hypercorn", name, at), settings.slots(long, None))
        }
    };
    let count = |options: &[&str], name| read(options, name).map(|value| value as u64);
    process.processes = count(&["-w", "--workers"], "workers");
    process.max_requests = count(&["--max-requests"], "max_requests");
    process.max_requests_jitter = count(&["--max-requests-jitter"], "max_requests_jitter");
    process.graceful_timeout = read(&["--graceful-timeout"], "graceful_timeout");
    process.keepalive = read(&["--keep-alive"], "keep_alive_timeout");
    process.worker_class = match (said(&["-k", "--worker-class"], "worker_class"), &conf) {
        (Some(class), _) => class,
        (None, Conf::Missing(why)) => Fact::Unknown(why.clone()),
        (None, _) => Fact::default_of("asyncio".into(), "hypercorn", "worker_class", at),
    };
    process.reload = settings.flag(&["--reload"]);
    process.port = match (said(&["-b", "--bind"], "bind"), &conf) {
        (Some(address), _) => settings.port_of(address),
        (None, Conf::Missing(why)) => Fact::Unknown(why.clone()),
        (None, _) => defaults::count("hypercorn", "port", at),
    };
    process.version = (settings.context.version_of)("hypercorn");
    settings.note_host_cpus(&mut process, "--workers");
    process
}

fn conf<'x, 'c: 'x>(settings: &Settings<'_, 'c>, lookup: &'x dyn Fn(&str) -> Option<Fact<Box<str>>>) -> Conf<'x> {
    let Some(named) = settings.options.value(&["-c", "--config"]) else { return Conf::None };
    let missing =
        || Conf::Missing(Why::at("perhaps set by hypercorn's configuration, which was not found", settings.program));
    let Some(name) = named.known() else { return missing() };
    let found = if let Some(path) = name.strip_prefix("file:") {
        (settings.context.gunicorn_conf)(&join(&settings.running.folder, path))
    } else if let Some(module) = name.strip_prefix("python:") {
        let path = format!("{}.py", module.replace('.', "/"));
        (settings.context.gunicorn_conf)(&join(&settings.running.folder, &path))
    } else {
        let file = (settings.context.sections)(&join(&settings.running.folder, name));
        return file.map_or_else(missing, Conf::Toml);
    };
    found.map_or_else(missing, |conf| Conf::Python(Evaluator::new(conf, lookup)))
}

impl Conf<'_> {
    fn said(&self, name: &str) -> Option<Fact<Box<str>>> {
        match self {
            Conf::None | Conf::Missing(_) => None,
            Conf::Toml(file) => file.value("", name).map(literal),
            Conf::Python(evaluator) => Some(evaluator.setting(name)?.map(Value::text)),
        }
    }
}

/// A value as it stands in its file.
fn literal(text: &Mapped) -> Fact<Box<str>> {
    let span = text.span(0..text.text.len());
    let mut fact = Fact::written(text.text.clone(), span);
    if let Fact::Known(sourced) = &mut fact {
        sourced.slots = vec![Slot::replace(span)];
    }
    fact
}
