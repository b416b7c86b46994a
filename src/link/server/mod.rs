//! Commands to processes: which server a command line starts, and the value that each of its settings really has.
//!
//! A setting may be said in several places. Each server's file says which of them is the stronger; here is what they
//! share.

mod asgi;
mod celery;
mod dev;
mod granian;
mod gunicorn;
mod hypercorn;
mod main_module;
mod mod_wsgi;
mod options;
mod pulpcore;
mod python;
mod python_function;
mod tasks;
#[cfg(test)]
mod tests;
mod tiangolo;
mod unit;
mod uwsgi;
mod waitress;

use crate::facts::gunicorn::GunicornConf;
use crate::facts::requirements::Package;
use crate::facts::sections::SectionFile;
use crate::source::{SourceFile, Span};
use crate::stack::vocabulary::About;
use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Origin, Slot, Version, Why, Writer};

use super::command::words::HOST_CPUS;
use super::command::wrapper::is_python;
use super::plan::{Append, Running, ServicePlan, Variable};
pub use main_module::ServerCall;
use options::Options;
pub(super) use tiangolo::own_folder;
pub(super) use unit::{FOLDERS as UNIT_FOLDERS, expand as expand_units};

/// What else a process is made of: its service, its environment, and what other files say of its application.
pub struct Context<'a> {
    /// The service it runs in.
    pub service: &'a ServicePlan,
    /// The environment of its container ([`super::image::environment`]).
    pub environment: &'a [Variable],
    /// The configuration of gunicorn at an absolute path of the container.
    pub gunicorn_conf: &'a dyn Fn(&str) -> Option<&'a GunicornConf>,
    /// What an application is written with, by how the command names it: `wingman.asgi:application`, `app.main:app`.
    pub framework_of: &'a dyn Fn(&str) -> Option<Framework>,
    /// Whether a module stands at an absolute path of the container, which is given without its ending.
    pub module_at: &'a dyn Fn(&str) -> bool,
    /// The version of a Python package in the image.
    pub version_of: &'a dyn Fn(&str) -> Fact<Version>,
    /// The requirement of a package that a person would change, and the command that must follow such a change.
    pub requirement_of: &'a dyn Fn(&str) -> Option<Required<'a>>,
    /// What an application's own configuration says of a setting of Celery, by its new name (`worker_concurrency`);
    /// absent when it does not. The first argument is what `-A` names.
    pub celery_setting: &'a dyn Fn(&str, &str) -> Fact<Box<str>>,
    /// The configuration in sections at an absolute path of the container: uWSGI's, hypercorn's.
    pub sections: &'a dyn Fn(&str) -> Option<&'a SectionFile>,
    /// What a class sets an attribute to (`app.worker.WorkerSettings`, `max_jobs`), as text; with no class, what Django's
    /// settings say at a path (`Q_CLUSTER.workers`).
    pub class_setting: &'a dyn Fn(&str, &str) -> Fact<Box<str>>,
    /// The server that a script (`main.py`) or a module becomes when it is run.
    pub server_call: &'a dyn Fn(&str) -> Option<ServerCall>,
    /// NGINX Unit's configuration, or why it is not known.
    pub unit: &'a dyn Fn() -> Result<&'a SectionFile, &'static str>,
    /// The image it runs in the end, by its name.
    pub image: Option<&'a str>,
}

/// A requirement: its file, the package, and the command that must follow a change of it.
pub type Required<'a> = (&'a SourceFile, &'a Package, Option<&'static str>);

/// The servers and workers among the commands of a service, in order. Commands that end (migrations) are none. Of those
/// that only some branch runs, one is taken when nothing else serves: the first that is no server for development.
pub fn processes(running: &[Running], context: &Context<'_>) -> Vec<Process> {
    let mut sure = Vec::new();
    let mut perhaps: Vec<Process> = Vec::new();
    for (at, command) in running.iter().enumerate() {
        let last = at + 1 == running.len();
        let found = process(command, context).or_else(|| other(command, context).filter(|_| last));
        let Some(process) = found else { continue };
        if command.conditional.is_none() { sure.push(process) } else { perhaps.push(process) }
    }
    if sure.is_empty() && !perhaps.is_empty() {
        let at = perhaps.iter().position(|it| it.dev_server.known() != Some(&true)).unwrap_or(0);
        sure.push(perhaps.swap_remove(at));
    }
    sure
}

