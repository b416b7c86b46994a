//! The commands of pulpcore (3.117, `app/entrypoint.py`, `content/entrypoint.py`, `tasking/entrypoint.py`): its API and its
//! content are gunicorn by most of its options, with a worker class and a thread that nobody changes; a worker does one
//! task after the other.

use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Why, defaults};

use super::{Settings, all_requests, gunicorn};

pub(super) fn read(settings: &Settings<'_, '_>, name: &str) -> Option<Process> {
    match name {
        "pulpcore-api" => Some(api(settings)),
        "pulpcore-content" => Some(content(settings)),
        "pulpcore-worker" => Some(worker(settings)),
        _ => None,
    }
}

fn api(settings: &Settings<'_, '_>) -> Process {
    let at = vec![settings.program];
    let mut process = served(settings, "pulpcore-api", "pulpcore.app.entrypoint.PulpApiWorker");
    process.framework = Fact::derived(Framework::Django, at.clone());
    process.application = Fact::derived("pulpcore.app.wsgi:application".into(), at.clone());
    process.mode = Fact::derived(Mode::WsgiSync, at.clone());
    process.slots = Fact::derived(1, at);
    // Newer ones replace a worker that is not told to stay.
    if settings.options.value(&["--max-requests"]).is_none() {
        let why = || Why::at("pulpcore's version decides it", settings.program);
        process.max_requests = Fact::Unknown(why());
        process.max_requests_jitter = Fact::Unknown(why());
    }
    process
}

fn content(settings: &Settings<'_, '_>) -> Process {
    let mut process = served(settings, "pulpcore-content", "aiohttp.GunicornWebWorker");
    process.framework = Fact::Absent;
    process.application = Fact::derived("pulpcore.content:server".into(), vec![settings.program]);
    process.mode = Fact::derived(Mode::AsgiOther, vec![settings.program]);
    process.slots = all_requests(settings.program);
    process
}

/// gunicorn with one thread and a class of pulpcore's choice.
fn served(settings: &Settings<'_, '_>, program: &'static str, class: &str) -> Process {
    let mut process = gunicorn::read(settings);
    process.worker_class = Fact::derived(class.into(), vec![settings.program]);
    process.threads = Fact::derived(1, vec![settings.program]);
    if settings.options.value(&["-b", "--bind"]).is_none() {
        process.port = settings.unsaid(defaults::count(program, "port", Some(settings.program)), Vec::new());
    }
    process
}

fn worker(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::PulpcoreWorker);
    process.framework = Fact::derived(Framework::Django, vec![settings.program]);
    process.mode = Fact::derived(Mode::Single, vec![settings.program]);
    process.slots = Fact::derived(1, vec![settings.program]);
    process.version = (settings.context.version_of)("pulpcore");
    process
}
