//! waitress: one process with a pool of threads.

use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Fact, defaults};

use super::{Settings, application, number, without_slots};

/// `waitress-serve`.
pub(super) fn read(settings: &Settings<'_, '_>) -> Process {
    let at = Some(settings.program);
    let mut process = settings.base(Program::Waitress);
    let flags =
        ["--call", "--expose-tracebacks", "--no-expose-tracebacks", "--ipv4", "--no-ipv4", "--ipv6", "--no-ipv6"];
    let app = settings.options.positional(&flags).into_iter().next();
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    process.mode = Fact::derived(Mode::WsgiThreads, vec![settings.program]);
    process.threads = settings.count(&["--threads"], &[], || defaults::count("waitress", "threads", at));
    process.slots = without_slots(process.threads.clone());
    process.port = match (settings.options.value(&["--listen"]), settings.options.value(&["--unix-socket"])) {
        (Some(address), _) => settings.port_of(address),
        (None, Some(_)) => Fact::Absent,
        (None, None) => match settings.options.value(&["--port"]) {
            Some(port) => number(port).map(|port| port as u64),
            None => settings.unsaid(defaults::count("waitress", "port", at), Vec::new()),
        },
    };
    process.version = (settings.context.version_of)("waitress");
    process
}