/// The server or worker that a command starts, if it is one that is known.
pub fn process(running: &Running, context: &Context<'_>) -> Option<Process> {
    let settings = Settings::of(running, context)?;
    let name = settings.words.first().copied().unwrap_or("").rsplit('/').next().unwrap_or("");
    match name {
        "gunicorn" => Some(gunicorn::read(&settings)),
        "uvicorn" => Some(asgi::uvicorn(&settings)),
        "fastapi" => asgi::fastapi(&settings),
        "daphne" => Some(asgi::daphne(&settings)),
        "hypercorn" => Some(hypercorn::read(&settings)),
        "granian" => Some(granian::read(&settings)),
        "waitress-serve" | "waitress" => Some(waitress::read(&settings)),
        "sanic" => Some(asgi::sanic(&settings)),
        "celery" => celery::read(&settings),
        "unitd" | "unitd-debug" => unit::read(&settings),
        "flask" => dev::flask(&settings),
        "quart" => dev::quart(&settings),
        name if name.starts_with("uwsgi") => Some(uwsgi::read(&settings)),
        name if is_python(name) => dev::manage(&settings).or_else(|| main_module::read(&settings)),
        name => {
            let own = mod_wsgi::read(&settings, name).or_else(|| pulpcore::read(&settings, name));
            let own = own.or_else(|| tasks::read(&settings, name));
            own.or_else(|| tiangolo::read(&settings, name)).or_else(|| dev::manage(&settings))
        }
    }
    .map(|process| copied(process, &running.copies))
}

/// The program that an image starts when no file names one.
pub(super) fn own_start(image: &str) -> Option<&'static str> {
    tiangolo::own_start(image).or_else(|| unit::own_start(image))
}

/// A process that its manager starts several times.
fn copied(mut process: Process, copies: &Fact<u64>) -> Process {
    process.processes = match copies {
        Fact::Absent => return process,
        Fact::Known(copies) => times(process.processes, copies.value, copies.origin.span()),
        other => other.clone(),
    };
    process
}

/// A count, some times over; it cannot be written where the one is.
fn times(count: Fact<u64>, by: u64, at: Option<Span>) -> Fact<u64> {
    without_slots(count.map(|one| one.saturating_mul(by))).by_way_of(at)
}

/// The application that a command names.
fn application(app: Option<&(Box<str>, Span)>) -> Fact<Box<str>> {
    app.map_or(Fact::Absent, |(app, span)| Fact::derived(app.clone(), vec![*span]))
}

/// A program that is not known, in Python: what it serves, and how often, only its code would tell.
fn other(running: &Running, context: &Context<'_>) -> Option<Process> {
    let settings = Settings::of(running, context)?;
    let name = settings.words.first()?.rsplit('/').next()?;
    let subject = settings.words.iter().skip(1).find(|word| !word.starts_with('-'))?;
    if !is_python(name) || subject.ends_with("manage.py") {
        return None;
    }
    let why = || Why::at(format!("`{subject}` decides it"), running.span);
    let mut process = settings.base(Program::Other);
    process.mode = Fact::Unknown(why());
    process.processes = Fact::Unknown(why());
    process.slots = Fact::Unknown(why());
    Some(process)
}

/// A command line, and all that may say a setting of its program.
struct Settings<'a, 'c> {
    running: &'a Running,
    context: &'a Context<'c>,
    options: Options<'a>,
    /// The words, the unknown ones empty.
    words: Vec<&'a str>,
    /// Where the program is named.
    program: Span,
}

impl<'a, 'c> Settings<'a, 'c> {
    fn of(running: &'a Running, context: &'a Context<'c>) -> Option<Self> {
        let program = running.argv.first()?.span;
        let words = running.argv.iter().map(|arg| arg.text.known().map_or("", |text| &**text)).collect();
        let options = Options::of(running.argv.get(1..).unwrap_or_default());
        Some(Self { running, context, options, words, program })
    }

    /// What a variable is set to where the program starts; [`None`] when nothing sets it.
    fn variable(&self, name: &str) -> Option<Fact<Box<str>>> {
        let own = self.running.assignments.iter().rev().find(|(variable, _)| &**variable == name);
        own.map(|(_, value)| value.text.clone()).or_else(|| {
            let set = self.context.environment.iter().find(|variable| &*variable.name == name);
            // Of all variables this is the one that deployments of clusters set where no file shows it. Elsewhere the
            // default holds, marked as one that it stands over.
            let of_pod = name == "WEB_CONCURRENCY" && self.context.service.pod.is_some();
            let hidden = self.context.service.hidden_variables().filter(|_| of_pod);
            set.map(|it| it.value.clone()).or_else(|| hidden.cloned().map(Fact::Unknown))
        })
    }

