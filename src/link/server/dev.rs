//! Servers for development (`manage.py runserver`, `flask run`, `quart run`), and other commands of Django that stay.

use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Why, defaults};

use super::{Settings, tasks};

/// Commands of `manage.py` that stay and work off a queue.
const WORKERS: &[&str] = &["rqscheduler", "process_tasks", "runworker", "db_worker"];
/// Commands that are a server for development.
const SERVERS: &[&str] = &["runserver", "runserver_plus", "runsslserver"];

/// `manage.py runserver` and its kin; other commands end, or are not known.
pub(super) fn manage(settings: &Settings<'_, '_>) -> Option<Process> {
    let is_manage = |at: usize| match settings.words[at].rsplit('/').next() {
        Some("manage.py" | "django-admin" | "django-admin.py") => true,
        // `python -m manage`, `python -m django`
        Some("manage" | "django") => at > 0 && settings.words[at - 1] == "-m",
        _ => false,
    };
    let at = (0..settings.words.len()).find(|&at| is_manage(at))?;
    let command = *settings.words.get(at + 1)?;
    if let Some(worker) = tasks::managed(settings, command) {
        return Some(worker);
    }
    if WORKERS.contains(&command) {
        let mut process = settings.base(Program::Other);
        process.framework = Fact::derived(Framework::Django, vec![settings.program]);
        process.mode = Fact::derived(Mode::Single, vec![settings.running.span]);
        process.slots = Fact::derived(1, vec![settings.program]);
        return Some(process);
    }
    if !SERVERS.contains(&command) {
        return None;
    }
    let mut process = settings.base(Program::Runserver);
    // The command's own word: an image's ENTRYPOINT may hold the words before it.
    let word = settings.running.argv.get(at + 1).and_then(|arg| arg.text.span());
    let span = word.unwrap_or(settings.running.span);
    process.framework = Fact::derived(Framework::Django, vec![span]);
    process.dev_server = Fact::derived(true, vec![span]);
    threads(settings, &mut process, &["--nothreading"]);
    process.reload = match settings.options.flag(&["--noreload"]) {
        Some(place) => Fact::derived(false, vec![place]),
        None => Fact::derived(true, vec![span]),
    };
    let address = settings.words.iter().enumerate().skip(at + 2).find(|(_, word)| {
        word.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) && !word.starts_with('-')
    });
    process.port = match address.and_then(|(nth, _)| settings.running.argv.get(nth)) {
        Some(arg) => settings.port_of(arg.text.clone()),
        None => defaults::count("Django", "runserver port", Some(settings.program)),
    };
    process.version = (settings.context.version_of)("django");
    Some(process)
}

/// `flask run`.
pub(super) fn flask(settings: &Settings<'_, '_>) -> Option<Process> {
    settings.words.iter().skip(1).find(|word| **word == "run")?;
    let mut process = settings.base(Program::Flask);
    let span = settings.running.span;
    process.framework = Fact::derived(Framework::Flask, vec![span]);
    process.dev_server = Fact::derived(true, vec![span]);
    threads(settings, &mut process, &["--without-threads"]);
    process.reload = settings.flag(&["--reload", "--debug"]);
    process.port = settings
        .count(&["-p", "--port"], &["FLASK_RUN_PORT"], || defaults::count("Flask", "port", Some(settings.program)));
    process.version = (settings.context.version_of)("flask");
    Some(process)
}

/// A thread for each request, unless told otherwise.
fn threads(settings: &Settings<'_, '_>, process: &mut Process, without: &[&str]) {
    let span = settings.running.span;
    match settings.options.flag(without) {
        Some(place) => {
            process.mode = Fact::derived(Mode::WsgiSync, vec![place]);
            process.threads = Fact::derived(1, vec![place]);
            process.slots = Fact::derived(1, vec![place]);
        }
        None => {
            let why = || Why::at("each request gets a thread", span);
            process.mode = Fact::derived(Mode::WsgiThreads, vec![span]);
            process.threads = Fact::Unbounded(why());
            process.slots = Fact::Unbounded(why());
        }
    }
}

/// `quart run`.
pub(super) fn quart(settings: &Settings<'_, '_>) -> Option<Process> {
    settings.words.iter().skip(1).find(|word| **word == "run")?;
    let mut process = settings.base(Program::Other);
    let span = settings.running.span;
    process.framework = Fact::derived(Framework::Quart, vec![span]);
    process.dev_server = Fact::derived(true, vec![span]);
    process.mode = Fact::derived(Mode::AsgiOther, vec![span]);
    process.slots = super::all_requests(span);
    process.reload = settings.flag(&["--reload", "--debug"]);
    process.port = settings.count(&["-p", "--port"], &[], || defaults::count("quart", "port", Some(settings.program)));
    process.version = (settings.context.version_of)("quart");
    Some(process)
}
