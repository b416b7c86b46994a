//! mod_wsgi: the processes that Apache's `WSGIDaemonProcess` starts (the directive stands as a command of its own), and
//! `mod_wsgi-express start-server`, which writes such a configuration.

use crate::facts::sections::MOD_WSGI;
use crate::source::Span;
use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Fact, Slot, Why, defaults};

use super::{Settings, application, number, without_slots};

/// The processes of a `WSGIDaemonProcess`, or of `mod_wsgi-express`; [`None`] for its other commands.
pub(super) fn read(settings: &Settings<'_, '_>, name: &str) -> Option<Process> {
    match name {
        MOD_WSGI => Some(daemon(settings)),
        "mod_wsgi-express" if settings.words.get(1) == Some(&"start-server") => Some(express(settings)),
        _ => None,
    }
}

fn daemon(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::ModWsgi);
    let at = Some(settings.program);
    let count = |name: &'static str| match said(settings, name) {
        Some(text) => number(text).map(|value| value as u64),
        None => settings.unsaid(defaults::count("mod_wsgi", name, at), settings.slots(name, None)),
    };
    process.processes = count("processes");
    process.threads = count("threads");
    process.max_requests = count("maximum-requests");
    process.backlog = count("listen-backlog");
    // Only a limit that is set ends a request.
    process.timeout = said(settings, "request-timeout").map_or(Fact::Absent, number);
    process.graceful_timeout = match said(settings, "graceful-timeout") {
        Some(text) => number(text),
        None => settings.unsaid(defaults::number("mod_wsgi", "graceful-timeout", at), Vec::new()),
    };
    serve(settings, &mut process);
    process
}

/// What the directive says of an option: `threads=25`.
fn said(settings: &Settings<'_, '_>, name: &str) -> Option<Fact<Box<str>>> {
    let is_it = |head: &str| head.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    let word = settings.running.argv.iter().rfind(|word| is_it(&word.head))?;
    let from = name.len() + 1;
    let slot = word.text.known().filter(|text| text.len() == word.span.len()).map(|_| {
        let start = word.span.start + from as u32;
        Slot::replace(Span { start, ..word.span })
    });
    let value = word.text.clone().map(|text| text.get(from..).unwrap_or("").into());
    Some(without_slots(value).with_slots(slot))
}

fn express(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::ModWsgi);
    let at = Some(settings.program);
    let count = |option: &str, setting: &'static str| {
        settings.count(&[option], &[], || defaults::count("mod_wsgi-express", setting, at))
    };
    process.processes = count("--processes", "processes");
    process.threads = count("--threads", "threads");
    process.port = count("--port", "port");
    process.timeout = match settings.options.value(&["--request-timeout"]) {
        Some(text) => number(text),
        None => {
            let slots = settings.slots("--request-timeout", None);
            settings.unsaid(defaults::number("mod_wsgi-express", "request-timeout", at), slots)
        }
    };
    let app = settings.options.positional(&["--log-to-terminal", "--reload-on-changes"]).into_iter().nth(1);
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    serve(settings, &mut process);
    process
}

/// Threads of a pool, each with one request.
fn serve(settings: &Settings<'_, '_>, process: &mut Process) {
    process.mode = without_slots(process.threads.clone().map(|threads| match threads {
        0 | 1 => Mode::WsgiSync,
        _ => Mode::WsgiThreads,
    }));
    process.slots = without_slots(process.threads.clone().map(|threads| threads.max(1)));
    if matches!(process.framework, Fact::Absent) {
        process.framework = Fact::Unknown(Why::at("Apache names the application elsewhere", settings.program));
    }
    process.version = (settings.context.version_of)("mod-wsgi");
}