    /// Where an option of the command line could be put, and, for one that a variable says too, the variable.
    fn slots(&self, option: &str, variable: Option<&str>) -> Vec<Slot> {
        let environment = self.context.service.environment_slot.as_ref().zip(variable).map(|(slot, name)| {
            Slot::insert(slot.at, format!("{}{name}{}", slot.before, slot.between), slot.after.clone())
        });
        let line = self.running.append.option(option);
        let line = line.map(|slot| Slot { reaches: self.running.reaches.clone(), ..slot });
        line.into_iter().chain(environment).collect()
    }

    /// A setting that nothing says: the default, and where it would be said. Unknown when the command line has a word
    /// that may hold anything.
    fn unsaid<T>(&self, default: Fact<T>, slots: Vec<Slot>) -> Fact<T> {
        match &self.options.open {
            Some(why) => Fact::Unknown(why.clone()),
            None => default.with_slots(slots),
        }
    }

    /// A default that a variable stands over, where the environment is not all in the files.
    fn unless_set<T>(&self, default: Fact<T>, variable: Option<&str>) -> Fact<T> {
        match (variable, &self.context.service.environment_open) {
            (Some(name), Some(_)) => default.unless(&format!("the environment sets `{name}`")),
            _ => default,
        }
    }

    /// A whole number of the command line (`--workers`, `-w`) or else of a variable, or else the program's default.
    fn count(&self, options: &[&str], variables: &[&str], default: impl FnOnce() -> Fact<u64>) -> Fact<u64> {
        let said = self.options.value(options).map(|text| (text, false));
        let said = said.or_else(|| variables.iter().find_map(|name| Some((self.variable(name)?, true))));
        let long = options.iter().find(|name| name.starts_with("--")).copied().unwrap_or("");
        match said {
            Some((text, from_variable)) => {
                let fact = number(text).map(|value| value as u64);
                if from_variable { fact.with_slots(self.slots(long, None)) } else { fact }
            }
            None => {
                let variable = variables.last().copied();
                self.unsaid(self.unless_set(default(), variable), self.slots(long, variable))
            }
        }
    }

    /// What an option of the command line says, or else its variable, where the program reads one for each of its
    /// options. Few set it: where the environment is not all in the files, it is taken not to be set.
    fn said(&self, options: &[&str], variable: Option<&str>) -> Option<Fact<Box<str>>> {
        self.options.value(options).or_else(|| self.variable(variable?))
    }

    /// Whether an option without a value is given.
    fn flag(&self, options: &[&str]) -> Fact<bool> {
        match (self.options.flag(options), &self.options.open) {
            (Some(span), _) => Fact::derived(true, vec![span]),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::derived(false, vec![self.program]),
        }
    }

    /// The port of `host:port`; absent for a socket file.
    fn port_of(&self, address: Fact<Box<str>>) -> Fact<u64> {
        match &address {
            Fact::Known(sourced) if sourced.value.starts_with("unix:") || sourced.value.starts_with("fd://") => {
                Fact::Absent
            }
            Fact::Known(sourced) => match sourced.value.rsplit(':').next().and_then(|port| port.parse().ok()) {
                Some(port) => without_slots(address.map(|_| port)),
                None => Fact::unknown(format!("`{}` names no port", sourced.value)),
            },
            _ => number(address).map(|port| port as u64),
        }
    }

    /// What the application is written with, by the word that names it.
    fn framework(&self, app: Option<&(Box<str>, Span)>) -> Fact<Framework> {
        let Some((app, span)) = app else { return Fact::unknown("the command names no application") };
        let known = (self.context.framework_of)(app).or_else(|| {
            // What `startproject` of Django writes.
            let module = app.split(':').next().unwrap_or(app);
            let django = module.ends_with(".asgi") || module.ends_with(".wsgi");
            let attribute = app.split(':').nth(1).unwrap_or("application");
            (django && attribute == "application").then_some(Framework::Django)
        });
        match known {
            Some(framework) => Fact::derived(framework, vec![*span]),
            None => Fact::Unknown(Why::at(format!("what `{app}` is written with is not known"), *span)),
        }
    }

    /// What every process has, whatever its program.
    fn base(&self, program: Program) -> Process {
        let service = self.context.service;
        let mut process = Process {
            about: About {
                name: service.name.value.clone(),
                anchor: service.anchor.clone(),
                span: Some(self.running.span),
                owner: Some(service.name.value.clone()),
                writers: Vec::new(),
            },
            program: Fact::derived(program, vec![self.program]),
            processes: Fact::derived(1, vec![self.program]),
            reload: Fact::derived(false, vec![self.program]),
            dev_server: Fact::derived(false, vec![self.program]),
            gets_signals: self.running.gets_signals.clone(),
            unexpanded: self.running.unexpanded.clone(),
            from_host_cpus: Fact::derived(false, vec![self.program]),
            uvicorn_workers_module: Fact::derived(false, vec![self.program]),
            replicas: service.replicas.clone(),
            cpus: service.cpus.clone(),
            memory: service.memory.clone(),
            ..Process::default()
        };
        if let Some(at) = self.running.exec_slot {
            // Put before a program that a shell waits for, it makes the program the first process.
            let edits = vec![(at, "exec ".into())];
            process.about.writers.push(Writer { name: "exec".into(), edits, display_only: None });
        }
        process
    }

