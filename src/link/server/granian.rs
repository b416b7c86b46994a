//! granian: the command line stands over `GRANIAN_…`, that over the defaults.

use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Fact, Truth, Why, defaults};

use super::{Settings, application, asgi_mode, number, without_slots};

/// Options without a value.
const FLAGS: &[&str] = &[
    "--ws",
    "--no-ws",
    "--log",
    "--no-log",
    "--access-log",
    "--no-access-log",
    "--factory",
    "--no-factory",
    "--reload",
    "--no-reload",
    "--respawn-failed-workers",
    "--no-respawn-failed-workers",
    "--http1-keep-alive",
    "--no-http1-keep-alive",
    "--http1-pipeline-flush",
    "--no-http1-pipeline-flush",
    "--process-name",
];

pub(super) fn read(settings: &Settings<'_, '_>) -> Process {
    let at = Some(settings.program);
    let mut process = settings.base(Program::Granian);
    let app = settings.options.positional(FLAGS).into_iter().next();
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    let count = |option: &str, variable: &str, setting: &'static str| {
        settings.count(&[option], &[variable], || defaults::count("granian", setting, at))
    };
    process.processes = count("--workers", "GRANIAN_WORKERS", "workers");
    // How many requests a worker takes at a time: what is said, or its share of the backlog.
    let said = |option: &str, variable: &str| {
        let text = settings.options.value(&[option]).or_else(|| settings.variable(variable));
        text.map(|text| number(text).map(|value| value as u64))
    };
    process.backlog = count("--backlog", "GRANIAN_BACKLOG", "backlog");
    let backpressure = said("--backpressure", "GRANIAN_BACKPRESSURE")
        .unwrap_or_else(|| share(&process.backlog, &process.processes, settings));
    // A connection is accepted only once it has one of so many places (2.8.7, workers.rs).
    process.worker_connections = without_slots(backpressure.clone());
    let interface = settings.options.value(&["--interface"]).or_else(|| settings.variable("GRANIAN_INTERFACE"));
    match interface.as_ref().map(|it| it.known().map(|it| &**it)) {
        Some(Some("wsgi")) => {
            process.mode = Fact::derived(Mode::WsgiThreads, vec![settings.program]);
            process.threads = said("--blocking-threads", "GRANIAN_BLOCKING_THREADS")
                .unwrap_or_else(|| blocking_threads(&backpressure, settings));
            process.slots = without_slots(process.threads.clone());
        }
        Some(None) => {
            let why = Why::at("which interface it serves is not known", settings.program);
            process.mode = Fact::Unknown(why.clone());
            process.slots = Fact::Unknown(why);
        }
        _ => {
            process.mode = asgi_mode(&process.framework);
            process.slots = without_slots(backpressure);
        }
    }
    process.reload = settings.flag(&["--reload"]);
    process.port = count("--port", "GRANIAN_PORT", "port");
    process.version = (settings.context.version_of)("granian");
    settings.offer_drop(&mut process, "drop_reload", settings.options.flag(&["--reload"]));
    settings.note_host_cpus(&mut process, "--workers");
    process
}

/// The backlog over the workers.
fn share(backlog: &Fact<u64>, workers: &Fact<u64>, settings: &Settings<'_, '_>) -> Fact<u64> {
    match (backlog.known(), workers) {
        (Some(backlog), Fact::Known(workers)) => {
            let value = backlog / workers.value.max(1);
            Fact::default_of(value.max(1), "granian", "backpressure", Some(settings.program))
        }
        (_, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
        _ => Fact::Unknown(Why::at("its backlog or its workers are not known", settings.program)),
    }
}

/// The threads of a worker under WSGI: half of what it takes at a time (2.0 and newer).
fn blocking_threads(backpressure: &Fact<u64>, settings: &Settings<'_, '_>) -> Fact<u64> {
    let older = (settings.context.version_of)("granian").known().is_some_and(|it| it.less(&[2]) != Truth::No);
    match backpressure.known().filter(|_| !older) {
        Some(taken) => Fact::default_of((taken / 2).max(1), "granian", "blocking_threads", Some(settings.program)),
        None => Fact::Unknown(Why::at("granian decides how many blocking threads it has", settings.program)),
    }
}
