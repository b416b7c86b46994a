//! `python main.py`: the server that the module calls when it is run.

use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Why, defaults};

use crate::link::command::words::HOST_CPUS;

use super::{Settings, all_requests, application, asgi_mode, number, without_slots};

/// A call that serves until the process ends, with its arguments as text.
#[derive(Clone, Debug)]
pub struct ServerCall {
    /// What is called: `uvicorn.run`.
    pub name: Box<str>,
    /// The application, as a command would name it, and where it is named.
    pub application: Option<(Box<str>, crate::source::Span)>,
    /// Whether the application is named by a text, which more than one process of uvicorn needs.
    pub by_name: bool,
    /// The keyword arguments.
    pub keywords: Vec<(Box<str>, Fact<Box<str>>)>,
    /// Why there may be others.
    pub open: Option<Why>,
    /// The call.
    pub span: crate::source::Span,
}

impl ServerCall {
    fn said(&self, name: &str) -> Option<Fact<Box<str>>> {
        let said = self.keywords.iter().find(|(keyword, _)| &**keyword == name).map(|(_, value)| value.clone());
        // `None` says what saying nothing says.
        said.filter(|value| !value.is_absent())
    }

    fn number(&self, name: &str, default: impl FnOnce() -> Fact<f64>) -> Fact<f64> {
        match (self.said(name), &self.open) {
            (Some(text), _) => number(text),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => default(),
        }
    }

    fn count(&self, name: &str, default: impl FnOnce() -> Fact<f64>) -> Fact<u64> {
        self.number(name, default).map(|value| value as u64)
    }

    fn truth(&self, name: &str) -> Fact<bool> {
        match (self.said(name), &self.open) {
            (Some(text), _) => text.map(|text| &*text == "True"),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::derived(false, vec![self.span]),
        }
    }
}

/// The server that a Python program is, when its code says so.
pub(super) fn read(settings: &Settings<'_, '_>) -> Option<Process> {
    let module = settings.words.iter().position(|word| *word == "-m").and_then(|at| settings.words.get(at + 1));
    let script = || settings.words.iter().skip(1).find(|word| word.ends_with(".py") && !word.starts_with('-'));
    let called = (settings.context.server_call)(module.or_else(script)?)?;
    let default = |program: &'static str, name: &'static str| defaults::number(program, name, Some(called.span));
    let base = |program| {
        let mut process = settings.base(program);
        process.framework = settings.framework(called.application.as_ref());
        process.application = application(called.application.as_ref());
        process
    };
    match &*called.name {
        "uvicorn.run" => {
            let mut process = base(Program::Uvicorn);
            process.mode = asgi_mode(&process.framework);
            process.slots = all_requests(called.span);
            process.reload = called.truth("reload");
            process.processes = called.count("workers", || match settings.variable("WEB_CONCURRENCY") {
                Some(said) => number(said),
                None => default("uvicorn", "workers"),
            });
            if !called.by_name && process.processes.known().is_some_and(|workers| *workers > 1) {
                let why = "uvicorn ends at once when it is given several workers and no name of the application";
                process.processes = Fact::Unknown(Why::at(why, called.span));
            } else if process.reload.known() == Some(&true) {
                process.processes = without_slots(process.reload.clone().map(|_| 1));
            }
            process.port = called.count("port", || default("uvicorn", "port"));
            process.keepalive = called.number("timeout_keep_alive", || default("uvicorn", "timeout_keep_alive"));
            process.max_requests = called.count("limit_max_requests", || default("uvicorn", "limit_max_requests"));
            process.backlog = called.count("backlog", || default("uvicorn", "backlog"));
            let free = || Fact::Unbounded(Why::at("no limit is set", called.span));
            process.limit_concurrency = called.count("limit_concurrency", free);
            process.version = (settings.context.version_of)("uvicorn");
            settings.note_host_cpus(&mut process, "");
            Some(process)
        }
        "waitress.serve" => {
            let mut process = base(Program::Waitress);
            process.mode = Fact::derived(Mode::WsgiThreads, vec![called.span]);
            process.threads = called.count("threads", || default("waitress", "threads"));
            process.slots = without_slots(process.threads.clone());
            process.port = called.count("port", || default("waitress", "port"));
            process.version = (settings.context.version_of)("waitress");
            Some(process)
        }
        "gevent.pywsgi.WSGIServer" => {
            let mut process = base(Program::Gevent);
            process.mode = Fact::derived(Mode::WsgiGevent, vec![called.span]);
            // A pool of greenlets, by its size; any other value of `spawn` is not read.
            process.slots = match called.said("spawn") {
                Some(_) => without_slots(called.count("spawn", || Fact::Absent)),
                None => all_requests(called.span),
            };
            process.worker_connections = process.slots.clone();
            process.port = called.said("port").map_or(Fact::Absent, |address| settings.port_of(address));
            process.version = (settings.context.version_of)("gevent");
            Some(process)
        }
        "grpc.server" => {
            let mut process = base(Program::Grpc);
            process.framework = Fact::Absent;
            process.application = Fact::Absent;
            process.mode = Fact::derived(Mode::GrpcThreads, vec![called.span]);
            // A pool that is told nothing has four threads more than the host has CPUs, 32 at most.
            process.threads = called.count("max_workers", || Fact::Unknown(Why::at(HOST_CPUS, called.span)));
            process.slots = without_slots(process.threads.clone());
            let free = || Fact::Unbounded(Why::at("no limit is set: calls wait for a thread", called.span));
            process.limit_concurrency = called.count("maximum_concurrent_rpcs", free);
            process.port = called.said("port").map_or(Fact::Absent, |address| settings.port_of(address));
            process.version = (settings.context.version_of)("grpcio");
            Some(process)
        }
        name if name.starts_with("rq.") => {
            let mut process = base(Program::Rq);
            process.framework = Fact::Absent;
            process.application = Fact::Absent;
            process.mode = Fact::derived(Mode::Single, vec![called.span]);
            process.slots = Fact::derived(1, vec![called.span]);
            process.version = (settings.context.version_of)("rq");
            Some(process)
        }
        "flask.run" => {
            let mut process = base(Program::Flask);
            process.framework = Fact::derived(Framework::Flask, vec![called.span]);
            process.dev_server = Fact::derived(true, vec![called.span]);
            let threaded = called.said("threaded").map(|it| it.known().is_some_and(|it| &**it == "False"));
            let (mode, at_once) = match (threaded, &called.open) {
                (Some(true), _) => {
                    (Fact::derived(Mode::WsgiSync, vec![called.span]), Fact::derived(1, vec![called.span]))
                }
                (None, Some(why)) => (Fact::Unknown(why.clone()), Fact::Unknown(why.clone())),
                _ => {
                    let why = Why::at("each request gets a thread", called.span);
                    (Fact::derived(Mode::WsgiThreads, vec![called.span]), Fact::Unbounded(why))
                }
            };
            (process.mode, process.threads, process.slots) = (mode, at_once.clone(), at_once);
            process.reload = match called.said("use_reloader") {
                Some(_) => called.truth("use_reloader"),
                None => called.truth("debug"),
            };
            process.port = called.count("port", || default("Flask", "port"));
            process.version = (settings.context.version_of)("flask");
            Some(process)
        }
        _ => None,
    }
}