    /// Notes a change that takes an option off the command line.
    fn offer_drop(&self, process: &mut Process, writer: &str, place: Option<Span>) {
        let (Append::Text { .. }, Some(place)) = (&self.running.append, place) else { return };
        let Some(before) =
            self.running.argv.iter().rfind(|arg| arg.span.end <= place.start && arg.span.file == place.file)
        else {
            return;
        };
        // From the word before it, so that the blank goes too.
        let edits = vec![(Span { start: before.span.end, ..place }, "".into())];
        process.about.writers.push(Writer { name: writer.into(), edits, display_only: None });
    }

    /// Notes where the count of workers follows the host's CPUs, and how a number would be put in its place.
    fn note_host_cpus(&self, process: &mut Process, option: &str) {
        let Fact::Unknown(why) = &process.processes else { return };
        if &*why.reason != HOST_CPUS {
            return;
        }
        let at = why.at.clone();
        process.from_host_cpus = Fact::derived(true, at.clone());
        let said = at.first().filter(|span| **span != self.program);
        let edit = match (said, self.running.append.option(option)) {
            (Some(span), _) => Some((*span, "{n}".into())),
            (None, Some(slot)) => Some((slot.span, format!("{}{{n}}{}", slot.before, slot.after).into())),
            (None, None) => None,
        };
        if let Some(edit) = edit {
            let writer = Writer { name: "set_workers".into(), edits: vec![edit], display_only: None };
            process.about.writers.push(writer);
        }
    }

    /// Notes a `WEB_CONCURRENCY` that something stronger stands over.
    fn note_overridden(&self, process: &mut Process) {
        // What nobody knows to be set stands over nothing.
        let Some(asked) = self.variable("WEB_CONCURRENCY").filter(|it| !matches!(it, Fact::Unknown(_))) else { return };
        let chain = match &process.processes {
            Fact::Known(sourced) => match &sourced.origin {
                Origin::Written(chain) => chain.as_slice(),
                _ => return,
            },
            Fact::Unknown(why) => &why.at,
            _ => return,
        };
        let used = asked.span().is_some_and(|span| chain.contains(&span));
        process.overridden = if used { Fact::Absent } else { number(asked).map(|value| value as u64) };
    }
}

/// A text as a number that is not negative.
fn number(text: Fact<Box<str>>) -> Fact<f64> {
    let parse = |text: &str| text.trim().parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
    let bad = match &text {
        Fact::Known(sourced) if parse(&sourced.value).is_none() => Some((sourced.value.clone(), text.span())),
        Fact::OneOf(branches) => branches
            .iter()
            .find(|(_, sourced)| parse(&sourced.value).is_none())
            .map(|(_, sourced)| (sourced.value.clone(), sourced.origin.span())),
        _ => None,
    };
    match bad {
        Some((text, span)) => Fact::Unknown(Why::shown(format!("`{text}` is no number"), span)),
        None => text.map(|text| parse(&text).unwrap_or(0.0)),
    }
}

/// The same fact as one that is read off another: it cannot be written where that one is.
fn without_slots<T>(mut fact: Fact<T>) -> Fact<T> {
    match &mut fact {
        Fact::Known(sourced) => sourced.slots.clear(),
        Fact::OneOf(branches) => branches.iter_mut().for_each(|(_, sourced)| sourced.slots.clear()),
        _ => {}
    }
    fact
}

/// How requests are served under an event loop.
fn asgi_mode(framework: &Fact<Framework>) -> Fact<Mode> {
    without_slots(framework.clone().map(|framework| match framework {
        Framework::Django => Mode::AsgiDjango,
        Framework::Fastapi | Framework::Starlette => Mode::AsgiStarlette,
        // Behind something that makes ASGI of it.
        Framework::Flask => Mode::WsgiOnAsgi,
        Framework::Quart | Framework::Sanic | Framework::Litestar => Mode::AsgiOther,
    }))
}

/// An event loop takes all requests that come.
fn all_requests(at: Span) -> Fact<u64> {
    Fact::Unbounded(Why::at("every request that comes is worked on at once", at))
}
